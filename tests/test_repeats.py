"""The probe ``repeat``: many calls of a function that draws random numbers, in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kernels import Booted, request, tiny_data

from grader.kernel.wire import Leaf
from grader.sandbox.choose import choose

SOURCES = {
    "functions": """
import numpy as np
import tensorflow as tf

def tossed(x, most):
    return x * tf.random.uniform([], 0, most)

def numpy_tossed(x, most):
    return x * np.random.uniform(0, most)

def eager_only(x, most):
    return x.numpy() * np.random.uniform(0, most)

def growing(x, most):
    return tf.zeros(tf.cast(tf.random.uniform([1], 1, 9), tf.int32))

def nothing(x, most):
    return None
"""
}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    data = tiny_data(Path(tmp_path_factory.mktemp("data")) / "open")
    with Booted(choose("auto"), SOURCES, data) as booted:
        booted.run("functions")
        yield booted


def asked(kernel: Booted, name: str, *, traced: bool = False) -> dict[str, Any]:
    wanted = request(name, Leaf("tensor", np.ones(3, np.float32)), 2.0)
    answer = kernel.ask({**wanted, "probe": "repeat", "calls": 50, "traced": traced})
    assert isinstance(answer, dict), answer
    value: dict[str, Any] = answer["answers"][0]["value"]
    return value


@pytest.mark.parametrize("traced", [False, True])
def test_values_are_stacked_and_drawn_anew(kernel: Booted, traced: bool) -> None:
    """Each call draws anew, in a graph as well; the values come back along a first axis."""
    value = asked(kernel, "tossed", traced=traced)
    values = value["values"].array
    assert values.shape == (50, 3)
    assert len(np.unique(values[:, 0])) == 50
    assert value["traced"] is traced


def test_the_same_seed_draws_the_same(kernel: Booted) -> None:
    """A probe asked twice gives the same values: a grade does not depend on luck."""
    once, again = (asked(kernel, "tossed", traced=True)["values"].array for _ in range(2))
    assert np.array_equal(once, again)


def test_numpy_is_drawn_once_in_a_graph(kernel: Booted) -> None:
    """Where TensorFlow traces a function, NumPy's random number is frozen, as in Dataset.map."""
    assert len(np.unique(asked(kernel, "numpy_tossed", traced=True)["values"].array)) == 1
    assert len(np.unique(asked(kernel, "numpy_tossed")["values"].array)) == 50


def test_code_that_is_no_graph_runs_as_it_is(kernel: Booted) -> None:
    """A function that cannot be traced is called eagerly."""
    value = asked(kernel, "eager_only", traced=True)
    assert value["traced"] is False
    assert len(np.unique(value["values"].array)) == 50


def test_what_cannot_be_stacked_is_told(kernel: Booted) -> None:
    """Changing shapes come back as a list of shapes, and no array as what it was."""
    assert len(asked(kernel, "growing")["shapes"]) > 1
    assert asked(kernel, "nothing") == {"value": None, "traced": False}
