"""What a check asks for and what it judges on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from grader.course import Case, OwnCheck, StandIns
from grader.model import (
    CheckGrade,
    CheckStatus,
    Comparison,
    Curve,
    Fault,
    Observed,
    Text,
)
from grader.quiz import Question
from grader.rubric import Accuracy, AnyCheck, Check, Object, StandIn, Task


@dataclass(frozen=True)
class OptimizerCase:
    """``gradients`` is float32 ``(steps, parameters)``: one gradient a step, from zero."""

    id: str
    title: Text
    gradients: Any
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Probe:
    """One request to a kernel, before it is known where in the notebook its object stands."""

    key: str
    kind: Literal["call", "repeat", "build", "inspect", "read", "graph"]
    object: Object
    cases: tuple[Case | OptimizerCase, ...]
    stand_in: StandIn | None = None
    calls: int = 1
    """How often a ``repeat`` calls each case."""
    helpers: StandIns | None = None
    """What may stand in for functions of other tasks, in a second round of asking."""
    traced: bool = False
    """Whether it calls one compiled graph, where the function can be one."""
    aside: tuple[str, ...] = ()
    """Layers whose variables a ``build`` leaves alone, by their class."""


def helped_key(key: str) -> str:
    """Under which name a probe's answer is kept that stand-ins for other tasks helped with."""
    return f"{key}/helped"


@dataclass(frozen=True)
class Training:
    """One accuracy rule to try. ``own``: with the student's own partner, not the reference's."""

    key: str
    task: Task
    check: Accuracy
    own: bool = False


@dataclass(frozen=True)
class Texts:
    """What a check of a text reads: the cells that answer (``own``), and all text cells in one
    (``everywhere``), since a student may have moved the answer. ``given`` are the handout's lines.
    """

    END: ClassVar = "\f"
    """Between two cells, where a cell has none."""

    own: tuple[str, ...] = ()
    everywhere: str = ""
    given: frozenset[str] = frozenset()

    def from_handout(self, line: str) -> bool:
        return squeezed(line) in self.given


def squeezed(line: str) -> str:
    """A line as it is compared with the handout's."""
    return " ".join(line.split()).casefold()


@dataclass(frozen=True)
class Evidence:
    """A task's observations beside the reference's, by probe key."""

    task: Task
    observed: Mapping[str, Observed]
    expected: Mapping[str, Observed]
    probes: Mapping[str, Probe]
    text: str = ""
    question: Question | None = None
    functions: Mapping[str, OwnCheck] = field(default_factory=dict)
    """The course's own checks, by their names."""
    texts: Mapping[str, Texts] = field(default_factory=dict)
    """Where a check asks for text, by the handout's cell."""
    helped: bool = False
    """Whether stand-ins took the places of other tasks' functions."""


def verdict(
    check: AnyCheck | Check,
    kind: str,
    passed: bool | CheckStatus,
    message: Text,
    *,
    expected: Any = None,
    got: Any = None,
    comparisons: tuple[Comparison, ...] = (),
    curves: tuple[Curve, ...] = (),
    faults: tuple[Fault, ...] = (),
) -> CheckGrade:
    """A check's grade: points by its status, and a failed remark is only a remark."""
    if isinstance(passed, CheckStatus):
        status = passed
    elif passed:
        status = CheckStatus.PASSED
    else:
        status = CheckStatus.REMARK if check.remark else CheckStatus.FAILED
    failed = status in (CheckStatus.FAILED, CheckStatus.REMARK)
    advice = check.advice.text if check.advice is not None and failed else None
    if advice is not None:
        message = Text(f"{message.ru} {advice.ru}", f"{message.en} {advice.en}")
    return CheckGrade(
        id=check.id,
        kind=kind,
        title=check.title.text,
        status=status,
        points=check.points if status is CheckStatus.PASSED else 0.0,
        max_points=check.points,
        message=message,
        expected=expected,
        got=got,
        comparisons=comparisons,
        curves=curves,
        faults=faults,
        advice=advice,
        public=check.public,
    )
