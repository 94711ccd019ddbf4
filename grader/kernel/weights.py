"""A model's variables, and given weights put into them, in whatever order they were made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

NOISE = 0.1


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
    """The variables with a little noise on top, for the length of a block."""
    own = [np.asarray(v).copy() for v in variables]
    try:
        for variable, value in zip(variables, own, strict=True):
            noise = np.random.default_rng(1).normal(0, NOISE, value.shape)
            variable.assign(value + noise.astype(value.dtype))
        yield
    finally:
        for variable, value in zip(variables, own, strict=True):
            variable.assign(value)


def _index(items: list[Any], wanted: Any) -> int:
    """Position by identity: comparing variables with ``==`` would compare their values."""
    return next(i for i, item in enumerate(items) if item is wanted)
