"""The images in the room: uint8 as they lie there, standardised a batch at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
REACH = 2
"""Pixels by which an image may be shifted."""
GREY = 127.5
PIECE = 512
"""Images that are changed at a time: they take eight times the memory meanwhile."""


class Images:
    """Training and validation images (uint8), standardised per channel as the handout does."""

    def __init__(self, tf: Any, folder: Path, disguise: Disguise | None = None) -> None:
        self._tf = tf
        self._folder = folder
        train = np.load(folder / "train_x.npy", mmap_mode="r")
        labels = np.load(folder / "train_y.npy").astype(np.int32)
        val = np.load(folder / "val_x.npy", mmap_mode="r")
        if disguise is not None:
            train, val = disguise.put_on(train), disguise.put_on(val)
            labels = disguise.call(labels)
        self.train, self.val = tf.constant(train), tf.constant(val)
        self.labels = tf.constant(labels)
        mean, std = _moments(train)
        self.mean, self.std = tf.constant(mean), tf.constant(std)

    def __len__(self) -> int:
        return int(self.train.shape[0])

    def batch(self, rows: Any) -> Any:
        return self.standardise(self._tf.gather(self.train, rows))

    def moved(self, request: dict[str, Any]) -> Any:
        """Test images of which each is shifted and lightened a little (uint8).

        ``rows`` says which, ``shifts`` (N, 2) by how many pixels (mirrored at the edge),
        ``lighter`` (N,) by how much of 256.
        """
        rows, shifts, lighter = (
            np.asarray(request[name].array) for name in ("rows", "shifts", "lighter")
        )
        chosen = np.load(self._folder / "test_x.npy", mmap_mode="r")[rows]
        images = np.empty_like(chosen)
        for i, (image, (down, right)) in enumerate(zip(chosen, shifts, strict=True)):
            height, width = image.shape[:2]
            wide = np.pad(image, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="reflect")
            top, left = REACH - int(down), REACH - int(right)
            images[i] = wide[top : top + height, left : left + width]
        light = images.astype(np.int16) + lighter[:, None, None, None].astype(np.int16)
        return self._tf.constant(np.clip(light, 0, 255).astype(np.uint8))

    def disguised(self, request: dict[str, Any]) -> Images:
        """The same data set in the disguise of ``request`` (see :mod:`grader.disguise`)."""
        return Images(self._tf, self._folder, Disguise(request))

    def standardise(self, x: Any) -> Any:
        return (self._tf.cast(x, self._tf.float32) - self.mean) / self.std


class Disguise:
    """Changes all images (uint8, (N, H, W, C)) of a data set in one way, and their classes."""

    def __init__(self, request: dict[str, Any]) -> None:
        names = ("bend", "colours", "shade", "classes")
        bend, self._colours, self._shade, self._classes = (
            np.asarray(request[name].array) for name in names
        )
        height, width = bend.shape[1:]
        rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
        if request["mirrored"]:
            columns = columns[:, ::-1]
        rows, columns = (np.rot90(each, request["turns"]) for each in (rows, columns))
        self._rows = np.clip(rows + bend[0], 0, height - 1)
        self._columns = np.clip(columns + bend[1], 0, width - 1)

    def put_on(self, images: Array) -> Array:
        changed = np.empty_like(images)
        for start in range(0, len(images), PIECE):
            piece = images[start : start + PIECE][:, self._rows, self._columns]
            light = GREY + (piece - GREY) @ self._colours + self._shade
            changed[start : start + PIECE] = np.clip(np.round(light), 0, 255)
        return changed

    def call(self, labels: Array) -> Array:
        called: Array = self._classes[labels].astype(labels.dtype)
        return called


def _moments(images: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Mean and standard deviation per channel, from the exact counts of the 256 values."""
    counts = [np.bincount(images[..., c].ravel(), minlength=256) for c in range(images.shape[-1])]
    values = np.arange(256.0)
    mean = np.array([(n * values).sum() / n.sum() for n in counts])
    square = np.array([(n * values**2).sum() / n.sum() for n in counts])
    return mean.astype(np.float32), np.sqrt(square - mean**2).astype(np.float32)
