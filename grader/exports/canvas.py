"""Canvas' gradebook: the file that the teacher exported, with one assignment's marks in it.

Canvas finds a student by ``ID``, else by the SIS columns, else by the name, and an assignment by
the number in its column's title (``lib/gradebook_importer.rb`` of Canvas' source).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from math import isclose
from pathlib import Path

from grader.errors import UsageError
from grader.standing import Standing

from . import filling, people, sheet
from .cells import number, read_number
from .filling import Filled
from .sheet import Sheet, column

STUDENT = ("Student",)
FIRST, LAST = ("FirstName",), ("LastName",)
ID = ("ID",)
SIS = (("SIS User ID",), ("SIS Login ID",), ("Integration ID",))
POINTS_POSSIBLE = "points possible"
EXCUSED = "ex"

_ASSIGNMENT = re.compile(r"(?P<title>.*\S)\s*\((?P<id>[0-9]+)\)")
_NO_STUDENT = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)


def fill(
    path: Path, standings: Sequence[Standing], assignment: str, *, scale: bool = False
) -> Filled:
    """The gradebook at ``path`` with the marks of ``standings``, everything else as it was.

    ``assignment`` is the column's title, with or without the number after it, or that number.
    ``scale``: marks are converted in proportion where the assignment has other points than the lab.

    Raises:
        UsageError: it is no gradebook, the assignment is not in it or is not the only one of its
            name, or its points are other than the lab's and ``scale`` is not set.
    """
    table = sheet.read(path)
    at = _assignment(table, assignment)
    rows = [row for row in range(1, len(table.rows)) if _is_student(table.rows[row])]
    found = _students(table, rows, standings)
    possible = _points_possible(table, at)
    _check_points(table, possible, list(found.values()), scale)

    def write(row: int, standing: Standing) -> str:
        if table.get(row, at).casefold() == EXCUSED:
            return "excused in Canvas (EX)"
        points, most = standing.points or 0.0, standing.full or 0.0
        scaled = points / most * possible if possible is not None and most else points
        table.put(row, at, number(scaled))
        return ""

    return filling.fill(table, rows, standings, found, partial(_name, table), write)


def assignments(path: Path) -> tuple[str, ...]:
    """The titles of the assignments' columns in the gradebook at ``path``.

    Raises:
        UsageError: it is no gradebook.
    """
    return tuple(title for title in _header(sheet.read(path)) if _ASSIGNMENT.fullmatch(title))


def _header(table: Sheet) -> list[str]:
    header = table.header
    named = column(header, STUDENT) is not None or column(header, LAST) is not None
    if not named or column(header, ID) is None:
        raise UsageError(
            f"{table.path}: not Canvas' gradebook: no columns Student and ID. Export it in Canvas: "
            "Grades, Export, Export Entire Gradebook"
        )
    return header


def _assignment(table: Sheet, wanted: str) -> int:
    header, wanted = _header(table), wanted.strip().casefold()
    titles = {i: found for i, cell in enumerate(header) if (found := _ASSIGNMENT.fullmatch(cell))}
    for form in (0, "id", "title"):
        fitting = [i for i, found in titles.items() if found[form].casefold() == wanted]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            several = ", ".join(header[i] for i in fitting)
            raise UsageError(
                f"{table.path}: several assignments are called so: {several}; give one"
            )
    listed = ", ".join(header[i] for i in titles) or "none"
    raise UsageError(f"{table.path}: no assignment {wanted!r}; the gradebook has {listed}")


def _students(
    table: Sheet, rows: Sequence[int], standings: Sequence[Standing]
) -> Mapping[int, Standing]:
    """An ``ID`` is trusted first where the submission's file name has it."""
    header = table.header
    of_id = partial(table.get, column=column(header, ID))
    ids: list[tuple[people.OfRow, people.OfStudent]] = [(of_id, people.canvas_id)]
    for names in SIS:
        ids.append((partial(table.get, column=column(header, names)), people.student_id))
    ids.append((of_id, people.student_id))
    return people.matched(rows, standings, ids, partial(_name, table))


def _name(table: Sheet, row: int) -> str:
    header = table.header
    if (at := column(header, STUDENT)) is not None:
        return table.get(row, at)
    last, first = (table.get(row, column(header, names)) for names in (LAST, FIRST))
    return f"{last}, {first}"


def _is_student(cells: Sequence[str]) -> bool:
    """Not ``Points Possible``, nor the row that says how marks are posted."""
    described = bool(cells) and POINTS_POSSIBLE in cells[0].casefold()
    return not described and not all(_NO_STUDENT.fullmatch(cell) for cell in cells)


def _points_possible(table: Sheet, at: int) -> float | None:
    for row in range(1, len(table.rows)):
        if POINTS_POSSIBLE in table.get(row, 0).casefold():
            return read_number(table.get(row, at))
    return None


def _check_points(
    table: Sheet, possible: float | None, standings: Sequence[Standing], scale: bool
) -> None:
    most = {standing.full for standing in standings if standing.full is not None}
    other = [value for value in most if not isclose(value, possible or value, abs_tol=1e-6)]
    if other and not scale:
        raise UsageError(
            f"{table.path}: the assignment has {number(possible)} points and the lab "
            f"{number(other[0])}: make them equal in Canvas, or convert in proportion (--scale)"
        )
