"""What travels to a worker, and what a grade is known by."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_course

from grader.parcel import Parcel, course_digest, pack_course, work
from grader.preparing import Options

RULES = tiny_course.RUBRIC
LATE = """\
deadline: 2025-03-01T23:59+03:00
late:
  # a day costs a fifth
  - {hours: 24, keep: 80}

  - {hours: 48, keep: 50}
keep_after: 0
"""
FLUSH = "late:\n- {hours: 24, keep: 80}\ndeadline: 2025-03-01T23:59+03:00\nkeep_after: 0\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_course.write(tmp_path / "course")


def digest(root: Path, rubric: str) -> str:
    (root / "rubrics/tiny.yaml").write_text(rubric, encoding="utf-8")
    return course_digest(pack_course(root))


def test_a_course_is_packed_the_same_wherever_and_whenever(root: Path, tmp_path: Path) -> None:
    """The same files make the same bytes, so that a grade made elsewhere is known here."""
    other = tiny_course.write(tmp_path / "other")
    (other / "reference/tiny/__pycache__").mkdir()
    (other / "reference/tiny/__pycache__/cases.pyc").write_bytes(b"compiled")
    (other / "notes.txt").write_text("not of the course")
    assert pack_course(root) == pack_course(other)
    with tarfile.open(fileobj=io.BytesIO(pack_course(root))) as archive:
        assert "rubrics/tiny.yaml" in archive.getnames()


@pytest.mark.parametrize(
    "rubric",
    [RULES + LATE, LATE + RULES, RULES + FLUSH, RULES + LATE.replace("80", "70")],
    ids=["at the end", "at the start", "without indent", "another step"],
)
def test_lateness_is_no_part_of_what_a_grade_depends_on(root: Path, rubric: str) -> None:
    """A deadline or late policy, put anywhere into the rubric, leaves the course's digest."""
    assert digest(root, rubric) == digest(root, RULES)


@pytest.mark.parametrize(
    "rubric",
    [
        RULES.replace("points: 2", "points: 3"),
        RULES.replace("lab: tiny", "lab: tiny\npass_mark: 50"),
        LATE + RULES.replace("en: Values", "en: Numbers"),
        RULES.replace("only: [random]", "only: []"),
    ],
)
def test_everything_else_is(root: Path, rubric: str) -> None:
    """Points, the pass mark, titles, cases: each makes it another course."""
    assert digest(root, rubric) != digest(root, RULES)


def test_a_grade_depends_on_file_course_options_and_data(root: Path) -> None:
    """Each of them makes another key; what is cached, and whether others follow, does not."""
    packed = pack_course(root)
    parcel = Parcel("anna", 1, "lab.ipynb", b"{}", packed, Options(quick=True))
    key = parcel.key("images")
    same = replace(parcel.options, ahead=True, fresh=True, data_dir=Path("elsewhere"))
    assert replace(parcel, options=same).key("images") == key
    others = [
        replace(parcel, notebook=b"{ }").key("images"),
        replace(parcel, options=replace(parcel.options, seed=1)).key("images"),
        replace(parcel, options=replace(parcel.options, quick=False)).key("images"),
        parcel.key("other images"),
    ]
    assert len({key, *others}) == 5


def test_a_file_that_is_no_notebook_is_an_outcome(root: Path) -> None:
    """What a student handed in cannot fail the grader: it is unreadable, and the reason names the
    file as the student knows it."""
    parcel = Parcel("anna", 1, "lab.ipynb", b"hello", pack_course(root), Options())
    outcome = work(parcel)
    assert outcome.status == "unreadable"
    assert outcome.reason.startswith("lab.ipynb")
    assert (outcome.grade_file, outcome.page) == ("", "")


def test_a_notebook_of_another_course_is_an_outcome(root: Path) -> None:
    """A notebook that is like no handout has no lab, and so no grade."""
    text = tiny_course.notebook(other="import this\nprint('something else entirely')")
    parcel = Parcel("anna", 1, "lab.ipynb", text.encode(), pack_course(root), Options())
    assert work(parcel).status == "unreadable"
