"""What the judge does where it breaks itself: there is a grade, and no zero."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from judged import (
    BLANK_TEXT,
    answered,
    graded,
    key,
    probes,
    task_of,
    wrong,
)

from grader import course
from grader.asked import probes_of
from grader.checks import compare
from grader.judge.scaffold import scaffold_notes
from grader.kernel.wire import Leaf
from grader.model import Answer, CheckStatus, Observations, Observed, Status

ROOT = Path(__file__).parents[1]
UNPRINTABLE = Leaf("tensor", np.ones((2, 10), "M8"))
"""No wire lets it through, and once raw bytes and dates are let through, no check foresees it."""


@pytest.fixture(autouse=True)
def _dates_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "KINDS", "biufcSUmM")


def test_a_check_that_breaks_is_open(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever came back, an exception of ours is never a zero: the checks that it breaks are left
    open, with the traceback for the staff, and the task's other checks are made; the pass mark
    counts all points, and every other task is graded."""
    broken = key("part3_model", "build")
    with caplog.at_level(logging.ERROR):
        grade = graded({broken: answered(probes()[broken], output=UNPRINTABLE)})
    task, whole = task_of(grade, "part3_model"), graded({})
    assert wrong(grade) == {**BLANK_TEXT, "part3_model": Status.UNGRADED}
    left = [check for check in task.checks if check.status is CheckStatus.UNGRADED]
    assert 0 < len(left) < len(task.checks)
    for check in left:
        assert "The grader itself failed on this check (ValueError, checks/" in check.message.en
        assert "сорвалась из-за ошибки в самой программе (ValueError" in check.message.ru
    assert task.message == left[0].message
    assert "part3_model" in grade.provisional[-1].en
    assert "Traceback" in caplog.text
    assert grade.broken == ("part3_model",)
    assert whole.broken == ()
    assert grade.pass_mark == whole.pass_mark
    assert grade.points == whole.points - sum(check.max_points for check in left)
    assert whole.max_points - grade.max_points == whole.points - grade.points


def test_a_given_function_that_breaks_the_judge_costs_its_note(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is said of a changed function whose answers break the judge, and nothing raised."""
    triplet = course.load(ROOT, "triplet", "en")
    asked = probes_of(triplet, 0)
    name = "accuracy_on_one/call/accuracy_of_one"

    def seen(value: Leaf) -> Observations:
        answers = tuple(Answer(case.id, {"value": value}) for case in asked[name].cases)
        return Observations((), {name: Observed(answers)}, {}, 0)

    wanted, other = (seen(Leaf("tensor", np.float32([x]))) for x in (1, 2))
    assert len(list(scaffold_notes(triplet, (), other, wanted, asked))) == 1
    odd = seen(Leaf("tensor", np.ones(1, "M8")))
    with caplog.at_level(logging.ERROR):
        assert list(scaffold_notes(triplet, (), odd, wanted, asked)) == []
    assert "nothing is said of accuracy_on_one" in caplog.text
