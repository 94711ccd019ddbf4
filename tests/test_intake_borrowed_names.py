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


BORROWED = ("Anna Ivanova_1001_assignsubmission_file_lab.ipynb", "ivanovaanna_1001_7_lab.ipynb")


@pytest.mark.parametrize("borrowed", BORROWED)
@pytest.mark.parametrize("rows", ["anna,Anna Ivanova\nolga,Olga Kim\n", "1001,Anna Ivanova\n", ""])
def test_a_folder_beside_students_folders_is_no_class(
    tmp_path: Path, borrowed: str, rows: str
) -> None:
    """A student whose folder is called by an id does not hand in for another by a file's name,
    whether the roster has that id or not."""
    folder = lay(tmp_path / "class", "anna/lab.ipynb", "olga/lab.ipynb", f"mall/{borrowed}")
    roster = tmp_path / "roster.csv"
    roster.write_text(f"id,name\n{rows}", encoding="utf-8")
    found = told(intake(folder, roster=roster) if rows else intake(folder))
    assert {student: files for student, files in found.items() if files} == {
        "anna": ["anna/lab.ipynb"], "olga": ["olga/lab.ipynb"], "mall": [f"mall/{borrowed}"],
    }  # fmt: skip


def test_a_folder_of_names_from_the_roster_is_a_student_s_too(tmp_path: Path) -> None:
    """Files called like two others of the roster make no class of a student's folder."""
    folder = lay(tmp_path / "class", "carl03/lab.ipynb", "x/alice01.ipynb", "x/bob02.ipynb")
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    found = told(intake(folder, roster=roster))
    assert (found["alice01"], found["bob02"]) == ([], [])
    assert len(found["x"]) == 1


@pytest.mark.parametrize("name", ["mallory_hw.zip", "submission.zip"])
@pytest.mark.parametrize("borrowed", BORROWED)
def test_an_archive_beside_students_files_is_no_class(
    tmp_path: Path, name: str, borrowed: str
) -> None:
    """Where students' files lie beside each other, an archive is one student's."""
    folder = lay(tmp_path / "class", "Anna Ivanova.ipynb", "Olga Kim.ipynb")
    zipped(folder / name, [borrowed])
    found = told(intake(folder))
    assert found["Anna Ivanova"] == ["Anna Ivanova.ipynb"]
    assert "1001" not in found
    assert [f"{name}!{borrowed}"] in found.values()


def test_an_archive_that_names_its_student_is_that_student_s(tmp_path: Path) -> None:
    """What Google Classroom puts before a dash tells whose an archive is, however it goes on."""
    folder = lay(tmp_path / "class")
    name = "Mallory Kim - submissions.zip"
    zipped(folder / name, BORROWED)
    lay(folder, "Anna Ivanova - lab.ipynb")
    found = told(intake(folder))
    assert found["Anna Ivanova"] == ["Anna Ivanova - lab.ipynb"]
    assert [len(files) for files in found.values()] == [1, 1]


@pytest.mark.parametrize("borrowed", BORROWED)
def test_one_name_of_a_learning_system_among_others_is_none(tmp_path: Path, borrowed: str) -> None:
    """In a folder of Google's a work's name is its student's to choose, Moodle's form too."""
    files = ("Anna Ivanova - lab.ipynb", "Olga Kim - lab.ipynb", f"Mallory Kim - {borrowed}")
    found = told(intake(lay(tmp_path / "class", *files)))
    assert found == {
        name.partition(" - ")[0]: [name] for name in files
    }  # fmt: skip


def test_groups_of_learning_systems_beside_each_other_are_classes(tmp_path: Path) -> None:
    """Folders of which each holds a class are none of a student's, whatever they are called."""
    files = (
        "IU5-11/Olga Kim_1_assignsubmission_file_/lab.ipynb",
        "IU5-12/Anna Ivanova_2_assignsubmission_file_/lab.ipynb",
    )
    found = told(intake(lay(tmp_path / "class", *files, "handout.ipynb")))
    assert found == {"1": [files[0]], "2": [files[1]], "handout": ["handout.ipynb"]}
