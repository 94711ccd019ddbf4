"""A model's variables, and given weights put into them, in whatever order they were made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

NOISE = 0.1
LARGE = 2**22
"""Numbers in a variable of which the rest is left as it is."""


def assign(variables: list[Any], weights: list[Any]) -> bool:
    """Give each array to the one variable of its shape; False (and no change) where that fails.

    Variables of one shape are told apart by nothing: arrays of one shape have to be equal.
    """
    pairs = []
    left = list(variables)
    for array in weights:
        twins = [other for other in weights if other.shape == array.shape]
        fitting = [v for v in left if tuple(v.shape) == array.shape]
        if not fitting or not all(np.array_equal(array, other) for other in twins):
            return False
        del left[_index(left, fitting[0])]
        pairs.append((fitting[0], array))
    if left:
        return False
    for variable, array in pairs:
        variable.assign(array)
    return True


def counted(model: Any, aside: list[str]) -> list[Any]:
    """The trainable variables, without those of layers whose class is one of ``aside``."""
    variables = list(getattr(model, "trainable_variables", []))
    layers = model._flatten_layers() if aside and hasattr(model, "_flatten_layers") else []
    skipped = {
        id(variable)
        for layer in layers
        if type(layer).__name__ in aside
        for variable in layer.trainable_variables
    }
    return [variable for variable in variables if id(variable) not in skipped]


@contextmanager
def shaken(variables: list[Any]) -> Iterator[None]:
    """The variables with a little noise on top, for the length of a block.

    Of a very large one only the first rows: a second copy of it may be more than there is room for.
    """
    parts = [_first_rows(variable) for variable in variables]
    own = [np.asarray(part).copy() for part in parts]
    try:
        for part, value in zip(parts, own, strict=True):
            noise = np.random.default_rng(1).normal(0, NOISE, value.shape)
            part.assign(value + noise.astype(value.dtype))
        yield
    finally:
        for part, value in zip(parts, own, strict=True):
            part.assign(value)


def _first_rows(variable: Any) -> Any:
    """The variable, or as many of its rows as are ``LARGE`` numbers together."""
    shape = tuple(int(size) for size in variable.shape)
    rows = LARGE // max(1, math.prod(shape[1:]))
    if math.prod(shape) <= LARGE or rows == 0:
        return variable
    inside = variable.value  # Keras 3 wraps what can be sliced; TensorFlow's own has a method here
    return (variable if callable(inside) else inside)[:rows]


def _index(items: list[Any], wanted: Any) -> int:
    """Position by identity: comparing variables with ``==`` would compare their values."""
    return next(i for i, item in enumerate(items) if item is wanted)
