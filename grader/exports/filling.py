"""How a teacher's table is filled, and what the teacher is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.standing import Standing

from .cells import line
from .sheet import Sheet

Write = Callable[[int, Standing], str]
"""Writes a student's mark into a row; returns why it did not, or nothing."""


@dataclass(frozen=True)
class Filled:
    """A filled table. Everything but ``content`` is for the teacher to read.

    ``students``: whose mark was written. ``provisional``: those of them whose mark may change.
    ``unmatched``: rows that fit nobody in the class. ``unplaced``: students with a mark and without
    a row. ``left``: rows of students that stay as they were, with the reason.
    """

    content: bytes
    students: tuple[str, ...]
    provisional: tuple[str, ...]
    unmatched: tuple[str, ...]
    unplaced: tuple[str, ...]
    left: tuple[str, ...]


def fill(
    table: Sheet,
    rows: Sequence[int],
    standings: Sequence[Standing],
    found: Mapping[int, Standing],
    name_of: Callable[[int], str],
    write: Write,
) -> Filled:
    """``table`` after ``write`` was called for each of ``found`` that has a mark."""
    written: list[Standing] = []
    left: list[str] = []
    for row, standing in sorted(found.items()):
        why = write(row, standing) if standing.points is not None else _no_mark(standing)
        if why:
            left.append(f"{table.where(row, name_of(row))}: {why}")
        else:
            written.append(standing)
    placed = {standing.student for standing in found.values()}
    return Filled(
        table.content(),
        tuple(standing.student for standing in written),
        tuple(standing.student for standing in written if standing.provisional),
        tuple(table.where(row, name_of(row)) for row in rows if row not in found),
        tuple(
            f"{line(standing.name)} ({line(standing.student)})"
            for standing in standings
            if standing.points is not None and standing.student not in placed
        ),
        tuple(left),
    )


def _no_mark(standing: Standing) -> str:
    reason = line(standing.reason)
    return f"{standing.status}: {reason}" if reason else standing.status
