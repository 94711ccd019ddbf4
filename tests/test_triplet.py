"""The triplet lab: whole notebooks through the whole program, with files and recorded modules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from graded import ROOT, Graded, Grader
from triplet_answers import FAULTS, ROOTS, SQUARES, STYLES, TASKS, Notebook, changed, filled

from grader import course, notebook
from grader.grading import Options

pytestmark = [
    pytest.mark.labs,
    pytest.mark.skipif(
        shutil.which("bwrap") is None,
        reason="bubblewrap is not installed",
    ),
]

HANDOUTS = {
    "ru": ROOT / "assignments/triplet/handout.ru.ipynb",
    "en": ROOT / "assignments/triplet/handout.en.ipynb",
    "course": ROOT.parent / "shared/handouts/triplet_ru.ipynb",
}
FULL = Options(course=ROOT)
needs_course = pytest.mark.skipif(
    not HANDOUTS["course"].exists(), reason="the course's own notebook is not on this machine"
)
every_handout = pytest.mark.parametrize(
    "which", ["ru", "en", pytest.param("course", marks=needs_course)]
)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    return Grader(tmp_path_factory.mktemp("graded"))


def handout(which: str) -> Notebook:
    read: Notebook = json.loads(HANDOUTS[which].read_text(encoding="utf-8"))
    return read


def remarks(graded: Graded, task: str) -> set[str]:
    return {c["id"] for c in graded.task(task)["checks"] if c["status"] == "remark"}


@every_handout
def test_a_handout_is_recognised_and_blank(grader: Grader, which: str) -> None:
    """Without any option the notebook is known for this lab's, in its language; nothing is done."""
    assert course.recognise(ROOT, notebook.read(HANDOUTS[which])) == "triplet"
    graded = grader(handout(which), FULL)
    assert graded.verdicts == dict.fromkeys(TASKS, "not_attempted")
    assert graded.whole["points"] == 0
    assert graded.whole["language"] == ("en" if which == "en" else "ru")


@every_handout
def test_the_suggested_solutions_are_right_with_a_warning(grader: Grader, which: str) -> None:
    """Squared roots have a NaN gradient where vectors coincide: a remark that costs nothing."""
    graded = grader(filled(handout(which), ROOTS), FULL)
    assert graded.verdicts == dict.fromkeys(TASKS, "passed")
    assert graded.whole["points"] == graded.whole["max_points"] > 0
    assert remarks(graded, "triplet_loss_on_single_triplet") == {"coincident"}
    assert graded.whole["notes"] == []
    (warning,) = [
        check["message"]
        for check in graded.task("triplet_loss_on_single_triplet")["checks"]
        if check["id"] == "coincident"
    ]
    assert "NaN" in warning


@pytest.mark.parametrize("style", sorted(STYLES.keys() - {"roots"}))
def test_right_answers_pass_in_whatever_style(grader: Grader, style: str) -> None:
    """Pillow or TensorFlow, any interpolation, any way of asking the hub: full marks, no remark."""
    graded = grader(filled(handout("en"), STYLES[style]), FULL)
    assert graded.verdicts == dict.fromkeys(TASKS, "passed")
    assert all(not remarks(graded, task) for task in TASKS)


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_fails_one_task_and_is_named(grader: Grader, fault: str) -> None:
    """A single wrong answer costs its own task only, and a known mistake is called by its name."""
    task, source, name = FAULTS[fault]
    graded = grader(filled(handout("ru"), {**SQUARES, task: source}), FULL)
    assert graded.not_passed == {task}
    assert graded.task(task)["misconception"] == name


def test_a_changed_given_function_is_noted_and_costs_nothing(grader: Grader) -> None:
    """Ties that count as answers change the accuracy: the report says so, and no point is lost."""
    right = filled(handout("en"), SQUARES)
    graded = grader(changed(right, "tf.reduce_max(votes) > 0.5", "tf.reduce_max(votes) > 0"), FULL)
    assert graded.not_passed == set()
    (note,) = graded.whole["notes"]
    assert "triplet_accuracy_on_single_triplet" in note


def test_a_given_function_may_be_written_anew(grader: Grader) -> None:
    """What answers as the original does is not remarked on, however it is written."""
    right = filled(handout("en"), SQUARES)
    mended = changed(right, "total = 0.0", "total = tf.zeros(())")
    mended = changed(mended, "pixels / 127.5 - 1.0", "(pixels - 127.5) / 127.5")
    graded = grader(mended, FULL)
    assert graded.not_passed == set()
    assert graded.whole["notes"] == []


def test_the_tasks_are_graded_under_keras_3_too(grader: Grader, tmp_path: Path) -> None:
    """With the rubric's runtime set to today's Keras, right answers are right, wrong ones wrong."""
    for folder in ("assignments", "reference", "rubrics"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    rubric = tmp_path / "rubrics/triplet.yaml"
    text = rubric.read_text(encoding="utf-8")
    assert "runtime: keras2\n" in text
    rubric.write_text(text.replace("runtime: keras2\n", "runtime: keras3\n"), encoding="utf-8")
    answers = {**ROOTS, "get_conv_net": FAULTS["frozen"][1]}
    graded = grader(filled(handout("ru"), answers), Options(course=tmp_path))
    assert graded.not_passed == {"get_conv_net"}
    assert graded.task("get_conv_net")["misconception"] == "frozen"
