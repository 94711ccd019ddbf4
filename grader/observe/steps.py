"""The steps of a computation as a kernel tells them: untrusted, so forced into shape."""

from __future__ import annotations

import math
from typing import Any

from grader.model import Step

MOST = 1500
LONGEST = 60
DIMENSIONS = 8
SKETCH = 4


def steps_of(told: Any) -> tuple[Step, ...]:
    """The steps in order, up to the first that is none."""
    found: list[Step] = []
    for entry in told[:MOST] if isinstance(told, list) else ():
        step = _step(entry, len(found))
        if step is None:
            break
        found.append(step)
    return tuple(found)


def _step(entry: Any, place: int) -> Step | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("op"), str):
        return None
    inputs, shape = _whole(entry.get("inputs")), _whole(entry.get("shape"))
    sketch = entry.get("sketch")
    if inputs is None or shape is None or not isinstance(sketch, list) or len(sketch) != SKETCH:
        return None
    if any(type(number) is not float or not math.isfinite(number) for number in sketch):
        return None
    if any(number >= place for number in inputs) or len(shape) > DIMENSIONS:
        return None
    return Step(entry["op"][:LONGEST], inputs, shape, tuple(sketch))


def _whole(told: Any) -> tuple[int, ...] | None:
    """Whole numbers from zero on."""
    if not isinstance(told, list) or any(type(n) is not int or n < 0 for n in told[: MOST + 1]):
        return None
    return tuple(told[:MOST])
