"""A data set in disguise: the same pictures, so changed that no table of them is of use.

A network that learns does so as well from pictures that are turned, bent, shaded and coloured
otherwise, all of them in the same way, and with the classes exchanged. What a table of pictures
knows of them it does not know of these: which disguise is worn nobody can foresee
(:func:`grader.secret.entropy`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .data import DataSet
from .kernel.wire import Leaf

NODES = 4
"""A bend and a shade are drawn at so many points a side, and run smoothly between them."""
BEND = 32
"""A pixel is taken from at most one pixel further for so many of the image's side."""
SHADE = 24
"""Of 256 levels, by how many a region is made lighter or darker at most."""
CONTRAST = 0.8
"""What is left of the distance to grey, so that few pixels are cut off."""


@dataclass(frozen=True)
class Disguise:
    """What the kernel is told (``request``), and the class that each class becomes."""

    request: dict[str, Any]
    classes: np.ndarray[Any, Any]


def draw(data: DataSet, entropy: int) -> Disguise:
    """One disguise for a submission: the same for the same ``entropy``.

    The request holds ``turns`` (by 90°), ``mirrored``, ``bend`` (2, H, W) in pixels, ``colours``
    (C, C) orthogonal, times the contrast, ``shade`` (H, W, C), ``classes`` (N,), and ``worth``: the
    bytes that all sealed labels take.
    """
    rng = np.random.default_rng([entropy, 1])
    height, width, channels = np.load(data.folder / "test_x.npy", mmap_mode="r").shape[1:]
    largest = max(int(np.max(labels, initial=0)) for labels in (data.val_y, data.test_y))
    count = max(data.class_count, largest + 1)
    reach = max(1.0, min(height, width) / BEND)
    colours, _ = np.linalg.qr(rng.standard_normal((channels, channels)))
    classes = _exchanged(rng, count)
    labels = len(data.val_y) + len(data.test_y)
    arrays = {
        "bend": np.round(_smooth(rng, height, width, 2) * reach).astype(np.int64),
        "shade": np.moveaxis(_smooth(rng, height, width, channels) * SHADE, 0, -1),
        "colours": CONTRAST * colours,
        "classes": classes,
    }
    plain = {
        "turns": int(rng.integers(1, 4)) if height == width else 2,
        "mirrored": bool(rng.integers(2)),
        "worth": math.ceil(labels * math.log2(count) / 8),
    }
    leaves = {name: Leaf("ndarray", array) for name, array in arrays.items()}
    return Disguise({**leaves, **plain}, classes)


def _exchanged(rng: np.random.Generator, count: int) -> np.ndarray[Any, Any]:
    """A round of all classes in an order that is drawn: none stays what it is."""
    order = rng.permutation(count)
    classes = np.empty(count, np.int64)
    classes[order] = np.roll(order, 1)
    return classes


def _smooth(rng: np.random.Generator, height: int, width: int, planes: int) -> np.ndarray[Any, Any]:
    """Fields (planes, H, W) in −1…1, drawn at a few nodes and even between them."""
    nodes = rng.uniform(-1, 1, (planes, NODES, NODES))
    down, right = (_weights(side) for side in (height, width))
    fields: np.ndarray[Any, Any] = np.einsum("hi,pij,wj->phw", down, nodes, right)
    return fields


def _weights(side: int) -> np.ndarray[Any, Any]:
    """(side, NODES): how much of each node there is at each pixel, linearly."""
    at = np.linspace(0, NODES - 1, side)
    shares: np.ndarray[Any, Any] = np.clip(1 - np.abs(at[:, None] - np.arange(NODES)), 0, 1)
    return shares
