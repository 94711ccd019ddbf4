"""``values`` on lists, pictures and NaN: parts, dtypes, ranges, absolute tolerances."""

from __future__ import annotations

from typing import Any

import checked
import numpy as np
import pytest
from checked import tensor

from grader.checks import values
from grader.kernel.wire import Leaf
from grader.model import CheckGrade, CheckStatus
from grader.rubric import Values

PICTURE = np.linspace(0, 255, 48).reshape(4, 4, 3)
PASSED, FAILED = CheckStatus.PASSED, CheckStatus.FAILED


def judged(wanted: Any, got: Any, **fields: Any) -> CheckGrade:
    """The verdict on one case."""
    task = checked.task({"kind": "values", "cases": "f", **fields})
    mine, theirs = (checked.answers({"one": {"value": value}}) for value in (got, wanted))
    (check,) = task.checks
    assert isinstance(check, Values)
    cases = checked.call_cases("one")
    return values.judge(check, checked.evidence(task, "t/call/f", cases, mine, theirs))


def pictures(dtype: Any, count: int = 3) -> list[Leaf]:
    return [Leaf("ndarray", PICTURE.astype(dtype)) for _ in range(count)]


@pytest.mark.parametrize(
    ("got", "status"),
    [
        ((pictures(np.uint8), [1.0]), PASSED),
        (([*pictures(np.uint8, 2), Leaf("tensor", PICTURE.astype(np.uint8))], None), PASSED),
        ((Leaf("ndarray", np.stack([PICTURE.astype(np.uint8)] * 3)), None), PASSED),
        ((pictures(np.uint8, 2), None), FAILED),
        (([], None), FAILED),
        ((), FAILED),
        (None, FAILED),
        ((["a", "b", "c"], None), FAILED),
    ],
)
def test_a_part_of_a_tuple_is_compared_as_one_stack(got: Any, status: CheckStatus) -> None:
    """Where the reference returns a list of arrays, a list or one array of them will do."""
    wanted = (pictures(np.uint8), [0.5])
    for compare in ("shape", "value"):
        assert judged(wanted, got, part=0, compare=compare).status is status


def test_a_list_is_wrong_where_one_array_is_wanted() -> None:
    """A list of rows is no array."""
    rows = [tensor(row) for row in np.eye(3)]
    assert judged(tensor(np.eye(3)), rows).status is FAILED


@pytest.mark.parametrize(
    ("got", "dtype", "span"),
    [
        (PICTURE.astype(np.float32), PASSED, PASSED),
        (PICTURE.astype(np.float32) + 5, PASSED, PASSED),
        (PICTURE.astype(np.uint8), FAILED, PASSED),
        (PICTURE, FAILED, PASSED),
        ((PICTURE / 255).astype(np.float32), PASSED, FAILED),
        ((PICTURE / 127.5 - 1).astype(np.float32), PASSED, FAILED),
        (np.full(PICTURE.shape, np.nan, np.float32), PASSED, FAILED),
    ],
)
def test_dtype_and_range_are_checks_of_their_own(got: Any, dtype: Any, span: Any) -> None:
    """Another number type, or another brightness, is told apart from wrong pixels."""
    wanted = tensor(PICTURE)
    assert judged(wanted, Leaf("tensor", got), compare="dtype").status is dtype
    found = judged(wanted, Leaf("tensor", got), compare="range", atol=8)
    assert found.status is span
    assert "±" in found.comparisons[0].tolerance


def test_an_absolute_tolerance_is_in_the_units_of_the_values() -> None:
    """What differs by a few levels is the same picture; the report states how many it may be."""
    found = judged(tensor(PICTURE), tensor(PICTURE + 7), atol=8)
    assert found.status is PASSED
    assert found.comparisons[0].tolerance.startswith("8 + ")
    assert judged(tensor(PICTURE), tensor(PICTURE + 9), atol=8).status is FAILED


def test_nan_is_right_only_where_it_is_asked_for() -> None:
    """NaN agrees with the reference's NaN, and only where the rubric says so."""
    nan, one = tensor(np.nan), tensor(1.0)
    assert judged(nan, nan, nan_agrees=True).status is PASSED
    assert judged(nan, nan).status is FAILED
    assert judged(one, nan, nan_agrees=True).status is FAILED
    number = judged(nan, one, nan_agrees=True)
    assert number.status is FAILED
    assert "NaN is wanted" in number.message.en


def test_advice_is_said_to_whoever_fails() -> None:
    """A check's advice follows the verdict in both languages, and only a failed one."""
    advice = {"ru": "Совет.", "en": "Advice."}
    assert judged(tensor(1.0), tensor(2.0), advice=advice).message.en.endswith("Advice.")
    assert judged(tensor(1.0), tensor(2.0), advice=advice).message.ru.endswith("Совет.")
    assert "Advice" not in judged(tensor(1.0), tensor(1.0), advice=advice).message.en
