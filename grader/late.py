"""Late work: how late it came, and which fraction of its points it keeps. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rubric import Rubric


@dataclass(frozen=True)
class LatePolicy:
    """What a rubric says of late work.

    ``steps`` are pairs: up to how long after ``deadline`` (an aware time), and the fraction of the
    points kept; they are in order. ``kept_after`` is the fraction kept after the last of them.
    """

    deadline: datetime
    steps: tuple[tuple[timedelta, float], ...] = ()
    kept_after: float = 1.0

    def judge(self, handed_in: datetime | None) -> tuple[timedelta | None, float]:
        """How late, and the fraction of the points kept: ``(None, 1.0)`` in time.

        Work whose time nobody knows is in time: nobody loses points for a missing file date. A time
        without a zone is taken as the deadline's. The end of a step belongs to the step.
        """
        if handed_in is None:
            return None, 1.0
        if handed_in.tzinfo is None:
            handed_in = handed_in.replace(tzinfo=self.deadline.tzinfo)
        late = handed_in - self.deadline
        if late <= timedelta(0):
            return None, 1.0
        return late, next((kept for until, kept in self.steps if late <= until), self.kept_after)


def policy_of(rubric: Rubric) -> LatePolicy | None:
    """The rubric's late policy; None where it has no deadline.

    A deadline alone takes nothing: lateness is then told and costs no points.
    """
    if rubric.deadline is None:
        return None
    steps = tuple((timedelta(hours=step.hours), step.keep / 100) for step in rubric.late)
    kept_after = 1.0 if rubric.keep_after is None else rubric.keep_after / 100
    return LatePolicy(rubric.deadline, steps, kept_after)
