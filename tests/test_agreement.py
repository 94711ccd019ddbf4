"""What a report says of a wrong answer that equals no known mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks.agreement import Pair, agreements
from grader.kernel.wire import Leaf
from grader.model import CallCase, Text

RNG = np.random.default_rng(5)
Array = np.ndarray[Any, Any]


def pair(expected: Array, got: Array | None, *args: Any, name: str = "case") -> Pair:
    given = args or (Leaf("tensor", RNG.normal(size=(3, 8, 8, 3))),)
    return Pair(CallCase(name, Text(name, name), given), expected, got, 1e-3)


def said(pairs: Sequence[Pair], *names: str) -> str:
    return " ".join(text.en for text in agreements(pairs, names))


def drawn(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


FORMS: dict[str, tuple[Callable[[Array], Array], str]] = {
    "transposed": (lambda x: x.transpose(0, 2, 1, 3), "transpose(0, 2, 1, 3) of your answer"),
    "flattened": (lambda x: x.reshape(len(x), -1), "The numbers are right, and their shape is not"),
    "bgr": (lambda x: x[..., ::-1], "BGR"),
    "upside down": (lambda x: x[:, ::-1], "backwards along axis 1"),
    "sign": (lambda x: -x, "up to the sign"),
    "doubled": (lambda x: 2 * x, "times 2"),
    "shifted": (lambda x: x + np.float32(0.5), "off by the constant 0.5"),
    "vector": (lambda x: x + np.float32([1, 2, -1]), "as if a bias were missing"),
    "relu": (lambda x: np.maximum(x, 0), "ReLU of the right one"),
    "softmax": (lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True), "softmax of the right one"),
    "constant": (lambda x: np.full_like(x, 0.25), "does not depend on the input"),
    "border": (
        lambda x: np.pad(x[:, 1:-1, 1:-1], ((0, 0), (1, 1), (1, 1), (0, 0))),
        "a border of 1",
    ),
    "one channel": (lambda x: np.where(np.arange(3) == 1, x + x * x, x), "positions 0, 2 agree"),
    "shuffled": (
        lambda x: np.random.default_rng(0).permutation(x.ravel()).reshape(x.shape),
        "in another order",
    ),
    "rounded": (lambda x: np.round(x * 100) / 100 * 1.001, "lacks precision"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised(form: str) -> None:
    """An answer that is nearly right in one way is described in that way."""
    change, words = FORMS[form]
    right = [drawn(3, 8, 9, 3), drawn(2, 7, 6, 3)]
    assert words in said([pair(x, change(x)) for x in right])


def test_a_function_that_is_missing_is_named() -> None:
    """Where a well-known function of the answer would be right, the last step is missing."""
    x = drawn(4, 6)
    probabilities = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    assert said([pair(probabilities, x)]) == (
        "The last step is missing: softmax of your answer is the right one."
    )


def test_a_lost_argument_is_named_as_its_author_calls_it() -> None:
    """An offset that equals one of the arguments is that argument: ``params[1]`` is not added."""
    bias, x = drawn(3), drawn(5, 3)
    args = (Leaf("tensor", x), [Leaf("variable", drawn(3, 3)), Leaf("variable", bias)])
    pairs = [pair(x + bias, x, *args)]
    assert said(pairs, "x", "params") == "All is right but one thing: params[1] is not added."


def test_a_sum_in_place_of_a_mean_is_seen_in_the_sizes() -> None:
    """A factor that differs by case and equals a size of the input says so."""
    pairs = []
    for count in (2, 5):
        x, mean = drawn(count, 4), drawn(4)
        pairs.append(pair(mean, mean * count, Leaf("tensor", x)))
    assert "larger than the right one by the input's size along axis 0" in said(pairs)


def test_cases_are_told_apart_by_what_goes_in() -> None:
    """Wrong for images that are not square only: that is said, and nothing is guessed of how."""
    right, wrong = drawn(2, 5), drawn(2, 5)
    pairs = [
        pair(right, right, Leaf("tensor", drawn(2, 8, 8, 3))),
        pair(right, wrong, Leaf("tensor", drawn(2, 9, 14, 3))),
        pair(right, None, Leaf("tensor", drawn(2, 6, 4, 3))),
    ]
    assert said(pairs) == (
        "Wrong only where height and width differ; in the other cases the answer is right."
    )


def test_settings_that_go_wrong_are_named() -> None:
    """A plain argument whose values differ between right and wrong cases is named with them."""
    x = Leaf("ndarray", drawn(6, 6))
    right, wrong = drawn(3, 3), drawn(3, 3)
    pairs = [pair(right, right, x, 1), pair(right, wrong, x, 2), pair(right, wrong, x, 3)]
    assert said(pairs, "image", "stride").startswith("Wrong only where stride above 1;")


def test_nothing_is_said_without_a_reason() -> None:
    """An answer that is wrong in no known way, or right, is described by nothing."""
    x = drawn(4, 7)
    assert agreements([pair(x, drawn(4, 7))]) == ()
    assert agreements([pair(x, x)]) == ()
    assert agreements([pair(x, None)]) == ()
    assert agreements([pair(np.zeros((2, 2)), np.ones((2, 2)))]) == ()
