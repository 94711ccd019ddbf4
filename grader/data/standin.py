"""Generated images, for machines where no real data set can be had.

Ten classes of 32×32×3 images, about as hard as CIFAR-10. What tells the classes apart:

- a *texture*: a striped patch somewhere in the image, in one of five directions and two widths,
  of any colour, phase, size and strength. It is the same wherever it stands, so a convolution
  finds it, and a template of pixels does not. A weaker patch of any class lies near it;
- a *hint*: a soft wash of colour, always in the same place, as sky and grass are. It is what a
  linear model can learn, and it belongs to another class as often as not, so that no amount of
  training on it alone comes near 70 %.

What ``python bench/calibrate_standin.py`` measured (percent of the 1,000 validation images, batches
of 64, the best epoch of each run; three seeds, one where marked *):

==============================================  =====  =====  =====  =====
network                                          rule   mean    min    max
==============================================  =====  =====  =====  =====
conv 5×5×32, 3×3×16, SGD 3e-3, 1 epoch           > 43   53.6   53.0   53.9
the same, Nesterov momentum 0.9                  > 50   59.6   57.9   60.5
conv 16, 32, Nesterov SGD 5e-4, 1 epoch          > 45   53.8   53.0   54.2
conv-bn-relu-pool, Adam 1e-3, 3 epochs           > 70   76.2   74.6   78.6
the reference's order and falling rate           > 70   82.3   81.9   82.6
untrained conv-bn-relu-pool                      < 70    9.8    8.9   10.8
the second of these without ReLU                 < 70   53.0   52.3   53.5
linear, SGD 1e-2, 1 epoch                        < 70   48.6   45.9   51.3
linear, Adam 1e-3, 10 epochs                     < 70   48.1   47.0   49.3
two layers, 4000 hidden, SGD 1e-2, 1 epoch       < 70   48.6   47.0   49.8
two layers, Adam 1e-3, 10 epochs *               < 70   65.8   65.8   65.8
==============================================  =====  =====  =====  =====

Smaller or weaker patches would hold the last line further down, and the shallow networks with it:
with ``radius`` 4.5…9 and ``strength`` 18…64 it is 52, but the fourth ends its third epoch at 66.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Range = tuple[float, float]

VERSION = 2
SIDE = 32
CLASSES = 10
DIRECTIONS = 5
_CHUNK = 500


@dataclass(frozen=True)
class Recipe:
    """What sets the difficulty. Lengths are in pixels, strengths in grey levels of 255."""

    seed: int = 20_100_408
    wavelengths: Range = (5.0, 9.0)
    wavelength_spread: float = 0.14
    """How far a wavelength strays, as a fraction of itself."""
    turn_spread: float = 0.045
    """How far a direction strays, in turns; neighbouring classes are 0.1 apart."""
    radius: Range = (5.0, 10.0)
    centre: Range = (4.0, 27.0)
    strength: Range = (24.0, 72.0)
    clutter: float = 0.5
    """Strength of the patch that means nothing, as a fraction of the one that does."""
    grain: Range = (8.0, 36.0)
    shade: float = 40.0
    hint: float = 25.0
    honest: float = 0.5
    """How often the hint is that of the image's class for sure; else it is drawn from all ten."""


STANDARD = Recipe()


def images(count: int, part: int, recipe: Recipe = STANDARD) -> tuple[Array, Array]:
    """``count`` images uint8 ``(count, 32, 32, 3)`` and labels int64 ``(count,)``.

    Images of different ``part`` never coincide. The bytes are the same on every machine: random
    numbers are raw fractions of PCG64, and pixels are made by additions, products and
    comparisons alone, which IEEE 754 rounds in one way only.
    """
    x = np.empty((count, SIDE, SIDE, 3), np.uint8)
    y = np.empty(count, np.int64)

    def fill(start: int) -> None:
        rng = np.random.Generator(np.random.PCG64([recipe.seed, part, start]))
        labels = _classes(rng, min(_CHUNK, count - start))
        y[start : start + len(labels)] = labels
        x[start : start + len(labels)] = _draw(rng, labels, recipe)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, count, _CHUNK)))
    return x, y


def grey_images(count: int, part: int) -> tuple[Array, Array]:
    """The same pictures for a grey data set: uint8 ``(count, 28, 28, 1)``, the rim cut off."""
    x, y = images(count, part)
    grey = x[:, 2:-2, 2:-2].sum(axis=-1, dtype=np.uint16) // 3
    return grey.astype(np.uint8)[..., None], y


