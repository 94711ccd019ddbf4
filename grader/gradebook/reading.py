"""The questions that are asked of a gradebook; none of them changes it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.errors import GradingFailed

from .rows import Material, Row, Standing
from .schema import VERSION
from .storable import Connection


def not_newer(book: sqlite3.Connection, path: Path) -> None:
    """See that this program knows the tables in ``path``.

    Raises:
        GradingFailed: a newer one wrote them.
        sqlite3.Error: it is no gradebook, or cannot be read.
    """
    found = book.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise GradingFailed(
            f"{path} was written by a newer version of the program (schema {found}, this one knows "
            f"{VERSION}): update the program, or use another --out"
        )


class Reader:
    """A gradebook that is read while somebody else may be writing it."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            GradingFailed: it cannot be read.
        """
        self.path = path
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30, factory=Connection
            )
            not_newer(self._db, path)
        except sqlite3.Error as error:
            raise GradingFailed(f"{path}: the gradebook cannot be read: {error}") from error

    def close(self) -> None:
        self._db.close()

    def stands(self, student: str, number: int, key: str) -> Standing | None:
        """How the newest attempt at a submission ended, where it is of this key and final.

        A notebook that nobody can read stays so; what the grader failed at does not stand.
        """
        found = self._db.execute(
            "SELECT l.status, l.reason FROM latest l JOIN submissions s ON s.id = l.submission"
            " WHERE s.student = ? AND s.number = ? AND l.key = ?"
            " AND l.status IN ('graded', 'unreadable')",
            (student, number, key),
        ).fetchone()
        return Standing(*found) if found else None

    def statuses(self) -> dict[str, set[str]]:
        """How the newest attempts at each student's submissions ended."""
        found: dict[str, set[str]] = {}
        for student, status in self._db.execute(
            "SELECT s.student, l.status FROM latest l JOIN submissions s ON s.id = l.submission"
        ):
            found.setdefault(student, set()).add(status)
        return found

    def files(self) -> dict[tuple[str, int], str]:
        """sha256 of the file of each submission, by student and number."""
        return {
            (student, number): sha256 or ""
            for student, number, sha256 in self._db.execute(
                "SELECT student, number, sha256 FROM submissions"
            )
        }

    def rows(self) -> Iterator[Row]:
        """The newest attempt at each submission, by student and number."""
        cursor = self._db.execute(
            "SELECT s.student, s.name, s.source, s.number, s.handed_in, l.status, l.reason,"
            " l.points, l.max_points, l.grade, l.seconds FROM latest l"
            " JOIN submissions s ON s.id = l.submission ORDER BY s.student, s.number"
        )
        for values in cursor:
            row = Row(*values)
            yield replace(row, grade=json.loads(row.grade) if row.grade else None)

    def graded(self) -> list[tuple[str, int]]:
        """Student and number of the submissions whose newest attempt is a grade."""
        return self._db.execute(
            "SELECT s.student, s.number FROM latest l JOIN submissions s ON s.id = l.submission"
            " WHERE l.status = 'graded' ORDER BY s.student, s.number"
        ).fetchall()

    def material(self, student: str, number: int) -> Material:
        """What a graded submission is judged again from."""
        found = self._db.execute(
            "SELECT s.student, s.name, s.source, s.number, s.sha256, s.notebook, r.options, l.grade"
            " FROM latest l JOIN submissions s ON s.id = l.submission JOIN runs r ON r.id = l.run"
            " WHERE s.student = ? AND s.number = ?",
            (student, number),
        ).fetchone()
        student, name, source, number, sha256, file, options, grade = found
        return Material(
            student, name, source, number, sha256, file, json.loads(options), json.loads(grade)
        )
