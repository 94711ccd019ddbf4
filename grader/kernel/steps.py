"""The steps of a computation: which operations were made, on what, and a sketch of each result.

Sketches tell two results apart without carrying them: the norm, and projections on fixed waves.
Whoever judges can so find the first step at which one computation leaves another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
MAX_STEPS = 1500
MAX_NUMBERS = 2**22
WAVES = (0.7390851, 1.9106332, 2.6220576)
"""Radians from one number to the next; no two in a simple ratio to each other or to pi."""
SOURCES = {
    "Const",
    "Placeholder",
    "ReadVariableOp",
    "VarHandleOp",
    "VariableV2",
    "VarIsInitializedOp",
}
"""What brings values in, and computes none."""
SIZES = {"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"}
"""What depends on nothing but the size of what went in."""


class Steps:
    """The steps noted so far, by the names of the tensors that they gave."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self._made: dict[Any, list[int]] = {}
        self._kept: list[Any] = []

    def note(self, op: str, inputs: Sequence[Any], outputs: Sequence[tuple[Any, Any, Any]]) -> None:
        """One operation; ``inputs`` by name, ``outputs`` as name, the thing itself and its value
        (``None`` where there is none to see)."""
        told = () if op in SIZES else inputs
        before = sorted({step for name in told for step in self._made.get(name, ())})
        for name, thing, value in outputs:
            self._kept.append(thing)  # names are addresses: none may be used twice
            self._made[name] = before
            if op not in SOURCES and _of_numbers(value) and len(self.told) < MAX_STEPS:
                self._made[name] = [len(self.told)]
                shape = [int(size) for size in value.shape]
                self.told.append(
                    {"op": op[:60], "inputs": before, "shape": shape, "sketch": sketch(value)}
                )


def sketch(value: Array) -> list[float]:
    """The norm of ``value`` and its direction, seen from ``WAVES``: all zeros for zeros."""
    flat = np.asarray(value, np.float64).ravel()
    norm = float(np.sqrt(np.sum(flat * flat)))
    if not norm or not np.isfinite(norm):
        return [0.0] * (1 + len(WAVES))
    places = np.arange(1, flat.size + 1)
    return [norm, *(float(flat @ np.cos(places * wave)) / norm for wave in WAVES)]


@contextmanager
def followed(tf: Any, case: dict[str, Any], steps: Steps) -> Iterator[None]:
    """Notes in ``steps`` what TensorFlow computes in a block, where the case asks for that.

    Compiled functions run step by step meanwhile.
    """
    if not case.get("trace"):
        yield
        return
    from tensorflow.python.framework import op_callbacks

    def noted(
        op: str, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        if graph is None:
            found = [(id(output), output, _value(output)) for output in outputs]
            steps.note(_text(op), [id(one) for one in inputs], found)

    compiled = not tf.config.functions_run_eagerly()
    if compiled:
        tf.config.run_functions_eagerly(True)
    op_callbacks.add_op_callback(noted)
    try:
        yield
    finally:
        op_callbacks.remove_op_callback(noted)
        if compiled:
            tf.config.run_functions_eagerly(False)


def of_graph(
    outputs: Sequence[Any], order: Sequence[Any], run: Callable[[list[Any]], list[Array]]
) -> list[dict[str, Any]]:
    """The steps of a graph's operations (``order``) on which ``outputs`` depend, from one ``run``.

    Branches that may not be taken are left out.
    """
    needed, left = set(), [output.op for output in outputs]
    while left:
        op = left.pop()
        if op.name not in needed:
            needed.add(op.name)
            left += [tensor.op for tensor in op.inputs]
    chosen = [op for op in order if op.name in needed]
    seen = [t for op in chosen for t in op.outputs if _can_be_seen(t)][:MAX_STEPS]
    values = dict(zip([t.name for t in seen], run(seen), strict=True))
    steps = Steps()
    for op in chosen:
        inputs = [tensor.name for tensor in op.inputs]
        steps.note(op.type, inputs, [(t.name, None, values.get(t.name)) for t in op.outputs])
    return steps.told


def _can_be_seen(tensor: Any) -> bool:
    op = tensor.op
    in_branch = op._get_control_flow_context() is not None
    floats = tensor.dtype.base_dtype.is_floating and not tensor.dtype._is_ref_dtype
    return floats and not in_branch and op.type not in SOURCES


def _of_numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size <= MAX_NUMBERS


def _value(tensor: Any) -> Any:
    if not hasattr(tensor, "numpy") or not tensor.dtype.is_floating:
        return None
    return np.asarray(tensor)


def _text(op: Any) -> str:
    return op.decode() if isinstance(op, bytes) else str(op)
