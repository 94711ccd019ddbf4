"""A connection that takes any text: what students wrote, and how their files are called."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

OF_ONE_ROW = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.NotSupportedError,
    sqlite3.ProgrammingError,
)
"""What SQLite raises about the values that it is given, not about the file that it writes."""

_LONE = re.compile("[\ud800-\udfff]")


def storable(value: object) -> object:
    """Text with each lone surrogate replaced, as UTF-8 has none; any other value as it is.

    They come from file names in an unknown encoding, and from ``\\ud800`` in JSON.
    """
    return _LONE.sub("\ufffd", value) if isinstance(value, str) else value


class Connection(sqlite3.Connection):
    """Every value that goes into a statement, or is looked for by it, is made storable."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> sqlite3.Cursor:  # type: ignore[override]
        return super().execute(sql, [storable(value) for value in parameters])
