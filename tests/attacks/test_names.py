"""Attacks by what surrounds a notebook: file names, links and pipes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import range_course
from conftest import LONG, command
from siege import INJECTED, SECRET

pytestmark = [
    pytest.mark.attacks,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

FORMULA = "=HYPERLINK(1)"
MARKUP = "<img src=x onerror=window.owned=1>"
ESCAPE = "\x1b]0;owned\x07\x1b[31mred"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A graded class of file names that attack, with what the terminal showed."""
    course = range_course.write(tmp_path_factory.mktemp("range"))
    folder = tmp_path_factory.mktemp("names") / "class"
    folder.mkdir()
    text = json.dumps(range_course.handout())
    for name in (FORMULA, MARKUP, ESCAPE):
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / f"broken {MARKUP}.ipynb").write_text("no notebook", encoding="utf-8")
    (folder.parent / "secret.ipynb").write_text(text.replace("numpy", SECRET), encoding="utf-8")
    (folder / "thief.ipynb").symlink_to("../secret.ipynb")
    (folder / "lost.ipynb").symlink_to("/nowhere")
    (folder / "all").symlink_to("/")
    os.mkfifo(folder / "pipe.ipynb")
    program = (sys.executable, "-c", "from grader.cli import main; main()")
    done = command([*program, folder, "--course", course, "--quick", "--jobs", "2"], timeout=LONG)
    assert done.returncode == 0, done.stderr
    exported = command([*program, "export", folder, "--course", course])
    assert exported.returncode == 0, exported.stderr
    return folder, done.stdout + done.stderr + exported.stdout + exported.stderr


def test_names_are_shown_as_names(folder: tuple[Path, str]) -> None:
    """No file name moves the cursor of the terminal that it is shown on, or lives in a page."""
    place, shown = folder
    assert [word for word in ("\x1b", "\x07", "\x9b") if word in shown] == []
    pages = list((place / "_grades").rglob("*.html"))
    assert len(pages) >= 4
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert [word for word in INJECTED if word in text] == [], page


def test_no_cell_is_a_formula(folder: tuple[Path, str]) -> None:
    """A student whose name is a formula is a name in the spreadsheet."""
    place, _ = folder
    (table,) = (place / "_grades").glob("*.csv")
    with table.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "@", "+", "\t"))] == []


def test_links_and_pipes_are_not_followed(folder: tuple[Path, str]) -> None:
    """A link out of its folder shows nobody else's work, and a pipe is not waited for."""
    place, _ = folder
    students = {path.name for path in (place / "_grades/students").iterdir()}
    assert len(students) == 3
    for path in (place / "_grades").rglob("*.json"):
        assert SECRET not in path.read_text(encoding="utf-8")
