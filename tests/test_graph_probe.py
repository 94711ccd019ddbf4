"""The probe ``graph``: what functions build in TensorFlow 1, whatever variables are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import checked
import numpy as np
import pytest
from kernels import Booted, request, tiny_data

from grader.asked import case_tree
from grader.checks import graphs
from grader.kernel.wire import Leaf
from grader.model import Answer, CheckStatus, GraphCase, Observed, Text
from grader.rubric import Graphs
from grader.sandbox.process import PlainProcess

NOTEBOOK = {
    "layers": """\
import tensorflow as tf

def norm(x, training, name="norm"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        c = x.get_shape().as_list()[-1]
        scale = tf.get_variable("scale", [c], initializer=tf.ones_initializer())
        shift = tf.get_variable("shift", [c], initializer=tf.zeros_initializer())
        seen = tf.get_variable("seen", [c], initializer=tf.zeros_initializer(), trainable=False)
        mean = tf.reduce_mean(x, axis=0)
        kept = tf.assign(seen, 0.5 * seen + 0.5 * mean)
        used = tf.cond(training, lambda: tf.identity(mean), lambda: tf.identity(seen))
        return scale * (x - used) + shift, [kept]

def plain_norm(x, training):
    scale = tf.get_variable("a", [2], initializer=tf.ones_initializer())
    other = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
    seen = tf.get_variable("c", [2], initializer=tf.zeros_initializer())
    if training:
        mean = tf.reduce_mean(x, axis=0)
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign(seen, 0.5 * seen + 0.5 * mean))
        return scale * (x - mean) + other, []
    return scale * (x - seen) + other, []

def wide_norm(x, training):
    scale = tf.get_variable("a", [1, 2], initializer=tf.ones_initializer())
    other = tf.get_variable("b", [1, 2], initializer=tf.zeros_initializer())
    seen = tf.get_variable("c", [1, 2], initializer=tf.zeros_initializer())
    mean = tf.reduce_mean(x, axis=0, keepdims=True)
    kept = tf.assign(seen, 0.5 * seen + 0.5 * mean)
    used = tf.cond(training, lambda: tf.identity(mean), lambda: tf.identity(seen))
    return scale * (x - used) + other, [kept]

def restless(x, training):
    seen = tf.get_variable("seen", [2], initializer=tf.zeros_initializer(), trainable=False)
    out = x - seen
    with tf.control_dependencies([out]):
        kept = tf.assign(seen, 0.5 * seen + 0.5 * tf.reduce_mean(x, axis=0))
    with tf.control_dependencies([kept]):
        return tf.identity(out), []

def dropped(x, rate):
    return tf.nn.dropout(tf.nn.dropout(x, rate=rate), rate=rate)

class Network:
    def __init__(self, x):
        self.training = tf.placeholder(tf.bool, [])
        hidden, self.updates = norm(x, self.training)
        self.scores = helper(hidden, 3)

    def get_scores(self):
        return self.scores

def helper(x, n):
    return x

def huge(x):
    return tf.layers.dense(x, 10**6, name="huge")
""",
}
X = np.array([[1, 2], [5, 10]], np.float32)
TRAINING = Leaf("training", np.array(True))
FED = Leaf("placeholder", X)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    data = tiny_data(tmp_path_factory.mktemp("graphs") / "data")
    with Booted(PlainProcess(), NOTEBOOK, data, "tf1") as kernel:
        kernel.run("layers")
        yield kernel


def asked(kernel: Booted, name: str, *args: Any, helpers: Any = None, **options: Any) -> Any:
    case = GraphCase("case", Text("ru", "en"), args, **options)
    wanted = {**request(name), "probe": "graph", "cases": [case_tree(case)], "helpers": helpers}
    answer = kernel.ask(wanted)
    assert isinstance(answer, dict), answer
    return answer["answers"][0]


def test_modes_statistics_and_gradients(notebook: Booted) -> None:
    """Training and inference are told apart, updates are run, and gradients reach what is used."""
    steps = np.stack([X, X])
    told = asked(notebook, "norm", FED, TRAINING, outputs=("0",), updates="1", gradients=True,
                 steps=steps)["value"]  # fmt: skip
    kinds = [(v["shape"], v["ones"], v["updated"]) for v in told["variables"]]
    assert kinds == [([2], True, False), ([2], False, False), ([2], False, True)]
    assert told["shapes"] == [[-1, 2]]
    moving = told["moving"][0].array
    trained, inferred = told["training"][0].array, told["inference"][0].array
    assert trained.shape == inferred.shape == (2, 2)
    assert not np.allclose(trained, inferred)
    assert [bool(np.any(g.array)) for g in told["gradients"]] == [True, True, False]
    assert np.all(np.abs(moving - X.mean(axis=0)) < np.abs(X.mean(axis=0)))


def test_names_order_and_pythons_own_truth_values_make_no_difference(notebook: Booted) -> None:
    """A function with other names, for Python's bool and with UPDATE_OPS, answers the same."""
    options: dict[str, Any] = {"outputs": ("0",), "updates": "1", "steps": np.stack([X, X, X])}
    one = asked(notebook, "norm", FED, TRAINING, **options)["value"]
    for name in ("plain_norm", "wide_norm"):
        other = asked(notebook, name, FED, TRAINING, **options)["value"]
        for what in ("training", "inference", "moving", "after"):
            mine = other[what][0].array.reshape(one[what][0].array.shape)
            np.testing.assert_allclose(one[what][0].array, mine, rtol=1e-5)


