"""Whose row gets a mark is told by where a learning system put the work, never by its own name."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_files import intake, lay, zipped
from standing_samples import standing

from grader.exports import canvas, feedback, moodle
from grader.exports.people import canvas_id, moodle_folder, moodle_id
from grader.standing import Standing

WORKSHEET = """\
Identifier,Full name,Username,Grade,Maximum Grade
Participant 1001,Anna Ivanova,anna,,10.00
Participant 1002,Mallory Kim,mallory,,10.00
"""
GRADEBOOK = """\
Student,ID,SIS Login ID,Section,Lab (7)
Points Possible,,,,10
"Ivanova, Anna",1001,anna,s,
"Kim, Mallory",1002,mallory,s,
"""
BORROWED = ("X_1001_assignsubmission_file_lab.ipynb", "x_1001_5_lab.ipynb")


def handed_in(folder: Path) -> list[Standing]:
    """Everybody in the folder, with 0 points for Mallory and 7 for any other."""
    return [
        standing(
            entry.student,
            entry.name,
            4.0 if "mall" in entry.name.casefold() else 7.0,
            source=entry.attempts[-1].source,
            page=folder.parent / "page.html",
        )
        for entry in intake(folder).entries
    ]


def marks(folder: Path, people: list[Standing]) -> list[str]:
    """What Moodle's and Canvas' tables say of Anna and Mallory."""
    worksheet, gradebook = folder.parent / "w.csv", folder.parent / "g.csv"
    worksheet.write_text(WORKSHEET, encoding="utf-8")
    gradebook.write_text(GRADEBOOK, encoding="utf-8")
    filled = (moodle.fill(worksheet, people), canvas.fill(gradebook, people, "Lab"))
    (_, *rows), (_, _, *more) = (f.content.decode().splitlines() for f in filled)
    return [row.split(",")[3] for row in rows] + [row.rpartition(",")[2] for row in more]


@pytest.mark.parametrize("borrowed", BORROWED)
@pytest.mark.parametrize("places", ["folders", "repositories", "archives"])
def test_a_file_s_own_name_moves_no_mark(tmp_path: Path, borrowed: str, places: str) -> None:
    """With folders by name, repositories of GitHub and archives, a file called like another's
    submission leaves everybody's mark in their own row, and their page in their own folder."""
    (tmp_path / "page.html").write_text("<html>", encoding="utf-8")
    folder = lay(tmp_path / "class")
    for name, file in (("Anna Ivanova", "lab.ipynb"), ("Mallory Kim", borrowed)):
        place = f"lab-{name.split()[0].casefold()}" if places == "repositories" else name
        if places == "archives":
            zipped(folder / f"{name}.zip", [file])
        else:
            lay(folder, f"{place}/{file}")
        if places == "repositories":
            lay(folder, f"{place}/.git/config")
    people = handed_in(folder)
    assert len(people) == 2
    assert marks(folder, people) == ["7", "4", "7", "4"]
    assert feedback.pack(people).students == ()


@pytest.mark.parametrize(
    ("student", "source"),
    [
        ("1001", "lab-1001/X_1001_assignsubmission_file_lab.ipynb"),
        ("1001", "1001/X_1001_assignsubmission_file_lab.ipynb"),
        ("1001", "class.zip!1001.zip!x_1001_5_lab.ipynb"),
        ("1001", "1001 (2).zip!x_1001_5_lab.ipynb"),
        ("1001", "export/submission_3/X_1001_assignsubmission_file_lab.ipynb"),
        ("1001", "y_1002_4_hw.zip!X_1001_assignsubmission_file_lab.ipynb"),
        ("1001", "Y_1002_assignsubmission_file_/x_1001_5_lab.ipynb"),
        ("1002", "Y_1002_assignsubmission_file_X_1001_assignsubmission_file_lab.ipynb"),
        ("1002", "y_1002_4_x_1001_5_lab.ipynb"),
        ("mall", "mall/X_1001_assignsubmission_file_lab.ipynb"),
    ],
)
def test_only_the_outermost_name_is_a_learning_system_s(student: str, source: str) -> None:
    """Below a student's place, whatever an id there says, everything is called by the student."""
    one = standing(student, "x", source=source)
    assert "1001" not in (moodle_id(one), canvas_id(one))


@pytest.mark.parametrize(
    ("student", "source", "moodles", "canvases"),
    [
        ("12", "Anna_12_assignsubmission_file_/x_13_5_lab.ipynb", "12", ""),
        ("moodle-12", "lab_2025_03_all/group 12/Anna_12_assignsubmission_file_lab.py", "12", ""),
        ("12", "all.zip!attempt 2/Anna_12_assignsubmission_file/hw.zip!lab.ipynb", "12", ""),
        ("12", "annai_LATE_12_5_lab.ipynb", "", "12"),
        ("canvas-12", "sent/annai_12_5_hw.zip!Y_7_assignsubmission_file_/lab.ipynb", "", "12"),
    ],
)
def test_the_places_of_learning_systems_are_known(
    student: str, source: str, moodles: str, canvases: str
) -> None:
    """In folders and archives of the class, and whatever lies below, the system's name is found."""
    one = standing(student, "x", source=source)
    assert (moodle_id(one), canvas_id(one)) == (moodles, canvases)


def test_the_first_name_in_moodles_is_the_one_that_counts() -> None:
    """A file of Moodle's flat layout may go on like another's: its folder is its student's."""
    source = "Y K_2_assignsubmission_file_X_1_assignsubmission_file_lab.ipynb"
    found = moodle_folder(standing("2", "x", source=source))
    assert found == ("Y K", "_2_assignsubmission_file_", "2")
