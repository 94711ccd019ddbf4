"""``grade export``: a graded class as files, or into a pipe; what is missing is said."""

from __future__ import annotations

import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_course
from standing_samples import Class, graded

from grader.errors import UsageError
from grader.exporting import Exported, Order, export

WORKSHEET = (
    "Identifier,Full name,Grade,Maximum Grade,Feedback comments\n"
    "Participant 1,Anna,,8.00,\nParticipant 9,Nobody,,8.00,\n"
)
GRADEBOOK = "Student,ID,Section,Lab (5)\n    Points Possible,,,8\nAnna,1,x,\n"


class School:
    """A class of one graded and one missing student, in the tiny course."""

    def __init__(self, folder: Path) -> None:
        self.course = tiny_course.write(folder / "course")
        self.folder = folder / "class"
        (self.folder / "_grades").mkdir(parents=True)
        made = Class(self.folder / "_grades")
        name = "Anna_1_assignsubmission_file_lab.ipynb"
        made.add("1", replace(graded(6), lab="tiny"), name="Anna", source=name)
        made.add("2", None, name="Boris", status="missing", reason="nothing was handed in")
        made.book.close()

    def export(self, kind: str, **order: object) -> Exported:
        wanted = replace(Order(kind), **order)  # type: ignore[arg-type]
        return export(self.folder, None, self.course, "latest", None, wanted)


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(tmp_path)


def test_files_go_beside_the_gradebook(school: School) -> None:
    """Without a place of its own each format has its usual file in the class's results."""
    out = school.folder / "_grades"
    assert school.export("csv").written == (out / "grades.csv",)
    assert school.export("junit").written == (out / "junit.xml",)
    assert school.export("gradescope").written == (out / "gradescope/1/results.json",)
    (packed,) = school.export("feedback").written
    assert packed == out / "feedback.zip"
    assert zipfile.is_zipfile(packed)
    lines = (out / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("1,Anna,graded,6,8,")
    assert lines[2].startswith("2,Boris,missing,,")


def test_a_folder_to_write_to_gets_the_usual_file(school: School, tmp_path: Path) -> None:
    """``--to FOLDER`` is where, ``--to FILE`` is what; folders on the way are made."""
    assert school.export("csv", to=tmp_path).written == (tmp_path / "grades.csv",)
    deep = tmp_path / "a" / "b" / "marks.csv"
    assert school.export("csv", to=deep).written == (deep,)
    assert deep.read_bytes() == (tmp_path / "grades.csv").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of Unix")
def test_a_pipe_is_written_to_and_stays_a_pipe(school: School, tmp_path: Path) -> None:
    """What is no file is not replaced by one, also where a link leads to it, as /dev/stdout's."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    read: list[bytes] = []
    for place in (pipe, link):
        reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        reader.start()
        assert school.export("csv", to=place).written == ()
        reader.join(timeout=30)
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert read[0] == read[1]
    assert read[0].startswith(b"student,")


def test_the_lms_own_file_is_filled_and_who_is_missing_is_said(
    school: School, tmp_path: Path
) -> None:
    """Moodle's and Canvas' files come back with the marks; rows of nobody here are named."""
    worksheet, gradebook = tmp_path / "worksheet.csv", tmp_path / "gradebook.csv"
    worksheet.write_text(WORKSHEET, encoding="utf-8")
    gradebook.write_text(GRADEBOOK, encoding="utf-8")
    done = school.export("moodle", fill=worksheet)
    assert "Participant 1,Anna,6,8.00" in done.written[0].read_text(encoding="utf-8")
    assert any("Nobody" in line for line in done.said)
    filled = school.export("canvas", fill=gradebook, assignment="Lab")
    assert "Anna,1,x,6" in filled.written[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order("moodle"), "--fill"),
        (Order("canvas"), "--assignment|--fill"),
        (Order("csv", to=Path("/dev/null/marks.csv")), "name another with --to"),
    ],
)
def test_what_a_format_lacks_is_said(school: School, order: Order, said: str) -> None:
    """Without the file to fill, or a place to write to, nothing is written and the option named."""
    with pytest.raises(UsageError, match=said):
        export(school.folder, None, school.course, "latest", None, order)


def test_a_class_that_was_never_graded_has_nothing_to_export(
    school: School, tmp_path: Path
) -> None:
    """The command that grades it is named."""
    (tmp_path / "other").mkdir()
    with pytest.raises(UsageError, match="grade the class first"):
        export(tmp_path / "other", None, school.course, "latest", None, Order("csv"))
