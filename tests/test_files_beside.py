"""Files in the working folder, and what a case may bring: files, code to run, a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_course import RUBRIC, notebook, write

from grader.course import files
from grader.errors import CourseError, KernelUnavailable
from grader.grading import Options, grade
from grader.kernel.files import laid_out
from grader.kernel.wire import file_tree
from grader.model import Status


def test_what_lies_beside_a_handout_goes_with_it(tmp_path: Path) -> None:
    """All files below the folder, by relative path, but for notebooks and hidden ones."""
    for name in ("a.csv", "pictures/1.jpg", "handout.ru.ipynb", ".hidden/x", "pictures/.y"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    assert files.beside(tmp_path) == {"a.csv": b"a.csv", "pictures/1.jpg": b"pictures/1.jpg"}


def test_too_many_bytes_beside_a_handout_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too large to be sent to every kernel is a data set."""
    monkeypatch.setattr(files, "MAX_BYTES", 3)
    (tmp_path / "a").write_bytes(b"1234")
    with pytest.raises(CourseError, match="data set"):
        files.beside(tmp_path)


def test_a_case_s_files_are_there_for_its_call_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they replace is back afterwards, and what was not there is gone."""
    monkeypatch.chdir(tmp_path)
    Path("kept.txt").write_text("before")
    with laid_out(file_tree({"kept.txt": b"now", "new/one.bin": b"\x00\x01"})):
        assert Path("kept.txt").read_text() == "now"
        assert Path("new/one.bin").read_bytes() == b"\x00\x01"
    assert Path("kept.txt").read_text() == "before"
    assert not Path("new/one.bin").exists()


CASES = """
import numpy as np
from grader.kernel.wire import Leaf
from grader.model import CallCase, Text


def numbers(rng, language):
    title = Text("т", "t")
    x = Leaf("tensor", np.float32(rng.integers(2, 9)))
    one = {"factor.txt": b"3"}
    return [
        CallCase("beside", title, (x,)),
        CallCase("own_file", title, (x,), files=one),
        CallCase("setup", title, (x,), setup="offset = 5.0"),
        CallCase("graph", title, (x,), graph=True),
    ]
"""
SOLUTION = """
# %% [double]
offset = 0.0


def double(x):
    with open("factor.txt") as file:
        return x * float(file.read()) + offset
"""
"""Reads the file that lies beside the handout, or a case's own."""
HEAD = "offset = 0.0\n\n\ndef double(x):\n    "


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rubric = RUBRIC.replace("        only: [random]\n", "")
    folder = tmp_path_factory.mktemp("course")
    write(folder, rubric=rubric, solution=SOLUTION, cases=CASES, misconceptions="[]\n")
    (folder / "assignments/tiny/factor.txt").write_text("2")
    return folder


def graded(root: Path, body: str) -> Any:
    path = root / "submission.ipynb"
    path.write_text(notebook(tf="import tensorflow as tf", double=HEAD + body))
    made = grade(path, Options(course=root, lab="tiny"))
    return made.tasks[0]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("return x * float(open('factor.txt').read()) + offset", set()),
        ("return x * 2 + offset", {"own_file"}),
        ("return x * float(open('factor.txt').read())", {"setup"}),
        (
            "return tf.constant(x.numpy() * float(open('factor.txt').read()) + offset)",
            {"graph"},
        ),
    ],
)
def test_a_function_is_checked_on_files_it_has_not_seen(
    root: Path, body: str, wrong: set[str]
) -> None:
    """The lab's file, a case's own, code that is run first, and a call inside a graph."""
    task = graded(root, body)
    rows = [row for check in task.checks for row in check.comparisons]
    assert {row.case for row in rows if not row.passed} == wrong
    assert task.status is (Status.FAILED if wrong else Status.PASSED)


def test_a_missing_package_is_the_grader_s_matter(root: Path) -> None:
    """Where a package that the notebooks import is not installed, nobody is graded on that."""
    rubric = root / "rubrics/tiny.yaml"
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(text + "packages: [no_such_package]\n", encoding="utf-8")
    try:
        with pytest.raises(KernelUnavailable, match="no_such_package"):
            graded(root, "return x")
    finally:
        rubric.write_text(text, encoding="utf-8")
