"""What the test of a rubric found; :mod:`grader.validate` makes it, the terminal shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .model import Language


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of a lab, how often it was tried, and where it does not hold.

    ``notes`` are worth a teacher's look and break nothing.
    """

    id: Literal[
        "reference", "blank", "own", "others", "named", "checks", "points", "languages", "seeds"
    ]
    says: str
    tried: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskRow:
    """A task's line in the table. ``caught`` of its misconceptions fail it; ``failing`` of its
    checks fail for one of them; ``untried`` checks and misconceptions need a training."""

    id: str
    points: float
    checks: int
    failing: int
    misconceptions: int
    caught: int
    untried: int


@dataclass(frozen=True)
class Validation:
    """The outcome for one lab."""

    lab: str
    title: str
    languages: tuple[Language, ...]
    seeds: tuple[int, ...]
    quick: bool
    points: float
    tasks: tuple[TaskRow, ...]
    rules: tuple[Rule, ...]
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether every rule holds."""
        return not any(rule.problems for rule in self.rules)
