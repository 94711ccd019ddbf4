"""What a course writes down about a lab: ``rubrics/<lab>.yaml``, read with every error at once.

The models below are the whole language of rubrics; ``schema()`` publishes it for editors. A check's
kind (``values``, ``variables``, ``layers``, ``optimizer``, ``accuracy``, ``text``) names the module
of :mod:`grader.checks` that plans its probes and judges what came back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from .errors import CourseError
from .model import Text

SCHEMA_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A sentence in both languages."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        return Text(self.ru, self.en)


class Object(_Part):
    """What a probe is about: a name that a handout cell defines, or what a driver was given there."""

    name: str = Field(description="The function, class or factory that the student writes.")
    cell: str = Field(description="Id of the handout cell in which it stands.")
    driver: str | None = Field(None, description="Training driver that is given it in that part.")
    argument: str | None = Field(None, description="The driver's parameter that it is given as.")
    part: str | None = Field(None, description="Handout cell of the driver call, if another one.")
    fit: Literal["model", "optimizer"] | None = Field(
        None, description="Fallback: the model (or its optimizer) that Model.fit was called on."
    )
    scoped: bool = Field(
        False,
        description="The name is defined in several parts; only this part's definition counts.",
    )

    @model_validator(mode="after")
    def _driver_and_argument(self) -> Object:
        if (self.driver is None) != (self.argument is None):
            raise ValueError("`driver` and `argument` go together")
        return self


class Check(_Part):
    """What all checks have. ``points`` is what passing it earns."""

    id: str
    title: Words
    points: float = Field(0.0, ge=0)
    remark: bool = Field(False, description="Failing is worth saying and costs nothing.")
    public: bool = Field(True, description="False: hidden from students' self-check.")

    @model_validator(mode="after")
    def _remarks_cost_nothing(self) -> Check:
        if self.remark and self.points:
            raise ValueError("a remark has no points")
        return self


class Values(Check):
    """A function's outputs (or their gradients) against the reference on judge-drawn cases."""

    kind: Literal["values"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py.")
    only: tuple[str, ...] = Field((), description="Case ids; all when empty.")
    compare: Literal["shape", "value", "gradients"] = "value"
    rtol: float = Field(1e-3, gt=0)


class Variables(Check):
    """What an initialiser returns: shapes and kinds, or the scale of the weights."""

    kind: Literal["variables"]
    cases: str
    compare: Literal["shapes", "scale"] = "shapes"
    scale: float = Field(2.0, gt=0, description="Weights' variance is scale / fan_in.")
    tolerance: float = Field(0.2, gt=0, description="Relative, on the standard deviation.")


class Layers(Check):
    """A model against the reference: its variables, its outputs with equal weights, its start."""

    kind: Literal["layers"]
    cases: str
    only: tuple[str, ...] = ()
    compare: Literal["variables", "outputs", "scale", "probabilities"] = "outputs"
    scale: float = Field(2.0, gt=0)
    tolerance: float = Field(0.25, gt=0)
    rtol: float = Field(1e-3, gt=0)


class Optimizer(Check):
    """An optimizer by the steps that it takes on known gradients."""

    kind: Literal["optimizer"]
    compare: Literal["learning_rate", "momentum", "nesterov"]


class Settings(_Part):
    """An optimizer's settings, as Keras names them."""

    name: str = "SGD"
    learning_rate: float = Field(gt=0)
    momentum: float = Field(0.0, ge=0)
    nesterov: bool = False


class Rule(_Part):
    """The accuracy to reach on the validation images, as a fraction."""

    above: float | None = Field(None, gt=0, lt=1, description="More than this.")
    at_least: float | None = Field(None, gt=0, lt=1, description="This or more.")
    when: Literal["end", "within"] = Field(
        "end", description="`end`: after the last epoch; `within`: at some time before."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Rule:
        if (self.above is None) == (self.at_least is None):
            raise ValueError("a rule has either `above` or `at_least`")
        return self

    @property
    def threshold(self) -> float:
        return self.above if self.above is not None else self.at_least or 0.0

    @property
    def strict(self) -> bool:
        return self.above is not None

    def met_by(self, accuracy: float) -> bool:
        return accuracy > self.threshold if self.strict else accuracy >= self.threshold


class Accuracy(Check):
    """Trained by the grader from scratch under the rule's own budget.

    ``functional``: the task's object makes parameters, which are trained under the *reference*
    network (they travel as arrays); ``partner`` is the task of the student's own network.
    ``keras``: the task's object makes a model, trained under ``optimizer``; ``partner`` is the task
    of the student's own optimizer. Without ``optimizer`` the student's own is used.
    """

    kind: Literal["accuracy"]
    rule: Rule
    style: Literal["functional", "keras"]
    epochs: int = Field(1, ge=1)
    batch_size: int = Field(64, ge=1)
    optimizer: Settings | None = None
    own_optimizer: Object | None = None
    partner: str | None = Field(
        None, description="Task whose answer the student combines this with."
    )
    training: bool = Field(False, description="`training=` in the forward pass while training.")
    seeds: int = Field(3, ge=1, description="Runs at the most: others decide a narrow failure.")
    narrow: float = Field(0.04, ge=0, description="How near the rule a failure is a narrow one.")
    every: int = Field(128, ge=1, description="Steps between two looks at the validation images.")


class FreeText(Check):
    """Text for a person to read; flagged when empty."""

    kind: Literal["text"]
    min_words: int = Field(5, ge=1)


AnyCheck = Annotated[
    Values | Variables | Layers | Optimizer | Accuracy | FreeText, Field(discriminator="kind")
]


class StandIn(_Part):
    """A class of another task that this one constructs: a recorder takes its place when it is wrong."""

    task: str
    name: str
    parameters: tuple[str, ...]


class Task(_Part):
    """One thing to hand in. Its points are the sum of its checks'."""

    id: str
    title: Words
    object: Object | None = None
    cell: str | None = Field(None, description="Handout cell of a free text.")
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
            raise ValueError(f"task {self.id}: give either `object` or `cell`")
        ids = [check.id for check in self.checks]
        for twice in sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"task {self.id}: two checks are called {twice}")
        for check in self.checks:
            if check.kind != "text" and self.object is None:
                raise ValueError(f"task {self.id}: check {check.id} needs an `object` to probe")
        return self


class Given(_Part):
    """A slow function of the handout whose result is known while its code is unchanged."""

    name: str
    serves: Literal["standardised"] = Field(
        "standardised",
        description="X_train, y_train, X_val, y_val, X_test, y_test: float32 images, int32 labels.",
    )
    fingerprints: tuple[str, ...] = Field(
        (), description="Of other editions of it (see grader.given.fingerprint)."
    )


class LimitSettings(_Part):
    """Wall seconds and GiB; the command line may override them."""

    cell_seconds: float = Field(30.0, gt=0)
    probe_seconds: float = Field(60.0, gt=0)
    train_seconds: float = Field(900.0, gt=0)
    submission_seconds: float = Field(3600.0, gt=0)
    memory_gib: float = Field(8.0, gt=0)


class Rubric(_Part):
    """A lab's rubric."""

    schema_version: Literal[1]
    lab: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    pass_mark: float = Field(60.0, ge=0, le=100, description="Per cent of the points.")
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
        wrong = [f"two tasks are called {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
        for task in self.tasks:
            partners = [c.partner for c in task.checks if isinstance(c, Accuracy) and c.partner]
            partners += [task.stand_in.task] if task.stand_in else []
            wrong += [f"task {task.id} names {p!r}: no such task" for p in partners if p not in ids]
            objects = [task.object] if task.object else []
            objects += [c.own_optimizer for c in task.checks
                        if isinstance(c, Accuracy) and c.own_optimizer]  # fmt: skip
            for found in objects:
                if found.driver and found.driver not in self.drivers:
                    wrong.append(f"task {task.id}: {found.driver!r} is not among `drivers`")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def load(path: Path) -> Rubric:
    """The rubric in ``path``.

    Raises:
        CourseError: it cannot be read; the message lists every problem with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = YAML().load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CourseError(f"{path}:{line}: not YAML: {error.problem}; mend that line") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    try:
        return Rubric.model_validate(YAML(typ="safe", pure=True).load(text))
    except ValidationError as error:
        problems = [
            f"{path}:{_line(tree, issue['loc'])}: {_where(issue['loc'])}: {issue['msg']}"
            for issue in error.errors()
        ]
        count = len(problems)
        head = f"the rubric has {count} problem{'s' if count > 1 else ''}:"
        raise CourseError("\n".join([head, *problems])) from error


def schema() -> dict[str, Any]:
    """The rubric language as JSON Schema (draft 2020-12), for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rubric.model_json_schema(),
        "title": "A lab's rubric",
    }


def _where(location: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in location) or "the rubric"


def _line(tree: Any, location: tuple[str | int, ...]) -> int:
    """The line, from 1, of the node at ``location``, or of the nearest one above that exists."""
    line = 0
    for step in location:
        if not hasattr(tree, "lc"):
            break
        try:
            position = tree.lc.key(step) if isinstance(step, str) else tree.lc.item(step)
            tree = tree[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # a union's tag, or a key that is missing: the node above is the place
        line = position[0]
    return line + 1
