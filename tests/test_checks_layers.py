"""``layers``: a model by its variables, its outputs with given weights, and its start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import checked
import numpy as np
import pytest
from checked import tensor

from grader.checks import layers
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import LANGUAGES, CheckGrade, CheckStatus, Fault, Observed
from grader.rubric import Layers

RNG = np.random.default_rng(1)
SHAPES = [(3, 3, 3, 8), (8,), (128, 10), (10,)]
PROBABILITIES = np.full((2, 10), 0.1, np.float32)
KEY, STAND_IN = "t/build/model", "t/stand_in"


def weight(shape: tuple[int, ...], scale: float = 2.0) -> dict[str, Any]:
    std = np.sqrt(scale / np.prod(shape[:-1])) if len(shape) > 1 else 0.0
    array = (RNG.normal(size=shape) * std).astype(np.float32)
    return {"name": "w", "shape": list(shape), "value": Leaf("variable", array)}


def model(**changed: Any) -> dict[str, Any]:
    """What a kernel tells of the right model."""
    return {
        "model": "Sequential",
        "first": tensor(PROBABILITIES),
        "variables": [weight(shape) for shape in SHAPES],
        "assigned": True,
        "output": tensor(np.arange(20).reshape(2, 10)),
        "shaken": tensor(np.arange(20).reshape(2, 10) / 190),
        **changed,
    }


def evidence(got: Any, wanted: Any = None, **check: Any) -> Evidence:
    task = checked.task({"kind": "layers", "cases": "model", **check})
    observed = got if isinstance(got, Observed) else checked.answers({"one": got})
    expected = checked.answers({"one": wanted or model()})
    return checked.evidence(task, KEY, checked.model_cases("one"), observed, expected)


def check_of(of: Evidence) -> Layers:
    (asked,) = of.task.checks
    assert isinstance(asked, Layers)
    return asked


def judged(got: Any, compare: str = "outputs", **check: Any) -> CheckGrade:
    of = evidence(got, compare=compare, **check)
    return layers.judge(check_of(of), of)


def same(mine: Any, theirs: Any) -> bool:
    return layers.same(check_of(evidence(mine)), evidence(mine), evidence(theirs))


LOOKS = ("variables", "outputs", "scale", "probabilities")


@pytest.mark.parametrize("look", LOOKS)
def test_the_reference_itself_passes(look: str) -> None:
    """A model that answers as the reference does passes every kind of comparison."""
    assert judged(model(), look).status is CheckStatus.PASSED


def test_the_order_of_variables_does_not_matter() -> None:
    """Variables are compared by shape, however many of a shape there are, in any order."""
    assert judged(model(variables=model()["variables"][::-1]), "variables").points == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v[:3], "weights missing: (10,); not asked for: —"),
        (lambda v: [*v, weight((8,))], "weights missing: —; not asked for: (8,)"),
        (lambda v: [weight((5, 5, 3, 8)), *v[1:]],
         "weights missing: (3, 3, 3, 8); not asked for: (5, 5, 3, 8)"),
        (lambda v: [], "weights missing: (3, 3, 3, 8), (128, 10), (8,), (10,)"),
    ],
)  # fmt: skip
def test_other_variables_are_told(change: Any, says: str) -> None:
    """Variables that lack and variables that nobody asked for are listed by shape."""
    grade = judged(model(variables=change(model()["variables"])), "variables")
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"output": tensor(np.arange(20).reshape(2, 10) + 1)}, "case one: largest error 1 at"),
        ({"output": tensor(np.zeros((2, 9)))}, "shape (2, 9) instead of (2, 10)"),
        ({"output": tensor(np.full((2, 10), np.nan))}, "NaN or infinity at (0, 0)"),
        ({"output": None}, "the model returned None"),
        ({"output": [tensor([1.0])]}, "the model returned list[1]"),
        ({"assigned": False}, "the reference's weights do not fit"),
        ({"assigned": "yes"}, "the reference's weights do not fit"),
        ({"output": tensor(np.zeros((2, 10)), np.complex64)}, "complex64 cannot be compared"),
    ],
)
def test_other_outputs_are_told(changed: dict[str, Any], says: str) -> None:
    """Outputs that differ with equal weights, and weights that do not fit, fail with the reason."""
    grade = judged(model(**changed))
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_outputs_may_have_another_float_type(dtype: Any) -> None:
    """A float64 or float16 model of the same outputs is right."""
    assert judged(model(output=tensor(np.arange(20).reshape(2, 10), dtype))).points == 2


def test_the_start_is_a_remark_when_the_rubric_says_so() -> None:
    """Kernels of another scale fail a scale check, or are remarked on, at no cost."""
    small = model(variables=[weight(shape, 0.2) for shape in SHAPES])
    assert judged(small, "scale").status is CheckStatus.FAILED
    assert judged(small, "scale", remark=True, points=0).status is CheckStatus.REMARK


def test_a_model_without_kernels_has_no_scale() -> None:
    """Where no weights came with the model, its scale is not called right."""
    untold = [{**weight(shape), "value": None} for shape in SHAPES]
    for variables in ([], untold):
        grade = judged(model(variables=variables), "scale")
        assert grade.message.en == "weights: there are no weight matrices among them"
        assert grade.status is CheckStatus.FAILED


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (tensor(PROBABILITIES * 2), "these are no probabilities"),
        (tensor(PROBABILITIES - 0.1), "these are no probabilities"),
        (tensor(np.where(np.arange(10) < 1, 1.9, -0.1) * np.ones((2, 1))), "no probabilities"),
        (tensor(PROBABILITIES * np.nan), "the outputs hold NaN or infinity"),
        (tensor(np.full((2, 10), np.inf)), "the outputs hold NaN or infinity"),
        (tensor(np.full((2, 10), 3e38)), "these are no probabilities"),
        (tensor(PROBABILITIES[:, :9]), "shape (2, 9) instead of (2, 10)"),
        (tensor(PROBABILITIES, "U4"), "the model returned tensor (2, 10) <U4"),
        (tensor(PROBABILITIES, np.complex64), "the model returned tensor (2, 10) complex64"),
        (None, "the model returned None"),
    ],
    ids=str,
)
def test_what_is_no_distribution_is_told(first: Any, says: str) -> None:
    """Logits, NaN, other shapes and other things are no probabilities of the classes."""
    grade = judged(model(first=first), "probabilities")
    assert grade.status is CheckStatus.FAILED
    assert says in grade.message.en


def test_what_differs_from_call_to_call_is_random() -> None:
    """A network that gives out other probabilities for the same images each time has none."""
    others = np.roll(np.arange(20).reshape(2, 10) / 190, 1, axis=1)
    grade = judged(model(again=tensor(others)), "probabilities")
    assert grade.status is CheckStatus.FAILED
    assert "differ from call to call" in grade.message.en
    assert judged(model(again=tensor(PROBABILITIES)), "probabilities").status is CheckStatus.PASSED


@pytest.mark.parametrize("shaken", [tensor(PROBABILITIES), None, "x"])
def test_an_answer_that_nothing_changes_is_none(shaken: Any) -> None:
    """Probabilities that depend neither on the image nor on the weights are no network's; zero
    weights in the last layer, which noise changes, are fine."""
    grade = judged(model(shaken=shaken), "probabilities")
    assert grade.status is CheckStatus.FAILED
    assert "neither on the image" in grade.message.en
    assert judged(model(), "probabilities").status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("told", "says"),
    [(None, "None"), ({"type": "function"}, "function"), ([1, 2], "list[2]"), ("x", "'x'")],
)
@pytest.mark.parametrize("look", LOOKS)
def test_what_is_no_model_is_told(told: Any, says: str, look: str) -> None:
    """A factory that returns something else than a model is told what came back."""
    grade = judged({"model": told}, look)
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == f"case one: {says} came back where a model was wanted"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("fault", checked.EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_is_told_in_both_languages(fault: Fault, look: str) -> None:
    """A fault in one case or of the whole probe fails the check with its own words."""
    for got in (checked.answers({"one": fault}), Observed(fault=fault)):
        grade = judged(got, look)
        assert (grade.status, grade.faults) == (CheckStatus.FAILED, (fault,))
        assert all(len(grade.message[language]) > 10 for language in LANGUAGES)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("tree", checked.ODD_TREES, ids=str)
def test_any_tree_is_judged(tree: Any, look: str) -> None:
    """An answer of any form is a wrong answer, never an error of the grader."""
    assert judged(checked.answers({"one": tree}), look).status is CheckStatus.FAILED
    assert judged(Observed(), look).status is CheckStatus.FAILED
    assert not same(tree, model())
    assert not same(model(), tree)


def test_a_broken_reference_is_the_graders_fault() -> None:
    """Where the reference gives no model or no output, nobody is graded on it."""
    for wanted in ({"model": None}, model(output=None)):
        of = evidence(model(), wanted)
        with pytest.raises(ReferenceFailed):
            layers.judge(check_of(of), of)


def test_the_same_mistake_has_the_same_shapes_and_outputs() -> None:
    """Two wrong models are one mistake when their variables and outputs are alike."""
    other = model(output=tensor(np.ones((2, 10))))
    assert same(other, other)
    assert not same(other, model())
    assert not same(model(variables=model()["variables"][:2]), model())
    assert same({"model": None}, {"model": None})
    assert not same({"model": None}, model())
    assert same(checked.EACH_FAULT[0], checked.EACH_FAULT[0])
    assert not same(checked.EACH_FAULT[0], checked.EACH_FAULT[1])
    assert not same(checked.EACH_FAULT[0], model())


def test_models_that_hold_no_weights_are_alike_by_shape() -> None:
    """Where the weights did not fit, outputs come from chance: only their shapes are compared."""
    fitless = {"assigned": False, "output": None}
    mine = model(first=tensor(PROBABILITIES), **fitless)
    assert same(mine, model(first=tensor(PROBABILITIES * 2), **fitless))
    assert not same(mine, model(first=tensor(PROBABILITIES[:, :9]), **fitless))


# ------------------------------------------------------------------- stand-ins

ARGUMENTS = {"channel_1": 32, "channel_2": 16, "num_classes": 10}


def stand_in(told: Any) -> Evidence:
    of = evidence(model())
    got = {STAND_IN: told if isinstance(told, Observed) else checked.answers({"one": told})}
    wanted = {STAND_IN: checked.answers({"one": {"arguments": ARGUMENTS}})}
    (asked,) = of.probes.values()
    probe = replace(asked, key=STAND_IN, cases=checked.model_cases("one"))
    return Evidence(of.task, got, wanted, {STAND_IN: probe})


def test_a_class_used_as_asked_is_recognised() -> None:
    """The right arguments are right as numbers, as NumPy numbers and as tensors."""
    assert layers.stand_in_key(evidence(model()).task) == STAND_IN
    as_arrays = {name: Leaf("scalar", np.int64(n)) for name, n in ARGUMENTS.items()}
    assert layers.stand_in_right(stand_in({"arguments": ARGUMENTS}))
    assert layers.stand_in_right(stand_in({"arguments": as_arrays}))


@pytest.mark.parametrize(
    "told",
    [
        {"arguments": {**ARGUMENTS, "channel_1": 16}},
        {"arguments": {"channel_1": 32}},
        {"arguments": {**ARGUMENTS, "extra": 1}},
        {"arguments": {**ARGUMENTS, "channel_1": Leaf("ndarray", np.array([32, 32]))}},
        {"arguments": None},
        {"arguments": {}},
        checked.EACH_FAULT[0],
        Observed(),
        Observed(fault=checked.EACH_FAULT[0]),
        *checked.ODD_TREES,
    ],
    ids=str,
)
def test_a_class_used_otherwise_is_not_excused(told: Any) -> None:
    """Other arguments, a fault or an odd answer do not make the use of the class right."""
    assert not layers.stand_in_right(stand_in(told))


def test_without_a_stand_in_nothing_is_excused() -> None:
    """A task whose stand-in was not probed has nothing to be excused by."""
    assert not layers.stand_in_right(evidence(model()))
