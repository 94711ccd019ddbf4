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
COARSE = 1e-4
"""From this rounding on (that of float16) one is enough: eight would hide mistakes."""


KINDS = "biufcSU"
"""Dtypes that checks look at: truth values, numbers and text."""
PIECE = 2**20
"""Numbers that are looked at together."""


def close(
    expected: Array, got: Array, rtol: float, *, atol: float = 0.0, nan_agrees: bool = False
) -> bool:
    """Equal shapes, everywhere ``|got − expected| ≤ atol + rtol · (|expected| + max|expected|)``.

    A NaN agrees with nothing, or with a NaN only; an infinity with the same infinity. ``rtol`` is
    widened to what ``got``'s dtype can hold, which matters for float16.
    """
    if expected.shape != got.shape or not numeric(got):
        return False
    allowed = _allowed(expected, _tolerance(rtol, got), atol)
    return bool(np.all(_errors(expected, got, nan_agrees) <= allowed))


def alike(theirs: Array, mine: Array, rtol: float) -> bool:
    """``close`` for two answers of which neither is right: NaN in the same places is alike."""
    if theirs.shape != mine.shape or not (numeric(theirs) and numeric(mine)):
        return False
    nan = np.isnan(theirs)
    if not np.array_equal(nan, np.isnan(mine)):
        return False
    return close(np.where(nan, 0, theirs), np.where(nan, 0, mine), rtol)


def compare(
    case: str,
    title: Text,
    expected: Array,
    got: Array,
    rtol: float,
    *,
    atol: float = 0.0,
    nan_agrees: bool = False,
) -> Comparison:
    """``close`` with what a reader wants to see: shapes, a few values, the largest error, where."""
    passed = close(expected, got, rtol, atol=atol, nan_agrees=nan_agrees)
    error, where, window, note = None, "", (), None
    if not numeric(got):
        note = Text(
            f"числа типа {got.dtype} сравнить нельзя", f"{got.dtype} cannot be compared as numbers"
        )
    elif expected.shape == got.shape and expected.size:
        errors = _errors(expected, got, nan_agrees)
        at = tuple(int(i) for i in np.unravel_index(int(np.argmax(errors)), errors.shape))
        worst = float(errors[at])
        error, where = worst if np.isfinite(worst) else None, str(at)
        if nan_agrees and error is None and np.isnan(float(expected[at])):
            note = _NAN_WANTED
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
        tolerance=f"{f'{atol:g} + ' if atol else ''}{_tolerance(rtol, got):.3g} · (|x| + max|x|), "
        f"{got.dtype}",
        note=note,
    )


def compare_dtypes(case: str, title: Text, expected: Array, got: Array) -> Comparison:
    """Whether ``got`` is of the expected dtype."""
    right = expected.dtype == got.dtype
    note = Text(
        f"тип {got.dtype} вместо {expected.dtype}", f"dtype {got.dtype} instead of {expected.dtype}"
    )
    return Comparison(
        case,
        title,
        right,
        expected=str(expected.dtype),
        got=str(got.dtype),
        note=None if right else note,
    )


def compare_ranges(
    case: str, title: Text, expected: Array, got: Array, rtol: float, atol: float
) -> Comparison:
    """Whether smallest and largest value are those expected, give or take
    ``atol + rtol · (max − min)``."""
    if not (numeric(got) and got.size and expected.size):
        return Comparison(case, title, False, got=f"{got.shape} {got.dtype}", note=_NO_RANGE)
    (low, high), (least, most) = _ends(expected), _ends(got)
    allowed = atol + rtol * (high - low)
    right = bool(abs(least - low) <= allowed and abs(most - high) <= allowed)
    wanted, is_ = f"{low:.4g} … {high:.4g}", f"{least:.4g} … {most:.4g}"
    note = Text(f"диапазон {is_} вместо {wanted}", f"range {is_} instead of {wanted}")
    return Comparison(
        case,
        title,
        right,
        expected=wanted,
        got=is_,
        tolerance=f"± {allowed:.3g}",
        note=None if right else note,
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
    """The array of a leaf, or of a plain number; ``None`` for anything else, also for raw bytes,
    dates and numbers that no dtype holds."""
    array: Array | None = None
    if isinstance(value, Leaf):
        array = value.array
    elif isinstance(value, int | float) and not isinstance(value, bool):
        array = np.asarray(value)
    return array if array is not None and array.dtype.kind in KINDS else None


def lined_up(array: Array, shape: tuple[int, ...]) -> Array:
    """``array`` in ``shape``, where only axes of size 1 in front tell them apart; else as it is.

    A bias of shape (1, n) is added as one of shape (n,) is.
    """
    return array.reshape(shape) if core(array.shape) == core(shape) else array


def core(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without the axes of size 1 in front."""
    return shape[next((axis for axis, size in enumerate(shape) if size != 1), len(shape)) :]


def numeric(array: Array) -> bool:
    """Real numbers: no complex ones, no truth values, no text."""
    return bool(np.issubdtype(array.dtype, np.number)) and not (
        np.iscomplexobj(array) or array.dtype.kind in "mM"
    )


def finite(array: Array) -> bool:
    """Whether each of an array's numbers is finite, seen a piece at a time."""
    flat = array.reshape(-1)
    starts = range(0, flat.size, PIECE)
    return all(bool(np.isfinite(flat[start : start + PIECE]).all()) for start in starts)


def _tolerance(rtol: float, got: Array) -> float:
    if not np.issubdtype(got.dtype, np.floating):
        return rtol
    eps = float(np.finfo(got.dtype).eps)
    return max(rtol, eps if eps > COARSE else ROUNDINGS * eps)


def _around(at: tuple[int, ...]) -> Any:
    """Some places of the last axis around ``at``, as an index."""
    if not at:
        return ()
    start = max(0, at[-1] - FEW // 2)
    return (*at[:-1], slice(start, start + FEW))


def _ends(array: Array) -> tuple[float, float]:
    wide = array.astype(np.float64)
    return float(wide.min()), float(wide.max())


def _errors(expected: Array, got: Array, nan_agrees: bool = False) -> Array:
    """Absolute differences; infinite wherever the two are not both finite and not equal."""
    with np.errstate(all="ignore"):
        e, g = expected.astype(np.float64), got.astype(np.float64)
        equal = (e == g) | (nan_agrees & np.isnan(e) & np.isnan(g))
        errors = np.where(equal, 0.0, np.abs(g - e))
    return np.where(np.isfinite(errors), errors, np.inf)


def _allowed(expected: Array, rtol: float, atol: float) -> Array:
    """By place; where the expected value is not finite, nothing but itself will do."""
    size = np.abs(expected.astype(np.float64))
    finite = np.isfinite(size)
    top = float(np.max(size, initial=1e-6, where=finite))
    return np.where(finite, atol + rtol * (np.where(finite, size, 0.0) + top), 0.0)


_NAN_WANTED = Text("здесь должно быть NaN", "NaN is wanted here")
_NO_RANGE = Text(
    "у этого нет наименьшего и наибольшего числа", "this has no least and largest number"
)
