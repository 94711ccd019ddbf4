"""The frozen values that the four stages hand on: ``read → observe → judge → report``.

==============  ===========================  =========================================
stage           takes                        returns
==============  ===========================  =========================================
``read``        a file                       :class:`Submission`
``observe``     Submission × Lab             :class:`Observations` (untrusted: what came back)
``judge``       Observations × Lab           :class:`Grade` (pure, trusted)
``report``      Grade                        a page, a table, a JSON file
==============  ===========================  =========================================

Nothing here computes; a value is checked where it is made and never again.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")

Runtime = Literal["keras3", "keras2", "tf1"]
"""The TensorFlow that a notebook was written for (see :mod:`grader.runtimes`)."""


@dataclass(frozen=True)
class Text:
    """One sentence in both languages of the reports."""

    ru: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en


# ------------------------------------------------------------------------- read


@dataclass(frozen=True)
class Cell:
    """One notebook cell. ``index`` counts all cells of the file from 0."""

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    id: str = ""
    printed: str = ""
    """What the file says the cell printed when the student ran it (their word, shown only)."""


@dataclass(frozen=True)
class Submission:
    """A notebook as it was handed in; ``sha256`` is that of the file's bytes."""

    path: Path
    name: str
    sha256: str
    cells: tuple[Cell, ...]
    language: Language
    notes: tuple[Text, ...] = ()
    """What had to be repaired or assumed to read it, in words."""
    student: str = ""
    """For whom it was made, as its metadata say: options may stand in an order of their own."""
    python: str = ""
    """The version of Python that the file says it was run with (its word)."""
    modules: tuple[tuple[str, bytes], ...] = ()
    """Python files that were handed in beside it, by name."""

    def code_cells(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.kind == "code")


# --------------------------------------------------- what the judge asks to compute


@dataclass(frozen=True)
class CallCase:
    """Call a function with ``args``, trees with :class:`~grader.kernel.wire.Leaf` arrays.

    With a ``cotangent`` (an array of the output's shape), the gradients of
    ``sum(output * cotangent)`` with respect to every ``variable`` or ``watched`` leaf of ``args``
    are wanted too.
    """

    id: str
    title: Text
    args: tuple[Any, ...]
    cotangent: Any = None
    public: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies in the working folder during the call, by relative path."""
    setup: str = ""
    """Code that is run before the call, in the notebook's globals."""
    graph: bool = False
    """Call it inside a ``tf.function``."""
    trace: bool = False
    """Note its steps too: where a wrong answer leaves the reference is said by them."""


@dataclass(frozen=True)
class ModelCase:
    """Build a model with ``args``, feed it ``input`` (float32, ``(N, H, W, C)``).

    ``weights`` are given to the model's variables before the forward pass, each to a variable of
    its shape; arrays of one shape must be equal, so that any order of layers will do.
    """

    id: str
    title: Text
    input: Any
    args: tuple[Any, ...] = ()
    weights: tuple[Any, ...] = ()
    public: bool = False
    trace: bool = False
    """Note its steps too: where a wrong answer leaves the reference is said by them."""


@dataclass(frozen=True)
class GraphCase:
    """Call a function (or class) that builds a TensorFlow 1 graph, with ``args`` and ``keywords``.

    Leaves among these are ``placeholder`` (of any batch size, fed with the array), ``training`` (a
    scalar truth value: a placeholder, or Python's where that is all it takes), ``tensor`` (a
    constant) or ``ndarray``. ``outputs`` say where in what came back the outputs are: ``""`` (it
    itself), ``"0"``, ``"fc"``, ``"get_logits()"``; ``updates``, where the operations of a training
    step are. ``steps`` are batches for the first placeholder, ``(steps, N, …)``. With ``run=False``
    nothing is computed but shapes.
    """

    id: str
    title: Text
    args: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("",)
    updates: str = ""
    gradients: bool = False
    steps: Any = None
    run: bool = True
    public: bool = False
    trace: bool = False
    """Note its steps too: where a wrong answer leaves the reference is said by them."""


# ---------------------------------------------------------------------- observe


