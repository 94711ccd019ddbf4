"""What counts for each student: attempts, late policy and hand-given marks, put together.

The record of attempts holds what was judged; this is computed from it anew whenever marks are
shown or exported, and nothing of it is written back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .gradebook import Row
from .late import LatePolicy
from .marks import Mark, Marks
from .model import Language, Text

if TYPE_CHECKING:
    from .rubric import Rubric

Policy = Literal["latest", "best"]
DIGITS = 9
"""Decimals kept of points: 0.8 × 3 is 2.4."""

TO_READ = Text(ru="преподаватель ещё не прочёл: {}", en="a person has yet to read: {}")
NOT_BEST = Text(
    ru="не все попытки оценены, лучшая может измениться: {}",
    en="not every attempt is graded, so the best one may change: {}",
)


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
    ``judged`` are those before penalty and hand-given points. ``kept`` is the fraction that the late
    policy leaves, 1.0 in time; ``late`` is None in time, or where nobody knows. ``reason`` says why
    there is no mark, or why it may change. ``by_hand``: the points of the whole are a person's, and
    ``why`` is the reason given; no penalty is taken from them. ``language`` is the notebook's.
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


Pages = Callable[[str, int], Path | None]
"""Where the page of a student's attempt is (by student and number), if there is one."""


def no_pages(student: str, number: int) -> Path | None:
    return None


def standings(
    rows: Iterable[Row],
    *,
    rubric: Rubric,
    marks: Marks,
    late: LatePolicy | None,
    policy: Policy,
    roster: Mapping[str, str] | None = None,
    page_of: Pages = no_pages,
    language: Language = "en",
) -> tuple[Standing, ...]:
    """One standing a student, by student id.

    ``rows`` are the newest gradings of each attempt, in any order. ``roster`` has names by id: who
    stands there and has no row is *missing*; its names go before those of files. ``latest`` counts
    the last attempt, whatever became of it; ``best`` the one with the most points after the late
    penalty, the earlier of equal ones. ``language`` is for those without a notebook to tell it.
    """
    names = dict(roster or {})
    found: dict[str, Standing] = {}
    for student, group in groupby(sorted(rows, key=_order), key=attrgetter("student")):
        attempts = [_attempt(row, rubric, marks, late, page_of, language) for row in group]
        counts = attempts[-1] if policy == "latest" else _best(attempts)
        found[student] = replace(counts, name=names.get(student) or counts.name)
    for student in names.keys() - found.keys():
        found[student] = Standing(student, names[student], "missing", language=language)
    return tuple(_whole(found[student], rubric, marks) for student in sorted(found))


def without_effect(marks: Marks, counted: Iterable[Standing]) -> tuple[Mark, ...]:
    """Marks for tasks that the student's counted attempt does not have: they changed nothing."""
    tasks = {(one.student, task.id) for one in counted for task in one.tasks}
    return tuple(m for place, m in marks.given.items() if m.task and place not in tasks)


def _order(row: Row) -> tuple[str, int]:
    return row.student, row.number


def _attempt(
    row: Row,
    rubric: Rubric,
    marks: Marks,
    late: LatePolicy | None,
    page_of: Pages,
    language: Language,
) -> Standing:
    """One attempt with the marks of its tasks and its late penalty."""
    after, kept = late.judge(_time(row.handed_in)) if late else (None, 1.0)
    page = page_of(row.student, row.number) if row.grade else None
    standing = Standing(
        row.student, row.name, row.status, late=after, kept=kept, reason=row.reason,
        source=row.source, number=row.number, page=page, language=language,
    )  # fmt: skip
    if row.status != "graded" or row.grade is None:
        return standing
    return _judged(standing, row.grade, rubric, marks)


def _judged(standing: Standing, grade: Mapping[str, Any], rubric: Rubric, marks: Marks) -> Standing:
    manual = {task.id: task.manual_points for task in rubric.tasks}
    tasks = tuple(
        _task(task, manual.get(task["id"], 0.0), marks.of(standing.student, task["id"]))
        for task in grade["tasks"]
    )
    unread = [task.id for task in tasks if manual.get(task.id) and not task.by_hand]
    points = round(standing.kept * sum(task.points for task in tasks), DIGITS)
    most = round(sum(task.max_points for task in tasks), DIGITS)
    return replace(
        standing,
        points=points,
        max_points=most,
        judged=grade["points"],
        passed=_passes(points, most, _share_to_pass(grade)),
        provisional=bool(grade["provisional"] or unread),
        reason=_why_provisional(grade, unread),
        tasks=tasks,
        language=grade["language"],
    )


def _task(task: Mapping[str, Any], manual: float, mark: Mark | None) -> TaskStanding:
    by_hand = mark is not None and mark.points is not None
    return TaskStanding(
        id=task["id"],
        title=task["title"],
        status=task["status"],
        points=mark.points if mark and mark.points is not None else task["points"],
        max_points=round(task["max_points"] + manual, DIGITS),
        message=task["message"],
        by_hand=by_hand,
        comment=mark.comment if mark else "",
        judged=task["points"],
        why=mark.reason if mark else "",
        checks=tuple(_check(check) for check in task["checks"]),
    )


def _check(check: Mapping[str, Any]) -> CheckStanding:
    return CheckStanding(
        check["id"], check["title"], check["status"], check["points"], check["max_points"],
        check["message"], check["public"],
    )  # fmt: skip


def _best(attempts: Sequence[Standing]) -> Standing:
    marked = [attempt for attempt in attempts if attempt.points is not None]
    if not marked:
        return attempts[-1]
    best = max(marked, key=lambda attempt: attempt.points or 0.0)
    open_ones = [str(a.number) for a in attempts if a.status == "ungraded"]
    if not open_ones:
        return best
    told = NOT_BEST[best.language].format(", ".join(open_ones))
    return replace(best, provisional=True, reason="; ".join(filter(None, [best.reason, told])))


def _whole(standing: Standing, rubric: Rubric, marks: Marks) -> Standing:
    """The standing with what a person said of the submission as a whole; that is the last word."""
    mark = marks.of(standing.student)
    if mark is None:
        return standing
    standing = replace(standing, comment=mark.comment)
    if mark.points is None:
        return standing
    most = standing.max_points
    if most is None:
        most = sum(task.points + task.manual_points for task in rubric.tasks)
    return replace(
        standing,
        points=mark.points,
        max_points=most,
        passed=_passes(mark.points, most, rubric.pass_mark / 100),
        provisional=False,
        by_hand=True,
        why=mark.reason,
    )


def _share_to_pass(grade: Mapping[str, Any]) -> float:
    return grade["pass_mark"] / grade["max_points"] if grade["max_points"] else 0.0


def _passes(points: float, most: float, share: float) -> bool:
    return points >= round(share * most, DIGITS)


def _why_provisional(grade: Mapping[str, Any], unread: Sequence[str]) -> str:
    told = list(grade["provisional_reasons"])
    if unread:
        told.append(TO_READ[grade["language"]].format(", ".join(unread)))
    return "; ".join(told)


def _time(handed_in: str | None) -> datetime | None:
    return datetime.fromisoformat(handed_in) if handed_in else None