def test_variables_of_one_row_count_as_vectors(notebook: Booted) -> None:
    """Statistics of shape (1, n) are those of shape (n,), in every comparison; (n, 1) are not."""
    options: dict[str, Any] = {"outputs": ("0",), "updates": "1", "steps": np.stack([X, X, X]),
                               "gradients": True}  # fmt: skip
    one, other = (
        Answer("case", asked(notebook, name, FED, TRAINING, **options)["value"])
        for name in ("norm", "wide_norm")
    )
    task = checked.task(*({"kind": "graphs", "cases": "g", "compare": what, "points": 1}
                          for what in ("variables", "moving", "gradients", "outputs")))  # fmt: skip
    key = "t/graph/g"
    cases = (GraphCase("case", Text("ru", "en"), ()),)
    mine = checked.evidence(task, key, cases, Observed((other,)), Observed((one,)))
    for check in task.checks:
        assert isinstance(check, Graphs)
        assert graphs.judge(check, mine).status is CheckStatus.PASSED, check.compare
    turned = dict(other.value, variables=[{**v, "shape": [2, 1]} for v in other.value["variables"]])
    theirs = replace(mine, observed={key: Observed((Answer("case", turned),))})
    assert isinstance(task.checks[0], Graphs)
    assert graphs.judge(task.checks[0], theirs).status is CheckStatus.FAILED


def test_statistics_that_move_in_inference_are_told(notebook: Booted) -> None:
    """A run in inference that changes a variable is a mistake; those of training are none."""
    options: dict[str, Any] = {"outputs": ("0",), "updates": "1", "steps": np.stack([X, X, X])}
    still, moved = (
        Answer("case", asked(notebook, name, FED, TRAINING, **options)["value"])
        for name in ("norm", "restless")
    )
    assert (still.value["disturbed"], moved.value["disturbed"]) == (False, True)
    task = checked.task({"kind": "graphs", "cases": "g", "compare": "moving", "points": 1})
    (check,) = task.checks
    assert isinstance(check, Graphs)
    cases = (GraphCase("case", Text("ru", "en"), ()),)
    for answer, calm in (
        (still, True),
        (Answer("case", {**still.value, "disturbed": True}), False),
    ):
        mine = checked.evidence(task, "t/graph/g", cases, Observed((answer,)), Observed((still,)))
        assert (graphs.judge(check, mine).status is CheckStatus.PASSED) is calm


def test_random_layers_are_counted(notebook: Booted) -> None:
    """Two layers of dropout are two random layers, whatever their rate is."""
    rate = Leaf("placeholder", np.array(0.0, np.float32))
    told = asked(notebook, "dropped", FED, rate)["value"]
    assert told["draws"] == 2
    np.testing.assert_allclose(told["inference"][0].array, X)


def test_a_class_finds_its_own_placeholder_and_a_helper_stands_in(notebook: Booted) -> None:
    """A network feeds its own training flag; another function's place is taken as asked, for the
    length of the probe."""
    options: dict[str, Any] = {"outputs": ("get_scores()",), "updates": "updates"}
    own = asked(notebook, "Network", FED, **options)["value"]
    assert own["shapes"] == [[-1, 2]]
    source = (
        "import tensorflow as tf\ndef helper(x, n):\n    return tf.layers.dense(x, n, name='d')"
    )
    helped = asked(notebook, "Network", FED, helpers={"names": ["helper"], "source": source},
                   **options)["value"]  # fmt: skip
    assert helped["shapes"] == [[-1, 3]]
    assert len(helped["variables"]) == 5
    assert helped["called"] == ["helper"]
    assert asked(notebook, "Network", FED, **options)["value"]["shapes"] == [[-1, 2]]


def test_what_is_not_run_costs_nothing(notebook: Booted) -> None:
    """A layer of many gigabytes of weights is built and not filled."""
    wide = Leaf("placeholder", np.zeros((1, 10_000), np.float32))
    told = asked(notebook, "huge", wide, run=False)
    assert told["value"]["shapes"] == [[-1, 10**6]]
    assert told["seconds"] < 30
    assert told["value"]["variables"][0]["shape"] == [10_000, 10**6]


def test_what_came_back_in_another_form_is_a_fault_of_the_students(notebook: Booted) -> None:
    """A bare tensor where several values were asked for says so."""
    fault = asked(notebook, "helper", FED, 1, outputs=("0",))["fault"]
    assert "not several values" in fault["message"]
