"""Scripts as submissions, and modules beside notebooks: whose they are, and which are taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from intake_files import intake, of, said, told

from grader.intake import Attempt
from grader.notebook import read
from grader.notebook.beside import MAX_MODULE_BYTES, imported, named_as

HELPERS = b"def three():\n    return 3\n"
EXPORT = b"# %%\nimport helpers\n\n# %%\nx = helpers.three()\n"


def notebook(*lines: str) -> bytes:
    cell = {"cell_type": "code", "source": [f"{line}\n" for line in lines], "outputs": []}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5}).encode()


def lay(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def modules(attempt: Attempt) -> dict[str, bytes]:
    """What the grader finds beside the attempt's notebook."""
    return dict(read(attempt.path).modules)


USES = notebook("from helpers import *", "x = three()")


# ------------------------------------------------------------------------- a class


def test_a_module_in_a_student_s_folder_goes_with_the_notebook(tmp_path: Path) -> None:
    """Of the Python files beside it those that it imports, and the report says so."""
    files = {"anna/lab.ipynb": USES, "anna/helpers.py": HELPERS, "anna/other.py": b"x = 1"}
    (attempt,) = of(intake(lay(tmp_path / "class", files)), "anna").attempts
    assert modules(attempt) == {"helpers.py": HELPERS}
    taken = read(attempt.path)
    assert taken.name == "lab"
    assert [note.en for note in taken.notes if "zip" in note.en] == []
    assert "helpers.py" in taken.notes[0].en


def test_modules_import_modules(tmp_path: Path) -> None:
    """What a module imports is taken too."""
    files = {
        "anna/lab.ipynb": notebook("import first as f"),
        "anna/first.py": b"from helpers import three",
        "anna/helpers.py": HELPERS,
    }
    (attempt,) = of(intake(lay(tmp_path / "class", files)), "anna").attempts
    assert sorted(modules(attempt)) == ["first.py", "helpers.py"]


def test_a_script_is_handed_in(tmp_path: Path) -> None:
    """A notebook that was saved as a script is graded, with the modules that it imports."""
    files = {"anna/lab.py": EXPORT, "anna/helpers.py": HELPERS, "bob.py": b"# %%\ny = 2\n"}
    found = intake(lay(tmp_path / "class", files))
    assert told(found) == {"anna": ["anna/lab.py"], "bob": ["bob.py"]}
    (attempt,) = of(found, "anna").attempts
    assert [c.source for c in read(attempt.path).cells] == [
        "import helpers",
        "x = helpers.three()",
    ]
    assert modules(attempt) == {"helpers.py": HELPERS}
    (plain,) = of(found, "bob").attempts
    assert [c.source for c in read(plain.path).cells] == ["y = 2"]


def test_a_notebook_comes_before_its_export(tmp_path: Path) -> None:
    """The same work saved in both ways is one work, and no module of its own."""
    files = {"anna/lab.ipynb": USES, "anna/lab.py": EXPORT, "carl.ipynb": USES, "carl.py": EXPORT}
    found = intake(lay(tmp_path / "class", files))
    assert told(found) == {"anna": ["anna/lab.ipynb"], "carl": ["carl.ipynb"]}
    assert modules(of(found, "anna").attempts[0]) == {}


def test_of_several_scripts_the_one_that_imports_the_others(tmp_path: Path) -> None:
    """Where none has the marks of a notebook; several of those are told to be several."""
    plain = {"anna/a.py": HELPERS, "anna/main.py": b"import a\nprint(a.three())\n"}
    marked = {"bob/a.py": b"# In[1]:\nx = 1\n", "bob/b.py": HELPERS, "bob/c.py": EXPORT}
    found = intake(lay(tmp_path / "class", plain | marked))
    assert told(found)["anna"] == ["anna/main.py"]
    assert told(found)["bob"] in (["bob/a.py"], ["bob/c.py"])
    assert ".py' was taken" in said(of(found, "bob"))


def test_in_an_archive(tmp_path: Path) -> None:
    """A student's archive is a folder of theirs."""
    import zipfile

    (tmp_path / "class").mkdir()
    with zipfile.ZipFile(tmp_path / "class/Анна Котова.zip", "w") as made:
        made.writestr("work/lab.ipynb", USES)
        made.writestr("work/helpers.py", HELPERS)
        made.writestr("old/helpers.py", b"raise SystemExit")
    lay(tmp_path / "class", {"Пётр Петров.ipynb": USES})
    found = intake(tmp_path / "class")
    assert modules(of(found, "Анна Котова").attempts[0]) == {"helpers.py": HELPERS}
    assert modules(of(found, "Пётр Петров").attempts[0]) == {}


