"""One fault costs once: what fails only because of another task keeps its points, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.checks import accuracy, layers
from grader.checks.built_graphs import called
from grader.checks.evidence import Evidence
from grader.model import CheckGrade, CheckStatus, Status, TaskGrade, Text
from grader.rubric import Accuracy, Layers

from .verdict import WRONG, message_of, points_of, status_of

BAD = (*WRONG, Status.NOT_ATTEMPTED)


def follow(tasks: Sequence[TaskGrade], evidence: Mapping[str, Evidence]) -> tuple[TaskGrade, ...]:
    """Give back the points that were lost only because of another task's fault.

    ``evidence`` is by task id; a task without any stays as it is.
    """
    bad = {graded.id: graded.status for graded in tasks if graded.status in BAD}
    return tuple(
        _remarked(_excused(graded, found, bad), found, bad)
        if (found := evidence.get(graded.id)) is not None
        else graded
        for graded in tasks
    )


def _excused(graded: TaskGrade, evidence: Evidence, bad: Mapping[str, Status]) -> TaskGrade:
    """Checks that fail although this task uses the other one's class as it should.

    An accuracy follows from a wrong class, not from one that nobody has written.
    """
    if evidence.helped:
        wrong = (task for task in _used(evidence) if task in bad)
        return _said(graded, next(wrong, None))
    source = evidence.task.stand_in
    if graded.status not in WRONG or source is None or source.task not in bad:
        return graded
    if not layers.stand_in_right(evidence):
        return graded
    kinds = (Layers,) if bad[source.task] is Status.NOT_ATTEMPTED else (Layers, Accuracy)
    may = {c.id for c in evidence.task.checks if isinstance(c, kinds) and not c.remark}
    checks = tuple(
        _excused_check(check, source.task) if check.id in may else check for check in graded.checks
    )
    if checks == graded.checks:
        return graded
    status, (points, most) = status_of(checks), points_of(checks)
    if status is Status.PASSED:
        return replace(graded, checks=checks, status=status, points=points, max_points=most,
                       follows_from=source.task, misconception=None, hint=None, agreement=(),
                       message=_follows(source.task))  # fmt: skip
    message = message_of(status, checks, graded.hint)
    return replace(graded, checks=checks, status=status, points=points, max_points=most,
                   follows_from=source.task, message=message)  # fmt: skip


def _used(evidence: Evidence) -> list[str]:
    """Tasks in whose functions' places the stand-ins were called."""
    used: dict[str, None] = {}
    for key, probe in evidence.probes.items():
        if probe.helpers is not None and key.startswith(f"{evidence.task.id}/"):
            names = dict(zip(probe.helpers.names, evidence.task.helpers, strict=True))
            told = called(evidence.observed[key])
            used |= {task: None for name, task in names.items() if name in told}
    return list(used)


def _said(graded: TaskGrade, source: str | None) -> TaskGrade:
    """A task that was judged with stand-ins says whose place they took."""
    if source is None:
        return graded
    if graded.status is not Status.PASSED:
        return replace(graded, follows_from=source)
    return replace(graded, follows_from=source, message=_right_but(source))


def _excused_check(check: CheckGrade, source: str) -> CheckGrade:
    if check.status is not CheckStatus.FAILED:
        return check
    return replace(
        check, status=CheckStatus.FOLLOWS, points=check.max_points, message=_follows(source)
    )


def _remarked(graded: TaskGrade, evidence: Evidence, bad: Mapping[str, Status]) -> TaskGrade:
    """The student's own combination misses the rule for its partner's fault: said, not charged."""
    if graded.status is not Status.PASSED or graded.follows_from is not None:
        return graded
    for check in evidence.task.checks:
        if (
            isinstance(check, Accuracy)
            and check.partner in bad
            and accuracy.own_missed(check, evidence)
        ):
            return replace(
                graded, follows_from=check.partner, message=_own_missed(str(check.partner))
            )
    return graded


def _follows(task_id: str) -> Text:
    return Text(
        f"Следует из ошибки в задании {task_id}; баллы за неё сняты там.",
        f"Follows from the fault in {task_id}, which is where it costs points.",
    )


def _right_but(task_id: str) -> Text:
    return Text(
        f"Верно: проверено с исправной функцией вместо вашей {task_id}; баллы сняты там.",
        f"Right: tried with a sound function in place of your {task_id}, which costs points there.",
    )


def _own_missed(task_id: str) -> Text:
    return Text(
        f"Верно. Ваше сочетание не достигает порога из-за задания {task_id}; баллы сняты там.",
        f"Right. Your own combination misses the rule because of {task_id}; it costs points there.",
    )
