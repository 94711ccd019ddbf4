"""Comparators: pure functions of arrays, expected beside got."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Comparison, Text

Array = np.ndarray[Any, Any]
FEW = 6
ROUNDINGS = 8
"""Roundings of its own dtype that a result may be off, where ``rtol`` is finer than that."""


def close(expected: Array, got: Array, rtol: float) -> bool:
    """Equal shapes and ``|got − expected| ≤ rtol · (|expected| + max|expected|)`` everywhere.

    A NaN agrees with nothing, an infinity with the same infinity only. ``rtol`` is widened to what
    ``got``'s dtype can hold, which matters for float16.
    """
    if expected.shape != got.shape or not numeric(got):
        return False
    allowed = _allowed(expected, _tolerance(rtol, got))
    return bool(np.all(_errors(expected, got) <= allowed))


def alike(theirs: Array, mine: Array, rtol: float) -> bool:
    """``close`` for two answers of which neither is right: NaN in the same places is alike."""
    if theirs.shape != mine.shape or not (numeric(theirs) and numeric(mine)):
        return False
    nan = np.isnan(theirs)
    if not np.array_equal(nan, np.isnan(mine)):
        return False
    return close(np.where(nan, 0, theirs), np.where(nan, 0, mine), rtol)


def compare(case: str, title: Text, expected: Array, got: Array, rtol: float) -> Comparison:
    """``close`` with what a reader wants to see: shapes, a few values, the largest error, where."""
    passed = close(expected, got, rtol)
    error, where, window, note = None, "", (), None
    if not numeric(got):
        note = Text(
            f"числа типа {got.dtype} сравнить нельзя", f"{got.dtype} cannot be compared as numbers"
        )
    elif expected.shape == got.shape and expected.size:
        errors = _errors(expected, got)
        at = tuple(int(i) for i in np.unravel_index(int(np.argmax(errors)), errors.shape))
        worst = float(errors[at])
        error, where = worst if np.isfinite(worst) else None, str(at)
        window = () if passed else _around(at)
    return Comparison(
        case=case,
        title=title,
        passed=passed,
        expected_shape=str(expected.shape),
        got_shape=str(got.shape),
        expected=few(expected[window]),
        got=few(got[window]),
        error=error,
        where=where,
        tolerance=f"{_tolerance(rtol, got):.3g} · (|x| + max|x|), {got.dtype}",
        note=note,
    )


def few(array: Array) -> str:
    """The first values, rounded for reading."""
    flat = np.asarray(array).ravel()[:FEW]
    shown = ", ".join(f"{float(v):.4g}" if numeric(flat) else str(v)[:20] for v in flat)
    return shown + (", …" if np.size(array) > FEW else "")


def describe(value: Any) -> str:
    """What a value is, for ``got``: its kind and shape, or what it says of itself, cut short."""
    if isinstance(value, Leaf):
        return f"{value.kind} {value.array.shape} {value.array.dtype}"
    if isinstance(value, dict) and "type" in value:
        return str(value["type"])[:80]
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__}[{len(value)}]"
    return repr(value)[:80]


def array_of(value: Any) -> Array | None:
    """The array of a leaf, or of a plain number; ``None`` for anything else."""
    if isinstance(value, Leaf):
        return value.array
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.asarray(value)
    return None


def numeric(array: Array) -> bool:
    """Real numbers: no complex ones, no truth values, no text."""
    return bool(np.issubdtype(array.dtype, np.number)) and not (
        np.iscomplexobj(array) or array.dtype.kind in "mM"
    )


def _tolerance(rtol: float, got: Array) -> float:
    if not np.issubdtype(got.dtype, np.floating):
        return rtol
    return max(rtol, ROUNDINGS * float(np.finfo(got.dtype).eps))


def _around(at: tuple[int, ...]) -> Any:
    """Some places of the last axis around ``at``, as an index."""
    if not at:
        return ()
    start = max(0, at[-1] - FEW // 2)
    return (*at[:-1], slice(start, start + FEW))


def _errors(expected: Array, got: Array) -> Array:
    """Absolute differences; infinite wherever the two are not both finite and not equal."""
    with np.errstate(all="ignore"):
        e, g = expected.astype(np.float64), got.astype(np.float64)
        errors = np.where(e == g, 0.0, np.abs(g - e))
    return np.where(np.isfinite(errors), errors, np.inf)


def _allowed(expected: Array, rtol: float) -> Array:
    """By place; where the expected value is not finite, nothing but itself will do."""
    size = np.abs(expected.astype(np.float64))
    finite = np.isfinite(size)
    top = float(np.max(size, initial=1e-6, where=finite))
    return np.where(finite, rtol * (np.where(finite, size, 0.0) + top), 0.0)
