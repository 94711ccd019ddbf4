"""Weights that a model is given only once it has shown variables of just their shapes.

The shapes are a part of the answer (how many filters, how large): a student's code could read them
off the frames above it while it builds the model. So they stay here, and each case asks once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from grader.checks.evidence import Probe
from grader.kernel.wire import Leaf


class Withheld:
    """The weights of one probe's cases."""

    def __init__(self, probe: Probe) -> None:
        self._left = {case.id: getattr(case, "weights", ()) for case in probe.cases}

    async def give(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Called with the shapes of a case's variables; answers with its weights if they fit."""
        told, shapes = message.get("case"), message.get("shapes")
        weights = self._left.pop(told, ()) if isinstance(told, str) else ()
        fits = Counter(tuple(weight.shape) for weight in weights) == _counted(shapes)
        return {"weights": [Leaf("ndarray", weight) for weight in weights] if fits else []}


def _counted(shapes: Any) -> Counter[tuple[Any, ...]] | None:
    """The shapes as told; ``None`` for what is no list of shapes."""
    if not isinstance(shapes, list) or not all(isinstance(shape, list) for shape in shapes):
        return None
    if not all(type(size) is int for shape in shapes for size in shape):
        return None
    return Counter(tuple(shape) for shape in shapes)
