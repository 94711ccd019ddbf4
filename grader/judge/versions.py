"""An answer beside the reference, and beside other versions of it that are right too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.checks import kinds
from grader.checks.evidence import Evidence
from grader.course import Lab
from grader.model import CheckGrade, Observations, Text
from grader.rubric import Task

from .verdict import WRONG, points_of, status_of


def checked(
    task: Task, lab: Lab, variants: Mapping[str, Observations], evidence: Evidence
) -> tuple[tuple[CheckGrade, ...], Text | None]:
    """The checks' verdicts; where the answer agrees with another right version better than with the
    reference, the verdicts against that one, with the remark that goes with it."""
    best = tuple(kinds.judge(check, evidence) for check in task.checks)
    remark = None
    for other in lab.accepted:
        known = variants.get(other.id)
        if other.task == task.id and known is not None and status_of(best) in WRONG:
            against = replace(evidence, expected=known.probes)
            checks = tuple(kinds.judge(check, against) for check in task.checks)
            if points_of(checks) > points_of(best):
                best, remark = checks, other.message.text
    return best, remark
