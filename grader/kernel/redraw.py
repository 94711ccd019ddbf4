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
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .inspection import constant, written_down

Array = np.ndarray[Any, Any]
PATTERN = 64
"""Bytes, compressed, of a pattern that may stay as it is."""
PATTERNS = 2048
"""Bytes of all patterns together."""
CUT = 2.0
"""Where Keras cuts a truncated normal distribution, in deviations of the whole one."""
CUT_DEVIATION = 0.87962566103423978
"""Standard deviation of a standard normal distribution cut at ``CUT``."""
FINENESS = 32
"""Steps to a deviation of the mean, and to a doubling of the deviation: 1 % at the most."""
UNIFORM, TRUNCATED, NORMAL = 1.8, 2.366, 3.0
"""Kurtosis of the three distributions that initialisers draw from."""


def redraw(values: Sequence[Array], seed: int) -> list[Array]:
    """Fresh arrays of the same shapes and dtypes; the same for the same ``values`` and ``seed``."""
    return [
        value if scale is None else _drawn(np.random.default_rng([seed, place]), value, scale)
        for place, (value, scale) in enumerate(zip(values, _scales(values), strict=True))
    ]


def kept(values: Sequence[Array]) -> list[bytes]:
    """What :func:`redraw` keeps of each array, written down: no more of it is ever seen again."""
    return [
        written_down(value) if scale is None else f"{value.dtype}{value.shape}{scale}".encode()
        for value, scale in zip(values, _scales(values), strict=True)
    ]


class _Scale(NamedTuple):
    """Mean and deviation, rounded: they too could be chosen."""

    mean: float
    """In deviations."""
    deviation: float
    """Its logarithm to the base 2."""
    kind: str


def _scales(values: Sequence[Array]) -> Iterator[_Scale | None]:
    """From what each array is drawn; ``None`` for one that stays as it is."""
    room = PATTERNS
    for value in values:
        size = 0 if constant(value) else len(zlib.compress(value.tobytes(), 9))
        if size <= min(PATTERN, room):
            room -= size
            yield None
        else:
            yield _scale(value.astype(np.float64))


def _scale(numbers: Array) -> _Scale:
    mean, deviation = float(numbers.mean()), float(numbers.std())
    if not np.isfinite(deviation) or deviation == 0.0:
        return _Scale(0.0, float("nan") if deviation else float("-inf"), "normal")
    kind = _nearest(numbers, mean, deviation)
    return _Scale(_rounded(mean / deviation), _rounded(float(np.log2(deviation))), kind)


def _rounded(number: float) -> float:
    return float(np.round(number * FINENESS) / FINENESS)


def _drawn(rng: np.random.Generator, like: Array, scale: _Scale) -> Array:
    match scale.kind:
        case "uniform":
            drawn = rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), like.shape)
        case "truncated":
            drawn = _truncated(rng, like.shape) / CUT_DEVIATION
        case _:
            drawn = rng.standard_normal(like.shape)
    fresh: Array = (np.exp2(scale.deviation) * (scale.mean + drawn)).astype(like.dtype)
    return fresh


def _nearest(numbers: Array, mean: float, deviation: float) -> str:
    """Which of the three distributions has the most similar fourth moment."""
    kurtosis = float(np.mean(((numbers - mean) / deviation) ** 4))
    if kurtosis < (UNIFORM + TRUNCATED) / 2:
        return "uniform"
    return "truncated" if kurtosis < (TRUNCATED + NORMAL) / 2 else "normal"


def _truncated(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    drawn = rng.standard_normal(shape)
    while (outside := np.abs(drawn) > CUT).any():
        drawn[outside] = rng.standard_normal(int(outside.sum()))
    return drawn
