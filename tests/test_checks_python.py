"""The kind `python`: the course's own function judges what was observed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import checked
import numpy as np
import pytest

from grader.checks import kinds
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.model import CheckGrade, CheckStatus, Fault, FaultKind, Text

SAYS = Text("не те индексы", "not those indices")
SCORES = checked.tensor([3, 1, 3, 2])


def top_two(case: Any, expected: Any, got: Any) -> tuple[bool, Text]:
    """Indices of the two largest scores; where scores are equal, either will do."""
    scores = case.args[0]
    return sorted(scores[list(got)]) == sorted(scores[list(expected)]), SAYS


def evidence(got: Any, wanted: Any, function: Any = top_two) -> Evidence:
    task = checked.task({"kind": "python", "cases": "scores", "function": "own"})
    (case,) = checked.call_cases("a")
    found = checked.evidence(
        task,
        "t/call/scores",
        (replace(case, args=(SCORES,)),),
        checked.answers({"a": got if isinstance(got, Fault) else {"value": got}}),
        checked.answers({"a": {"value": wanted}}),
    )
    return replace(found, functions={"own": function})


def judged(got: Any, wanted: Any = (0, 2), function: Any = top_two) -> CheckGrade:
    found = evidence(got, wanted, function)
    return kinds.judge(found.task.checks[0], found)


@pytest.mark.parametrize("got", [[0, 2], (2, 0), [2, 0]])
def test_whatever_the_function_takes_for_right_passes(got: Any) -> None:
    """Several answers may be right; the function says which."""
    grade = judged(got)
    assert (grade.status, grade.points) == (CheckStatus.PASSED, 2)


def test_what_it_says_is_told() -> None:
    """A wrong answer gets the function's own words, beside what was expected and what came."""
    grade = judged([0, 1])
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == "case a: not those indices"
    assert (grade.comparisons[0].expected, grade.comparisons[0].got) == ("(0, 2)", "[0, 1]")


@pytest.mark.parametrize("got", [None, "02", 5, True, {"type": "Model"}, checked.tensor([0, 2])])
def test_another_kind_of_value_never_reaches_it(got: Any) -> None:
    """A value of another kind than the reference's is wrong, whatever the function would do."""

    def careless(case: Any, expected: Any, got: Any) -> tuple[bool, Text]:
        assert isinstance(got, tuple)
        return True, SAYS

    assert judged(got, function=careless).status is CheckStatus.FAILED


def test_an_exception_of_the_student_is_a_wrong_answer() -> None:
    """Where the student's function raised, the course's is not asked."""
    grade = judged(Fault(FaultKind.EXCEPTION, "boom", "ValueError", 4, 2))
    assert grade.status is CheckStatus.FAILED
    assert "boom" in grade.message.en


@pytest.mark.parametrize("broken", [lambda c, e, g: g[0] / (g[0] - 7), lambda c, e, g: g == e])
def test_a_check_that_fails_takes_no_points(broken: Any) -> None:
    """The course's fault leaves the check ungraded, and nobody gets a zero for it."""

    def sometimes(case: Any, expected: Any, got: Any) -> Any:
        return (True, SAYS) if got == expected else broken(case, expected, got)

    grade = judged([7, 7], function=sometimes)
    assert grade.status is CheckStatus.UNGRADED
    assert "tell the teacher" in grade.message.en


@pytest.mark.parametrize("function", [lambda c, e, g: (False, SAYS), lambda c, e, g: 1 / 0])
def test_a_check_has_to_accept_the_reference(function: Any) -> None:
    """A function that refuses the reference's own answer stops the grading, not the student."""
    with pytest.raises(ReferenceFailed, match="the reference's answer to a"):
        judged([0, 2], function=function)


def test_observed_arrays_cannot_be_written_to() -> None:
    """The function gets the very arrays that were observed, and cannot spoil them."""

    def writes(case: Any, expected: Any, got: Any) -> tuple[bool, Text]:
        if got[0] != expected[0]:
            got[0] = expected[0]
        return bool(np.array_equal(got, expected)), SAYS

    grade = judged(checked.tensor([1, 2]), checked.tensor([0, 2]), writes)
    assert grade.status is CheckStatus.UNGRADED


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ([1, 2], (1, 2), True),
        ([1, 2], [1, 2, 3], False),
        ("x", "x", True),
        (checked.tensor([1, 2]), checked.tensor([1, 2.0001]), True),
        (checked.tensor([1, 2]), checked.tensor([2, 1]), False),
        (1, checked.tensor(1), True),
        (None, None, True),
    ],
)
def test_equal_answers_make_one_mistake(one: Any, other: Any, alike: bool) -> None:
    """Two answers are the same where all of their data agree, numbers within their rounding."""
    first, second = evidence(one, 1), evidence(other, 1)
    assert kinds.same(first.task.checks[0], first, second) == alike
