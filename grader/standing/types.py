"""What counts for one student, as every export and overview takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from grader.model import Language


@dataclass(frozen=True)
class CheckStanding:
    """One check as judged; ``status`` is a :class:`grader.model.CheckStatus` value."""

    id: str
    title: str
    status: str
    points: float
    max_points: float
    message: str
    public: bool


@dataclass(frozen=True)
class TaskStanding:
    """One task. ``points`` count before any late penalty; ``judged`` are the grader's own.

    ``by_hand``: a person gave the points, so the checks no longer count; ``why`` is the reason.
    """

    id: str
    title: str
    status: str
    points: float
    max_points: float
    message: str
    by_hand: bool = False
    comment: str = ""
    judged: float = 0.0
    why: str = ""
    checks: tuple[CheckStanding, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What counts for one student, after attempts policy, late penalty and hand-given points.

    ``status``: graded, ungraded, unreadable or missing, as the grader left it; points that a person
    gave to a whole submission count for any of them. ``points`` are None where there is no mark.
    ``judged`` are those before penalty and hand-given points. ``kept`` is the fraction that the
    late policy leaves, 1.0 in time; ``late`` is None in time, or where nobody knows. ``reason``
    says why there is no mark, or why it may change. ``by_hand``: the points of the whole are a
    person's, for the reason ``why``; no penalty is taken from them. ``language``: the notebook's.
    """

    student: str
    name: str
    status: str
    points: float | None = None
    max_points: float | None = None
    judged: float | None = None
    late: timedelta | None = None
    kept: float = 1.0
    passed: bool | None = None
    provisional: bool = False
    reason: str = ""
    tasks: tuple[TaskStanding, ...] = ()
    comment: str = ""
    source: str = ""
    number: int = 0
    page: Path | None = None
    by_hand: bool = False
    why: str = ""
    language: Language = "en"
    open_points: float = 0.0
    """Of checks that the grader could not make, in tasks for which no person gave points."""

    @property
    def full(self) -> float | None:
        """What could be reached if nothing were open: the lab's own maximum."""
        return None if self.max_points is None else round(self.max_points + self.open_points, 9)
