"""Accuracies that a notebook printed, beside the measured ones."""

from __future__ import annotations

import pytest

from grader.judge.printed import claim, note
from grader.model import Cell, CheckGrade, CheckStatus, Curve, CurvePoint, Run, Text

TITLE = Text("Точность", "Accuracy")


def cell(printed: str, index: int = 4) -> Cell:
    return Cell(index, "code", "train()", printed=printed)


@pytest.mark.parametrize(
    ("printed", "accuracy"),
    [
        ("Iteration 700, loss = 1.3\nGot 456 / 1000 correct (45.60%)\n", 0.456),
        ("Iteration 0, Accuracy: 9.0, Val Accuracy: 11.5\nAccuracy: 70, Val Accuracy: 55.5", 0.555),
        ("Epoch 1/1\n766/766 - loss: 1.4 - accuracy: 0.49 - val_accuracy: 0.5230", 0.523),
        ("Точность на валидации: 71,2 %", 0.712),
        ("accuracy = 0.61", 0.61),
    ],
)
def test_what_training_loops_print(printed: str, accuracy: float) -> None:
    """The last validation accuracy is read from what the courses' and Keras' loops print."""
    found = claim([cell("accuracy: 0.11", 1), cell(printed), cell("no number", 5)])
    assert found is not None
    assert (found.accuracy, found.cell) == (pytest.approx(accuracy), 4)


@pytest.mark.parametrize("printed", ["", "accuracy: nan", "accuracy: 1234", "loss: 0.4", "acc: 0"])
def test_nothing_is_read_into_other_numbers(printed: str) -> None:
    """What is no fraction and no per cent is no accuracy."""
    assert claim([cell(printed)]) is None


def trained(accuracy: float, status: CheckStatus = CheckStatus.PASSED) -> CheckGrade:
    run = Run(0, (CurvePoint(0, 0.0, 0.1), CurvePoint(9, 1.0, accuracy)), "budget", 1.0)
    curve = Curve(TITLE, 0.5, True, (run,), 1)
    return CheckGrade("a", "accuracy", TITLE, status, 1, 1, TITLE, curves=(curve,))


def test_a_wide_difference_is_flagged() -> None:
    """Both figures are shown; one that our own run does not come near is pointed out."""
    found = claim([cell("Val Accuracy: 71.0")])
    near, far = note(found, [trained(0.66)]), note(found, [trained(0.40)])
    assert near is not None
    assert far is not None
    assert "71.0 %" in near.en
    assert "66.0 %" in near.ru
    assert "wide" not in near.en
    assert "wide difference" in far.en
    assert "Разница велика" in far.ru


def test_without_a_training_nothing_is_said() -> None:
    """A quick grade, and a notebook without outputs, have nothing to compare."""
    assert note(claim([cell("accuracy: 0.7")]), [trained(0.7, CheckStatus.SKIPPED)]) is None
    assert note(None, [trained(0.7)]) is None