class FaultKind(enum.StrEnum):
    """What can go wrong in a student's code. All of it is data."""

    EXCEPTION = "exception"
    SYNTAX = "syntax_error"
    MISSING = "missing"
    TIME = "time_limit"
    MEMORY = "memory_limit"
    OUTPUT = "output_limit"
    DIED = "kernel_died"
    UNUSABLE = "unusable"
    """A value came back that nothing can be done with (None, a wrong type, no weights)."""
    NOT_A_GRAPH = "not_a_graph"
    """A network that cannot be taken out of the notebook to be trained: a person must look."""
    TOO_LARGE = "too_large"
    """A network that takes more to train than the grader has: a person must look."""
    FORGED = "forged"
    """An accuracy that was not come by through the training: shown by measurements."""


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong in the student's code, and where.

    ``cell`` is the index of the notebook cell and ``line`` the line in that cell, from 1.
    ``message`` is untrusted text: it is cut short here and escaped where it is shown.
    """

    kind: FaultKind
    message: str
    type: str = ""
    cell: int | None = None
    line: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Step:
    """One operation of a computation: what it is called, which earlier steps went in (by their
    place), and a sketch of its result (see :mod:`grader.kernel.steps`)."""

    op: str
    inputs: tuple[int, ...]
    shape: tuple[int, ...]
    sketch: tuple[float, ...]


@dataclass(frozen=True)
class Answer:
    """What came back for one case of a probe.

    ``value`` is a decoded tree (see :mod:`grader.kernel.wire`): lists, dicts, scalars and
    :class:`~grader.kernel.wire.Leaf` arrays. Exactly one of ``value``/``fault`` counts.
    """

    case: str
    value: Any = None
    fault: Fault | None = None
    printed: str = ""
    seconds: float = 0.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class CurvePoint:
    """Accuracy on the sealed validation images after ``step`` training steps (a fraction)."""

    step: int
    epoch: float
    accuracy: float
    loss: float | None = None


@dataclass(frozen=True)
class Trial:
    """What was measured beside a training, to know whether its accuracy comes from it.

    Accuracies are fractions; ``None`` where nothing was measured.
    """

    guessing: float
    """What naming the most frequent class for every validation image reaches."""
    seen: int
    """Validation images, of which ``handed`` and ``forgotten`` are fractions."""
    others: int
    """Images of which ``unseen`` is a fraction."""
    handed: float | None = None
    """With the weights as the notebook made them, before they were drawn anew."""
    unseen: float | None = None
    """After training, on images that nobody could have foreseen."""
    forgotten: float | None = None
    """With fresh weights and the state that training left: what is no training's doing."""
    disguised: float | None = None
    """The best on validation images in disguise, of networks that learned from such. Measured only
    where the network could hold many of the labels."""


@dataclass(frozen=True)
class Run:
    """One training from scratch with one seed, made by the grader."""

    seed: int
    points: tuple[CurvePoint, ...]
    stopped: Literal["rule_met", "budget", "time_limit", "diverged", "fault"]
    seconds: float
    compiled: bool = True
    fault: Fault | None = None
    assumed: bool = False
    """True: the student's own optimizer was not to be found, and a plain one took its place."""
    own_process: bool = False
    """True: measured in the student's own process (a run as submitted), so on their word."""
    trial: Trial | None = None


@dataclass(frozen=True)
class Observed:
    """What one probe brought back: answers by case, or training runs, or a fault of the whole."""

    answers: tuple[Answer, ...] = ()
    runs: tuple[Run, ...] = ()
    fault: Fault | None = None
    found: str = ""
    """How the probed object was found, for the report: a name, a driver call, a cell."""
    cell: int | None = None

    def answer(self, case: str) -> Answer | None:
        return next((a for a in self.answers if a.case == case), None)


@dataclass(frozen=True)
class CellRun:
    """How one code cell fared in the sandbox."""

    index: int
    seconds: float
    printed: str = ""
    fault: Fault | None = None


class Bait(enum.StrEnum):
    """What is laid out for thieves (see :mod:`grader.decoys`)."""

    FILE = "file"
    VARIABLE = "variable"
    CHECK = "check"


@dataclass(frozen=True)
class Caught:
    """A decoy was taken: by the cell of index ``cell``, or by the answer to ``task``."""

    bait: Bait
    cell: int | None = None
    task: str = ""
    opened: bool = False
    """True: it was opened then; False: its numbers came back."""


@dataclass(frozen=True)
class Observations:
    """What the sandbox brought back about one submission. Untrusted, cached, never a verdict."""

    cells: tuple[CellRun, ...]
    probes: Mapping[str, Observed]
    environment: Mapping[str, str]
    seed: int
    notes: tuple[Text, ...] = ()
    seconds: float = 0.0
    caught: tuple[Caught, ...] = ()


