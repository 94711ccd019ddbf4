"""What a random change did to an image, as numbers: found from the image and what came back.

The images are drawn so that each change shows by itself, in whatever order the changes were made:

- a *pattern*, grey pixels of two shades in no order. A crop of it, mirrored or not, is found by
  correlation, which no change of brightness, contrast, hue or saturation disturbs;
- a *plain* colour. Cropping, mirroring and contrast leave it as it is; brightness, saturation and
  hue are read off its colour (as HSV has them).

How many values there are and how large is the kernel's to choose: they are looked at in pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.model import Text

Array = np.ndarray[Any, Any]

PALE = 0.02
"""Below this difference between the largest and the smallest channel a colour has no hue."""
PIECE = 2**21
"""Numbers that are computed together, unless a single value has more."""


def measured(name: str, image: Array, values: Array) -> Array:
    """The measure ``name`` of each of ``values`` (n, h, w, C), made of ``image`` (H, W, C).

    A float array (n,); NaN where a value tells nothing.

    Raises:
        ValueError: the values are no images that could be cut out of this one.
    """
    if values.ndim != 4 or image.ndim != 3 or not values.size:
        raise ValueError("no images")
    wide = image.astype(np.float64)
    if name in _ALL:
        found = [_ALL[name](wide, piece.astype(np.float64)) for piece in _pieces(values)]
        return np.concatenate(found)
    return _placed(wide, values)[name]


def _pieces(values: Array, beside: int = 0) -> Iterator[Array]:
    """Some values after the others; ``beside``: numbers that are computed for each of them."""
    each = max(1, beside, values[:1].size)
    together = max(1, PIECE // each)
    for start in range(0, len(values), together):
        yield values[start : start + together]


def _placed(image: Array, values: Array) -> Mapping[str, Array]:
    """Where each value was cut out of the image, whether mirrored, and how well it fits there."""
    height, width = values.shape[1:3]
    if height > image.shape[0] or width > image.shape[1]:
        raise ValueError("larger than the image")
    shades = np.concatenate(
        [piece.mean(axis=-1, dtype=np.float64).reshape(len(piece), -1) for piece in _pieces(values)]
    )
    windows = np.lib.stride_tricks.sliding_window_view(image.mean(axis=-1), (height, width))
    turned = (windows, windows[..., ::-1], windows[..., ::-1, :], windows[..., ::-1, ::-1])
    fit, best, chosen = _likest(shades, turned)
    flip, top, left = np.unravel_index(best, (len(turned), *windows.shape[:2]))
    centred = chosen - chosen.mean(axis=1, keepdims=True)
    slope = (shades * centred).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1e-12)
    return {
        "fit": fit,
        "top": top.astype(np.float64),
        "left": left.astype(np.float64),
        "mirrored": (flip % 2).astype(np.float64),
        "upside_down": (flip // 2).astype(np.float64),
        "contrast": slope,
    }


def _likest(shades: Array, turned: Sequence[Array]) -> tuple[Array, Array, Array]:
    """For each row of ``shades`` (n, h·w) the window that it is likest: how like, which of them
    all in their order, and the window itself (n, h·w). The first of equals is taken.

    ``turned`` are views (tops, lefts, h, w), which are copied a piece at a time.
    """
    rows = _unit(shades)
    fit, best, chosen = np.full(len(rows), -np.inf), np.zeros(len(rows), int), np.zeros_like(rows)
    before = 0
    for windows in turned:
        for line in windows:
            for bank in _pieces(line, len(rows)):
                flat = bank.reshape(len(bank), -1)
                likeness = rows @ _unit(flat).T
                at = np.argmax(likeness, axis=1)
                most = likeness[np.arange(len(rows)), at]
                better = most > fit
                fit[better], best[better] = most[better], before + at[better]
                chosen[better] = flat[at[better]]
                before += len(bank)
    return fit, best, chosen


def _unit(rows: Array) -> Array:
    """Rows of mean zero and length one; rows that are all of one value become zeros."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    unit: Array = np.where(length > 1e-9, centred / np.maximum(length, 1e-9), 0.0)
    return unit


def _lightness(image: Array, values: Array) -> Array:
    """By how much the lightest channel rose: the change of the V in HSV."""
    change: Array = _colours(values).max(axis=-1) - _colours(image[None]).max(axis=-1)
    return change


def _saturation(image: Array, values: Array) -> Array:
    """What the colourfulness was multiplied with."""
    return _chroma(_colours(values)) / _chroma(_colours(image[None]))


def _hue(image: Array, values: Array) -> Array:
    """By how much the hue was turned, in turns, within ±½; NaN where the colour is grey."""
    colours = _colours(values)
    turn = (_turn(colours) - _turn(_colours(image[None])) + 0.5) % 1 - 0.5
    return np.where(_chroma(colours) > PALE, turn, np.nan)


def _colours(images: Array) -> Array:
    """The mean colour of each image, (n, 3)."""
    if images.shape[-1] != 3:
        raise ValueError("not three channels")
    colours: Array = images.mean(axis=(1, 2))
    return colours


def _chroma(colours: Array) -> Array:
    chroma: Array = colours.max(axis=-1) - colours.min(axis=-1)
    return chroma


def _turn(colours: Array) -> Array:
    """The hue of each colour in turns (A. R. Smith, SIGGRAPH 1978): red 0, green ⅓, blue ⅔."""
    red, green, blue = np.moveaxis(colours, -1, 0)
    chroma = np.maximum(_chroma(colours), 1e-12)
    sixths = np.select(
        [colours.argmax(axis=-1) == 0, colours.argmax(axis=-1) == 1],
        [(green - blue) / chroma, 2 + (blue - red) / chroma],
        4 + (red - green) / chroma,
    )
    turns: Array = (sixths / 6) % 1
    return turns


_ALL: Mapping[str, Callable[[Array, Array], Array]] = {
    "brightness": _lightness,
    "saturation": _saturation,
    "hue": _hue,
    "height": lambda _, values: np.full(len(values), values.shape[1]),
    "width": lambda _, values: np.full(len(values), values.shape[2]),
    "channels": lambda _, values: np.full(len(values), values.shape[3]),
    "lowest": lambda _, values: values.min(axis=(1, 2, 3)),
    "highest": lambda _, values: values.max(axis=(1, 2, 3)),
}

TITLES: Mapping[str, Text] = {
    "fit": Text("сходство с вырезанным куском картинки", "likeness to a piece of the image"),
    "top": Text("отступ вырезанного куска сверху", "the crop's distance from the top"),
    "left": Text("отступ вырезанного куска слева", "the crop's distance from the left"),
    "mirrored": Text("отражение слева направо", "mirrored left to right"),
    "upside_down": Text("отражение сверху вниз", "turned upside down"),
    "contrast": Text("множитель контраста", "the factor of the contrast"),
    "brightness": Text("сдвиг яркости", "the shift of the brightness"),
    "saturation": Text("множитель насыщенности", "the factor of the saturation"),
    "hue": Text("сдвиг оттенка (в долях круга)", "the turn of the hue (in turns)"),
    "height": Text("высота результата", "the result's height"),
    "width": Text("ширина результата", "the result's width"),
    "channels": Text("число каналов результата", "the result's number of channels"),
    "lowest": Text("наименьшее значение пикселя", "the smallest value of a pixel"),
    "highest": Text("наибольшее значение пикселя", "the largest value of a pixel"),
}
