"""``optimizer``: settings fitted to the steps that were taken, whatever class took them."""

from __future__ import annotations

from typing import Any

import checked
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import optimizer
from grader.checks.evidence import Evidence, OptimizerCase
from grader.checks.optimizer import Fitted, fit, simulate
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import LANGUAGES, CheckGrade, CheckStatus, Fault, Observed, Text
from grader.rubric import Optimizer

Array = np.ndarray[Any, Any]
GRADIENTS = np.random.default_rng(3).normal(size=(6, 5)).astype(np.float32)
ASKED = Fitted(3e-3, 0.9, True)
KEY = "t/inspect"


def path_of(settings: Fitted) -> Array:
    """The path as TensorFlow takes it: in float32."""
    return simulate(GRADIENTS, settings).astype(np.float32)


def told(path: Any, name: Any = "SGD") -> dict[str, Any]:
    return {"optimizer": name, "steps": Leaf("ndarray", np.asarray(path)), "settings": {}}


def evidence(got: Any, look: str = "learning_rate", wanted: Any = None) -> Evidence:
    task = checked.task({"kind": "optimizer", "compare": look})
    observed = got if isinstance(got, Observed) else checked.answers({"steps": got})
    expected = checked.answers({"steps": wanted or told(path_of(ASKED))})
    cases = (OptimizerCase("steps", Text("ш", "s"), GRADIENTS),)
    return checked.evidence(task, KEY, cases, observed, expected)


def judged(got: Any, look: str = "learning_rate") -> CheckGrade:
    of = evidence(got, look)
    (asked,) = of.task.checks
    assert isinstance(asked, Optimizer)
    return optimizer.judge(asked, of)


def same(mine: Any, theirs: Any) -> bool:
    (asked,) = evidence(mine).task.checks
    assert isinstance(asked, Optimizer)
    return optimizer.same(asked, evidence(mine), evidence(theirs))


def adam(rate: float, first: float = 0.9, second: float = 0.999) -> Array:
    """Adam's path from zero (D. Kingma and J. Ba, ICLR 2015, algorithm 1)."""
    m = v = x = np.zeros(GRADIENTS.shape[1])
    path = []
    for t, g in enumerate(GRADIENTS.astype(np.float64), start=1):
        m, v = first * m + (1 - first) * g, second * v + (1 - second) * g * g
        x = x - rate * (m / (1 - first**t)) / (np.sqrt(v / (1 - second**t)) + 1e-7)
        path.append(x)
    return np.stack(path)


def rmsprop(rate: float, decay: float) -> Array:
    v = x = np.zeros(GRADIENTS.shape[1])
    path = []
    for g in GRADIENTS.astype(np.float64):
        v = decay * v + (1 - decay) * g * g
        x = x - rate * g / np.sqrt(v + 1e-7)
        path.append(x)
    return np.stack(path)


RATES = st.floats(1e-5, 10.0)
LOOKS = ("learning_rate", "momentum", "nesterov")


@given(RATES)
def test_plain_descent_is_recovered(rate: float) -> None:
    """The learning rate of gradient descent without momentum is found, and no momentum."""
    found = fit(GRADIENTS, path_of(Fitted(rate, 0.0, False)))
    assert found is not None
    assert found.learning_rate == pytest.approx(rate, rel=1e-3)
    assert (found.momentum, found.nesterov) == (0.0, False)


@given(RATES, st.floats(0.01, 0.999), st.booleans())
def test_momentum_is_recovered(rate: float, momentum: float, nesterov: bool) -> None:
    """Learning rate, momentum and its kind are found from the steps alone."""
    found = fit(GRADIENTS, path_of(Fitted(rate, momentum, nesterov)))
    assert found is not None
    assert found.learning_rate == pytest.approx(rate, rel=2e-3)
    assert found.momentum == pytest.approx(momentum, rel=5e-3, abs=1e-3)
    assert found.nesterov is nesterov


@given(st.floats(1e-5, 1.0), st.floats(0.5, 0.99))
def test_adaptive_optimizers_are_refused(rate: float, decay: float) -> None:
    """No settings of gradient descent explain the steps of Adam or RMSprop."""
    assert fit(GRADIENTS, adam(rate, first=decay)) is None
    assert fit(GRADIENTS, rmsprop(rate, decay)) is None