# ------------------------------------------------------------------------ judge


class Status(enum.StrEnum):
    """The verdict on a task."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    UNGRADED = "ungraded"


class CheckStatus(enum.StrEnum):
    """The verdict on one check of a task."""

    PASSED = "passed"
    FAILED = "failed"
    FOLLOWS = "follows"
    """Failed, but only because another task did: it keeps its points."""
    REMARK = "remark"
    """Worth saying, costs nothing."""
    NOT_ATTEMPTED = "not_attempted"
    SKIPPED = "skipped"
    """Not observed on purpose (``--quick``): neither earned nor lost."""
    UNGRADED = "ungraded"


@dataclass(frozen=True)
class Comparison:
    """Expected beside got for one case, small enough to be read on a page.

    ``error`` is the largest absolute difference, ``where`` its index in the array.
    """

    case: str
    title: Text
    passed: bool
    expected_shape: str = ""
    got_shape: str = ""
    expected: str = ""
    got: str = ""
    error: float | None = None
    where: str = ""
    tolerance: str = ""
    note: Text | None = None
    public: bool = True
    """False: a hidden case, whose values are for the staff."""


@dataclass(frozen=True)
class Curve:
    """Training runs beside the rule that they must meet (``rule`` is a fraction of 1)."""

    title: Text
    rule: float
    strict: bool
    """True: more than ``rule``; False: at least ``rule``."""
    runs: tuple[Run, ...]
    epochs: int
    interval: tuple[float, float] | None = None
    """95 % interval of the deciding accuracy (Wilson), as fractions."""


@dataclass(frozen=True)
class CheckGrade:
    """One check's verdict, with what it was decided on."""

    id: str
    kind: str
    title: Text
    status: CheckStatus
    points: float
    max_points: float
    message: Text
    expected: Any = None
    got: Any = None
    comparisons: tuple[Comparison, ...] = ()
    curves: tuple[Curve, ...] = ()
    faults: tuple[Fault, ...] = ()
    public: bool = True
    advice: Text | None = None
    """What the rubric tells whoever fails it: the end of ``message``, and no secret."""


@dataclass(frozen=True)
class Excerpt:
    """Student code that a task was judged on: ``line`` is where it starts in its cell, from 1."""

    cell: int
    line: int
    source: str


@dataclass(frozen=True)
class TaskGrade:
    """One task's verdict: ``passed`` when every scored check passed or follows from another."""

    id: str
    title: Text
    status: Status
    points: float
    max_points: float
    message: Text
    checks: tuple[CheckGrade, ...]
    follows_from: str | None = None
    misconception: str | None = None
    hint: Text | None = None
    """What the recognised misconception says to the student."""
    agreement: tuple[Text, ...] = ()
    """Where none is recognised: in which cases it is wrong, and what is right about it there."""
    code: tuple[Excerpt, ...] = ()
    text: str = ""
    """The student's free text, for tasks that a person reads."""
    printed: str = ""
    seconds: float = 0.0
    """What its answers (by the student's process's word) and its trainings took."""
    notes: tuple[Text, ...] = ()


Level = Literal["brief", "full", "staff"]


@dataclass(frozen=True)
class Audience:
    """What the rubric lets students see of their grade: how much, and whether what was expected
    and which mistake is known are part of it."""

    level: Level = "full"
    expected: bool = True
    misconceptions: bool = True


@dataclass(frozen=True)
class Suspicion:
    """A decoy that was taken, and the evidence: for a person to look at, and never a verdict."""

    bait: Bait
    evidence: Text


@dataclass(frozen=True)
class Grade:
    """The finished grade: a renderer takes it and computes nothing."""

    lab: str
    title: Text
    submission: str
    sha256: str
    points: float
    max_points: float
    pass_mark: float
    """Points needed to pass."""
    passed: bool
    provisional: tuple[Text, ...]
    """Why this grade may change (stand-in data, ``--quick``, …); empty when it is final."""
    environment: Mapping[str, str]
    limits: Mapping[str, str]
    seed: int
    tasks: tuple[TaskGrade, ...]
    language: Language
    notes: tuple[Text, ...] = ()
    cells: tuple[CellRun, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall time by stage, in seconds."""
    audience: Audience = Audience()
    suspicions: tuple[Suspicion, ...] = ()
    """For the staff alone."""
    broken: tuple[str, ...] = ()
    """Tasks on which the grader itself failed: they are left open, and worth another try."""
