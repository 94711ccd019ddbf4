"""What a course writes down about a lab: ``rubrics/<lab>.yaml``, read with every error at once.

The models here and in :mod:`grader.rubric.checks` are the whole language of rubrics; ``schema()``
publishes it for editors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from grader.model import Runtime

from . import lateness, reading
from .answers import Accepted, Answer, Computed, Key
from .checks import (
    Accuracy,
    AnyCheck,
    Distribution,
    Expectation,
    FreeText,
    Layers,
    Optimizer,
    Rule,
    Settings,
    Values,
    Variables,
)
from .lateness import Deadline, LateStep
from .parts import Check, Object, Part, Words

__all__ = [
    "Accepted",
    "Accuracy",
    "Answer",
    "AnyCheck",
    "Check",
    "Computed",
    "Distribution",
    "Expectation",
    "FreeText",
    "Given",
    "Key",
    "LateStep",
    "Layers",
    "LimitSettings",
    "Object",
    "Optimizer",
    "Rubric",
    "Rule",
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

Place = tuple[str | int, ...]
"""Where something stands in the rubric: keys and positions, from the top."""


class StandIn(Part):
    """Another task's class that this one constructs: where it is wrong, a recorder stands in."""

    task: str
    name: str
    parameters: tuple[str, ...]


class Task(Part):
    """One thing to hand in. Its points are the sum of its checks'."""

    id: str
    title: Words
    object: Object | None = None
    cell: str | None = Field(None, description="Handout cell of a free text or a question.")
    stand_in: StandIn | None = None
    manual_points: float = Field(0.0, ge=0, description="Points that a person gives by hand.")
    checks: tuple[AnyCheck, ...] = Field(min_length=1)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def home(self) -> str:
        """The handout cell that the student fills in for this task."""
        return self.object.cell if self.object is not None else self.cell or ""

    @model_validator(mode="after")
    def _consistent(self) -> Task:
        if (self.object is None) == (self.cell is None):
            raise ValueError("give either `object` or `cell`")
        wrong: list[tuple[Place, str]] = [
            (("checks", place, "id"), f"two checks are called {name}")
            for place, name in _repeated([check.id for check in self.checks])
        ]
        for place, check in enumerate(self.checks):
            if check.kind not in ("text", "answer") and self.object is None:
                wrong.append((("checks", place), f"check {check.id} needs an `object` to probe"))
        if sum(check.kind == "answer" for check in self.checks) > 1:
            wrong.append((("checks",), "a task asks one question: split it into tasks"))
        _refuse(wrong)
        return self


class Given(Part):
    """A slow function of the handout whose result is known while its code is unchanged."""

    name: str
    serves: Literal["standardised"] = Field(
        "standardised",
        description="X_train, y_train, X_val, y_val, X_test, y_test: float32 images, int32 labels.",
    )
    fingerprints: tuple[str, ...] = Field(
        (), description="Of other editions of it (see grader.given.fingerprint)."
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
    drivers: tuple[str, ...] = Field((), description="Training loops: recorded instead of run.")
    given: tuple[Given, ...] = ()
    limits: LimitSettings = LimitSettings.model_validate({})
    tasks: tuple[Task, ...] = Field(min_length=1)

    def task(self, task_id: str) -> Task:
        return next(task for task in self.tasks if task.id == task_id)

    @model_validator(mode="after")
    def _names_meet(self) -> Rubric:
        ids = [task.id for task in self.tasks]
        wrong: list[tuple[Place, str]] = [
            (("tasks", place, "id"), f"two tasks are called {name}")
            for place, name in _repeated(ids)
        ]
        for number, task in enumerate(self.tasks):
            for place, name in _tasks_named(task):
                if name not in ids:
                    wrong.append((("tasks", number, *place), f"there is no task {name!r}"))
            for place, wanted in objects(task):
                if wanted.driver and wanted.driver not in self.drivers:
                    message = f"{wanted.driver!r} is not among `drivers`"
                    wrong.append((("tasks", number, *place, "driver"), message))
        wrong += lateness.problems(self.deadline, self.late, self.keep_after)
        _refuse(wrong)
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
    return found


def _tasks_named(task: Task) -> list[tuple[Place, str]]:
    named: list[tuple[Place, str]] = [
        (("checks", place, "partner"), check.partner)
        for place, check in enumerate(task.checks)
        if isinstance(check, Accuracy) and check.partner
    ]
    return named + ([(("stand_in", "task"), task.stand_in.task)] if task.stand_in else [])


def _repeated(names: list[str]) -> list[tuple[int, str]]:
    """The names that stood there before, with their places."""
    return [(place, name) for place, name in enumerate(names) if name in names[:place]]


def _refuse(wrong: list[tuple[Place, str]]) -> None:
    """Raise all of ``wrong`` at once, each at its own place."""
    if wrong:
        details = [
            InitErrorDetails(
                type=PydanticCustomError("inconsistent", "{what}", {"what": message}),
                loc=place,
                input=None,
            )
            for place, message in wrong
        ]
        raise ValidationError.from_exception_data("rubric", details)
