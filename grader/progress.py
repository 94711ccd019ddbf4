"""What is being done right now, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Event:
    """``done`` of ``total`` units of a step; while training, accuracy (a fraction) and epoch.

    Several may train at once; one that has ended says so with all of its units and no accuracy.
    """

    step: Literal["data", "read", "start", "cell", "probe", "train", "compare", "report"]
    done: int
    total: int
    detail: str = ""
    epoch: float | None = None
    accuracy: float | None = None
    seed: int | None = None


OnEvent = Callable[[Event], None]


def silent(event: Event) -> None:
    """Shows nothing."""
