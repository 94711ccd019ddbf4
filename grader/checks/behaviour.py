"""How a classifier's output behaves, where there is nothing to compare its numbers with.

Two open tasks are never solved by the same network; but one that returns logits behaves as any
other that does.
"""

from __future__ import annotations

import numpy as np

from .compare import Array, numeric

PROBABILITIES = "probabilities"
NEAR = 1e-2


def behaviour(output: Array | None, wanted: tuple[int, ...]) -> str:
    """A word for what ``output`` is, where ``(N, classes)`` probabilities were ``wanted``."""
    if output is None or not numeric(output):
        return "no numbers"
    if output.shape != wanted:
        return _shape(output.shape, wanted)
    if not np.all(np.isfinite(output)):
        return "not finite"
    return _rows(output.astype(np.float64))


def _shape(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if len(shape) != len(wanted):
        return f"of rank {len(shape)}"
    if shape[0] != wanted[0]:
        return "another number of rows"
    return "one column" if shape[-1] == 1 else "another number of columns"


def _rows(rows: Array) -> str:
    with np.errstate(all="ignore"):
        sums, columns = rows.sum(axis=-1), rows.sum(axis=0)
        powers = np.exp(rows).sum(axis=-1)
    inside = bool(rows.min() >= -1e-6 and rows.max() <= 1 + 1e-6)
    if inside and _ones(sums):
        return PROBABILITIES
    if inside and _ones(columns):
        return "probabilities over the batch"
    if rows.max() <= 1e-6 and _ones(powers):
        return "logarithms of probabilities"
    if inside:
        return "numbers from 0 to 1"
    return "numbers from 0 up" if rows.min() >= 0 else "numbers of both signs"


def _ones(sums: Array) -> bool:
    return bool(np.all(np.abs(sums - 1) <= NEAR))
