"""The class's record: ``grades.sqlite``, which any tool may open read-only while a batch runs.

Each attempt at grading is written whole, in one transaction, the moment that it exists, so a batch
that is killed loses nothing that was finished. :mod:`grader.gradebook.schema` has the tables;
``latest`` is the view that most readers want: one row a submission, with its newest grading.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.errors import GradingFailed

from .reading import Reader, not_newer
from .rows import Material, Row, Standing
from .schema import SCHEMA, VERSION
from .storable import OF_ONE_ROW, Connection

__all__ = ["Gradebook", "Material", "Reader", "Row", "Standing"]


class Gradebook(Reader):
    """One open ``grades.sqlite``. One process writes; any number may read."""

    def __init__(self, path: Path) -> None:
        """Open or make the gradebook.

        Raises:
            GradingFailed: the file is no gradebook, is of a newer version, or cannot be written.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30, factory=Connection)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            not_newer(self._db, path)
            self._db.executescript(SCHEMA)
            self._db.execute(f"PRAGMA user_version = {VERSION}")
        except (sqlite3.Error, OSError) as error:
            raise GradingFailed(
                f"{path}: the gradebook cannot be used: {error}; use another --out, or move the "
                "file away"
            ) from error

    def start_run(self, kind: str, lab: str, digest: str, options: Mapping[str, Any]) -> int:
        with self._transaction():
            done = self._db.execute(
                "INSERT INTO runs (kind, lab, started, options, lab_digest) VALUES (?, ?, ?, ?, ?)",
                (kind, lab, _now(), json.dumps(options, sort_keys=True), digest),
            )
        assert done.lastrowid is not None
        return done.lastrowid

    def finish_run(self, run: int) -> None:
        with self._transaction():
            self._db.execute("UPDATE runs SET finished = ? WHERE id = ?", (_now(), run))

    def record(
        self,
        run: int,
        *,
        student: str,
        name: str,
        source: str,
        number: int,
        handed_in: datetime | None,
        notebook: bytes | None,
        sha256: str | None,
        key: str,
        status: str,
        reason: str,
        grade: Mapping[str, Any] | None,
        observations: str | None,
        seconds: float,
    ) -> None:
        """Write one attempt, whole or not at all.

        Raises:
            GradingFailed: the file cannot be written.
            sqlite3.Error: this attempt's values are none that SQLite takes; others' may be.
        """
        with self._transaction():
            submission = self._submission(
                student, name, source, number, handed_in, notebook, sha256
            )
            self._attempt(run, submission, key, status, reason, grade, observations, seconds)

    def judge_again(
        self, run: int, student: str, number: int, key: str, grade: Mapping[str, Any]
    ) -> None:
        """Write another grade of what was observed before."""
        with self._transaction():
            submission, observations, seconds = self._db.execute(
                "SELECT l.submission, l.observations, l.seconds FROM latest l JOIN submissions s"
                " ON s.id = l.submission WHERE s.student = ? AND s.number = ?",
                (student, number),
            ).fetchone()
            self._attempt(run, submission, key, "graded", "", grade, observations, seconds)

    def confirm(self, student: str, number: int, key: str) -> None:
        """Judged by a changed course, the newest attempt is what it was: it has its key now."""
        with self._transaction():
            self._db.execute(
                "UPDATE attempts SET key = ? WHERE id = (SELECT l.id FROM latest l JOIN submissions"
                " s ON s.id = l.submission WHERE s.student = ? AND s.number = ?) AND key <> ?",
                (key, student, number, key),
            )

    def describe(
        self, student: str, number: int, name: str, source: str, handed_in: datetime | None
    ) -> None:
        """Who handed a known submission in, and when, as the class folder says it now."""
        when = handed_in.isoformat() if handed_in else None
        with self._transaction():
            self._db.execute(
                "UPDATE submissions SET name = ?, source = ?, handed_in = ?"
                " WHERE student = ? AND number = ? AND (name, source, handed_in) IS NOT (?, ?, ?)",
                (name, source, when, student, number, name, source, when),
            )

    def _submission(
        self,
        student: str,
        name: str,
        source: str,
        number: int,
        handed_in: datetime | None,
        notebook: bytes | None,
        sha256: str | None,
    ) -> int:
        when = handed_in.isoformat() if handed_in else None
        self._db.execute(
            "INSERT INTO submissions (student, name, source, number, handed_in, sha256, notebook)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (student, number) DO UPDATE SET"
            " name = excluded.name, source = excluded.source, handed_in = excluded.handed_in,"
            " sha256 = excluded.sha256, notebook = excluded.notebook",
            (student, name, source, number, when, sha256, notebook),
        )
        found = self._db.execute(
            "SELECT id FROM submissions WHERE student = ? AND number = ?", (student, number)
        ).fetchone()
        return int(found[0])

    def _attempt(
        self,
        run: int,
        submission: int,
        key: str,
        status: str,
        reason: str,
        grade: Mapping[str, Any] | None,
        observations: str | None,
        seconds: float,
    ) -> None:
        done = self._db.execute(
            "INSERT INTO attempts (submission, run, key, status, reason, points, max_points,"
            " passed, provisional, grade, observations, seconds, finished)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                submission,
                run,
                key,
                status,
                reason,
                grade and grade["points"],
                grade and grade["max_points"],
                grade and grade["passed"],
                grade and grade["provisional"],
                json.dumps(grade, ensure_ascii=False, sort_keys=True) if grade else None,
                observations,
                seconds,
                _now(),
            ),
        )
        assert done.lastrowid is not None
        if grade is not None:
            self._lab(run, grade["lab"])
            self._parts(done.lastrowid, grade["tasks"])

    def _lab(self, run: int, lab: str) -> None:
        """A run's lab is that of what it grades; several are told apart by commas."""
        (known,) = self._db.execute("SELECT lab FROM runs WHERE id = ?", (run,)).fetchone()
        labs = set(known.split(", ")) - {""} | {lab}
        if ", ".join(sorted(labs)) != known:
            self._db.execute("UPDATE runs SET lab = ? WHERE id = ?", (", ".join(sorted(labs)), run))

    def _parts(self, attempt: int, tasks: Sequence[Mapping[str, Any]]) -> None:
        for task in tasks:
            self._db.execute(
                "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    attempt,
                    task["id"],
                    task["status"],
                    task["points"],
                    task["max_points"],
                    task["message"],
                    task["misconception"],
                    task["follows_from"],
                ),
            )
            for check in task["checks"]:
                self._db.execute(
                    "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        attempt,
                        task["id"],
                        check["id"],
                        check["kind"],
                        check["status"],
                        check["points"],
                        check["max_points"],
                        check["message"],
                    ),
                )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise
        except OF_ONE_ROW:
            raise
        except sqlite3.Error as error:
            raise GradingFailed(
                f"{self.path}: the gradebook cannot be written: {error}; all that was graded "
                "before is kept: make room, then give the same command to go on"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
