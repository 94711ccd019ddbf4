"""The right numbers in the wrong places, or right in some places only."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from grader.checks.compare import Array, close
from grader.model import Text

from .pairs import Pair

WIDEST = 4
"""Rows of a border that are looked at."""


def reshaped(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """The same numbers in the same order, in another shape."""
    shaped = all(p.got is not None and p.got.shape == p.expected.shape for p in pairs)
    if shaped or not all(_same_run(pair) for pair in pairs):
        return None
    first = pairs[0]
    assert first.got is not None
    return Text(
        f"Сами числа верны, но форма другая: {first.got.shape} вместо {first.expected.shape}.",
        f"The numbers are right, and their shape is not: {first.got.shape} instead of "
        f"{first.expected.shape}.",
    )


def transposed(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """The axes in another order."""
    ranks = {pair.expected.ndim for pair in pairs}
    if len(ranks) != 1 or not 2 <= max(ranks) <= 4:
        return None
    for order in itertools.permutations(range(max(ranks))):
        if list(order) != sorted(order) and all(_turned(pair, order) for pair in pairs):
            said = ", ".join(str(axis) for axis in order)
            return Text(
                f"Числа верны, но оси переставлены (как после transpose): верным было бы "
                f"transpose({said}) вашего ответа.",
                f"The numbers are right and the axes are not: transpose({said}) of your answer "
                "would be.",
            )
    return None


def flipped(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """One axis backwards."""
    for axis in (-1, 0, 1, 2):
        if all(_backwards(pair, axis) for pair in pairs):
            colours = axis == -1 and all(p.expected.shape[-1] == 3 for p in pairs)
            if colours:
                return Text(
                    "Всё верно, кроме порядка каналов: он обратный (BGR вместо RGB или наоборот).",
                    "All is right but the order of the channels: it is reversed (BGR for RGB, or "
                    "the other way round).",
                )
            ru, en = (
                ("последней оси", "the last axis") if axis < 0 else (f"оси {axis}", f"axis {axis}")
            )
            return Text(
                f"Числа верны, но вдоль {ru} идут в обратном порядке.",
                f"The numbers are right and run backwards along {en}.",
            )
    return None


def border(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """Right inside and wrong at the edges of the images."""
    if any(_outer(p) is None for p in pairs):
        return None
    width = max(_outer(pair) or 0 for pair in pairs)
    return Text(
        f"Внутри всё верно, ошибки только у краёв (полоса в {width}): дело в дополнении (padding).",
        f"All is right inside; only a border of {width} is wrong: look at the padding.",
    )


def part(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """Right for some positions of the last or the first axis."""
    for axis, ru, en in (
        (-1, "последней оси", "the last axis"),
        (0, "первой оси", "the first axis"),
    ):
        good = [_agreeing(pair, axis) for pair in pairs]
        common = set.intersection(*good) if all(good) else set()
        if common:
            said = _ranges(sorted(common))
            return Text(
                f"Часть ответа верна: вдоль {ru} совпадают позиции {said}, остальные нет.",
                f"Part of the answer is right: along {en}, positions {said} agree, the others do "
                "not.",
            )
    return None


def reordered(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """The same numbers in another order."""
    for pair in pairs:
        if pair.got is None or pair.got.size != pair.expected.size or pair.got.size < 4:
            return None
        if not close(np.sort(pair.expected, axis=None), np.sort(pair.got, axis=None), pair.rtol):
            return None
    return Text(
        "Числа те же, но стоят в другом порядке: посмотрите на reshape и transpose.",
        "The numbers are the same, in another order: look at reshape and transpose.",
    )


def _same_run(pair: Pair) -> bool:
    got = pair.got
    return (
        got is not None
        and got.size == pair.expected.size
        and close(pair.expected.ravel(), got.ravel(), pair.rtol)
    )


def _turned(pair: Pair, order: tuple[int, ...]) -> bool:
    got = pair.got
    return (
        got is not None
        and got.ndim == len(order)
        and close(pair.expected, got.transpose(order), pair.rtol)
    )


def _backwards(pair: Pair, axis: int) -> bool:
    got = pair.got
    if got is None or got.shape != pair.expected.shape or not -1 <= axis < got.ndim:
        return False
    return (
        got.ndim > 0 and got.shape[axis] > 1 and close(pair.expected, np.flip(got, axis), pair.rtol)
    )


def _outer(pair: Pair) -> int | None:
    """How wide the wrong border is; ``None`` where something inside is wrong too."""
    e, g = pair.expected, pair.got
    if g is None or e.shape != g.shape or e.ndim not in (2, 3, 4):
        return None
    first = {2: 0, 3: 0, 4: 1}[e.ndim]
    for width in range(1, WIDEST):
        if min(e.shape[first : first + 2]) <= 2 * width + 1:
            return None
        inside = (slice(None),) * first + (slice(width, -width),) * 2
        if _near(e, inside, g, pair.rtol):
            return width
    return None


def _near(e: Array, inside: tuple[slice, ...], g: Array, rtol: float) -> bool:
    return bool(e[inside].any()) and close(e[inside], g[inside], rtol)


def _agreeing(pair: Pair, axis: int) -> set[int]:
    e, g = pair.expected, pair.got
    if g is None or e.shape != g.shape or not e.ndim or e.shape[axis] < 2:
        return set()
    top = float(np.abs(e).max())
    errors = np.abs(g.astype(float) - e).reshape(-1) if e.ndim == 1 else None
    if errors is None:
        moved = np.moveaxis(np.abs(g.astype(float) - e), axis, 0)
        errors = moved.reshape(moved.shape[0], -1).max(axis=1)
    return {int(i) for i in np.flatnonzero(errors <= 2 * pair.rtol * top)}


def _ranges(places: Sequence[int]) -> str:
    """``0-3, 7``."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else f"{r[0]}" for r in runs[:8])
