"""The scale of initial weights: standard deviation ``sqrt(scale / fan_in)``, mean zero.

Source: K. He et al., *Delving Deep into Rectifiers*, ICCV 2015, eq. 10; ``fan_in`` is the product
of all dimensions of a kernel but the last, for dense ``(in, out)`` and convolution
``(height, width, in, out)`` alike.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.model import Comparison, Text

Array = np.ndarray[Any, Any]


def scale_row(number: int, weights: Array, scale: float, tolerance: float) -> Comparison:
    """One kernel's standard deviation beside the one that its shape asks for.

    ``tolerance`` is relative; four standard errors of the estimate are allowed on top of it.
    """
    wanted = math.sqrt(scale / math.prod(weights.shape[:-1]))
    finite = bool(np.all(np.isfinite(weights)))
    std = float(weights.astype(np.float64).std()) if finite else math.nan
    mean = float(weights.astype(np.float64).mean()) if finite else math.nan
    slack = wanted * (tolerance + 4 / math.sqrt(2 * weights.size))
    passed = finite and abs(std - wanted) <= slack and abs(mean) <= slack
    title = Text(f"веса {number}: стандартное отклонение", f"weights {number}: standard deviation")
    return Comparison(
        case=f"weights {number}",
        title=title,
        passed=passed,
        expected_shape=str(weights.shape),
        got_shape=str(weights.shape),
        expected=f"{wanted:.4g}",
        got=f"{std:.4g}",
        error=abs(std - wanted) if finite else None,
        tolerance=f"±{slack:.2g}",
    )
