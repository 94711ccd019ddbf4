"""A generated data set of ten classes, for machines where no real one can be had."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float32]]

VERSION = 1
SIDE = 32
CLASSES = 10
CHUNK = 500


@dataclass(frozen=True)
class Recipe:
    """Everything that sets the difficulty; grey levels where no unit is given."""

    seed: int = 20_100_408
    wavelengths: tuple[float, float] = (5.0, 9.0)
    wavelength_jitter: float = 0.14
    angle_jitter: float = 0.045
    radius: tuple[float, float] = (6.0, 13.0)
    contrast: tuple[float, float] = (10.0, 50.0)
    clutter: float = 0.5
    noise: tuple[float, float] = (8.0, 36.0)
    cue: float = 16.0
    honest: float = 0.45
    shade: float = 40.0


def images(count: int, part: int, recipe: Recipe = Recipe()) -> tuple[Array, Array]:
    """``count`` images of one part."""
    size = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    x = np.empty((count, SIDE, SIDE, 3), np.uint8)
    y = np.empty(count, np.int64)

    def fill(index: int) -> None:
        rng = np.random.Generator(np.random.PCG64([recipe.seed, part, index]))
        span = slice(index * CHUNK, index * CHUNK + size[index])
        y[span] = rng.integers(0, CLASSES, size[index])
        x[span] = _draw(rng, y[span], recipe)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, range(len(size))))
    return x, y


def _draw(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Array:
    n = len(labels)
    tint = 1.0 * _uniform(rng, (n, 1, 1, 3))
    picture = _background(rng, n, recipe) + _cue(rng, labels, recipe)
    contrast = _between(rng, (n, 1, 1, 1), recipe.contrast)
    picture += contrast * tint * _patch(rng, labels, recipe)
    others = rng.integers(0, CLASSES, n)
    picture += (
        recipe.clutter
        * contrast
        * (1.0 * _uniform(rng, (n, 1, 1, 3)))
        * _patch(rng, others, recipe)
    )
    grain = rng.random((n, SIDE, SIDE, 3), np.float32) - np.float32(0.5)
    picture += 2 * _between(rng, (n, 1, 1, 1), recipe.noise) * grain
    return np.clip(picture, 0, 255).astype(np.uint8)


def _patch(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Floats:
    n = len(labels)
    shape = (n, 1, 1)
    turn = (labels % 5) / 10 + recipe.angle_jitter * (2 * rng.random(n) - 1)
    length = np.take(recipe.wavelengths, labels // 5) * (
        1 + recipe.wavelength_jitter * (2 * rng.random(n) - 1)
    )
    steps = np.arange(SIDE, dtype=np.float32)
    rows, columns = steps[None, :, None], steps[None, None, :]
    across = _fixed(np.cos(2 * np.pi * turn) / length).reshape(shape)
    down = _fixed(np.sin(2 * np.pi * turn) / length).reshape(shape)
    wave = _wave(columns * across + rows * down + rng.random(shape, np.float32))
    radius = _between(rng, shape, recipe.radius)
    right = (columns - _between(rng, shape, (7.0, 24.0))) / radius
    below = (rows - _between(rng, shape, (7.0, 24.0))) / radius
    window = np.maximum(1 - right * right - below * below, 0)
    return (wave * np.minimum(2 * window, 1))[..., None]


def _wave(turns: Floats) -> Floats:
    p = turns - np.floor(turns) - np.float32(0.5)
    return 8 * p - 16 * p * np.abs(p)


def _background(rng: np.random.Generator, n: int, recipe: Recipe) -> Floats:
    ramp = (np.arange(SIDE, dtype=np.float32) - 15.5) / 16
    grey = 128 + recipe.shade * _uniform(rng, (n, 1, 1, 1))
    colour = grey + recipe.shade / 2 * _uniform(rng, (n, 1, 1, 3))
    slope_x = recipe.shade / 2 * _uniform(rng, (n, 1, 1, 3))
    slope_y = recipe.shade / 2 * _uniform(rng, (n, 1, 1, 3))
    return colour + slope_x * ramp[None, None, :, None] + slope_y * ramp[None, :, None, None]


def _cue(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Floats:
    fixed = np.random.Generator(np.random.PCG64(recipe.seed))
    coarse = 2 * fixed.random((CLASSES, 4, 4, 3), np.float32) - 1
    smooth = coarse.repeat(8, axis=1).repeat(8, axis=2)
    shown = np.where(
        rng.random(len(labels)) < recipe.honest, labels, rng.integers(0, CLASSES, len(labels))
    )
    gain = _between(rng, (len(labels), 1, 1, 1), (0.5, 1.5))
    return recipe.cue * gain * smooth[shown]


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return 2 * rng.random(shape, np.float32) - 1


def _between(rng: np.random.Generator, shape: tuple[int, ...], span: tuple[float, float]) -> Floats:
    low, high = span
    return np.float32(low) + np.float32(high - low) * rng.random(shape, np.float32)


def _fixed(values: Array) -> Floats:
    return (np.round(values * 2**16) / 2**16).astype(np.float32)
