"""The heaviest chain of weighted pairs: what is left in its order, in O(n log m)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

Pair = tuple[int, int, float]
"""Unit of the submission, unit of the handout, score."""


def heaviest_chain(pairs: Sequence[Pair]) -> list[Pair]:
    """The chain of pairs, rising in both numbers, whose scores sum to the most.

    A Fenwick tree (P. M. Fenwick, 1994) over the second number holds the best chain that ends
    at or before it.
    """
    columns = sorted({j for _, j, _ in pairs})
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(columns) + 1)
    before: list[int] = []
    by_row: dict[int, list[int]] = {}
    for number, (i, _, _) in enumerate(pairs):
        by_row.setdefault(i, []).append(number)
    before = [-1] * len(pairs)
    for i in sorted(by_row):
        ends = []
        for number in by_row[i]:
            column = bisect_left(columns, pairs[number][1])
            total, before[number] = _prefix_best(best, column)
            ends.append((column + 1, total + pairs[number][2], number))
        for column, total, number in ends:
            _raise_best(best, column, total, number)
    _, last = _prefix_best(best, len(columns))
    chain: list[Pair] = []
    while last >= 0:
        chain.append(pairs[last])
        last = before[last]
    return chain[::-1]


def _prefix_best(best: Sequence[tuple[float, int]], column: int) -> tuple[float, int]:
    top = (0.0, -1)
    while column > 0:
        top = max(top, best[column])
        column -= column & -column
    return top


def _raise_best(best: list[tuple[float, int]], column: int, total: float, number: int) -> None:
    while column < len(best):
        best[column] = max(best[column], (total, number))
        column += column & -column
