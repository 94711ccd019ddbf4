"""``values``: a function's outputs and gradients against the reference's."""

from __future__ import annotations

from typing import Any

import checked
import numpy as np
import pytest
from checked import tensor

from grader.checks import values
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import LANGUAGES, CheckGrade, CheckStatus, Fault, FaultKind, Text
from grader.rubric import Values

SCORES = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 1e-6]], np.float32)
CASES = checked.call_cases("one", "two")
TITLE = Text("т", "t")


def evidence(got: dict[str, Any], wanted: dict[str, Any] | None = None, **check: Any) -> Evidence:
    task = checked.task({"kind": "values", "cases": "f", **check})
    wanted = wanted or {"one": {"value": tensor(SCORES)}, "two": {"value": tensor(SCORES * 2)}}
    key = "t/call/f"
    return checked.evidence(task, key, CASES, checked.answers(got), checked.answers(wanted))


def judged(of: Evidence) -> CheckGrade:
    (check,) = of.task.checks
    assert isinstance(check, Values)
    return values.judge(check, of)


def alike_answers(mine: dict[str, Any], theirs: dict[str, Any], **check: Any) -> bool:
    one, other = evidence(mine, **check), evidence(theirs, **check)
    (asked,) = one.task.checks
    assert isinstance(asked, Values)
    return values.same(asked, one, other)


def with_one(value: Any, **check: Any) -> CheckGrade:
    """The verdict where the first case gives ``value`` and the second the right answer."""
    return judged(
        evidence({"one": {"value": value}, "two": {"value": tensor(SCORES * 2)}}, **check)
    )


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.float64, np.longdouble, ">f4"], ids=str
)
def test_a_right_answer_is_right_in_every_float_type(dtype: Any) -> None:
    """Equal values agree whatever float type they came in."""
    assert with_one(tensor(SCORES, dtype)).status is CheckStatus.PASSED


def test_a_right_answer_is_right_as_variable_array_or_integers() -> None:
    """A variable, a NumPy array and whole numbers agree with the tensor of the same values."""
    whole = {"one": {"value": tensor([[2.0, 0.0]])}, "two": {"value": tensor(SCORES * 2)}}
    for kind, dtype in (("variable", "f4"), ("ndarray", "f8"), ("tensor", "i8"), ("ndarray", "u1")):
        got = {**whole, "one": {"value": Leaf(kind, np.array([[2, 0]], dtype))}}
        assert judged(evidence(got, whole)).status is CheckStatus.PASSED


@pytest.mark.parametrize("got", [1.5, Leaf("scalar", np.float32(1.5)), tensor(1.5)], ids=repr)
def test_a_number_agrees_with_a_tensor_without_axes(got: Any) -> None:
    """A plain number is as good as a tensor of no axes, on both sides."""
    wanted = {"one": {"value": tensor(1.5)}, "two": {"value": 2}}
    right = evidence({"one": {"value": got}, "two": {"value": tensor(2, np.int32)}}, wanted)
    wrong = evidence({"one": {"value": got}, "two": {"value": 3}}, wanted)
    assert judged(right).status is CheckStatus.PASSED
    assert judged(wrong).message.en == "case two: largest error 1 at ()"


def test_a_wrong_value_is_told_with_its_place() -> None:
    """The first case that differs is told, with the largest error and where it is."""
    wrong = SCORES.copy()
    wrong[1, 2] = 0.25
    grade = with_one(tensor(wrong))
    assert (grade.status, grade.points, grade.max_points) == (CheckStatus.FAILED, 0.0, 2.0)
    assert grade.message.en == "case one: largest error 0.25 at (1, 2)"
    assert [row.passed for row in grade.comparisons] == [False, True]
    assert grade.comparisons[0].error == pytest.approx(0.25, abs=1e-5)