@pytest.mark.parametrize(
    "path",
    [
        np.zeros_like(GRADIENTS),
        np.full_like(GRADIENTS, np.nan),
        np.full_like(GRADIENTS, np.inf),
        np.full(GRADIENTS.shape, 1e308),
        -path_of(ASKED),
        path_of(ASKED)[:5],
        path_of(ASKED)[:, :4],
        path_of(ASKED).ravel(),
        np.zeros(()),
        np.zeros((0, 5)),
        path_of(ASKED).astype(np.complex64),
        path_of(ASKED).astype("U8"),
        path_of(ASKED).astype(bool),
        np.random.default_rng(0).normal(size=GRADIENTS.shape),
    ],
    ids=range(14),
)
def test_what_is_no_descent_fits_nothing(path: Array) -> None:
    """Steps that stand still, climb, overflow, or are no numbers have no settings, and no error."""
    assert fit(GRADIENTS, path) is None
    grade = judged(told(path))
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == "SGD does not step as gradient descent with momentum does"


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (Fitted(3e-3, 0.9, True), set()),
        (Fitted(5e-4, 0.9, True), {"learning_rate"}),
        (Fitted(3e-3, 0.8, True), {"momentum"}),
        (Fitted(3e-3, 0.9, False), {"nesterov"}),
        (Fitted(3e-3, 0.0, False), {"momentum", "nesterov"}),
        (Fitted(3.001e-3, 0.9, True), set()),
    ],
)
def test_each_setting_is_judged_by_itself(settings: Fitted, wrong: set[str]) -> None:
    """A wrong learning rate, momentum or kind of momentum fails its own check alone."""
    failed = {
        look for look in LOOKS if judged(told(path_of(settings)), look).status is CheckStatus.FAILED
    }
    assert failed == wrong


def test_a_wrong_setting_is_told_beside_the_right_one() -> None:
    """The message names what was found and what was asked for, in words for yes and no."""
    grade = judged(told(path_of(Fitted(5e-4, 0.9, False))), "learning_rate")
    assert grade.message.en == "Check: 0.0005 instead of 0.003"
    assert (grade.expected, grade.got) == (0.003, 0.0005)
    kind = judged(told(path_of(Fitted(3e-3, 0.9, False))), "nesterov")
    assert kind.message == Text("Проверка: нет, а нужно да", "Check: no instead of yes")


def test_only_steps_decide() -> None:
    """A class of any name that steps as asked is right; one that only says so is wrong."""
    assert judged(told(path_of(ASKED), "MyOwn")).status is CheckStatus.PASSED
    liar = {**told(adam(3e-3)), "settings": {"learning_rate": 3e-3, "momentum": 0.9}}
    assert judged(liar).status is CheckStatus.FAILED


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("fault", checked.EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_is_told_in_both_languages(fault: Fault, look: str) -> None:
    """A fault of the factory or of the whole probe fails the check with its own words."""
    for got in (checked.answers({"steps": fault}), Observed(fault=fault)):
        grade = judged(got, look)
        assert (grade.status, grade.faults) == (CheckStatus.FAILED, (fault,))
        assert all(len(grade.message[language]) > 10 for language in LANGUAGES)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("tree", checked.ODD_TREES, ids=str)
def test_any_tree_is_judged(tree: Any, look: str) -> None:
    """An answer of any form is a wrong answer, never an error of the grader."""
    assert judged(checked.answers({"steps": tree}), look).status is CheckStatus.FAILED
    assert judged(Observed(), look).status is CheckStatus.FAILED
    assert not same(tree, told(path_of(ASKED)))


@pytest.mark.parametrize(
    ("value", "says"),
    [(None, "None"), ({"type": "function"}, "function"), ("sgd", "'sgd'"), ([], "list[0]")],
)
def test_what_is_no_optimizer_is_told(value: Any, says: str) -> None:
    """A factory that returns None, a name or a list is told what came back."""
    grade = judged({"optimizer": value})
    assert grade.message.en == f"{says} came back where an optimizer was wanted"


def test_a_reference_that_is_no_descent_is_the_graders_fault() -> None:
    """Where the reference's own steps fit no settings, nobody is graded on them."""
    of = evidence(told(path_of(ASKED)), wanted=told(adam(1e-3)))
    (asked,) = of.task.checks
    assert isinstance(asked, Optimizer)
    with pytest.raises(ReferenceFailed, match="not SGD"):
        optimizer.judge(asked, of)


def test_the_same_mistake_takes_the_same_steps() -> None:
    """Two wrong optimizers are one mistake when their paths, faults or types agree."""
    first, second = told(adam(1e-3), "Adam"), told(rmsprop(1e-3, 0.9), "RMSprop")
    assert same(first, first)
    assert not same(first, second)
    assert same({"optimizer": None}, {"optimizer": None})
    assert not same({"optimizer": None}, first)
    assert same(checked.EACH_FAULT[0], checked.EACH_FAULT[0])
    assert not same(checked.EACH_FAULT[0], checked.EACH_FAULT[1])
