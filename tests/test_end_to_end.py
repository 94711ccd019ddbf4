"""Whole notebooks through the whole program, without the trainings: files in, grade files out.

Each test is a submission that a student might hand in; the verdicts come out of a real kernel in
the real sandbox. ``test_end_to_end_slow.py`` has all styles and faults, and the trainings.
"""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from convnets_changes import code_alone, encoded, merged, split, version_3, without_markers
from convnets_submissions import faults, submission
from graded import HANDOUTS, QUICK, SCORED, Grader, filled, handout

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed: nothing to run notebooks in"
)

needs_course = pytest.mark.skipif(
    not HANDOUTS["course"].exists(), reason="the course's own notebook is not on this machine"
)
every_handout = pytest.mark.parametrize(
    "which", ["ru", "en", pytest.param("course", marks=needs_course)]
)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    """Grades each notebook once for all tests of this file."""
    return Grader(tmp_path_factory.mktemp("graded"))


# ------------------------------------------------------------------- blank, right


@every_handout
def test_an_untouched_handout_has_no_points_and_no_task_attempted(
    grader: Grader, which: str
) -> None:
    """A handout given back as it was handed out scores 0, and each task is "not attempted"."""
    graded = grader(handout(which))
    assert {task: graded.verdicts[task] for task in SCORED} == dict.fromkeys(
        SCORED, "not_attempted"
    )
    assert graded.verdicts["experiments"] == "not_attempted"
    assert graded.whole["points"] == 0
    assert not graded.whole["passed"]


@pytest.mark.parametrize(
    ("which", "style"),
    [
        ("ru", "same_padding"),
        ("en", "functional"),
        pytest.param("course", "helper_functions", marks=needs_course),
    ],
)
def test_right_answers_pass_in_whatever_style(grader: Grader, which: str, style: str) -> None:
    """Explicit layers, functional models, helpers in other cells: each is right in every task."""
    graded = grader(filled(which, style))
    assert graded.not_passed == set()
    assert graded.whole["suspicions"] == []
    assert graded.whole["points"] == graded.whole["max_points"] > 0
    assert graded.whole["passed"]


def test_a_quick_grade_is_provisional(grader: Grader) -> None:
    """Without trainings the grade says that it may change, and no accuracy rule has a verdict."""
    graded = grader(filled("ru", "same_padding"))
    assert graded.whole["provisional"]
    rules = [c for t in graded.whole["tasks"] for c in t["checks"] if c["kind"] == "accuracy"]
    assert len(rules) == 4
    assert {rule["status"] for rule in rules} == {"skipped"}


# --------------------------------------------------------------------- one fault


@pytest.mark.parametrize(
    ("which", "fault", "misconception"),
    [
        ("ru", "three_layer_convnet-no_first_relu", "first_relu_missing"),
        ("en", "three_layer_convnet_init-swapped", "filters_swapped"),
        ("ru", "ThreeLayerConvNet-softmax_twice", "softmax_twice"),
        ("en", "part3_model-swapped", "filters_swapped"),
        ("ru", "part3_optimizer-no_nesterov", "nesterov_missing"),
        ("en", "part4_model-other_filters", "filters_swapped"),
        ("ru", "part4_optimizer-other_rate", "rate_ten_times"),
        ("en", "CustomConvNet-logits", "logits"),
    ],
)
def test_one_fault_fails_its_own_task_and_no_other(
    grader: Grader, which: str, fault: str, misconception: str | None
) -> None:
    """One wrong line costs points in one task; where the mistake is known, it is named."""
    graded = grader(submission(handout(which), faults(which)[fault]))
    task_id = fault.split("-")[0]
    assert graded.not_passed == {task_id}
    task = graded.task(task_id)
    assert task["status"] in ("failed", "partial")
    assert task["points"] < task["max_points"]
    assert task["message"]
    assert task["misconception"] == misconception


# --------------------------------------------------------------- files and layouts


def test_an_old_notebook_in_utf_8_with_a_mark_under_a_russian_name(grader: Grader) -> None:
    """Format 3, a byte-order mark, and a name with spaces and Cyrillic letters are no obstacle."""
    data = encoded(version_3(filled("ru")), "utf-8-sig")
    graded = grader(data, name="Лабораторная 1 (Иванов И.)")
    assert graded.not_passed == set()
    assert graded.whole["submission"]["name"] == "Лабораторная 1 (Иванов И.)"
    assert any("старого формата" in note for note in graded.whole["notes"])


def test_a_notebook_in_utf_16_without_markers(grader: Grader) -> None:
    """Another encoding, and no line left that says where an answer begins, are no obstacle."""
    graded = grader(encoded(without_markers(filled("ru")), "utf-16"))
    assert graded.not_passed == set()
    assert any("UTF-16" in note for note in graded.whole["notes"])


def test_cells_may_be_merged(grader: Grader) -> None:
    """Neighbouring code cells put into one hold the same answers."""
    assert grader(merged(filled("ru"))).not_passed == set()


def test_all_code_may_stand_in_one_cell(grader: Grader) -> None:
    """Parts that share a cell are told apart by the turn of their training drivers."""
    graded = grader(merged(code_alone(filled("ru"))))
    assert graded.not_passed == {"experiments"}


def test_cells_may_be_split(grader: Grader) -> None:
    """Each statement in a cell of its own: the same answers."""
    assert grader(split(filled("ru"))).not_passed == set()


# -------------------------------------------------------------------- determinism


def test_the_same_notebook_and_seed_give_the_same_bytes(grader: Grader) -> None:
    """Two runs write the same grade file, times aside."""
    notebook = submission(handout("ru"), faults("ru")["three_layer_convnet-no_first_relu"])
    first = grader(notebook)
    second = grader(notebook, replace(QUICK, fresh=True), again=1)
    assert first.repeatable() == second.repeatable()


def test_another_seed_gives_the_same_verdicts(grader: Grader) -> None:
    """The cases are drawn afresh, the verdicts are not."""
    notebook = submission(handout("ru"), faults("ru")["three_layer_convnet-no_first_relu"])
    first, other = grader(notebook), grader(notebook, replace(QUICK, seed=7))
    assert first.verdicts == other.verdicts
    assert first.whole["points"] == other.whole["points"]
    assert other.whole["seed"] == 7
