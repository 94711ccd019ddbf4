"""The teacher's own exported table: read, filled in some cells, and written as it was."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

_BOM = "\ufeff"


@dataclass
class Sheet:
    """A table as a file has it: ``rows`` are all of them, with ``lines`` where each starts."""

    path: Path
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    newline: str
    encoding: str
    bom: str

    @property
    def header(self) -> list[str]:
        return [cell.strip() for cell in self.rows[0]] if self.rows else []

    def get(self, row: int, column: int | None) -> str:
        """The cell without surrounding space; empty where the row or the column is not there."""
        if column is None or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].strip()

    def put(self, row: int, column: int, text: str) -> None:
        cells = self.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text

    def where(self, row: int, name: str) -> str:
        """The row in words: its line in the file and who stands there."""
        return f"line {self.lines[row]}: {name or 'no name'}"

    def content(self) -> bytes:
        """The file, in the encoding, with the separators and line ends that it had."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator=self.newline).writerows(self.rows)
        return (self.bom + out.getvalue()).encode(self.encoding)


def read(path: Path) -> Sheet:
    """The table at ``path``: UTF-8 or UTF-16, separated by commas, semicolons or tabs.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        raw = path.read_bytes()
        encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(raw[:2], "utf-8")
        text = raw.decode(encoding)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: not UTF-8, so it is not the file as it was exported: export it again and "
            "give that file as it is"
        ) from error
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows, lines = _parse(path, text, delimiter)
    return Sheet(
        path, rows, lines, delimiter, "\r\n" if first.endswith("\r") else "\n", encoding, bom
    )


def column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """The first column that is called by one of ``names``, whatever its case."""
    wanted = {name.casefold() for name in names}
    return next((i for i, cell in enumerate(header) if cell.casefold() in wanted), None)


def _parse(path: Path, text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Rows and the lines where they start. A cell may be large: Moodle puts whole essays there."""
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    usual = csv.field_size_limit(sys.maxsize)
    try:
        # strict: an unclosed quote would otherwise swallow the rows after it
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            rows.append(row)
            lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}:{start}: not CSV: {error}; export the file again") from error
    finally:
        csv.field_size_limit(usual)
    return rows, lines
