"""Where the judge itself breaks: whose evidence is to blame decides, and a grade exists anyway.

Evidence that breaks a check which takes the reference's own is unusable, and that check fails: else
a kernel could choose which of its tasks count. Where the reference's breaks it too, the fault is
the grader's: the task is left open, and no other.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import matching
from grader.checks import kinds
from grader.checks.evidence import Evidence, verdict
from grader.checks.explain import explain
from grader.errors import GraderError
from grader.model import CheckGrade, CheckStatus, Fault, FaultKind, Status, TaskGrade, Text
from grader.rubric import Accuracy, AnyCheck, Task

from .follow import follow
from .task import Judging
from .verdict import message_of, points_of, status_of

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Verdict:
    """A task's grade. ``evidence`` is ``None`` where something unforeseen was raised; ``broken``
    says that it was the grader's own fault."""

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
    except Exception as error:
        logging.getLogger(__name__).exception("task %s breaks the judge", judging.task.id)
        checks = _each(judging)
        if checks is None:
            return Verdict(_open(judging.task, _why(error)), broken=True)
        return Verdict(_graded(judging.task, checks))


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


def _each(judging: Judging) -> tuple[CheckGrade, ...] | None:
    """The checks one by one, those that the student's evidence breaks as failed; ``None`` where one
    is broken by the reference's own evidence."""
    graded = []
    for check in judging.task.checks:
        try:
            graded.append(kinds.judge(check, judging.evidence()))
        except Exception as error:  # noqa: BLE001  verdict_of has logged it
            if not _takes_the_reference(check, judging):
                return None
            graded.append(_unusable(check, error))
    return tuple(graded)


def _takes_the_reference(check: AnyCheck, judging: Judging) -> bool:
    """Whether a check can judge the reference in the student's place. A training cannot be tried
    so: the reference is not trained while a student is graded."""
    if isinstance(check, Accuracy):
        return False
    try:
        solved = judging.lab.solved()
        own = replace(
            judging,
            submission=solved,
            observations=judging.expected,
            matching=matching.match(solved, judging.lab.handout),
        )
        kinds.judge(check, own.evidence())
    except Exception:
        logging.getLogger(__name__).exception("the reference breaks %s as well", check.id)
        return False
    return True


def _unusable(check: AnyCheck, error: Exception) -> CheckGrade:
    said = _said(error)
    fault = Fault(FaultKind.UNUSABLE, f"it cannot be judged ({said})")
    why = Text(
        f"С тем, что получено, нельзя работать: оценить это невозможно ({said}).",
        f"{explain(fault).en}.",
    )
    return verdict(check, check.kind, False, why, faults=(fault,))


def _graded(task: Task, checks: tuple[CheckGrade, ...]) -> TaskGrade:
    status, (points, most) = status_of(checks), points_of(checks)
    message = message_of(status, checks, None)
    return TaskGrade(task.id, task.title.text, status, points, most, message, checks)


def _open(task: Task, why: Text) -> TaskGrade:
    checks = tuple(verdict(c, c.kind, CheckStatus.UNGRADED, why) for c in task.checks)
    return TaskGrade(task.id, task.title.text, Status.UNGRADED, 0.0, 0.0, why, checks)


def _why(error: Exception) -> Text:
    said = _said(error)
    return Text(
        f"Проверка этого задания сорвалась из-за ошибки в самой программе ({said}). "
        "Это не ваша вина; сообщите преподавателю.",
        f"The grader itself failed on this task ({said}). That is no fault of yours; tell the "
        "teacher.",
    )


def _said(error: Exception) -> str:
    """The exception's type and place. What it says may quote the right answer."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if ROOT in Path(frame.filename).parents]
    place = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else "?"
    return f"{type(error).__name__}, {place}"
