"""What counts for each student: attempts, late policy and hand-given marks, put together.

The record of attempts holds what was judged; this is computed from it anew whenever marks are
shown or exported, and nothing of it is written back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from grader.gradebook import Row
from grader.late import LatePolicy
from grader.marks import Mark, Marks
from grader.model import CheckStatus, Language, Text

from .types import CheckStanding, Standing, TaskStanding

if TYPE_CHECKING:
    from grader.rubric import Rubric

__all__ = [
    "CheckStanding",
    "Pages",
    "Policy",
    "Standing",
    "TaskStanding",
    "no_pages",
    "standings",
    "without_effect",
]

Policy = Literal["latest", "best"]
DIGITS = 9
"""Decimals kept of points: 0.8 × 3 is 2.4."""

TO_READ = Text(ru="преподаватель ещё не прочёл: {}", en="a person has yet to read: {}")
NOT_BEST = Text(
    ru="не все попытки оценены, лучшая может измениться: {}",
    en="not every attempt is graded, so the best one may change: {}",
)


Pages = Callable[[str, int], Path | None]
"""Where the page of a student's attempt is (by student and number), if there is one."""


def no_pages(student: str, number: int) -> Path | None:
    return None


@dataclass(frozen=True)
class _Rules:
    """All that is applied to an attempt."""

    rubric: Rubric
    marks: Marks
    late: LatePolicy | None
    page_of: Pages
    language: Language


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
    rules = _Rules(rubric, marks, late, page_of, language)
    names = dict(roster or {})
    found: dict[str, Standing] = {}
    for student, group in groupby(sorted(rows, key=_order), key=attrgetter("student")):
        attempts = [_attempt(row, rules) for row in group]
        counts = attempts[-1] if policy == "latest" else _best(attempts)
        found[student] = replace(counts, name=names.get(student) or counts.name)
    for student in names.keys() - found.keys():
        found[student] = Standing(student, names[student], "missing", language=language)
    return tuple(_whole(found[student], rules) for student in sorted(found))


def without_effect(marks: Marks, counted: Iterable[Standing]) -> tuple[Mark, ...]:
    """Marks for tasks that the student's counted attempt does not have: they changed nothing."""
    tasks = {(one.student, task.id) for one in counted for task in one.tasks}
    return tuple(m for place, m in marks.given.items() if m.task and place not in tasks)


def _order(row: Row) -> tuple[str, int]:
    return row.student, row.number


def _attempt(row: Row, rules: _Rules) -> Standing:
    """One attempt with the marks of its tasks and its late penalty."""
    late, kept = rules.late.judge(_time(row.handed_in)) if rules.late else (None, 1.0)
    standing = Standing(
        row.student, row.name, row.status, late=late, kept=kept, reason=row.reason,
        source=row.source, number=row.number, language=rules.language,
    )  # fmt: skip
    if row.status != "graded" or row.grade is None:
        return standing
    page = rules.page_of(row.student, row.number)
    return _judged(replace(standing, page=page), row.grade, rules)


def _judged(standing: Standing, grade: Mapping[str, Any], rules: _Rules) -> Standing:
    manual = {task.id: task.manual_points for task in rules.rubric.tasks}
    tasks = tuple(_task(task, standing.student, rules) for task in grade["tasks"])
    unread = [task.id for task in tasks if manual.get(task.id) and not task.by_hand]
    points = round(standing.kept * sum(task.points for task in tasks), DIGITS)
    most = round(sum(task.max_points for task in tasks), DIGITS)
    left = round(sum(_open(task) for task in tasks if not task.by_hand), DIGITS)
    return replace(
        standing,
        points=points,
        max_points=most,
        judged=grade["points"],
        open_points=left,
        passed=most > 0 and _passes(points, most + left, _share_to_pass(grade, rules.rubric)),
        provisional=bool(grade["provisional"] or unread),
        reason=_why_provisional(grade, unread),
        tasks=tasks,
        language=grade["language"],
    )


def _task(task: Mapping[str, Any], student: str, rules: _Rules) -> TaskStanding:
    """What a person gives is out of all that the task has, whatever the grader could not check."""
    mark = rules.marks.of(student, task["id"])
    by_hand = mark is not None and mark.points is not None
    own = next((one for one in rules.rubric.tasks if one.id == task["id"]), None)
    manual = own.manual_points if own else 0.0
    judged = own.points if own and by_hand else task["max_points"]
    return TaskStanding(
        id=task["id"],
        title=task["title"],
        status=task["status"],
        points=mark.points if mark and mark.points is not None else task["points"],
        max_points=round(judged + manual, DIGITS),
        message=task["message"],
        by_hand=by_hand,
        comment=mark.comment if mark else "",
        judged=task["points"],
        why=mark.reason if mark else "",
        checks=tuple(_check(check) for check in task["checks"]),
    )


def _open(task: TaskStanding) -> float:
    """Points of its checks that the grader could not make."""
    return sum(check.max_points for check in task.checks if check.status == CheckStatus.UNGRADED)


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


def _whole(standing: Standing, rules: _Rules) -> Standing:
    """The standing with what a person said of the submission as a whole; that is the last word."""
    mark = rules.marks.of(standing.student)
    if mark is None:
        return standing
    standing = replace(standing, comment=mark.comment)
    if mark.points is None:
        return standing
    most = standing.full
    if most is None or most < mark.points:  # nothing was graded, or not all of the lab
        most = sum(task.points + task.manual_points for task in rules.rubric.tasks)
    return replace(
        standing,
        points=mark.points,
        max_points=most,
        open_points=0.0,
        passed=most > 0 and _passes(mark.points, most, rules.rubric.pass_mark / 100),
        provisional=False,
        by_hand=True,
        why=mark.reason,
    )


def _share_to_pass(grade: Mapping[str, Any], rubric: Rubric) -> float:
    """As it was when that was judged: the grade's mark counts what was open too."""
    checks = (check for task in grade["tasks"] for check in task["checks"])
    left = sum(c["max_points"] for c in checks if c["status"] == CheckStatus.UNGRADED)
    most = grade["max_points"] + left
    return grade["pass_mark"] / most if most else rubric.pass_mark / 100


def _passes(points: float, most: float, share: float) -> bool:
    return points >= round(share * most, DIGITS)


def _why_provisional(grade: Mapping[str, Any], unread: Sequence[str]) -> str:
    told = list(grade["provisional_reasons"])
    if unread:
        told.append(TO_READ[grade["language"]].format(", ".join(unread)))
    return "; ".join(told)


def _time(handed_in: str | None) -> datetime | None:
    return datetime.fromisoformat(handed_in) if handed_in else None
