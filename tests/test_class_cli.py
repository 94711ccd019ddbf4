"""``grade class``, ``grade rejudge`` and ``grade export`` as a teacher calls them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import tiny_course
from conftest import Grade

from grader.gradebook import Gradebook

RIGHT = "def double(x):\n    return 2 * x\n"
TRIPLED = "def double(x):\n    return 3 * x\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_course.write(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def graded(grade: Grade, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A class of three: right, wrong, and no notebook; graded by the real command."""
    folder = tmp_path_factory.mktemp("class")
    for name, answer in (("anna", RIGHT), ("boris", TRIPLED)):
        text = tiny_course.notebook(given=tiny_course.GIVEN, double=answer)
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "vera.ipynb").write_text("no notebook", encoding="utf-8")
    (folder.parent / "roster.csv").write_text(
        "id,name\nanna,Anna\nboris,Boris\nvera,Vera\ngleb,Gleb\n", encoding="utf-8"
    )
    roster = ("--roster", folder.parent / "roster.csv")
    done = grade(folder, "--course", course, "--jobs", "2", "--sandbox", "process", *roster)
    return folder, done


def rows(folder: Path) -> dict[str, Any]:
    book = Gradebook(folder / "_grades/grades.sqlite")
    try:
        return {row.student: row for row in book.rows()}
    finally:
        book.close()


def attempts(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "_grades/grades.sqlite")) as db:
        return int(db.execute("SELECT count(*) FROM attempts").fetchone()[0])


def test_a_class_ends_as_pages_a_gradebook_and_one_line(graded: Any) -> None:
    """A folder is graded: a page each, the class's page, and a count of how everybody ended."""
    folder, done = graded
    assert done.returncode == 0, done.stderr
    assert "3 submissions: 2 graded, 1 unreadable; 1 of the roster handed in nothing" in done.stdout
    found = rows(folder)
    assert {name: row.status for name, row in found.items()} == {
        "anna": "graded",
        "boris": "graded",
        "vera": "unreadable",
        "gleb": "missing",
    }
    assert (found["anna"].points, found["boris"].points) == (2, 0)
    assert (folder / "_grades/students/anna/1.report.html").exists()
    assert "Boris" in (folder / "_grades/index.html").read_text(encoding="utf-8")


def test_the_same_command_grades_nobody_again(graded: Any, grade: Grade, course: Path) -> None:
    """Called again over the same folder, it says so and writes no attempt."""
    folder, _ = graded
    before = attempts(folder)
    done = grade(folder, "--course", course, "--jobs", "2", "--sandbox", "process")
    assert done.returncode == 0, done.stderr
    assert "3 submissions: 0 graded, 2 unchanged, 1 unreadable" in done.stdout
    assert attempts(folder) == before


def test_rejudging_says_whose_grade_changed_and_why(
    graded: Any, grade: Grade, course: Path
) -> None:
    """A check of more points changes the grades that it counts in, and the class's page; a second
    time nothing changes, and the original command has nothing to do."""
    folder, _ = graded
    rubric = course / "rubrics/tiny.yaml"
    page = (folder / "_grades/index.html").read_text(encoding="utf-8")
    rubric.write_text(rubric.read_text(encoding="utf-8").replace("points: 2", "points: 7"))
    done = grade("rejudge", folder, "--course", course)
    assert done.returncode == 0, done.stderr
    assert "2 judged again, grades changed: 2" in done.stdout
    assert "anna #1 double: passed 2/2 → passed 7/7" in done.stdout
    assert "boris #1 double: failed 0/2 → failed 0/7: Tripled." in done.stdout
    assert rows(folder)["anna"].points == 7
    file = json.loads((folder / "_grades/students/anna/1.grade.json").read_text(encoding="utf-8"))
    assert file["points"] == 7
    assert (folder / "_grades/index.html").read_text(encoding="utf-8") != page
    again = grade("rejudge", folder, "--course", course)
    assert "2 judged again, grades changed: 0" in again.stdout
    class_ = grade(folder, "--course", course, "--jobs", "1", "--sandbox", "process")
    assert "0 graded, 2 unchanged" in class_.stdout


def test_a_deadline_re_grades_nobody_and_counts(graded: Any, grade: Grade, course: Path) -> None:
    """A late policy put into the rubric leaves every grade as it is, and takes points after it."""
    folder, _ = graded
    rubric = course / "rubrics/tiny.yaml"
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(f"{text}deadline: 2001-01-01T00:00+00:00\nlate: []\nkeep_after: 50\n")
    before = attempts(folder)
    times = folder.parent / "times.csv"
    times.write_text("student,time\nanna,2002-01-01 00:00\nboris,2002-01-01 00:00\n")
    arguments = ("--course", course, "--jobs", "1", "--sandbox", "process", "--times", times)
    done = grade(folder, *arguments)
    assert done.returncode == 0, done.stderr
    assert "0 graded, 2 unchanged" in done.stdout
    assert attempts(folder) == before
    assert grade("export", folder, "--course", course).returncode == 0
    lines = (folder / "_grades/grades.csv").read_text(encoding="utf-8").splitlines()
    points = rows(folder)["anna"].points
    anna = next(line for line in lines if "anna" in line.casefold())
    assert f"{points / 2:g}" in anna.split(",")
    rubric.write_text(text)


def test_a_dry_run_only_shows_who_handed_in_what(
    graded: Any, grade: Grade, course: Path, tmp_path: Path
) -> None:
    """``--dry-run`` names students and files, and writes nothing."""
    folder, _ = graded
    out = tmp_path / "out"
    done = grade(folder, "--course", course, "--dry-run", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "anna.ipynb" in done.stdout
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_refused_before_grading(
    graded: Any, grade: Grade, course: Path, tmp_path: Path
) -> None:
    """Where results cannot go, nothing is graded, and the message says so."""
    folder, _ = graded
    (tmp_path / "file").write_text("")
    done = grade(folder, "--course", course, "--out", tmp_path / "file" / "out")
    assert done.returncode in (2, 3)
    assert "file" in done.stderr
    assert "Traceback" not in done.stderr


def test_rejudging_what_was_never_graded_says_what_to_do(grade: Grade, tmp_path: Path) -> None:
    """Without a gradebook there is nothing to judge again: grade the class first."""
    done = grade("rejudge", tmp_path)
    assert done.returncode == 2
    assert "grade the class first" in done.stderr
