"""Right up to a factor, an offset or rounding; and answers that do not depend on the question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.compare import Array, close
from grader.model import Text

from .pairs import Pair, arrays

LOOSE = 0.02
"""Relative error up to which an answer is nearly right."""


def scaled(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """Each answer is the right one times a factor: one for all, or one that the sizes explain."""
    factors = [_factor(pair) for pair in pairs if pair.telling]
    if any(factor is None for factor in factors):
        return None
    known = [factor for factor in factors if factor is not None]
    if max(known) - min(known) <= 0.01 * abs(known[0]):
        if known[0] < 0 and abs(known[0] + 1) < 0.01:
            return Text("Всё верно с точностью до знака.", "All is right up to the sign.")
        return Text(
            f"Ответ пропорционален верному: он больше в {known[0]:.4g} раза.",
            f"The answer is the right one times {known[0]:.4g}.",
        )
    return _sized([pair for pair in pairs if pair.telling], known)


def offset(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """Each answer is the right one plus a number, or plus a vector along the last axis."""
    shifts = [_shift(pair) for pair in pairs]
    if any(shift is None for shift in shifts):
        return None
    known = [shift for shift in shifts if shift is not None]
    told = _argument(pairs, known, names)
    if told is not None:
        return told
    if all(np.ptp(shift) <= 0.01 * abs(shift).max() for shift in known):
        values = [float(shift.mean()) for shift in known]
        if max(values) - min(values) <= 0.01 * abs(values[0]):
            return Text(
                f"Ответ отличается от верного на постоянное число {values[0]:.4g}.",
                f"The answer is off by the constant {values[0]:.4g}.",
            )
    return Text(
        "Ответ отличается от верного на постоянный вектор вдоль последней оси: похоже на смещение "
        "(bias), которого нет или которое лишнее.",
        "The answer is off by a constant vector along the last axis: as if a bias were missing, or "
        "one too many.",
    )


def constant(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """The same answer whatever the input."""
    values = [p.got for p in pairs if p.got is not None and p.got.size > 1 and p.telling]
    if not values or not all(np.ptp(value) == 0 for value in values):
        return None
    if not all(np.ptp(pair.expected) > 0 for pair in pairs if pair.telling):
        return None
    return Text(
        "Ответ не зависит от входа: во всех позициях стоит одно и то же число.",
        "The answer does not depend on the input: one number stands in all places.",
    )


def imprecise(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """Right but for rounding."""
    for pair in pairs:
        if pair.got is None or not close(pair.expected, pair.got, max(LOOSE, 2 * pair.rtol)):
            return None
    return Text(
        "Ответ почти верен, не хватает точности: нет ли float16, целых чисел или округления?",
        "The answer is nearly right and lacks precision: is there float16, an integer type, or "
        "rounding?",
    )


def _factor(pair: Pair) -> float | None:
    e, g = pair.expected.astype(float), pair.got
    if g is None or g.shape != e.shape or not np.all(np.isfinite(g)):
        return None
    factor = float((e * g).sum() / (e * e).sum())
    if abs(factor) < 1e-6 or not close(e * factor, g, pair.rtol):
        return None
    return factor


def _sized(pairs: Sequence[Pair], factors: Sequence[float]) -> Text | None:
    """A factor that is, in each case, the number of something in the input."""
    for power, ru, en in ((1, "больше", "larger"), (-1, "меньше", "smaller")):
        for axis in range(4):
            sizes = [_size(pair.first, axis) for pair in pairs]
            if all(
                s and abs(f - s**power) <= 0.01 * s**power
                for s, f in zip(sizes, factors, strict=True)
            ):
                return Text(
                    f"Ответ {ru} верного во столько раз, каков размер входа по оси {axis}: "
                    "сумма вместо среднего или наоборот?",
                    f"The answer is {en} than the right one by the input's size along axis {axis}: "
                    "a sum for a mean, or the other way round?",
                )
    return None


def _size(array: Array | None, axis: int) -> int | None:
    return array.shape[axis] if array is not None and axis < array.ndim else None


def _shift(pair: Pair) -> Array | None:
    """The vector that was added along the last axis, if nothing else was."""
    e, g = pair.expected, pair.got
    if g is None or g.shape != e.shape or e.ndim < 1 or not np.all(np.isfinite(g)):
        return None
    if e.ndim == 1 and e.size < 3:
        return None
    difference = g.astype(float) - e
    shift = (
        difference.reshape(-1, e.shape[-1]).mean(axis=0)
        if e.ndim > 1
        else difference.mean(keepdims=True)
    )
    enough = e.ndim == 1 or e.size > e.shape[-1]
    if not enough or not close(e + shift, g, pair.rtol):
        return None
    return np.asarray(shift)


def _argument(pairs: Sequence[Pair], shifts: Sequence[Array], names: Sequence[str]) -> Text | None:
    """An argument that is exactly what the answers lack, or have twice."""
    for sign, ru, en in (
        (-1, "не прибавлен", "is not added"),
        (1, "прибавлен дважды", "is added twice"),
    ):
        common = set.intersection(
            *(_lacking(p, s * sign) for p, s in zip(pairs, shifts, strict=True))
        )
        for place in sorted(common):
            name = called(place, names)
            return Text(
                f"Всё верно, кроме одного: {name.ru} {ru}.",
                f"All is right but one thing: {name.en} {en}.",
            )
    return None


def _lacking(pair: Pair, shift: Array) -> set[tuple[int, ...]]:
    return {
        place
        for place, array in arrays(pair.arguments)
        if array.shape == shift.shape and array.any() and close(array, shift, 0.01)
    }


def called(place: tuple[int, ...], names: Sequence[str]) -> Text:
    """An argument as the function's author calls it: ``params[5]``."""
    first, *rest = place
    inner = "".join(f"[{number}]" for number in rest)
    if first < len(names):
        return Text(f"{names[first]}{inner}", f"{names[first]}{inner}")
    return Text(f"аргумент {first + 1}{inner}", f"argument {first + 1}{inner}")
