"""What the judge does where it breaks itself: whoever's evidence it is, there is a grade."""

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
    lab,
    observations,
    probes,
    right,
    task_of,
    wrong,
)

from grader import course
from grader.asked import probes_of
from grader.checks import compare
from grader.judge import Circumstances, judge
from grader.judge.scaffold import scaffold_notes
from grader.kernel.wire import Leaf
from grader.model import Answer, CheckStatus, FaultKind, Observations, Observed, Status

ROOT = Path(__file__).parents[1]
UNPRINTABLE = Leaf("tensor", np.ones((2, 10), "M8"))
"""No wire lets it through, and once raw bytes and dates are let through, no check foresees it."""


@pytest.fixture(autouse=True)
def _dates_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "KINDS", "biufcSUmM")


def test_evidence_that_breaks_a_check_is_a_wrong_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Where the reference in the student's place does not break the judge, what came back is
    unusable: the checks that it breaks fail, and all points count as before."""
    broken = key("part3_model", "build")
    with caplog.at_level(logging.ERROR):
        grade = graded({broken: answered(probes()[broken], output=UNPRINTABLE)})
    task, whole = task_of(grade, "part3_model"), graded({})
    assert wrong(grade).keys() == {*BLANK_TEXT, "part3_model"}
    failed = [check for check in task.checks if check.status is CheckStatus.FAILED]
    assert failed
    assert CheckStatus.UNGRADED not in {check.status for check in task.checks}
    for check in failed:
        assert [fault.kind for fault in check.faults] == [FaultKind.UNUSABLE]
        assert "cannot be judged (ValueError, checks/compare.py:" in check.message.en
        assert "оценить это невозможно (ValueError" in check.message.ru
    assert "Traceback" in caplog.text
    assert grade.broken == ()
    assert (grade.pass_mark, grade.max_points) == (whole.pass_mark, whole.max_points)
    assert grade.points < whole.points


def test_where_the_grader_breaks_one_task_is_open(caplog: pytest.LogCaptureFixture) -> None:
    """Where the reference's own evidence breaks the judge too, one task's points are left open,
    with its traceback for the staff; the pass mark counts them, every other task is graded."""
    broken = key("part3_model", "build")
    odd = {**right(), broken: answered(probes()[broken], output=UNPRINTABLE)}
    with caplog.at_level(logging.ERROR):
        grade = judge(
            lab().solved(),
            lab(),
            observations(odd),
            observations(odd),
            {},
            probes(),
            Circumstances(0, {}),
        )
    assert wrong(grade) == {**BLANK_TEXT, "part3_model": Status.UNGRADED}
    task = task_of(grade, "part3_model")
    assert {check.status for check in task.checks} == {CheckStatus.UNGRADED}
    assert "The grader itself failed" in task.message.en
    assert "(ValueError, checks/compare.py:" in task.message.en
    assert "part3_model" in grade.provisional[-1].en
    assert "Traceback" in caplog.text
    assert grade.broken == ("part3_model",)
    whole = graded({})
    assert whole.broken == ()
    assert grade.pass_mark == whole.pass_mark
    assert grade.max_points == whole.max_points - task_of(whole, "part3_model").max_points


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
