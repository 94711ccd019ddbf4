"""What the page of a class shows, decided: :class:`ClassOverview` and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from grader.clusters import Cluster
from grader.model import Status, Text
from grader.similarity import Similarity

Outcome = Literal["passed", "failed", "ungraded", "unreadable", "missing"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "ungraded", "unreadable", "missing")


@dataclass(frozen=True)
class Mark:
    """One student's verdict on one task. ``by_hand``: the points are a person's."""

    status: Status
    points: float
    max_points: float
    by_hand: bool = False


@dataclass(frozen=True)
class StudentRow:
    """One student of the class. ``student`` is the key (a folder name), ``name`` what people read.

    ``marks`` has a place for each task of the class; all are None where there is no grade.
    ``anchors`` are the tasks' positions on the student's own page, from 1, by task; empty where
    there is no page. ``late`` is None in time; ``kept`` is the fraction of the points kept then.
    """

    student: str
    name: str
    number: int
    outcome: Outcome
    reason: str = ""
    points: float | None = None
    max_points: float | None = None
    provisional: bool = False
    suspected: bool = False
    """A decoy was taken: the staff's page has the evidence."""
    late: timedelta | None = None
    kept: float = 1.0
    by_hand: bool = False
    why: str = ""
    marks: tuple[Mark | None, ...] = ()
    anchors: Mapping[str, int] = field(default_factory=dict)

    @property
    def graded(self) -> bool:
        return self.outcome in ("passed", "failed")


@dataclass(frozen=True)
class TaskFigures:
    """How the class did in one task. ``judged`` leaves out who could not be judged.

    ``seconds`` is the median time that this task's answers and trainings took, over the ``timed``
    submissions whose grade file says so; None where none does.
    """

    id: str
    title: Text
    max_points: float
    counts: tuple[tuple[Status, int], ...]
    judged: int
    passed: int
    mean_points: float | None
    seconds: float | None
    timed: int

    @property
    def pass_rate(self) -> float | None:
        return self.passed / self.judged if self.judged else None


@dataclass(frozen=True)
class CheckFigures:
    """One check that failed for ``failed`` of the ``judged`` students who attempted its task."""

    task: str
    id: str
    title: Text
    failed: int
    judged: int
    misconceptions: tuple[tuple[str, int], ...]
    """Known mistakes of those who failed, with how many made each; the rest made none known."""


@dataclass(frozen=True)
class Bin:
    """Grades of at least ``low`` and less than ``high`` points (the last one: at most)."""

    low: float
    high: float
    passed: int
    failed: int


@dataclass(frozen=True)
class Distribution:
    """The final points of all graded students."""

    bins: tuple[Bin, ...]
    pass_mark: float
    max_points: float
    mean: float
    quartiles: tuple[float, float, float]
    """Lower quartile, median, upper quartile."""


@dataclass(frozen=True)
class ClassOverview:
    """The class at a glance: a renderer takes it and computes nothing."""

    lab: str
    title: Text
    when: datetime
    counts: Mapping[Outcome, int]
    provisional: int
    distribution: Distribution | None
    """None where nobody is graded."""
    seconds: float | None
    """Median wall time of one grading."""
    tasks: tuple[TaskFigures, ...]
    checks: tuple[CheckFigures, ...]
    """Those that failed at least once, the most frequent first."""
    clusters: tuple[Cluster, ...]
    similarity: Similarity | None
    """None where it was not asked for."""
    students: tuple[StudentRow, ...]
