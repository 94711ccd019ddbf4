"""Images on which a trained network has to show again what it has learnt.

They are drawn from the test images, for each submission by what its author cannot know
(:func:`grader.secret.entropy`): no table of answers can be made for them. Each is shifted and
lightened a little, so that none is, number for number, an image of the data set.
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
    seed: int
    """For weights that are drawn anew for the trial."""
    disguise: Disguise
    """What the data set wears where a network could hold many of its labels."""


def draw(data: DataSet, entropy: int) -> Unseen:
    """The images for one submission: the same for the same ``entropy``."""
    rng = np.random.default_rng([entropy, 0])
    count = min(COUNT, len(data.test_y))
    rows = np.sort(rng.choice(len(data.test_y), count, replace=False))
    reach = min(1, _side(data) // REACH)
    request = {
        "rows": rows.astype(np.int64),
        "shifts": rng.integers(-reach, reach + 1, (count, 2), dtype=np.int64),
        "lighter": rng.integers(-LIGHTER, LIGHTER + 1, count, dtype=np.int64),
    }
    leaves = {name: Leaf("ndarray", array) for name, array in request.items()}
    seed = int(rng.integers(2**30))
    return Unseen(leaves, np.asarray(data.test_y)[rows], seed, disguise.draw(data, entropy))


def _side(data: DataSet) -> int:
    """The shorter side of an image, in pixels."""
    height, width = np.load(data.folder / "test_x.npy", mmap_mode="r").shape[1:3]
    return int(min(height, width))
