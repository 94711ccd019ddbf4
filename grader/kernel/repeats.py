"""The probe ``repeat``: a function that draws random numbers, called again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .packing import pack
from .probes import Reply, argument, over_cases
from .recorder import Recorder
from .wire import Leaf

MAX_CALLS = 5000


def repeat(recorder: Recorder, request: dict[str, Any]) -> Reply:
    """Call the target ``request["calls"]`` times a case; its values, stacked along a new axis.

    ``traced`` asks for calls of one compiled graph, as ``Dataset.map`` makes them; code that is no
    graph is called as it is. Values of different shapes, or no arrays, come back as the first of
    them with the shapes that were seen.
    """
    calls = min(int(request["calls"]), MAX_CALLS)

    def one(function: Any, case: dict[str, Any]) -> Any:
        import tensorflow as tf

        args = [argument(tf, arg, []) for arg in case["args"]]
        traced, again = _compiled(tf, function, args) if request["traced"] else (False, None)
        draw = again or (lambda: function(*args))
        first = pack(tf, draw())
        if not isinstance(first, Leaf):
            return {"value": first, "traced": traced}
        values = [first.array, *(np.asarray(draw()) for _ in range(calls - 1))]
        shapes = sorted({value.shape for value in values})
        if len(shapes) > 1:
            listed = [list(shape) for shape in shapes[:10]]
            return {"value": first, "shapes": listed, "traced": traced}
        return {"values": Leaf(first.kind, np.stack(values)), "traced": traced}

    return over_cases(recorder, request, one)


def _compiled(tf: Any, function: Any, args: list[Any]) -> tuple[bool, Callable[[], Any] | None]:
    """The call as one graph, its tensors as inputs; nothing where it cannot be traced."""
    tensors = [arg for arg in args if tf.is_tensor(arg)]

    def call(*inputs: Any) -> Any:
        left = iter(inputs)
        return function(*(next(left) if tf.is_tensor(arg) else arg for arg in args))

    graph = tf.function(call)
    try:
        graph.get_concrete_function(*tensors)
    except Exception:  # noqa: BLE001  any code that is no graph runs eagerly, as it is written
        return False, None
    return True, lambda: graph(*tensors)
