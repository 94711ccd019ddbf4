"""What the intake hands on: the students of a class, and the attempts that each handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from grader.model import Text

Policy = Literal["latest", "best"]


@dataclass(frozen=True)
class Attempt:
    """One notebook that one student handed in.

    ``student`` is stable between runs: the id of the learning system where the layout has one, else
    the folder's or the file's cleaned name. ``path`` is the notebook as found, or as extracted.
    ``source`` tells where it came from, archives followed by ``!``. ``handed_in`` is aware, in UTC.
    """

    student: str
    name: str
    path: Path
    source: str
    handed_in: datetime | None
    number: int


@dataclass(frozen=True)
class Problem:
    """Something that a teacher should know before the run: what, and why."""

    source: str
    reason: Text


@dataclass(frozen=True)
class Entry:
    """One student of the class; ``attempts`` go from the first to the last.

    ``in_roster`` is False for everybody where no roster was given.
    """

    student: str
    name: str
    attempts: tuple[Attempt, ...]
    in_roster: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Intake:
    """A class as it was handed in. ``layout`` names the layouts that were recognised."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    layout: str


def chosen(entry: Entry, policy: Policy) -> tuple[Attempt, ...]:
    """The attempts to grade: the last one, or (``best``) all, of which the batch keeps the best."""
    return entry.attempts[-1:] if policy == "latest" else entry.attempts


def lateness(attempt: Attempt, deadline: datetime | None) -> timedelta:
    """How long after ``deadline`` the attempt came; zero if in time, or if either is unknown.

    A time without a zone is taken as this machine's.
    """
    if deadline is None or attempt.handed_in is None:
        return timedelta(0)
    return max(attempt.handed_in.astimezone() - deadline.astimezone(), timedelta(0))
