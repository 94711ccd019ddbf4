"""A rubric as students may read it; :mod:`grader.preview` makes it, a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .model import Text


@dataclass(frozen=True)
class PreviewedCheck:
    """``title`` is ``None`` for a hidden check. ``rule`` says what a training has to reach."""

    title: Text | None
    points: float
    remark: bool
    rule: Text | None = None


@dataclass(frozen=True)
class PreviewedTask:
    """``manual`` points are given by a person."""

    id: str
    title: Text
    points: float
    manual: float
    checks: tuple[PreviewedCheck, ...]


@dataclass(frozen=True)
class Preview:
    """``late``: up to so many hours after the deadline, work keeps so many per cent."""

    title: Text
    points: float
    pass_mark: float
    """Points needed to pass."""
    deadline: datetime | None
    late: tuple[tuple[float, float], ...]
    keep_after: float | None
    tasks: tuple[PreviewedTask, ...]
