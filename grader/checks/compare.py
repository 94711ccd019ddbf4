"""Comparators: pure functions of arrays, expected beside got."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Comparison, Text

Array = np.ndarray[Any, Any]
FEW = 6


def close(expected: Array, got: Array, rtol: float) -> bool:
    """Equal shapes and ``|got − expected| ≤ rtol · (|expected| + max|expected|)`` everywhere.

    A NaN or an infinity agrees with nothing but the same infinity: NaN is never a right answer.
    """
    if expected.shape != got.shape or not _numeric(got):
        return False
    return bool(np.all(_errors(expected, got) <= _allowed(expected, rtol)))


def compare(case: str, title: Text, expected: Array, got: Array, rtol: float) -> Comparison:
    """``close`` with what a reader wants to see: shapes, a few values, the largest error and where."""
    passed = close(expected, got, rtol)
    error, where = None, ""
    e_few, g_few = few(expected), few(got)
    if expected.shape == got.shape and _numeric(got) and expected.size:
        errors = _errors(expected, got)
        at = np.unravel_index(int(np.argmax(errors)), errors.shape)
        worst = float(errors[at])
        error = worst if np.isfinite(worst) else None
        where = str(tuple(int(i) for i in at))
        if not passed:
            window = max(0, (int(at[-1]) if at else 0) - FEW // 2)
            row = (*at[:-1], slice(window, window + FEW)) if at else ()
            e_few, g_few = few(expected[row]), few(got[row])
    return Comparison(
        case=case,
        title=title,
        passed=passed,
        expected_shape=str(expected.shape),
        got_shape=str(got.shape),
        expected=e_few,
        got=g_few,
        error=error,
        where=where,
        tolerance=f"{rtol:g} · (|x| + max|x|), {expected.dtype}",
    )


def few(array: Array) -> str:
    """The first values, rounded for reading."""
    flat = np.asarray(array).ravel()[:FEW]
    shown = ", ".join(f"{float(v):.4g}" if _numeric(flat) else str(v)[:20] for v in flat)
    return shown + (", …" if np.size(array) > FEW else "")


def describe(value: Any) -> str:
    """What a value is, for ``got``: its kind and shape, or what it says of itself, cut short."""
    if isinstance(value, Leaf):
        return f"{value.kind} {value.array.shape} {value.array.dtype}"
    if isinstance(value, dict) and "type" in value:
        return str(value["type"])[:80]
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}[{len(value)}]"
    return repr(value)[:80]


def array_of(value: Any) -> Array | None:
    """The array of a leaf, or of a plain number; ``None`` for anything else."""
    if isinstance(value, Leaf):
        return value.array
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.asarray(value)
    return None


def _numeric(array: Array) -> bool:
    return bool(np.issubdtype(array.dtype, np.number)) and not np.iscomplexobj(array)


def _errors(expected: Array, got: Array) -> Array:
    """Absolute differences; infinite wherever the two are not both finite and not equal."""
    with np.errstate(invalid="ignore", over="ignore"):
        e, g = expected.astype(np.float64), got.astype(np.float64)
        errors = np.abs(g - e)
    errors[e == g] = 0.0
    errors[~np.isfinite(errors)] = np.inf
    return errors


def _allowed(expected: Array, rtol: float) -> Array:
    size = np.abs(expected.astype(np.float64))
    top = float(size.max()) if size.size else 0.0
    return rtol * (size + max(top, 1e-6))