def _draw(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Array:
    count = len(labels)
    strength = _between(rng, (count, 1, 1, 1), recipe.strength)
    picture = _background(rng, count, recipe) + _hint(rng, labels, recipe)
    picture += strength * _patch(rng, labels, recipe)
    picture += recipe.clutter * strength * _patch(rng, _classes(rng, count), recipe)
    grain = _between(rng, (count, 1, 1, 1), recipe.grain)
    picture += grain * _signed(rng, (count, SIDE, SIDE, 3))
    clipped: Array = np.clip(picture, 0, 255).astype(np.uint8)
    return clipped


def _patch(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Array:
    """A round patch of stripes per image, fading out at its rim, in a colour of its own."""
    one = (len(labels), 1, 1)
    steps = np.arange(SIDE, dtype=np.float32)
    rows, columns = steps[None, :, None], steps[None, None, :]
    turn = (labels % DIRECTIONS) / (2 * DIRECTIONS)
    turn = 2 * np.pi * (turn + recipe.turn_spread * _signed(rng, labels.shape))
    wavelength = np.take(recipe.wavelengths, labels // DIRECTIONS)
    wavelength = wavelength * (1 + recipe.wavelength_spread * _signed(rng, labels.shape))
    across = _rounded(np.cos(turn) / wavelength).reshape(one)
    down = _rounded(np.sin(turn) / wavelength).reshape(one)
    stripes = _wave(columns * across + rows * down + rng.random(one, np.float32))
    radius = _between(rng, one, recipe.radius)
    right = (columns - _between(rng, one, recipe.centre)) / radius
    below = (rows - _between(rng, one, recipe.centre)) / radius
    inside = np.clip(2 * (1 - right * right - below * below), 0, 1)
    patch: Array = (stripes * inside)[..., None] * _signed(rng, (len(labels), 1, 1, 3))
    return patch


def _wave(turns: Array) -> Array:
    """Two parabolas a turn, within 6 % of a sine, and the same on every machine."""
    part = turns - np.floor(turns) - np.float32(0.5)
    wave: Array = 8 * part - 16 * part * np.abs(part)
    return wave


def _background(rng: np.random.Generator, count: int, recipe: Recipe) -> Array:
    """A colour per image that changes evenly over it."""
    ramp = (np.arange(SIDE, dtype=np.float32) - 15.5) / 16
    shade, half = recipe.shade, recipe.shade / 2
    colour = 128 + shade * _signed(rng, (count, 1, 1, 1)) + half * _signed(rng, (count, 1, 1, 3))
    across = half * _signed(rng, (count, 1, 1, 3)) * ramp[None, None, :, None]
    down = half * _signed(rng, (count, 1, 1, 3)) * ramp[None, :, None, None]
    background: Array = colour + across + down
    return background


def _hint(rng: np.random.Generator, labels: Array, recipe: Recipe) -> Array:
    """The wash of the image's class, or that of any."""
    honest = rng.random(len(labels)) < recipe.honest
    shown = np.where(honest, labels, _classes(rng, len(labels)))
    strength = recipe.hint * _between(rng, (len(labels), 1, 1, 1), (0.5, 1.5))
    hint: Array = strength * _washes(recipe.seed)[shown]
    return hint


def _washes(seed: int) -> Array:
    """One wash per class: a 5×5 grid of colours in −1…1, spread evenly between its nodes."""
    rng = np.random.Generator(np.random.PCG64(seed))
    nodes = _signed(rng, (CLASSES, 5, 5, 3))
    at = (np.arange(SIDE) + 0.5) / 8
    left, share = at.astype(int), (at % 1).astype(np.float32)
    rows = nodes[:, left] * (1 - share)[:, None, None] + nodes[:, left + 1] * share[:, None, None]
    wash: Array = rows[:, :, left] * (1 - share)[:, None] + rows[:, :, left + 1] * share[:, None]
    return wash


def _classes(rng: np.random.Generator, count: int) -> Array:
    return (CLASSES * rng.random(count)).astype(np.int64)


def _signed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Even over −1…1."""
    return 2 * rng.random(shape, np.float32) - 1


def _between(rng: np.random.Generator, shape: tuple[int, ...], span: Range) -> Array:
    low, high = span
    return np.float32(low) + np.float32(high - low) * rng.random(shape, np.float32)


def _rounded(values: Array) -> Array:
    """To 16 binary places: machines differ in the last place of a sine, not in these."""
    return (np.round(values * 2**16) / 2**16).astype(np.float32)
