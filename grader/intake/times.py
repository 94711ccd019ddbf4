"""When things were handed in, from a CSV: by file or by student, ISO times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import names, tables
from .tables import Row

_COLUMNS = {
    "file": ("file", "filename", "file name", "path", "source", "файл", "имя файла", "путь"),
    "student": (
        "student", "id", "student id", "email", "e mail", "name", "full name", "username", "login",
        "студент", "фио", "имя", "полное имя", "почта", "логин", "идентификатор", "участник",
    ),
    "time": (
        "time", "date", "datetime", "timestamp", "submitted", "submitted at", "handed in",
        "created at", "submission time", "last modified submission",
        "время", "дата", "время сдачи", "дата сдачи", "сдано", "дата и время",
    ),
    "attempt": ("attempt", "attempt number", "number", "попытка", "номер попытки"),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One row: ``file`` or one of ``students`` (ids, addresses, names), the time in UTC."""

    line: int
    file: str
    students: tuple[str, ...]
    time: datetime
    attempt: int | None

    @property
    def who(self) -> str:
        return self.file or self.students[0]


def read(path: Path) -> tuple[Said, ...]:
    """The times in a CSV file. One without a zone is by this machine's clock.

    Raises:
        UsageError: it is no such table; the message has every problem with its line.
    """
    table = tables.read(path, "table of times", _COLUMNS)
    missing = []
    if "time" not in table.columns:
        missing.append(f"1: no column of times ({', '.join(_COLUMNS['time'][:4])}, …)")
    if not table.columns & {"file", "student"}:
        missing.append("1: no column that says whose times these are (file, student, id, …)")
    tables.complain(path, "table of times", missing)
    problems: list[str] = []
    said = [one for row in table.rows if (one := _said(row, problems))]
    tables.complain(path, "table of times", problems)
    return tuple(said)


def fits(said: Said, source: str) -> bool:
    """Whether the row's file is what came from ``source``, or the archive or folder around it."""
    wanted, came = _path(said.file), _path(source)
    return wanted != "//" and wanted in came


def is_whole(said: Said, source: str) -> bool:
    """Whether the row's file is the whole of ``source``, from the class folder on."""
    return _path(said.file) == _path(source)


def _path(text: str) -> str:
    plain = names.folded(text).replace("\\", "/").replace("!", "/").strip("/")
    return f"/{plain}/"


def _said(row: Row, problems: list[str]) -> Said | None:
    cells = row.cells
    students = tuple(cells.get("student", "").split("\n")) if "student" in cells else ()
    time = cells.get("time", "")
    attempt = cells.get("attempt", "")
    if not time:  # who handed in nothing has no time
        return None
    wrong = []
    if not students and "file" not in cells:
        wrong.append("neither a file nor a student")
    if attempt and not (attempt.isdecimal() and 0 < len(attempt) < 4 and int(attempt)):
        wrong.append(f"{attempt!r} is no number of an attempt, which are counted from 1")
    try:
        when = datetime.fromisoformat(time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        wrong.append(f"{time!r} is no ISO time such as 2025-03-31T23:59 or 2025-03-31 23:59+03:00")
    if wrong:
        problems.append(f"{row.line}: {'; '.join(wrong)}")
        return None
    return Said(row.line, cells.get("file", ""), students, when, int(attempt) if attempt else None)
