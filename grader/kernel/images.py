"""The images in the room: uint8 as they lie there, standardised a batch at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


class Images:
    """Training and validation images (uint8), standardised per channel as the handout does."""

    def __init__(self, tf: Any, folder: Path) -> None:
        self._tf = tf
        train = np.load(folder / "train_x.npy", mmap_mode="r")
        self.train = tf.constant(train)
        self.labels = tf.constant(np.load(folder / "train_y.npy").astype(np.int32))
        self.val = tf.constant(np.load(folder / "val_x.npy"))
        mean, std = _moments(train)
        self.mean, self.std = tf.constant(mean), tf.constant(std)

    def __len__(self) -> int:
        return int(self.train.shape[0])

    def batch(self, rows: Any) -> Any:
        return self.standardise(self._tf.gather(self.train, rows))

    def standardise(self, x: Any) -> Any:
        return (self._tf.cast(x, self._tf.float32) - self.mean) / self.std


def _moments(images: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Mean and standard deviation per channel, from the exact counts of the 256 values."""
    counts = [np.bincount(images[..., c].ravel(), minlength=256) for c in range(images.shape[-1])]
    values = np.arange(256.0)
    mean = np.array([(n * values).sum() / n.sum() for n in counts])
    square = np.array([(n * values**2).sum() / n.sum() for n in counts])
    return mean.astype(np.float32), np.sqrt(square - mean**2).astype(np.float32)
