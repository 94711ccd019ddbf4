"""A student chooses what their files are called: nobody becomes another by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_files import NOTEBOOK, intake, lay, told, zipped

ROSTER = "id,name\nalice01,Alice Smith\nbob02,Bob Brown\ncarl03,Carl Clark\n"


def test_the_first_name_in_a_file_of_moodles_is_moodles(tmp_path: Path) -> None:
    """Moodle puts the student before what the student called the file, whatever that is."""
    found = intake(
        lay(
            tmp_path / "class",
            "Bob Brown_222_assignsubmission_file_lab.ipynb",
            "Alice Smith_111_assignsubmission_file_Bob Brown_222_assignsubmission_file_a.ipynb",
        )
    )
    assert told(found) == {
        "111": [
            "Alice Smith_111_assignsubmission_file_Bob Brown_222_assignsubmission_file_a.ipynb"
        ],
        "222": ["Bob Brown_222_assignsubmission_file_lab.ipynb"],
    }


def test_a_file_of_canvas_may_be_called_like_one_of_moodles(tmp_path: Path) -> None:
    """What follows Canvas' numbers is the file's own name."""
    mine = "smithalice_111_9003_x_222_assignsubmission_file_lab.ipynb"
    found = intake(lay(tmp_path / "class", "brownbob_222_9001_lab.ipynb", mine))
    assert told(found) == {"111": [mine], "222": ["brownbob_222_9001_lab.ipynb"]}


def test_a_name_between_two_persons_is_neither_s(tmp_path: Path) -> None:
    """Google Classroom puts the person first and Google Forms last: who wrote both is neither."""
    mine = "Bob Brown - lab2 - Alice Smith.ipynb"
    found = intake(
        lay(tmp_path / "class", "lab2 - Bob Brown.ipynb", mine, "lab2 - Carl Clark.ipynb")
    )
    assert [files for files in told(found).values() if mine in files] == [[mine]]
    assert len(told(found)) == 3


@pytest.mark.parametrize("packed", [True, False])
def test_what_a_student_of_the_roster_packs_is_that_student_s(tmp_path: Path, packed: bool) -> None:
    """An archive or a folder that is called like a student is one student's, whatever is in it."""
    folder = lay(tmp_path / "class", "bob02.ipynb", "carl03.ipynb")
    if packed:
        zipped(folder / "alice01.zip", {"bob02.ipynb": NOTEBOOK, "carl03.ipynb": NOTEBOOK})
    else:
        lay(folder / "alice01", "bob02.ipynb", "carl03.ipynb")
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    found = intake(folder, roster=roster)
    assert len(told(found)["bob02"]) == 1
    assert len(told(found)["carl03"]) == 1
