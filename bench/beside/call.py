"""What is measured: a command, and what must have come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Call:
    """One command, ready to run in ``folder``; ``wrong`` says what is wrong with its outcome."""

    command: Sequence[str]
    folder: Path
    wrong: Callable[[], str | None]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Timing:
    """One row of the table: ``make`` makes one repetition's call in a fresh folder."""

    name: str
    who: str
    title: str
    make: Callable[[Path], Call]
    count: int = 1
    """Submissions that one call grades."""
    long: bool = False
    """Minutes: measured ``--full-repeats`` times."""
    optional: bool = False
    """Measured only where it is named."""
