"""``variables``: what an initialiser returns, and the scale of its weights."""

from __future__ import annotations

from typing import Any

import checked
import numpy as np
import pytest
from checked import tensor, variable

from grader.checks import variables
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import LANGUAGES, CheckGrade, CheckStatus, Fault, Observed
from grader.rubric import Variables

RNG = np.random.default_rng(0)
SHAPES = [(5, 5, 3, 32), (32,), (3, 3, 32, 16), (16,)]
KEY = "t/call/init"


def he(scale: float = 2.0) -> list[Leaf]:
    """Variables of the right shapes, normal with variance ``scale / fan_in``; zero biases."""
    deviations = [np.sqrt(scale / np.prod(s[:-1])) if len(s) > 1 else 0.0 for s in SHAPES]
    return [variable(RNG.normal(size=s) * d) for s, d in zip(SHAPES, deviations, strict=True)]


def evidence(value: Any, **check: Any) -> Evidence:
    task = checked.task({"kind": "variables", "cases": "init", **check})
    got = value if isinstance(value, Observed) else checked.answers({"call": {"value": value}})
    wanted = checked.answers({"call": {"value": he()}})
    return checked.evidence(task, KEY, checked.call_cases("call"), got, wanted)


def judged(value: Any, **check: Any) -> CheckGrade:
    of = evidence(value, **check)
    (asked,) = of.task.checks
    assert isinstance(asked, Variables)
    return variables.judge(asked, of)


def same(mine: Any, theirs: Any) -> bool:
    (asked,) = evidence(mine).task.checks
    assert isinstance(asked, Variables)
    return variables.same(asked, evidence(mine), evidence(theirs))


@pytest.mark.parametrize("container", [list, tuple])
@pytest.mark.parametrize("look", ["shapes", "scale"])
def test_the_right_variables_pass(container: type, look: str) -> None:
    """A list or a tuple of variables of the right shapes and scale passes, in either float type."""
    wide = [Leaf("variable", leaf.array.astype(np.float64)) for leaf in he()]
    assert judged(container(he()), compare=look).status is CheckStatus.PASSED
    assert judged(container(wide), compare=look).status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v[:3], "parameter 4: shape — instead of (16,)"),
        (lambda v: [*v, variable([1.0])], "parameter 5: shape (1,) instead of —"),
        (lambda v: [v[1], v[0], *v[2:]], "parameter 1: shape (32,) instead of (5, 5, 3, 32)"),
        (lambda v: [tensor(v[0].array), *v[1:]], "parameter 1: this is a tensor, no tf.Variable"),
        (lambda v: [], "parameter 1: shape — instead of (5, 5, 3, 32)"),
    ],
)
def test_wrong_shapes_and_kinds_are_told(change: Any, says: str) -> None:
    """Missing, swapped and extra parameters, and tensors that cannot be trained, are told."""
    grade = judged(change(he()))
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "None, list expected"),
        (5, "5, list expected"),
        ({"a": 1}, "dict[1], list expected"),
        (variable([1.0]), "variable (1,) float32, list expected"),
        ([variable([1.0]), None], "list with None in it"),
        (({"type": "Dense"},), "list with Dense in it"),
        ([[variable([1.0])]], "list with list[1] in it"),
    ],
    ids=str,
)
@pytest.mark.parametrize("look", ["shapes", "scale"])
def test_what_is_no_list_of_arrays_is_told(value: Any, says: str, look: str) -> None:
    """None, one variable, a dict and lists with other things in them are unusable."""
    grade = judged(value, compare=look)
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_another_scale_is_wrong(scale: float) -> None:
    """Weights of another variance than 2 / fan_in fail, and the message says both deviations."""
    grade = judged(he(scale), compare="scale")
    assert grade.status is CheckStatus.FAILED
    assert "weights 1: standard deviation" in grade.message.en


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda a: a * np.nan, "standard deviation nan"),
        (lambda a: a + 1.0, "about 0 wanted"),
        (lambda a: np.zeros_like(a), "standard deviation 0"),
    ],
)
def test_weights_without_spread_are_wrong(change: Any, says: str) -> None:
    """NaN, shifted and constant weights do not have the scale that was asked for."""
    weights = he()
    weights[0] = Leaf("variable", change(weights[0].array))
    grade = judged(weights, compare="scale")
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 5), np.float32),
        np.zeros((5, 0), np.float32),
        np.zeros((2, 2), "U3"),
        np.zeros((2, 2), np.complex64),
        np.zeros((2, 2), np.int32),
        np.zeros((2, 2), bool),
        np.zeros(5, np.float32),
        np.zeros((), np.float32),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_arrays_without_a_scale_are_judged(array: np.ndarray[Any, Any]) -> None:
    """Empty, textual, complex and flat arrays are no weight matrices, and break nothing."""
    grade = judged([Leaf("variable", array)], compare="scale")
    assert grade.message.en == "weights: there are no weight matrices among them"
    assert judged([Leaf("variable", array)]).status is CheckStatus.FAILED
    assert not same([Leaf("variable", array)], he())


