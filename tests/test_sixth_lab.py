"""A lab that nobody foresaw is added by writing its files, and nothing of the program changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sixth_lab
from conftest import Grade

pytestmark = [pytest.mark.labs, pytest.mark.timeout(600)]

SOFTMAX = """def softmax(scores):
    scores = scores - np.max(scores, axis=1)[:, None]
    return np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]"""
TOP_K = """def top_k(scores, k):
    return np.argsort(scores)[::-1][:k]  # of equal ones the last first"""
ESSAY = "At the end of a classifier it gives probabilities; between layers it loses information."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sixth_lab.write(tmp_path_factory.mktemp("course"))


def graded(grade: Grade, course: Path, **sources: str) -> dict[str, Any]:
    """The grade file of the handout with some cells filled in; nothing is named but the file."""
    cells = {name.replace("_", "-"): source for name, source in sources.items()}
    path = course / "work" / "mine.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(sixth_lab.notebook(cells), encoding="utf-8")
    done = grade(path, cwd=course)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    whole: dict[str, Any] = json.loads(path.with_name("mine.grade.json").read_text("utf-8"))
    return whole


def verdicts(whole: dict[str, Any]) -> dict[str, tuple[str, float, str | None]]:
    return {t["id"]: (t["status"], t["points"], t["misconception"]) for t in whole["tasks"]}


def test_its_rubric_is_sound(grade: Grade, course: Path) -> None:
    """`grade validate` finds that the reference earns all, and each mistake fails its own task."""
    done = grade("validate", sixth_lab.NAME, "--course", course)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_right_submission(grade: Grade, course: Path) -> None:
    """Right in another way than the reference is right, and ties may be broken as one likes."""
    tick = sixth_lab.CELLS["q-shift"][1].replace("[ ] They stay", "[x] They stay")
    answer = sixth_lab.CELLS["q-sum"][1] + "7.0"
    made = graded(
        grade, course, softmax=SOFTMAX, top_k=TOP_K, q_shift=tick, q_sum=answer, essay=ESSAY
    )
    assert (made["points"], made["max_points"], made["passed"]) == (11, 11, True)
    assert {status for status, _, _ in verdicts(made).values()} == {"passed"}


def test_a_wrong_submission(grade: Grade, course: Path) -> None:
    """Wrong code and wrong answers are named, and what is right of them counts."""
    tick = sixth_lab.CELLS["q-shift"][1].replace("[ ] They grow", "[X] They grow")
    made = graded(
        grade,
        course,
        softmax="def softmax(x):\n    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)",
        top_k="def top_k(scores, k):\n    return np.sort(scores)[-k:]",
        q_shift=tick,
        q_sum=sixth_lab.CELLS["q-sum"][1] + "12",
    )
    assert verdicts(made) == {
        "softmax": ("partial", 4, "overflow"),
        "top_k": ("failed", 0, None),
        "shift": ("failed", 0, "grows"),
        "sum": ("failed", 0, None),
        "essay": ("not_attempted", 0, None),
    }


def test_an_answer_that_no_program_reads(grade: Grade, course: Path) -> None:
    """A number in words may be right: it earns nothing and is not called wrong, and the mark to
    pass counts its point, so that nobody is better off with it."""
    made = graded(grade, course, q_sum=sixth_lab.CELLS["q-sum"][1] + "seven")
    assert verdicts(made)["sum"] == ("ungraded", 0, None)
    assert (made["max_points"], made["provisional"]) == (10, True)
    assert made["pass_mark"] == graded(grade, course)["pass_mark"]


def test_a_blank_submission(grade: Grade, course: Path) -> None:
    """The handout as it was given out earns nothing, and is not called wrong."""
    made = graded(grade, course)
    assert made["points"] == 0
    assert {status for status, _, _ in verdicts(made).values()} == {"not_attempted"}
