"""What the judge does where it breaks itself: one task stays open, and the others are graded."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from judged import BLANK_TEXT, answered, graded, key, probes, task_of, wrong

from grader.kernel.wire import Leaf
from grader.model import CheckStatus, Status

UNPRINTABLE = Leaf("tensor", np.ones((2, 10), "M8"))
"""No wire lets it through, and no check foresees it."""


def test_where_the_grader_breaks_one_task_is_open(caplog: pytest.LogCaptureFixture) -> None:
    """An exception of the grader's own leaves the points of one task open, with its traceback for
    the staff; the pass mark counts them, and every other task is graded as before."""
    broken = key("part3_model", "build")
    with caplog.at_level(logging.ERROR):
        grade = graded({broken: answered(probes()[broken], output=UNPRINTABLE)})
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