@pytest.mark.parametrize("fault", checked.EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_is_told_in_both_languages(fault: Fault) -> None:
    """A fault of the call or of the whole probe fails the check with its own words."""
    for got in (checked.answers({"call": fault}), Observed(fault=fault)):
        grade = judged(got)
        assert (grade.status, grade.faults) == (CheckStatus.FAILED, (fault,))
        assert all(len(grade.message[language]) > 10 for language in LANGUAGES)


@pytest.mark.parametrize("tree", checked.ODD_TREES, ids=str)
@pytest.mark.parametrize("look", ["shapes", "scale"])
def test_any_tree_is_judged(tree: Any, look: str) -> None:
    """An answer of any form is a wrong answer, never an error of the grader."""
    grade = judged(checked.answers({"call": tree}), compare=look)
    assert grade.status is CheckStatus.FAILED
    assert judged(Observed(), compare=look).status is CheckStatus.FAILED
    assert variables.initial(checked.answers({"call": tree})) is None


def test_a_reference_without_variables_is_the_graders_fault() -> None:
    """Where the reference returns no list, nobody is graded on it."""
    of = evidence(he())
    (asked,) = of.task.checks
    assert isinstance(asked, Variables)
    for value in (None, []):
        broken = {KEY: checked.answers({"call": {"value": value}})}
        with pytest.raises(ReferenceFailed, match="no list of variables"):
            variables.judge(asked, Evidence(of.task, of.observed, broken, of.probes))


def test_the_same_mistake_has_the_same_shapes_kinds_and_spread() -> None:
    """Two wrong initialisers are one mistake when all their statistics agree."""
    assert same(he(4.0), he(4.0))
    assert not same(he(4.0), he(1.0))
    assert not same(he()[:3], he())
    assert not same([tensor(leaf.array) for leaf in he()], he())
    assert not same([Leaf("variable", leaf.array * np.nan) for leaf in he()], he())
    assert not same(None, None)


@pytest.mark.parametrize("look", ["shapes", "scale"])
def test_a_bias_of_one_row_is_a_bias(look: str) -> None:
    """A bias of shape (1, n) is added as one of shape (n,); a column is another variable."""
    made = he()
    wide = [variable(a.array[None]) if a.array.ndim == 1 else a for a in made]
    assert judged(wide, compare=look).status is CheckStatus.PASSED
    assert [leaf.array.shape for leaf in variables.biases_lined_up(wide, made)] == SHAPES
    tall = [variable(a.array[:, None]) if a.array.ndim == 1 else a for a in made]
    assert judged(tall, compare=look).status is CheckStatus.FAILED


def test_initial_weights_travel_to_the_reference() -> None:
    """The arrays of a right answer can be trained elsewhere; of a wrong one there are none."""
    weights = he()
    assert variables.initial(checked.answers({"call": {"value": tuple(weights)}})) == weights
    for value in (None, [], 5, [1, 2], weights[0], [weights[0], None]):
        assert variables.initial(checked.answers({"call": {"value": value}})) is None
    assert variables.initial(checked.answers({"call": checked.EACH_FAULT[0]})) is None
    assert variables.initial(Observed()) is None


def test_a_task_knows_its_initialiser() -> None:
    """The key of the initialiser's probe is that of the task's first check of this kind."""
    assert variables.key_of(evidence(he()).task) == KEY
    assert variables.key_of(checked.task({"kind": "values", "cases": "f"})) is None
