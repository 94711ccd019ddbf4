"""``judge``: Observations × Lab → Grade. Fast, pure, trusted: arrays and rules, no student code.

One fault costs once: a check that fails only because another task failed *follows* from it and
keeps its points. A wrong answer that equals a known misconception is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader import matching
from grader.checks.evidence import Probe
from grader.course import Lab
from grader.model import (
    CheckStatus,
    Grade,
    Observations,
    Status,
    Submission,
    TaskGrade,
    Text,
)

from .broken import followed, verdict_of
from .scaffold import scaffold_notes
from .suspicions import suspicions
from .task import Judging
from .verdict import status_of

__all__ = ["Circumstances", "failing", "judge", "status_of"]


@dataclass(frozen=True)
class Circumstances:
    """What a grade records besides verdicts."""

    seed: int
    limits: Mapping[str, str]
    provisional: tuple[Text, ...] = ()
    tasks: frozenset[str] = frozenset()
    seconds: Mapping[str, float] | None = None


def judge(
    submission: Submission,
    lab: Lab,
    observations: Observations,
    expected: Observations,
    variants: Mapping[str, Observations],
    probes: Mapping[str, Probe],
    circumstances: Circumstances,
) -> Grade:
    """The grade of one submission: the same for the same arguments, wherever and whenever.

    ``variants`` are what known misconceptions answer, by their id; none are needed. A task on which
    the grader itself breaks is ungraded, and says so; answers that break it alone are wrong.

    Raises:
        ReferenceFailed: the reference lacks an answer that a check compares with.
    """
    found = matching.match(submission, lab.handout)
    judgings = [
        Judging(task, submission, lab, observations, expected, variants, probes, found)
        for task in lab.rubric.tasks
        if not circumstances.tasks or task.id in circumstances.tasks
    ]
    graded = [verdict_of(judging) for judging in judgings]
    evidence = {one.task.id: one.evidence for one in graded if one.evidence is not None}
    tasks = followed([one.task for one in graded], evidence)
    points = round(sum(task.points for task in tasks), 6)
    most = round(sum(task.max_points for task in tasks), 6)
    mark = round(lab.rubric.pass_mark / 100 * (most + _open(tasks)), 6)
    return Grade(
        lab=lab.name,
        title=lab.rubric.title.text,
        submission=submission.name,
        sha256=submission.sha256,
        points=points,
        max_points=most,
        pass_mark=mark,
        passed=points >= mark and most > 0,
        provisional=(*circumstances.provisional, *_unfinished(tasks)),
        environment=observations.environment,
        limits=circumstances.limits,
        seed=circumstances.seed,
        tasks=tasks,
        language=submission.language,
        notes=(
            *submission.notes,
            *observations.notes,
            *scaffold_notes(lab, tasks, observations, expected, probes),
        ),
        cells=observations.cells,
        seconds=circumstances.seconds or {},
        audience=lab.rubric.feedback.audience,
        suspicions=suspicions(observations.caught, lab),
        broken=tuple(one.task.id for one in graded if one.broken),
    )


def failing(grade: Grade) -> tuple[str, ...]:
    """Tasks whose wrong answers are worth comparing with the known misconceptions."""
    wrong = {Status.FAILED, Status.PARTIAL}
    return tuple(task.id for task in grade.tasks if task.status in wrong)


def _open(tasks: Sequence[TaskGrade]) -> float:
    """Points of checks that could not be made. The pass mark counts them: a training that a
    student's code draws out past the time limit must not make it easier to pass."""
    checks = (check for task in tasks for check in task.checks)
    return sum(check.max_points for check in checks if check.status is CheckStatus.UNGRADED)


def _unfinished(tasks: Sequence[TaskGrade]) -> tuple[Text, ...]:
    """Checks that the grader could not make: their points are neither given nor counted."""
    names = [
        task.id
        for task in tasks
        if any(check.status is CheckStatus.UNGRADED for check in task.checks)
    ]
    if not names:
        return ()
    listed = ", ".join(names)
    return (
        Text(
            f"Часть проверок выполнить не удалось, их баллы не учтены, но порог прежний: {listed}.",
            "Some checks could not be made, and their points are not counted, but the pass mark is "
            f"as before: {listed}.",
        ),
    )
