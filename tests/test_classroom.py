"""A class from folder to gradebook: taken in, graded in real kernels, its leftovers removed."""

from __future__ import annotations

import io
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import tiny_course

from grader import store
from grader.batch import Tally
from grader.classroom import ClassOptions, ClassResult, grade_class, preview
from grader.errors import ReferenceFailed, UsageError
from grader.preparing import Options

RIGHT = tiny_course.notebook(given=tiny_course.GIVEN, double="def double(x):\n    return x + x\n")
TRIPLED = tiny_course.notebook(given=tiny_course.GIVEN, double="def double(x):\n    return 3 * x\n")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything temporary goes."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def zipped(folder: Path) -> Path:
    """Three students, in an archive as Moodle gives it: the second handed in two attempts, the
    third an archive that leads out of its folder."""
    folder.mkdir()
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../lab.ipynb", RIGHT)
    with zipfile.ZipFile(folder / "class.zip", "w") as archive:
        archive.writestr("Anna Ivanova_7_assignsubmission_file_/lab.ipynb", RIGHT)
        archive.writestr("Boris Petrov_8_assignsubmission_file_/attempt 1/lab.ipynb", TRIPLED)
        archive.writestr("Boris Petrov_8_assignsubmission_file_/attempt 2/lab.ipynb", RIGHT)
        archive.writestr("Vera Sokolova_9_assignsubmission_file_/lab.zip", evil.getvalue())
    return folder


def graded(folder: Path, course: Path, seen: list[Tally], policy: str = "latest") -> ClassResult:
    return grade_class(
        folder,
        Options(course=course, sandbox="process"),
        ClassOptions(jobs=1, policy="best" if policy == "best" else "latest"),
        lambda tally, *_: seen.append(tally),
    )


def test_a_preview_says_who_handed_in_what_and_leaves_nothing(
    tmp_path: Path, temporary: Path
) -> None:
    """Before anything is graded, students and attempts are known; no folder is made, or stays."""
    folder = zipped(tmp_path / "class")
    taken = preview(folder, ClassOptions())
    assert {entry.name: len(entry.attempts) for entry in taken.entries} == {
        "Anna Ivanova": 1,
        "Boris Petrov": 2,
        "Vera Sokolova": 0,
    }
    assert not (folder / "_grades").exists()
    assert list(temporary.iterdir()) == []


def test_ids_that_no_folder_could_have_are_told_apart(tmp_path: Path) -> None:
    """Two ids that differ only in what a folder's name cannot hold are two students still."""
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\na/b,Anna\na:b,Boris\n", encoding="utf-8")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "vera.ipynb").write_text(RIGHT, encoding="utf-8")
    taken = preview(folder, ClassOptions(roster=roster))
    ids = [entry.student for entry in taken.entries]
    assert len(set(ids)) == 3
    assert not any(set(name) & set("/:\\") for name in ids)


def test_an_archive_is_graded_and_nothing_of_it_stays(tmp_path: Path, temporary: Path) -> None:
    """What an archive held is graded from a folder that is gone afterwards: pages, gradebook and
    the class's page are there, and the run knows its lab. An archive that was refused is
    unreadable, once, with the reason. With the policy ``best`` the other attempt is graded too,
    and what stands is not graded again."""
    course = tiny_course.write(tmp_path / "course")
    folder = zipped(tmp_path / "class")
    seen: list[Tally] = []
    result = graded(folder, course, seen)
    assert (result.tally.graded, result.tally.total) == (2, 2)
    assert result.index == folder / "_grades/index.html"
    assert (folder / "_grades/students/8/2.report.html").exists()
    assert [tally.done for tally in seen] == sorted(tally.done for tally in seen)
    best = graded(folder, course, [], "best")
    assert (best.tally.graded, best.tally.reused, best.tally.total) == (1, 2, 3)
    assert not list(temporary.glob("grade-class-*"))
    with closing(sqlite3.connect(folder / "_grades/grades.sqlite")) as db:
        assert db.execute("SELECT DISTINCT lab, kind FROM runs").fetchall() == [("tiny", "grade")]
        ((status, reason),) = db.execute(
            "SELECT a.status, a.reason FROM attempts a JOIN submissions s ON s.id = a.submission"
            " WHERE s.student = '9'"
        )
        assert status == "unreadable"
        assert "leads outside" in reason
        ended = "SELECT count(*) FROM runs WHERE finished IS NULL"
        assert db.execute(ended).fetchone() == (0,)


def test_a_reference_that_does_not_work_is_said_once(tmp_path: Path) -> None:
    """What is wrong for all is an error before anybody is graded, not a hundred ungraded rows."""
    broken = tiny_course.SOLUTION.replace("return 2 * x", "raise ValueError('no')")
    course = tiny_course.write(tmp_path / "course", solution=broken, misconceptions="[]\n")
    folder = zipped(tmp_path / "class")
    with pytest.raises(ReferenceFailed, match="fails its own probe"):
        graded(folder, course, [])
    with closing(sqlite3.connect(folder / "_grades/grades.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM attempts").fetchone() == (0,)


def test_a_class_is_graded_by_one_at_a_time(tmp_path: Path) -> None:
    """While somebody is at work on the same results, a second call says so and does nothing."""
    course = tiny_course.write(tmp_path / "course")
    folder = zipped(tmp_path / "class")
    name = store.key("class", str((folder / "_grades").resolve()))
    with (
        store.claim(name),
        pytest.raises(UsageError, match="another `grade` is at work"),
    ):
        graded(folder, course, [])
    assert not (folder / "_grades").exists()


def test_results_inside_the_class_are_no_students(tmp_path: Path) -> None:
    """With ``--out`` in the class's own folder the second call does not take the first one's
    results for somebody's work."""
    folder = zipped(tmp_path / "class")
    options = ClassOptions(out=folder / "my results")
    before = [entry.student for entry in preview(folder, options).entries]
    (folder / "my results" / "students" / "7").mkdir(parents=True)
    (folder / "my results" / "students" / "7" / "1.report.html").write_text("a page")
    (folder / "my results" / "lab.ipynb").write_text(RIGHT)
    assert [entry.student for entry in preview(folder, options).entries] == before
    assert len(preview(folder, ClassOptions()).entries) == len(before) + 1
