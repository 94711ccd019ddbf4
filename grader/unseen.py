"""Images on which a trained network has to show again what it has learnt.

They are drawn from the test images, by a seed that holds the submission's own digest: whoever bakes
a table of answers into a notebook changes with it the images that are asked for. Each is shifted
and lightened a little, so that none is, number for number, an image of the data set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import disguise
from .data import DataSet
from .disguise import Disguise
from .kernel.wire import Leaf

COUNT = 2000
"""As many images, or all test images where there are fewer."""
REACH = 16
"""An image is shifted by at most one pixel for so many of its side: what is small would be lost."""
LIGHTER = 8
"""Of 256 levels, by how many an image is made lighter or darker at most."""


@dataclass(frozen=True)
class Unseen:
    """What the kernel is asked to show (``request``), and the labels, which stay here."""

    request: dict[str, Leaf]
    labels: np.ndarray[Any, Any]
    disguise: Disguise
    """What the data set wears where a network could hold many of its labels."""


def draw(data: DataSet, seed: int, sha256: str) -> Unseen:
    """The images for one submission: the same for the same one and ``seed``."""
    rng = np.random.default_rng([seed, int(sha256[:16] or "0", 16)])
    count = min(COUNT, len(data.test_y))
    rows = np.sort(rng.choice(len(data.test_y), count, replace=False))
    reach = min(1, _side(data) // REACH)
    request = {
        "rows": rows.astype(np.int64),
        "shifts": rng.integers(-reach, reach + 1, (count, 2), dtype=np.int64),
        "lighter": rng.integers(-LIGHTER, LIGHTER + 1, count, dtype=np.int64),
    }
    leaves = {name: Leaf("ndarray", array) for name, array in request.items()}
    return Unseen(leaves, np.asarray(data.test_y)[rows], disguise.draw(data, seed, sha256))


def _side(data: DataSet) -> int:
    """The shorter side of an image, in pixels."""
    height, width = np.load(data.folder / "test_x.npy", mmap_mode="r").shape[1:3]
    return int(min(height, width))