def test_beside_each_other_a_module_is_somebody_s_by_its_name_only(tmp_path: Path) -> None:
    """Where many students' files lie in one folder, no one gets another's code."""
    files = {
        "ivanov.ipynb": notebook("import ivanov_helpers, helpers"),
        "ivanov_helpers.py": HELPERS,
        "helpers.py": b"raise SystemExit",
        "petrov.ipynb": notebook("import ivanov_helpers"),
    }
    found = intake(lay(tmp_path / "class", files))
    assert list(told(found)) == ["ivanov", "petrov"]
    assert modules(of(found, "ivanov").attempts[0]) == {"ivanov_helpers.py": HELPERS}
    assert modules(of(found, "petrov").attempts[0]) == {}


def test_a_learning_system_tells_whose_it_is(tmp_path: Path) -> None:
    """Canvas and Moodle put the student's number into each file's name."""
    moodle = "Анна Котова_7_assignsubmission_file_"
    files = {
        "ivanov_1_10_lab.ipynb": USES,
        "ivanov_1_11_helpers.py": HELPERS,
        "petrov_2_12_lab.ipynb": USES,
        f"{moodle}lab.ipynb": USES,
        f"{moodle}helpers.py": HELPERS,
    }
    found = intake(lay(tmp_path / "class", files))
    taken = {entry.name: [sorted(modules(a)) for a in entry.attempts] for entry in found.entries}
    assert taken == {"ivanov": [["helpers.py"]], "petrov": [[]], "Анна Котова": [["helpers.py"]]}


# --------------------------------------------------------------------- one notebook


def test_beside_one_notebook(tmp_path: Path) -> None:
    """What it imports is taken from its folder, if it is asked for, and named."""
    lay(tmp_path, {"lab.ipynb": USES, "helpers.py": HELPERS, "x.py": HELPERS, "lab.py": EXPORT})
    found = read(tmp_path / "lab.ipynb", beside=True)
    assert found.modules == (("helpers.py", HELPERS),)
    assert "helpers.py" in found.notes[-1].ru
    assert read(tmp_path / "lab.ipynb").modules == ()


def test_beside_several_notebooks(tmp_path: Path) -> None:
    """Nobody knows whose it is: it is not taken, and how that can be mended is said."""
    lay(tmp_path, {"lab.ipynb": USES, "petrov.ipynb": USES, "helpers.py": HELPERS})
    found = read(tmp_path / "lab.ipynb", beside=True)
    assert found.modules == ()
    assert "folder of its own" in found.notes[-1].en


def test_links_and_large_files_are_no_modules(tmp_path: Path) -> None:
    """A link may lead anywhere, and what is too large is data."""
    lay(tmp_path, {"a/lab.ipynb": notebook("import helpers, big"), "secret": HELPERS})
    (tmp_path / "a/helpers.py").symlink_to(tmp_path / "secret")
    (tmp_path / "a/big.py").write_bytes(b"#" * (MAX_MODULE_BYTES + 1))
    assert read(tmp_path / "a/lab.ipynb", beside=True).modules == ()


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("import numpy as np, nets", True),
        ("from nets import *", True),
        ("from nets.sub import x", True),
        ("%run nets.py", True),
        ("exec(open('nets.py').read())", True),
        ("from package import other, nets", True),
        ("%run ./my/nets.py", True),
        ("import nets2", False),
        ("import nets2, other.nets", False),
        ("%run old-nets.py", False),
        ("nets = 3", False),
        ("import numpy as np\nnets = 3", False),
    ],
)
def test_what_counts_as_an_import(said: str, taken: bool) -> None:
    """Statements, and whatever names the file."""
    assert imported(said, {"nets.py": ""}) == (["nets.py"] if taken else [])


def test_a_file_with_spaces_in_its_name_can_be_run() -> None:
    """Such a file is no module, and may be named all the same."""
    assert imported("%run 'lab (2).py'", {"lab (2).py": "", "lab.py": ""}) == ["lab (2).py"]


@pytest.mark.parametrize(
    ("module", "others", "own"),
    [
        ("helpers.py", ["lab-ivanov-Copy1", "lab-ivanov (1)"], True),
        ("helpers.py", ["lab-petrov"], False),
        ("ivanov_helpers.py", ["lab-petrov"], True),
        ("lab_helpers.py", ["lab-petrov"], False),
    ],
)
def test_whose_name_it_has(module: str, others: list[str], own: bool) -> None:
    """A word that only this notebook's name has; copies of it are nobody else's."""
    assert named_as(module, "lab-ivanov", others) is own
