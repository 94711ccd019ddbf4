"""What a course writes down about a lab: ``rubrics/<lab>.yaml``, read with every error at once.

The models here and in :mod:`grader.rubric.checks` are the whole language of rubrics; ``schema()``
publishes it for editors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from grader.model import Runtime

from . import choice as choices
from . import lateness, reading
from .answers import Accepted, Answer, Computed, Key
from .checks import (
    Accuracy,
    AnyCheck,
    Batches,
    Calls,
    Distribution,
    Expectation,
    Formula,
    FreeText,
    Graphs,
    Layers,
    Optimizer,
    Python,
    Rule,
    Settings,
    Values,
    Variables,
)
from .choice import Choice, ChosenSet
from .feedback import Feedback
from .lateness import Deadline, LateStep
from .modules import RecordedCallable, RecordedModule
from .parts import Check, Object, Part, Words
from .tasks import Place, Scaffold, StandIn, Task, refuse, repeated

__all__ = [
    "Accepted",
    "Accuracy",
    "Answer",
    "AnyCheck",
    "Batches",
    "Calls",
    "Check",
    "Choice",
    "ChosenSet",
    "Computed",
    "Distribution",
    "Expectation",
    "Formula",
    "FreeText",
    "Given",
    "Graphs",
    "Key",
    "LateStep",
    "Layers",
    "LimitSettings",
    "Object",
    "Optimizer",
    "Python",
    "RecordedCallable",
    "RecordedModule",
    "Rubric",
    "Rule",
    "Scaffold",
    "Settings",
    "StandIn",
    "Task",
    "Values",
    "Variables",
    "Words",
    "load",
    "objects",
    "schema",
]


class Given(Part):
    """A slow function of the handout whose result is known while its code is unchanged."""

    name: str
    serves: Literal["standardised"] = Field(
        "standardised",
        description="X_train, y_train, X_val, y_val, X_test, y_test: float32 images, int32 labels.",
    )
    fingerprints: tuple[str, ...] = Field(
        (), description="Of other editions of it (see grader.matching.fingerprint)."
    )


class LimitSettings(Part):
    """Wall seconds and GiB; the command line may override them."""

    cell_seconds: float = Field(30.0, gt=0)
    probe_seconds: float = Field(60.0, gt=0)
    train_seconds: float = Field(900.0, gt=0)
    submission_seconds: float = Field(3600.0, gt=0)
    memory_gib: float = Field(8.0, gt=0)


class Rubric(Part):
    """A lab's rubric."""

    schema_version: Literal[1]
    lab: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    pass_mark: float = Field(60.0, ge=0, le=100, description="Per cent of the points.")
    deadline: Deadline | None = Field(
        None, description=f"When work is due, with its offset from UTC: {lateness.EXAMPLE}."
    )
    late: tuple[LateStep, ...] = Field(
        (), description="What late work keeps: steps of hours after the deadline, in order."
    )
    keep_after: float | None = Field(
        None, ge=0, le=100, description="Per cent of the points kept after the last step."
    )
    runtime: Runtime = Field(
        "keras3",
        description="The TensorFlow that the notebook is written for: today's (keras3), the same "
        "with Keras 2 (keras2), or version 1 with graphs and sessions (tf1).",
    )
    data: str | None = Field(None, description="Data set that the notebook and the trainings use.")
    choice: Choice | None = Field(None, description="The data set that each student chooses.")
    drivers: tuple[str, ...] = Field((), description="Training loops: recorded instead of run.")
    given: tuple[Given, ...] = ()
    packages: tuple[str, ...] = Field(
        (), description="Modules that the notebooks import: nothing is graded without them."
    )
    recorded_modules: tuple[RecordedModule, ...] = Field(
        (), description="Modules that are missing, or need a network: recorded instead of used."
    )
    limits: LimitSettings = LimitSettings.model_validate({})
    feedback: Feedback = Feedback.model_validate({})
    tasks: tuple[Task, ...] = Field(min_length=1)
    scaffold: tuple[Scaffold, ...] = Field(
        (), description="Given functions that are checked only where a student changed them."
    )

    def task(self, task_id: str) -> Task:
        return next(task for task in self.tasks if task.id == task_id)

    @model_validator(mode="after")
    def _names_meet(self) -> Rubric:
        ids = [task.id for task in self.tasks]
        wrong: list[tuple[Place, str]] = [
            (("tasks", place, "id"), f"two tasks are called {name}")
            for place, name in repeated(ids)
        ]
        for number, scaffold in enumerate(self.scaffold):
            if [*ids, *(other.id for other in self.scaffold)].count(scaffold.id) > 1:
                wrong.append((("scaffold", number, "id"), f"two are called {scaffold.id}"))
            for at, name in enumerate(scaffold.needs):
                if name not in ids:
                    wrong.append((("scaffold", number, "needs", at), f"no task {name!r}"))
        for number, task in enumerate(self.tasks):
            for place, name in _tasks_named(task):
                if name not in ids:
                    wrong.append((("tasks", number, *place), f"there is no task {name!r}"))
            for place, wanted in objects(task):
                if wanted.driver and wanted.driver not in self.drivers:
                    message = f"{wanted.driver!r} is not among `drivers`"
                    wrong.append((("tasks", number, *place, "driver"), message))
        wrong += choices.problems(self.choice, self.tasks)
        wrong += lateness.problems(self.deadline, self.late, self.keep_after)
        refuse(wrong)
        return self


def load(path: Path) -> Rubric:
    """The rubric in ``path``.

    Raises:
        CourseError: it cannot be read; the message lists every problem with its line.
    """
    return reading.load(path, TypeAdapter(Rubric), "the rubric")


def schema() -> dict[str, Any]:
    """The rubric language as JSON Schema (draft 2020-12), for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rubric.model_json_schema(),
        "title": "A lab's rubric",
    }


def objects(task: Task) -> list[tuple[Place, Object]]:
    """Every object that the task's probes and trainings look for, and where it is written."""
    found: list[tuple[Place, Object]] = [(("object",), task.object)] if task.object else []
    for place, check in enumerate(task.checks):
        if isinstance(check, Accuracy) and check.own_optimizer:
            found.append((("checks", place, "own_optimizer"), check.own_optimizer))
        if isinstance(check, Batches) and check.object:
            found.append((("checks", place, "object"), check.object))
    return found


def _tasks_named(task: Task) -> list[tuple[Place, str]]:
    named: list[tuple[Place, str]] = [
        (("checks", place, "partner"), check.partner)
        for place, check in enumerate(task.checks)
        if isinstance(check, Accuracy) and check.partner
    ]
    named += [(("helpers", place), helper) for place, helper in enumerate(task.helpers)]
    return named + ([(("stand_in", "task"), task.stand_in.task)] if task.stand_in else [])
