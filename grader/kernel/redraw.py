"""Draws the weights that a training starts from: of a student's own, only their scale is kept.

Weights that were trained elsewhere cannot be told from drawn ones by looking at them: whoever has
them can permute the filters, change signs, and redraw the last layer. So nobody looks. Each
trained variable starts from numbers drawn here, with the mean, the deviation and the shape of the
distribution that the student's initial numbers have: for weights that were drawn at random this
changes nothing but the seed; of weights that were not, nothing is left.

Constants (zeros of a bias, ones of a scale) and patterns of a few bytes (an identity, the ones of a
forget gate) stay as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .inspection import constant

Array = np.ndarray[Any, Any]
PATTERN = 64
"""Bytes, compressed, of a pattern that may stay as it is."""
PATTERNS = 2048
"""Bytes of all patterns together."""
CUT = 2.0
"""Where Keras cuts a truncated normal distribution, in deviations of the whole one."""
CUT_DEVIATION = 0.87962566103423978
"""Standard deviation of a standard normal distribution cut at ``CUT``."""
UNIFORM, TRUNCATED, NORMAL = 1.8, 2.366, 3.0
"""Kurtosis of the three distributions that initialisers draw from."""


def redraw(values: Sequence[Array], seed: int) -> list[Array]:
    """Fresh arrays of the same shapes and dtypes; the same for the same ``values`` and ``seed``."""
    room = PATTERNS
    fresh = []
    for place, value in enumerate(values):
        size = 0 if constant(value) else len(zlib.compress(value.tobytes(), 9))
        if size <= min(PATTERN, room):
            room -= size
            fresh.append(value)
        else:
            fresh.append(_drawn(np.random.default_rng([seed, place]), value))
    return fresh


def _drawn(rng: np.random.Generator, like: Array) -> Array:
    numbers = like.astype(np.float64)
    mean, deviation = float(numbers.mean()), float(numbers.std())
    match _nearest(numbers, mean, deviation):
        case "uniform":
            drawn = rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), like.shape)
        case "truncated":
            drawn = _truncated(rng, like.shape) / CUT_DEVIATION
        case _:
            drawn = rng.standard_normal(like.shape)
    fresh: Array = (mean + deviation * drawn).astype(like.dtype)
    return fresh


def _nearest(numbers: Array, mean: float, deviation: float) -> str:
    """Which of the three distributions has the most similar fourth moment."""
    if not np.isfinite(deviation) or deviation == 0.0:
        return "normal"
    kurtosis = float(np.mean(((numbers - mean) / deviation) ** 4))
    if kurtosis < (UNIFORM + TRUNCATED) / 2:
        return "uniform"
    return "truncated" if kurtosis < (TRUNCATED + NORMAL) / 2 else "normal"


def _truncated(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    drawn = rng.standard_normal(shape)
    while (outside := np.abs(drawn) > CUT).any():
        drawn[outside] = rng.standard_normal(int(outside.sum()))
    return drawn
