"""What a student's code returned, as a tree that the wire can carry."""

from __future__ import annotations

from itertools import islice
from types import GeneratorType
from typing import Any

import numpy as np

from .wire import Leaf

MAX_PRINTED = 20_000
MAX_YIELDED = 1000
MAX_BYTES = 64 * 2**20


def pack(tf: Any, value: Any, depth: int = 0) -> Any:
    """``value`` as a wire tree: arrays with what they were, anything foreign by its type's name."""
    if isinstance(value, Leaf):
        return _leaf(value.kind, value.array, type(value.array))
    if value is None or isinstance(value, bool | int | float | str):
        return value if not isinstance(value, str) else value[:MAX_PRINTED]
    if isinstance(value, GeneratorType):
        value = list(islice(value, MAX_YIELDED))
    if depth < 6 and isinstance(value, tuple | list):
        items = [pack(tf, item, depth + 1) for item in value[:1000]]
        return tuple(items) if isinstance(value, tuple) else items
    if depth < 6 and isinstance(value, dict):
        return {str(k): pack(tf, v, depth + 1) for k, v in list(value.items())[:1000]}
    kind = _kind(tf, value)
    if kind is None:
        return {"type": type(value).__name__[:100]}
    return _leaf(kind, np.asarray(value), type(value))


def _leaf(kind: str, array: np.ndarray[Any, Any], made_as: type) -> Any:
    """The array, or of one that is too large or holds anything but numbers its type and shape."""
    if array.dtype.name == "bfloat16":  # no dtype of NumPy's own
        array = array.astype(np.float32)
    if array.nbytes > MAX_BYTES or array.dtype.hasobject or array.dtype.kind in "mM":
        return {"type": made_as.__name__[:100], "shape": list(array.shape)}
    return Leaf(kind, array)


def _kind(tf: Any, value: Any) -> str | None:
    if isinstance(value, (tf.Variable, getattr(tf.keras, "Variable", tf.Variable))):
        return "variable"
    if tf.is_tensor(value):
        return "tensor"
    if isinstance(value, np.ndarray):
        return "ndarray"
    return "scalar" if isinstance(value, np.generic) else None
