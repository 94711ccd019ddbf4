"""The convolution lecture: what its reference, its blank and its own wrong code are worth."""

from __future__ import annotations

from pathlib import Path

import pytest
from lecture_answers import DRAFT, DRAFT_CELLS, LECTURE, RIGHT, ROOT, lab, with_versions, write

from grader.grading import Options, grade
from grader.model import Grade, Status, TaskGrade

P, F, N = Status.PASSED, Status.PARTIAL, Status.NOT_ATTEMPTED
WRONG_FORMULA = "$(K \\times K + 1) \\times in \\times out$"


def graded(path: Path) -> Grade:
    return grade(path, Options(course=ROOT, sandbox="process"))


def by_task(grade: Grade) -> dict[str, TaskGrade]:
    return {task.id: task for task in grade.tasks}


def named(grade: Grade) -> dict[str, str]:
    return {task.id: task.misconception for task in grade.tasks if task.misconception}


@pytest.mark.labs
@pytest.mark.timeout(1200)
def test_the_reference_earns_everything_and_the_blank_nothing(tmp_path: Path) -> None:
    """All points for the reference, in Russian; no points and nothing attempted for the blank."""
    path = write(tmp_path, lab("ru").solution, RIGHT, "ru")
    right = graded(path)
    assert {task.id: task.status for task in right.tasks} == {t.id: P for t in right.tasks}
    assert right.points == right.max_points == 123
    assert right.environment["runtime"] == "tf1"
    blank = graded(write(tmp_path, {}))
    assert {task.status for task in blank.tasks} == {N}
    assert blank.points == 0


@pytest.mark.labs
@pytest.mark.timeout(1200)
def test_what_the_lecture_itself_has(tmp_path: Path) -> None:
    """The lecture's own mistakes are named, its peculiarities are remarks, and each costs once."""
    cells = with_versions(LECTURE)
    del cells["augmentation"]
    grade = graded(write(tmp_path, cells, WRONG_FORMULA))
    tasks = by_task(grade)
    assert named(grade) == {
        "conv2d_one_filter": "stride_ignored",
        "max_pooling": "valid_drops_last_and_same_right_bottom",
        "conv_block_with_bn": "relu_on_convolution",
        "InceptionV1Network": "five_by_five_built_three_pool_too",
    }
    assert tasks["augmentation"].status is N
    wrong = {*named(grade), "augmentation"}
    assert {t.id for t in grade.tasks if t.status is P} == {t.id for t in grade.tasks} - wrong
    for task in ("le_net", "batch_norm", "alex_net"):
        assert tasks[task].message.en.startswith("Right. A remark:"), task
    formula = next(c for c in tasks["conv2d_one_filter"].checks if c.kind == "formula")
    assert "counts a bias for each input channel" in formula.message.en


@pytest.mark.labs
@pytest.mark.timeout(1200)
def test_what_its_draft_has(tmp_path: Path) -> None:
    """Padding that is hard-wired costs in conv_layer alone; unused indices are named."""
    every = with_versions(DRAFT)
    grade = graded(write(tmp_path, {cell: every[cell] for cell in DRAFT_CELLS}))
    tasks = by_task(grade)
    assert named(grade)["conv_layer"] == "padding_always_same"
    assert named(grade)["le_net"] == "shuffled_indices_unused"
    assert tasks["le_net"].points == tasks["le_net"].max_points - 1
    assert tasks["conv_block"].status is P
    assert tasks["conv_block"].follows_from == "conv_layer"
    open_ones = ("batch_norm", "conv_block_with_bn", "alex_net", "resnet_block", "ResNet18")
    assert {tasks[name].status for name in open_ones} == {N}
