"""The scale of initial weights: standard deviation ``sqrt(scale / fan_in)``, mean zero.

Source: K. He et al., *Delving Deep into Rectifiers*, ICCV 2015, eq. 10; ``fan_in`` is the product
of all dimensions of a kernel but the last, for dense ``(in, out)`` and convolution
``(height, width, in, out)`` alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from grader.model import Comparison, Text

from .compare import Array

PIECE = 2**20
"""Numbers that are looked at together."""


def scale_rows(arrays: Sequence[Array], scale: float, tolerance: float) -> list[Comparison]:
    """A row for each kernel among ``arrays``; one that fails where there is none.

    ``tolerance`` is relative; four standard errors of the estimate are allowed on top of it.
    """
    rows = [
        _row(number, array, scale, tolerance)
        for number, array in enumerate(arrays, start=1)
        if array.ndim >= 2 and array.size and np.issubdtype(array.dtype, np.floating)
    ]
    return rows or [Comparison("weights", Text("веса", "weights"), False, note=_NO_KERNELS)]


def spread(array: Array) -> tuple[float, float]:
    """Mean and standard deviation; NaN for what has none.

    A piece at a time: a kernel may send half a gigabyte of bytes, and as float64 that is four.
    """
    if not (array.size and array.dtype.kind in "fiu"):
        return math.nan, math.nan
    with np.errstate(over="ignore", invalid="ignore"):
        mean = sum(float(piece.sum()) for piece in _pieces(array)) / array.size
        if not math.isfinite(mean):
            return math.nan, math.nan
        square = sum(float(((piece - mean) ** 2).sum()) for piece in _pieces(array))
    return mean, math.sqrt(square / array.size)


def _pieces(array: Array) -> Iterator[Array]:
    flat = array.reshape(-1)
    for start in range(0, flat.size, PIECE):
        yield flat[start : start + PIECE].astype(np.float64)


def _row(number: int, weights: Array, scale: float, tolerance: float) -> Comparison:
    wanted = math.sqrt(scale / math.prod(weights.shape[:-1]))
    mean, std = spread(weights)
    slack = wanted * (tolerance + 4 / math.sqrt(2 * weights.size))
    passed = abs(std - wanted) <= slack and abs(mean) <= slack
    return Comparison(
        case=f"weights {number}",
        title=Text(f"веса {number}", f"weights {number}"),
        passed=passed,
        expected_shape=str(weights.shape),
        got_shape=str(weights.shape),
        expected=f"{wanted:.4g}",
        got=f"{std:.4g}",
        error=abs(std - wanted) if math.isfinite(std) else None,
        tolerance=f"±{slack:.2g}",
        note=None if passed else _off(mean, std, wanted, slack),
    )


def _off(mean: float, std: float, wanted: float, slack: float) -> Text:
    if abs(std - wanted) <= slack:
        return Text(f"среднее {mean:.4g}, а нужно около 0", f"mean {mean:.4g}, about 0 wanted")
    return Text(
        f"стандартное отклонение {std:.4g}, а нужно около {wanted:.4g}",
        f"standard deviation {std:.4g}, about {wanted:.4g} wanted",
    )


_NO_KERNELS = Text("среди параметров нет матриц весов", "there are no weight matrices among them")
