"""The grade file as types: what other programs may rely on, published as a JSON Schema.

Within one ``schema_version`` fields are only ever added, so a reader ignores what it does not
know. A field that may be missing is ``null``; none is left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.model import Bait, CheckStatus, FaultKind, Language, Status

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)] | Literal["nan", "inf", "-inf"]
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class SubmissionPart(_Part):
    """The notebook that was graded."""

    name: str
    sha256: str
    """Of the file's bytes, in hexadecimal."""


class FaultPart(_Part):
    """One thing that went wrong in the student's code."""

    kind: FaultKind
    message: str
    type: str
    """The exception's class, or empty."""
    cell: Count | None
    """Index of the cell in the notebook, from 0."""
    line: int | None
    """Line in that cell, from 1."""
    source: str
    """The text of that line."""


class CellPart(_Part):
    """A cell that did not run to its end."""

    index: Count
    """Index of the cell in the notebook, from 0."""
    fault: FaultPart


class ComparisonPart(_Part):
    """Expected beside got for one case."""

    case: str
    title: str
    passed: bool
    expected_shape: str
    got_shape: str
    expected: str
    got: str
    error: Number | None
    """The largest absolute difference."""
    where: str
    """The index of that difference."""
    tolerance: str
    note: str | None
    public: bool = True
    """Whether a student may see the values."""


class PointPart(_Part):
    """Accuracy on the validation images after some steps of a training."""

    step: Count
    epoch: Number
    accuracy: Number
    """A fraction of 1."""
    loss: Number | None


class TrialPart(_Part):
    """What was measured beside a training, to know whether its accuracy comes from it."""

    handed: Number | None
    """Accuracy with the weights as the notebook made them; the training draws its own."""
    unseen: Number | None
    """Accuracy after training, on images that nobody could have foreseen."""
    forgotten: Number | None
    """Accuracy with fresh weights and the state that training left."""
    disguised: Number | None = None
    """Best accuracy of a network that learned the same images in disguise, where that was asked."""


class RunPart(_Part):
    """One training from scratch, made by the grader."""

    seed: int
    stopped: Literal["rule_met", "budget", "time_limit", "diverged", "fault"]
    compiled: bool
    points: list[PointPart]
    fault: FaultPart | None
    own_process: bool = False
    """Whether it was trained and measured in the student's own process: then it is their word."""
    trial: TrialPart | None = None


class CurvePart(_Part):
    """Trainings beside the accuracy that they must reach."""

    title: str
    rule: Fraction
    strict: bool
    """Whether more than `rule` is needed, or at least `rule`."""
    epochs: Count
    interval: tuple[Number, Number] | None
    """95 % interval of the deciding accuracy (Wilson)."""
    runs: list[RunPart]


class CheckPart(_Part):
    """One check's verdict, with what it was decided on."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    points: Points
    max_points: Points
    message: str
    expected: Any
    """Whatever this kind of check compares with: a number, a text, a list, an object, or null."""
    got: Any
    comparisons: list[ComparisonPart]
    curves: list[CurvePart]
    faults: list[FaultPart]
    public: bool
    """Whether students may see this check before they hand in."""


class TaskPart(_Part):
    """One task's verdict."""

    id: str
    title: str
    status: Status
    points: Points
    max_points: Points
    message: str
    follows_from: str | None
    """The id of the task whose fault this one shows; no points are taken for it here."""
    misconception: str | None
    """The id of the known mistake that the answer equals."""
    hint: str | None
    agreement: list[str] = []
    """Where it equals none: in which cases it is wrong, and what is right about it there."""
    notes: list[str]
    checks: list[CheckPart]


class SecondsPart(_Part):
    """Wall times in seconds: all that may differ between two runs of one notebook and seed."""

    stages: dict[str, Number]
    cells: dict[str, Number]
    """By cell index."""
    runs: list[Number]
    """Of the trainings, in the order in which the file has them."""
    tasks: dict[str, Number] = {}
    """By task: what its answers and its trainings took."""


class FeedbackPart(_Part):
    """What students may see of this grade, as the rubric says."""

    level: Literal["brief", "full", "staff"] = "full"
    expected: bool = True
    misconceptions: bool = True


class SuspicionPart(_Part):
    """A decoy that no honest notebook touches was taken: for a person to look at. It changes no
    point."""

    bait: Bait
    """What was taken: the `file`, the `variable`, or the `check` that nothing honest answers."""
    evidence: str


class GradeFile(_Part):
    """The grade of one notebook."""

    schema_version: Literal[1]
    lab: str
    title: str
    submission: SubmissionPart
    points: Points
    max_points: Points
    pass_mark: Points
    """Points needed to pass."""
    passed: bool
    provisional: bool
    """Whether this grade may still change; `provisional_reasons` say why."""
    provisional_reasons: list[str]
    language: Language
    """The language of every text in this file."""
    environment: dict[str, str]
    limits: dict[str, str]
    seed: int
    notes: list[str]
    tasks: list[TaskPart]
    cells: list[CellPart]
    """Cells that failed; one that is not listed ran."""
    seconds: SecondsPart
    feedback: FeedbackPart = FeedbackPart()
    suspicions: list[SuspicionPart] = []
    """For the staff alone."""
