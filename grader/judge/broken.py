"""A task on whose verdict the grader itself breaks: that one is left open, and no other."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from grader.checks.evidence import Evidence, verdict
from grader.errors import GraderError
from grader.model import CheckStatus, Status, TaskGrade, Text
from grader.rubric import Task

from .task import Judging

ROOT = Path(__file__).parents[1]


def verdict_of(judging: Judging) -> tuple[TaskGrade, Evidence | None]:
    """The verdict and what it rests on; where something unforeseen was raised, an ungraded task
    that says where (its traceback goes to the log, for the staff).

    Raises:
        GraderError: what was foreseen, such as a reference that lacks an answer.
    """
    try:
        return judging.grade()
    except GraderError:
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("task %s was not graded", judging.task.id)
        return _open(judging.task, _why(error)), None


def _open(task: Task, why: Text) -> TaskGrade:
    checks = tuple(verdict(c, c.kind, CheckStatus.UNGRADED, why) for c in task.checks)
    return TaskGrade(task.id, task.title.text, Status.UNGRADED, 0.0, 0.0, why, checks)


def _why(error: Exception) -> Text:
    """The exception's type and place. What it says may quote the right answer."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if ROOT in Path(frame.filename).parents]
    place = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else "?"
    said = f"{type(error).__name__}, {place}"
    return Text(
        f"Проверка этого задания сорвалась из-за ошибки в самой программе ({said}). "
        "Это не ваша вина; сообщите преподавателю.",
        f"The grader itself failed on this task ({said}). That is no fault of yours; tell the "
        "teacher.",
    )