def test_a_wrong_shape_is_told() -> None:
    """A transposed answer says which shape came and which was wanted, though its values agree."""
    grade = with_one(tensor(SCORES.T))
    assert grade.message.en == "case one: shape (3, 2) instead of (2, 3)"
    assert (grade.expected, grade.got) == ("1, -2, 0.5, 0, 3, 1e-06", "1, 0, -2, 3, 0.5, 1e-06")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_agrees(bad: float) -> None:
    """One NaN or infinity among right values makes the answer wrong, and is told as such."""
    wrong = SCORES.copy()
    wrong[0, 1] = bad
    grade = with_one(tensor(wrong))
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == "case one: NaN or infinity at (0, 1)"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "None came back where a tensor of shape (2, 3) was wanted"),
        (True, "True came back"),
        ("scores", "'scores' came back"),
        ({"type": "KerasTensor"}, "KerasTensor came back"),
        ([tensor(SCORES)], "list[1] came back"),
        ((), "tuple[0] came back"),
        ({"a": 1}, "dict[1] came back"),
        (5, "shape () instead of (2, 3)"),
        (10**400, "00 came back where a tensor of shape (2, 3) was wanted"),
        (tensor(SCORES, np.complex64), "complex64 cannot be compared as numbers"),
        (tensor(SCORES, bool), "bool cannot be compared as numbers"),
        (tensor(SCORES, "U3"), "<U3 cannot be compared as numbers"),
        (tensor(np.zeros((2, 3)), "V2"), "tensor (2, 3) |V2 came back"),
        (tensor(np.zeros((2, 3)), "m8[s]"), "tensor (2, 3) timedelta64[s] came back"),
        (tensor(np.zeros((0, 3))), "shape (0, 3) instead of (2, 3)"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_what_is_no_answer_is_told(value: Any, says: str) -> None:
    """None, text, lists, complex numbers and empty arrays are wrong, and the message says what
    came back."""
    grade = with_one(value)
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


def test_empty_arrays_agree_with_empty_arrays() -> None:
    """A case without images has an answer too: an empty array of the right shape."""
    wanted = {"one": {"value": tensor(np.zeros((0, 3)))}, "two": {"value": tensor(SCORES)}}
    assert judged(evidence(wanted, wanted)).status is CheckStatus.PASSED


def test_a_shape_check_looks_at_shapes_only() -> None:
    """`compare: shape` takes any values of the right shape, and no other shape."""
    assert with_one(tensor(SCORES * np.nan), compare="shape").status is CheckStatus.PASSED
    wrong = with_one(tensor(SCORES[:, :2]), compare="shape")
    assert wrong.message.en == "case one: shape (2, 2) instead of (2, 3)"


def test_a_missing_case_is_wrong() -> None:
    """A case that was not answered counts as wrong."""
    grade = judged(evidence({"one": {"value": tensor(SCORES)}}))
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == "case two: this case was not reached"


def test_only_the_cases_that_are_named_count() -> None:
    """With `only`, a fault in another case costs nothing here."""
    got = {"one": {"value": tensor(SCORES)}, "two": {"value": None}}
    assert judged(evidence(got, only=["one"])).status is CheckStatus.PASSED
    assert judged(evidence(got, only=["two"])).status is CheckStatus.FAILED


@pytest.mark.parametrize("fault", checked.EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_fails_its_case_in_both_languages(fault: Fault) -> None:
    """A fault of any kind, in one case or of the whole probe, is told in Russian and in English."""
    whole = evidence({"one": fault, "two": {"value": tensor(SCORES * 2)}})
    assert whole.probes
    grade = judged(whole)
    assert grade.status is CheckStatus.FAILED
    assert grade.faults == (fault,)
    assert [row.passed for row in grade.comparisons] == [False, True]
    observed = {"t/call/f": checked.Observed(fault=fault)}
    none = judged(Evidence(whole.task, observed, whole.expected, whole.probes))
    assert (none.status, none.faults) == (CheckStatus.FAILED, (fault,))
    for language in LANGUAGES:
        assert len(grade.message[language]) > 10
    assert grade.message.ru != grade.message.en


def test_one_fault_in_many_cases_is_listed_once() -> None:
    """The same exception in two cases is one fault."""
    fault = checked.EACH_FAULT[0]
    assert judged(evidence({"one": fault, "two": fault})).faults == (fault,)


@pytest.mark.parametrize("tree", checked.ODD_TREES, ids=str)
@pytest.mark.parametrize("look", ["value", "shape"])
def test_any_tree_is_judged(tree: Any, look: str) -> None:
    """An answer of any form is a wrong answer, never an error of the grader."""
    got = {"one": tree, "two": tree}
    assert judged(evidence(got, compare=look)).status is CheckStatus.FAILED
    assert alike_answers(got, {"one": {"value": 1}, "two": {"value": 1}}) is False


@pytest.mark.parametrize("odd", [np.zeros((), "V4"), np.array("a" * 999), np.array(1, "M8[s]")])
@pytest.mark.parametrize("look", ["value", "shape", "dtype"])
def test_a_list_of_numbers_and_other_things_is_no_array(odd: Any, look: str) -> None:
    """Raw bytes, dates, or a long text beside numbers are not made one array of."""
    mixed = {"value": [Leaf("ndarray", odd), Leaf("ndarray", np.array(1.0))]}
    grade = judged(evidence({"one": mixed, "two": mixed}, compare=look))
    assert grade.status is CheckStatus.FAILED
    assert "list[2] came back" in grade.message.en


def test_a_remark_costs_nothing() -> None:
    """A failed remark has no points to lose and is no failure."""
    grade = with_one(None, remark=True, points=0)
    assert (grade.status, grade.points, grade.max_points) == (CheckStatus.REMARK, 0.0, 0.0)


def test_a_reference_without_an_answer_is_the_graders_fault() -> None:
    """Where the reference has no answer to a case, nobody is graded on it."""
    got = {"one": {"value": tensor(SCORES)}, "two": {"value": tensor(SCORES)}}
    with pytest.raises(ReferenceFailed, match="no answer to case two"):
        judged(evidence(got, {"one": {"value": tensor(SCORES)}}))
    with pytest.raises(ReferenceFailed, match="not an array"):
        judged(evidence(got, {"one": {"value": None}, "two": {"value": None}}))
    with pytest.raises(ReferenceFailed, match="compares nothing"):
        judged(evidence(got, only=["three"]))


# ------------------------------------------------------------------- gradients

WITH_GRADIENTS = {
    name: {"value": tensor(SCORES), "gradients": [tensor([1.0, 2.0]), tensor([[3.0]])]}
    for name in ("one", "two")
}


def gradients(*of_one: Any) -> CheckGrade:
    got = {**WITH_GRADIENTS, "one": {"value": tensor(SCORES), "gradients": list(of_one)}}
    return judged(evidence(got, WITH_GRADIENTS, compare="gradients"))


def test_gradients_that_agree_pass() -> None:
    """A row for each parameter of each case, all agreeing."""
    grade = gradients(tensor([1.0, 2.0]), tensor([[3.0]]))
    assert grade.status is CheckStatus.PASSED
    assert len(grade.comparisons) == 4


@pytest.mark.parametrize(
    ("got", "says"),
    [
        ([tensor([1.0, 2.0]), None], "gradient of parameter 2: no gradient arrives"),
        ([tensor([1.0, 2.0])], "gradient of parameter 2: no gradient arrives"),
        ([], "gradient of parameter 1: no gradient arrives"),
        ([tensor([1.0, 0.0]), tensor([[3.0]])], "gradient of parameter 1: largest error 2 at (1,)"),
        ([{"type": "IndexedSlices"}, tensor([[3.0]])], "parameter 1: IndexedSlices came back"),
        ([tensor([1.0, np.nan]), tensor([[3.0]])], "parameter 1: NaN or infinity at (1,)"),
    ],
)
def test_a_wrong_gradient_is_told_with_its_parameter(got: list[Any], says: str) -> None:
    """A gradient that is None, absent, wrong or NaN is told with the number of its parameter."""
    grade = gradients(*got)
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


# ------------------------------------------------------------------------ same


def test_equal_wrong_answers_are_the_same() -> None:
    """Answers that equal a misconception's in value, NaN and fault are that misconception's."""
    nan = {"one": {"value": tensor([1, np.nan])}, "two": checked.EACH_FAULT[0]}
    assert alike_answers(nan, nan)
    assert not alike_answers(nan, {**nan, "one": {"value": tensor([1, 2])}})
    assert not alike_answers(nan, {**nan, "two": {"value": tensor([1, 2])}})
    assert not alike_answers(nan, {**nan, "two": Fault(FaultKind.EXCEPTION, "boom", "TypeError")})


def test_faults_alone_are_no_misconception() -> None:
    """Two submissions that only raise the same exception need not have made the same mistake."""
    broken = {"one": checked.EACH_FAULT[0], "two": checked.EACH_FAULT[0]}
    assert not alike_answers(broken, broken)
    assert not alike_answers({"one": {"value": None}, "two": {"value": None}},
                             {"one": {"value": None}, "two": {"value": None}})  # fmt: skip


def test_faults_that_speak_of_sizes_tell_mistakes_apart() -> None:
    """Where nothing but exceptions came, the same sizes in their messages are the same mistake."""

    def raised(rows: int) -> dict[str, Any]:
        message = f"Matrix size-incompatible: In[0]: [8,{rows}], In[1]: [9216,10]"
        fault = Fault(FaultKind.EXCEPTION, message, "InvalidArgumentError")
        return {"one": fault, "two": fault}

    assert alike_answers(raised(2304), raised(2304))
    assert not alike_answers(raised(2304), raised(6084))


def test_gradients_tell_mistakes_apart() -> None:
    """Equal values with other gradients are another mistake."""
    other = {**WITH_GRADIENTS, "one": {**WITH_GRADIENTS["one"], "gradients": [None, None]}}
    assert alike_answers(other, other)
    assert not alike_answers(other, WITH_GRADIENTS)
