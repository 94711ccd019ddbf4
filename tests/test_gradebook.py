"""The class's record: whole rows or none, one newest attempt a submission, readable by any tool."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standing_samples import Class, graded

from grader.errors import GradingFailed
from grader.gradebook import Gradebook, Reader


def test_the_newest_attempt_is_the_one_that_is_read(tmp_path: Path) -> None:
    """Graded twice, a submission has two attempts and one row: that of the second."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(4))
    class_.add("anna", graded(8))
    (row,) = class_.rows()
    assert (row.points, row.max_points, row.status) == (8, 8, "graded")
    with closing(sqlite3.connect(tmp_path / "grades.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM attempts").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM latest").fetchone() == (1,)


def test_tasks_and_checks_are_rows_of_their_own(tmp_path: Path) -> None:
    """Any tool can ask which checks fail, without reading a grade file."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(6))
    with closing(sqlite3.connect(f"file:{tmp_path}/grades.sqlite?mode=ro", uri=True)) as db:
        tasks = db.execute("SELECT task, points FROM tasks ORDER BY task").fetchall()
        failed = db.execute("SELECT task, name FROM checks WHERE status = 'failed'").fetchall()
    assert tasks == [("essay", 0.0), ("net", 6.0)]
    assert failed == [("net", "shape")]


def test_a_reader_sees_what_was_written_while_the_batch_runs(tmp_path: Path) -> None:
    """The record is open to others while it is written: each finished row is there at once."""
    class_ = Class(tmp_path)
    with closing(sqlite3.connect(f"file:{tmp_path}/grades.sqlite?mode=ro", uri=True)) as reader:
        for count, student in enumerate(("anna", "boris"), 1):
            class_.add(student, graded(8))
            assert reader.execute("SELECT count(*) FROM latest").fetchone() == (count,)


def test_two_students_with_the_same_file_are_two_submissions(tmp_path: Path) -> None:
    """What stands for one student says nothing of another who handed in the same notebook."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(8))
    assert class_.book.stands("anna", 1, "anna1") is not None
    assert class_.book.stands("boris", 1, "anna1") is None
    assert class_.book.stands("anna", 2, "anna1") is None


def test_only_what_is_final_stands(tmp_path: Path) -> None:
    """A grade and an unreadable file stand; what the grader failed at is tried again."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(8))
    class_.add("boris", None, status="unreadable", reason="no notebook")
    class_.add("vera", None, status="ungraded", reason="no kernel")
    stands = [class_.book.stands(name, 1, f"{name}1") for name in ("anna", "boris", "vera")]
    assert [found and found.status for found in stands] == ["graded", "unreadable", None]
    assert stands[1] is not None
    assert stands[1].reason == "no notebook"


def test_a_known_submission_takes_a_new_name_and_time(tmp_path: Path) -> None:
    """A time that was mended after grading is the one that counts; nothing is graded for it."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(8))
    when = datetime(2025, 3, 1, 12, tzinfo=UTC)
    class_.book.describe("anna", 1, "Anna Ivanova", "a.ipynb", when)
    (row,) = class_.rows()
    assert (row.name, row.source, row.handed_in) == ("Anna Ivanova", "a.ipynb", when.isoformat())


def test_a_full_disk_leaves_what_was_written_before(tmp_path: Path) -> None:
    """A row that finds no room is not there at all; those before it are, and the message says
    what to do."""
    class_ = Class(tmp_path)
    class_.add("anna", graded(8))
    db = class_.book._db
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")

    def fill() -> None:
        for number in range(2, 40):
            class_.add("boris", graded(8), number=number)

    with pytest.raises(GradingFailed, match=r"full.*make room"):
        fill()
    db.execute("PRAGMA max_page_count = 1000000")
    rows = class_.rows()
    assert rows[0].student == "anna"
    assert all(row.grade is not None for row in rows)
    class_.add("vera", graded(8))
    assert class_.rows()[-1].student == "vera"


def test_any_text_can_be_written_and_found(tmp_path: Path) -> None:
    """A name that is no UTF-8 is stored with marks for what it lacks, in whatever column, and is
    looked for in the same form."""
    class_, raw = Class(tmp_path), "\udcc8\udce2.ipynb"
    class_.add(raw, graded(4, message=raw), name=raw, source=raw)
    class_.add("boris", None, status="unreadable", reason=f"{raw}: no notebook")
    stored = "\ufffd\ufffd.ipynb"
    boris, row = class_.rows()
    assert (row.student, row.name, row.source) == (stored,) * 3
    assert boris.reason == f"{stored}: no notebook"
    assert class_.book.stands(raw, 1, f"{raw}1") is not None
    assert class_.book.material(raw, 1).source == stored
    class_.book.describe(raw, 1, raw, "other", None)
    assert class_.rows()[1].source == "other"


def test_values_that_no_table_takes_are_no_full_disk(tmp_path: Path) -> None:
    """What is wrong with one attempt is told apart from a file that cannot be written; nothing of
    that attempt is there, and others are taken."""
    class_, twice = Class(tmp_path), graded(8)
    with pytest.raises(sqlite3.IntegrityError):
        class_.add("anna", replace(twice, tasks=twice.tasks * 2))
    assert class_.rows() == []
    class_.add("anna", graded(8))
    assert len(class_.rows()) == 1


def test_a_file_that_is_no_gradebook_is_refused(tmp_path: Path) -> None:
    """Something else under the gradebook's name is named, and left as it is."""
    path = tmp_path / "grades.sqlite"
    path.write_text("Not a database, but a long enough text to look like one. " * 30)
    with pytest.raises(GradingFailed, match="cannot be used"):
        Gradebook(path)
    with pytest.raises(GradingFailed, match="cannot be read"):
        Reader(path)
    assert path.read_text().startswith("Not a database")


def test_a_newer_gradebook_is_refused(tmp_path: Path) -> None:
    """A gradebook of a later version is neither written nor read by an earlier one."""
    path = tmp_path / "grades.sqlite"
    Gradebook(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    for opened in (Gradebook, Reader):
        with pytest.raises(GradingFailed, match="newer version"):
            opened(path)
