"""CSV tables as teachers have them: any delimiter, encoding and language of the column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

from . import encodings, names

DELIMITERS = ",;\t"
_LARGEST = 16 * 2**20
_REMEDY = "Mend it, or export the table as CSV (UTF-8) once more."


@dataclass(frozen=True)
class Row:
    """One row: ``cells`` by the meaning of their column, empty ones left out; ``line`` from 1."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows that are not empty, and the meanings that the header has columns for."""

    rows: tuple[Row, ...]
    columns: frozenset[str]


def read(path: Path, what: str, meanings: Mapping[str, Sequence[str]]) -> Table:
    """The table at ``path``; ``meanings`` are the names that a column of each meaning goes by.

    Of several columns with one meaning, all values are kept, a line break between them.

    Raises:
        UsageError: it cannot be read as a table, or no column is known; all problems at once.
    """
    text = _text(path, what)
    known = {_plain(name): meaning for meaning, called in meanings.items() for name in called}
    delimiter = max(DELIMITERS, key=lambda mark: len(_header(text, mark, known)[1]))
    start, columns = _header(text, delimiter, known)
    if not columns:
        called = "; ".join(f"{meaning}: {', '.join(c)}" for meaning, c in meanings.items())
        raise UsageError(
            f"{path}:{start}: the {what} has no column that is known. Name its columns in the "
            f"first line. Known names are: {called}."
        )
    problems: list[str] = []
    rows = tuple(_rows(text, delimiter, start, columns, problems))
    complain(path, what, problems)
    return Table(rows, frozenset(columns.values()))


def complain(path: Path, what: str, problems: Sequence[str]) -> None:
    """Raise one ``UsageError`` with all ``problems``, each of which starts with its line."""
    if problems:
        count = len(problems)
        head = f"{path}: the {what} has {count} problem{'s' if count > 1 else ''}. {_REMEDY}"
        raise UsageError("\n".join([head, *(f"{path}:{problem}" for problem in problems)]))


def _text(path: Path, what: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        said = error.strerror or str(error)
        raise UsageError(f"{path}: the {what} cannot be read ({said}). Check the path.") from error
    if raw.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise UsageError(
            f"{path}: the {what} is an Excel workbook, not CSV. Save it as CSV (UTF-8)."
        )
    if len(raw) > _LARGEST:
        raise UsageError(f"{path}: the {what} is over {_LARGEST >> 20} MiB. Is it the right file?")
    try:
        text = encodings.table_text(raw)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the {what} is damaged UTF-16 text. {_REMEDY}") from error
    if not text.strip():
        raise UsageError(f"{path}: the {what} is empty. {_REMEDY}")
    return text


def _header(text: str, delimiter: str, known: Mapping[str, str]) -> tuple[int, dict[int, str]]:
    """The header's line, and the meaning of each known column by its place."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("sep="):
                named = {place: known.get(_plain(cell)) for place, cell in enumerate(cells)}
                return reader.line_num, {at: meaning for at, meaning in named.items() if meaning}
    except csv.Error:  # told, with its line, once the delimiter is certain
        pass
    return 1, {}


def _rows(
    text: str, delimiter: str, start: int, columns: Mapping[int, str], problems: list[str]
) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            first, line = line + 1, reader.line_num
            if first < start or line <= start or not any(cell.strip() for cell in cells):
                continue
            found: dict[str, list[str]] = {}
            for place, meaning in columns.items():
                if place < len(cells) and (value := names.tidy(cells[place])):
                    found.setdefault(meaning, []).append(value)
            yield Row(first, {meaning: "\n".join(values) for meaning, values in found.items()})
    except csv.Error as error:
        problems.append(f"{line + 1}: not CSV: {error}")


def _plain(name: str) -> str:
    """A column's name as it is compared: words and spaces only."""
    return " ".join("".join(c if c.isalnum() else " " for c in names.folded(name)).split())
