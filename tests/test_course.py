"""Courses: found from anywhere inside, their labs recognised, and only consistent ones loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_course as tiny

from grader import course, notebook
from grader.errors import CourseError, UnknownLab, UsageError
from grader.model import CallCase, Submission

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _no_course_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADER_COURSE", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "course")


def submitted(folder: Path, **cells: str) -> Submission:
    path = folder / "submitted.ipynb"
    path.write_text(tiny.notebook(**cells), encoding="utf-8")
    return notebook.read(path)


# ------------------------------------------------------------------------ find


def test_a_course_is_found_upward(root: Path, tmp_path: Path) -> None:
    """The course is the nearest folder above one of the starts that looks like one."""
    deep = root / "submissions" / "week1"
    deep.mkdir(parents=True)
    assert course.find(None, deep) == root.resolve()
    assert course.find(None, tmp_path, deep) == root.resolve()
    assert course.find(None, root) == root.resolve()


def test_the_environment_names_a_course(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GRADER_COURSE comes before any search, and an explicit folder before both."""
    other = tiny.write(tmp_path / "other")
    monkeypatch.setenv("GRADER_COURSE", str(other))
    assert course.find(None, root) == other.resolve()
    assert course.find(root, tmp_path) == root.resolve()


def test_an_empty_variable_names_no_course(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GRADER_COURSE set to nothing is as good as not set."""
    monkeypatch.setenv("GRADER_COURSE", "")
    assert course.find(None, root) == root.resolve()


def test_a_folder_that_is_no_course_is_refused(root: Path, tmp_path: Path) -> None:
    """A course named outright is not searched for elsewhere when it turns out to be none."""
    with pytest.raises(UsageError, match="is no course"):
        course.find(tmp_path, root)


def test_the_program_s_own_checkout_is_the_last_course(tmp_path: Path) -> None:
    """A submission far from any course is graded by the course that the program came with."""
    checkout = Path(__file__).resolve().parent.parent
    assert course.find(None, tmp_path) == checkout


def test_no_course_anywhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no folder above is a course, the message says from where it was looked for."""
    monkeypatch.setattr(course, "__file__", str(tmp_path / "site-packages/grader/__init__.py"))
    with pytest.raises(UsageError, match="no course found upward from") as caught:
        course.find(None, tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "--course" in str(caught.value)


# ------------------------------------------------------------------- recognise


def test_a_submission_is_recognised_by_its_handout(root: Path, tmp_path: Path) -> None:
    """The lab of a notebook is the one whose handout's code it still has."""
    tiny.write(root, "other", given="import os\nfor path in os.listdir():\n    print(path)\n",
               blank="def walk(folder, depth):\n    pass\n")  # fmt: skip
    mine = submitted(tmp_path, a=tiny.GIVEN, b="def double(x):\n    return x + x\n")
    assert course.recognise(root, mine) == "tiny"


def test_a_stranger_is_not_recognised(root: Path, tmp_path: Path) -> None:
    """A notebook unlike every handout is refused, and the message names the labs there are."""
    stranger = submitted(tmp_path, a="class Dog:\n    def bark(self):\n        raise OSError\n")
    with pytest.raises(UnknownLab, match=r"its labs: tiny\).*--lab"):
        course.recognise(root, stranger)


def test_a_course_without_labs_recognises_nothing(tmp_path: Path) -> None:
    """An empty course refuses every notebook, in words."""
    for name in ("rubrics", "assignments"):
        (tmp_path / "empty" / name).mkdir(parents=True)
    with pytest.raises(UnknownLab, match="its labs: none"):
        course.recognise(tmp_path / "empty", submitted(tmp_path, a=tiny.GIVEN))


def test_two_labs_with_one_handout_are_told_apart_by_nobody(root: Path, tmp_path: Path) -> None:
    """Where two handouts are equally like the notebook, the user is asked to say which."""
    tiny.write(root, "twin")
    with pytest.raises(UnknownLab, match="equally like the handouts of tiny, twin"):
        course.recognise(root, submitted(tmp_path, a=tiny.GIVEN, b=tiny.BLANK))


# ------------------------------------------------------------------------ load


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_shipped_lab_is_consistent(language: str) -> None:
    """The convnets lab loads in both languages, with a reference for every task that is probed."""
    lab = course.load(ROOT, "convnets", "ru" if language == "ru" else "en")
    assert lab.language == language
    assert {task.home for task in lab.rubric.tasks if task.object} <= lab.solution.keys()
    assert {mistake.task for mistake in lab.misconceptions} <= {t.id for t in lab.rubric.tasks}


def test_a_lab_without_a_handout_in_the_language_is_loaded_in_another(root: Path) -> None:
    """A Russian notebook of a lab that has only an English handout is graded with that."""
    assert course.load(root, "tiny", "ru").language == "en"


def test_an_unknown_lab_is_told(root: Path) -> None:
    """A lab that is not there is refused, with the names of those that are."""
    with pytest.raises(UnknownLab, match="no lab 'tny'; it has: tiny"):
        course.load(root, "tny", "en")


def test_the_reference_fills_the_handout_in(root: Path) -> None:
    """The solved notebook has the reference in its cells, or a misconception in one of them."""
    lab = course.load(root, "tiny", "en")
    (mistake,) = lab.misconceptions
    assert "2 * x" in lab.solved().cells[1].source
    assert "3 * x" in lab.solved(lab.mistaken(mistake)).cells[1].source
    assert lab.solved().cells[0].source == lab.handout.cells[0].source


def test_mistakes_of_one_name_are_two_things(root: Path) -> None:
    """A misconception is known by its task and its name, as two tasks may share a name."""
    (mistake,) = course.load(root, "tiny", "en").misconceptions
    assert (mistake.id, mistake.name) == ("double/triples", "triples")


def test_all_contradictions_are_told_at_once(tmp_path: Path) -> None:
    """A lab whose parts disagree is refused with every disagreement in one message."""
    root = tiny.write(
        tmp_path,
        rubric=tiny.RUBRIC.replace("lab: tiny", "lab: tinny")
        .replace("only: [random]", "only: [random, ones]")
        .replace("cell: double}", "cell: double, part: nowhere}"),
        solution=tiny.SOLUTION + "\n# %% [gone]\npass\n",
        misconceptions=tiny.MISCONCEPTIONS * 2
        + tiny.MISCONCEPTIONS.replace("task: double", "task: halve")
        + tiny.MISCONCEPTIONS.replace("2 * x", "4 * x").replace("triples", "fours"),
        cases=tiny.CASES.replace("    return [", "    return 2 * ["),
    )
    with pytest.raises(CourseError) as caught:
        course.load(root, "tiny", "en")
    assert str(caught.value).splitlines() == [
        "the lab is not consistent:",
        "rubrics/tiny.yaml: it calls the lab 'tinny', not 'tiny'",
        "rubrics/tiny.yaml: task double: the handout (en) has no cell 'nowhere'",
        "reference/tiny/cases.py: numbers: two cases are called 'random'",
        "rubrics/tiny.yaml: task double: numbers draws no case 'ones'",
        "reference/tiny/solution.py: the handout (en) has no cell 'gone'",
        "reference/tiny/misconceptions.yaml: two are called 'double/triples'",
        "misconception halve/triples: the rubric has no task 'halve'",
        "misconception double/fours: '4 * x' occurs 0 times in the reference's cell, not once",
    ]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("cases", "def other(rng, language):\n    return []\n", "has no generator 'numbers'"),
        ("cases", "def numbers(rng, language):\n    return []\n", "numbers: it draws no case"),
        ("cases", "def numbers(rng, language):\n    return 1 / 0\n", "numbers: ZeroDivisionError"),
        ("cases", "import nothing_of_this_name\n", r"cases\.py: cannot be imported: Module"),
        ("cases", tiny.CASES.replace("def numbers", "def _numbers"), "no generator 'numbers'"),
        ("solution", "", "it has no cell 'double', which task double needs"),
        ("solution", tiny.SOLUTION * 2, "cells that stand there twice: double"),
        ("misconceptions", "- id: x\n  task: double\n  edits: []\n",
         r"misconceptions\.yaml:3: 0\.edits: Tuple should have at least 1 item"),
        ("misconceptions", "- id: x\n", r"misconceptions\.yaml:1: 0\.task: Field required"),
        ("misconceptions", "{", r"misconceptions\.yaml:\d+: not YAML"),
        ("rubric", tiny.RUBRIC.replace("    checks:", "    helpers: [double]\n    checks:"),
         r"stand_ins\.py: it does not define 'double', which task double may call"),
        ("rubric", "lab: tiny", "the rubric has"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told(tmp_path: Path, file: str, text: str, says: str) -> None:
    """A course file that cannot be used is a course error that names file and reason."""
    root = tiny.write(tmp_path, **{file: text})
    with pytest.raises(CourseError, match=says):
        course.load(root, "tiny", "en")


@pytest.mark.parametrize("missing", ["solution.py", "misconceptions.yaml", "cases.py"])
def test_a_missing_reference_is_told(root: Path, missing: str) -> None:
    """A course without its reference (as students get it) does not load, and says what lacks."""
    (root / "reference/tiny" / missing).unlink()
    with pytest.raises(CourseError, match=missing.replace(".", r"\.")):
        course.load(root, "tiny", "en")


def test_a_lab_without_a_handout_is_told(root: Path) -> None:
    """A lab whose handout is not there is a course error that says what to put where."""
    shutil.rmtree(root / "assignments/tiny")
    with pytest.raises(CourseError, match=r"no handout; put handout\.ru\.ipynb"):
        course.load(root, "tiny", "en")


# -------------------------------------------------------------- draws, digests


def drawn(lab: course.Lab, seed: int) -> np.ndarray:
    (case,) = lab.draw("numbers", seed)
    assert isinstance(case, CallCase)
    return np.asarray(case.args[0].array)


def test_draws_repeat(root: Path) -> None:
    """The same seed draws the same cases, in this load and the next; another seed draws others."""
    first, second = (course.load(root, "tiny", "en") for _ in range(2))
    np.testing.assert_array_equal(drawn(first, 7), drawn(first, 7))
    np.testing.assert_array_equal(drawn(first, 7), drawn(second, 7))
    assert not np.array_equal(drawn(first, 7), drawn(first, 8))


@pytest.mark.parametrize(
    "path",
    [
        "rubrics/tiny.yaml",
        "reference/tiny/solution.py",
        "reference/tiny/misconceptions.yaml",
        "reference/tiny/cases.py",
        "assignments/tiny/handout.en.ipynb",
    ],
)
def test_the_digest_changes_with_every_file(root: Path, path: str) -> None:
    """A lab's digest is another as soon as any of its files has another byte."""
    before = course.load(root, "tiny", "en").digest
    file = root / path
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert course.load(root, "tiny", "en").digest != before


def test_the_digest_knows_files_of_any_kind(root: Path) -> None:
    """A new data file of the reference changes the digest; compiled and hidden files do not."""
    before = course.load(root, "tiny", "en").digest
    (root / "reference/tiny/__pycache__").mkdir(exist_ok=True)
    (root / "reference/tiny/__pycache__/cases.pyc").write_bytes(b"compiled")
    (root / "assignments/tiny/.ipynb_checkpoints").mkdir()
    (root / "assignments/tiny/.ipynb_checkpoints/handout.en.ipynb").write_text("old")
    assert course.load(root, "tiny", "en").digest == before
    (root / "reference/tiny/weights.npz").write_bytes(b"numbers")
    assert course.load(root, "tiny", "en").digest != before
