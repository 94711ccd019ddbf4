"""When work is due, and what it keeps when it comes later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

from .parts import Part

EXAMPLE = "2025-03-01T23:59+03:00"


def _moment(value: Any) -> Any:
    """Only dates as people write them: a bare number would be read as seconds since 1970."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"write date, time and offset, as in {EXAMPLE}") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"give the time and its offset from UTC too, as in {EXAMPLE}")
    return value


Deadline = Annotated[AwareDatetime, BeforeValidator(_moment)]


class LateStep(Part):
    """Work that comes up to ``hours`` after the deadline keeps ``keep`` per cent of its points."""

    hours: float = Field(gt=0, le=24 * 3660)
    keep: float = Field(ge=0, le=100)


def problems(
    deadline: datetime | None, steps: Sequence[LateStep], keep_after: float | None
) -> list[tuple[tuple[str | int, ...], str]]:
    """What does not fit together, each with its place in the rubric."""
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    if deadline is None:
        keys = [("late", steps), ("keep_after", keep_after is not None)]
        return [((key,), f"`{key}` needs a `deadline`") for key, given in keys if given]
    if steps and keep_after is None:
        wrong.append((("late",), "say what is kept after the last step: `keep_after`"))
    for place in range(1, len(steps)):
        before, here = steps[place - 1 : place + 1]
        if here.hours <= before.hours:
            wrong.append((("late", place, "hours"), "each step ends later than the one before it"))
        if here.keep > before.keep:
            wrong.append((("late", place, "keep"), "later work cannot keep more than earlier work"))
    if steps and keep_after is not None and keep_after > steps[-1].keep:
        wrong.append((("keep_after",), "later work cannot keep more than earlier work"))
    return wrong
