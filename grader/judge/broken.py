"""Where the judge itself breaks: the fault is the grader's, and a grade exists anyway.

A check that raises what nobody foresaw is left open, whoever's evidence it was: a person must look,
the program says so and is not content (exit code 3). Nothing is gained by it: the pass mark and the
exports count open points as points that were to be had.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks import kinds
from grader.checks.evidence import Evidence, verdict
from grader.errors import GraderError
from grader.model import CheckGrade, CheckStatus, TaskGrade, Text
from grader.rubric import AnyCheck

from .follow import follow
from .task import Judging
from .verdict import message_of, points_of, status_of

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Verdict:
    """A task's grade. ``evidence`` is ``None`` where something unforeseen was raised; ``broken``
    says that it left points open."""

    task: TaskGrade
    evidence: Evidence | None = None
    broken: bool = False


def verdict_of(judging: Judging) -> Verdict:
    """The verdict and what it rests on; where something unforeseen was raised, a verdict that says
    where (its traceback goes to the log, for the staff).

    Raises:
        GraderError: what was foreseen, such as a reference that lacks an answer.
    """
    try:
        return Verdict(*judging.grade())
    except GraderError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("task %s breaks the judge", judging.task.id)
        return _one_by_one(judging)


def followed(tasks: Sequence[TaskGrade], evidence: Mapping[str, Evidence]) -> tuple[TaskGrade, ...]:
    """:func:`.follow.follow`; a task whose evidence breaks it stays as it is."""
    return tuple(_followed(place, tasks, evidence) for place in range(len(tasks)))


def _followed(
    place: int, tasks: Sequence[TaskGrade], evidence: Mapping[str, Evidence]
) -> TaskGrade:
    graded = tasks[place]
    if graded.id not in evidence:
        return graded
    try:
        return follow(tasks, {graded.id: evidence[graded.id]})[place]
    except GraderError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("what task %s follows from", graded.id)
        return graded


def _one_by_one(judging: Judging) -> Verdict:
    """The checks that can be made, and those that break as open. Where all can be made, it was only
    the explanation that broke."""
    task, checks = judging.task, tuple(_unless_it_breaks(c, judging) for c in judging.task.checks)
    status, (points, most) = status_of(checks), points_of(checks)
    message = message_of(status, checks, None)
    graded = TaskGrade(task.id, task.title.text, status, points, most, message, checks)
    return Verdict(graded, broken=any(c.status is CheckStatus.UNGRADED for c in checks))


def _unless_it_breaks(check: AnyCheck, judging: Judging) -> CheckGrade:
    try:
        return kinds.judge(check, judging.evidence())
    except Exception as error:  # noqa: BLE001  verdict_of has logged it
        return verdict(check, check.kind, CheckStatus.UNGRADED, _why(error))


def _why(error: Exception) -> Text:
    said = _said(error)
    return Text(
        f"Эта проверка сорвалась из-за ошибки в самой программе ({said}). "
        "Это не ваша вина; сообщите преподавателю.",
        f"The grader itself failed on this check ({said}). That is no fault of yours; tell the "
        "teacher.",
    )


def _said(error: Exception) -> str:
    """The exception's type and place. What it says may quote the right answer."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if ROOT in Path(frame.filename).parents]
    place = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else "?"
    return f"{type(error).__name__}, {place}"
