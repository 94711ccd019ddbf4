"""Moodle's grading worksheet: the file that the teacher exported, with marks and comments in it.

Moodle reads back a row by its identifier, skips it without a word where the grade is out of range,
and shows comments as HTML (``mod/assign/feedback/offline`` and ``…/comments`` of Moodle's source).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isclose
from pathlib import Path

from grader.errors import UsageError
from grader.standing import Standing

from . import filling, people, sheet, words
from .cells import number, read_number
from .filling import Filled
from .sheet import Sheet, column

IDENTIFIER = ("Identifier", "Идентификатор")
NAME = ("Full name", "Полное имя", "Имя / Фамилия", "Фамилия / Имя")
IDS = (
    ("ID number", "Индивидуальный номер", "Идентификационный номер"),
    ("Username", "Логин"),
    ("Email address", "Адрес электронной почты"),
)
GRADE = ("Grade", "Оценка")
MAXIMUM = ("Maximum Grade", "Максимальная оценка")
CHANGEABLE = ("Grade can be changed", "Оценка может быть изменена")
COMMENTS = ("Feedback comments", "Отзыв в виде комментария", "Комментарии")
"""The header in English and in Russian, as Moodle's language packs have it."""

NO = ("no", "нет")

_OURS = re.compile(r'<div class="autograder">.*?</div>', re.DOTALL)
_DIGITS = re.compile(r"\d+$")


@dataclass(frozen=True)
class Columns:
    """Where the worksheet's columns are."""

    identifier: int | None
    name: int | None
    grade: int
    maximum: int | None
    changeable: int | None
    comments: int | None
    ids: tuple[int, ...]


def fill(path: Path, standings: Sequence[Standing], *, scale: bool = False) -> Filled:
    """The worksheet at ``path`` with the marks of ``standings``, everything else as it was.

    ``scale``: marks are converted in proportion where the assignment has another maximum than the
    lab. Comments go into the comments column, below what a person wrote there, where there is one.

    Raises:
        UsageError: it is no grading worksheet, or its maximum is another and ``scale`` is not set.
    """
    table = sheet.read(path)
    columns = _columns(table)
    rows, found = _rows(table), participants(table, columns, standings)
    _check_maxima(table, columns, found, scale)

    def write(row: int, standing: Standing) -> str:
        if table.get(row, columns.changeable).casefold() in NO:
            return "Moodle says that the grade cannot be changed"
        table.put(row, columns.grade, _grade(table, columns, row, standing))
        if columns.comments is not None:
            before = table.get(row, columns.comments)
            table.put(row, columns.comments, _comment(before, standing))
        return ""

    return filling.fill(
        table, rows, standings, found, lambda row: _name(table, columns, row), write
    )


def numbers(path: Path, standings: Sequence[Standing]) -> Mapping[str, tuple[str, str]]:
    """Full name and participant's number by student, as the worksheet at ``path`` has them.

    Raises:
        UsageError: it is no grading worksheet.
    """
    table = sheet.read(path)
    columns = _columns(table)
    return {
        standing.student: (_name(table, columns, row), _number(table, columns, row))
        for row, standing in participants(table, columns, standings).items()
    }


def participants(
    table: Sheet, columns: Columns, standings: Sequence[Standing]
) -> Mapping[int, Standing]:
    """Rows of the worksheet with their student."""
    ids: list[tuple[people.OfRow, people.OfStudent]] = [
        (lambda row: _number(table, columns, row), people.moodle_id)
    ]
    for at in columns.ids:
        ids.append((partial(table.get, column=at), people.student_id))
    name: people.OfRow = lambda row: _name(table, columns, row)  # noqa: E731
    return people.matched(_rows(table), standings, ids, name)


def _rows(table: Sheet) -> list[int]:
    return [row for row in range(1, len(table.rows)) if any(table.rows[row])]


def _columns(table: Sheet) -> Columns:
    header = table.header
    grade, identifier = column(header, GRADE), column(header, IDENTIFIER)
    missing = [names[0] for names, at in ((IDENTIFIER, identifier), (GRADE, grade)) if at is None]
    if grade is None or missing:
        raise UsageError(
            f"{table.path}: not Moodle's grading worksheet: no column {' and '.join(missing)}. "
            "Download it in the assignment: View all submissions, Grading action, Download grading "
            "worksheet (its settings need the feedback type «Offline grading worksheet»)"
        )
    ids = tuple(at for names in IDS if (at := column(header, names)) is not None)
    return Columns(
        identifier, column(header, NAME), grade, column(header, MAXIMUM),
        column(header, CHANGEABLE), column(header, COMMENTS), ids,
    )  # fmt: skip


def _name(table: Sheet, columns: Columns, row: int) -> str:
    return table.get(row, columns.name) or table.get(row, columns.identifier)


def _number(table: Sheet, columns: Columns, row: int) -> str:
    """``12345`` of ``Participant 12345`` (``Участник12345``)."""
    found = _DIGITS.search(table.get(row, columns.identifier))
    return found[0] if found else ""


def _check_maxima(
    table: Sheet, columns: Columns, found: Mapping[int, Standing], scale: bool
) -> None:
    """See that Moodle will take the marks: what is above its maximum it skips without a word."""
    if columns.maximum is None:
        return
    wrong: dict[str, None] = {}
    for row, standing in found.items():
        said = table.get(row, columns.maximum)
        maximum, most = read_number(said), standing.full
        if maximum is None:
            wrong[f"the maximum {said!r} is no number: let the assignment be graded in points"] = (
                None
            )
        elif most is not None and not scale and not isclose(maximum, most, abs_tol=1e-6):
            wrong[
                f"the assignment's maximum is {number(maximum)} and the lab's {number(most)}: make "
                "them equal in Moodle, or convert in proportion (--scale)"
            ] = None
    if wrong:
        raise UsageError("\n".join(f"{table.path}: {what}" for what in wrong))


def _grade(table: Sheet, columns: Columns, row: int, standing: Standing) -> str:
    """The mark out of the assignment's maximum. Moodle reads a decimal point in any language."""
    points, most = standing.points or 0.0, standing.full or 0.0
    maximum = read_number(table.get(row, columns.maximum))
    return number(points if maximum is None or not most else points / most * maximum)


def _comment(before: str, standing: Standing) -> str:
    """What a person wrote stays; what an earlier export wrote is replaced."""
    lines = "<br>".join(html.escape(text) for text in words.summary(standing))
    return f'{_OURS.sub("", before).strip()}<div class="autograder">{lines}</div>'
