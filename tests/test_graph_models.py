"""Networks of TensorFlow 1: functions of images and a flag, and classes, in graphs of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tensorflow
from kernels import Booted, request, tiny_data
from networks import ADAM, SHAPE, STEPS, Line, squares, train

from grader.data import DataSet
from grader.kernel import settings
from grader.kernel.wire import Leaf
from grader.sandbox.process import PlainProcess

__all__ = ["squares"]

SOURCE = """
import tensorflow as tf
rate = 0.25


def drive(model_fn, optimizer_fn):
    x = tf.placeholder(tf.float32, [None, 8, 8, 3])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0], logits=model_fn(x, True))


def network(inputs, is_training):
    x = tf.layers.conv2d(inputs, 6, 3, activation=tf.nn.relu)
    x = tf.layers.batch_normalization(x, training=is_training)
    x = tf.layers.dropout(tf.layers.flatten(x), 0.1, training=is_training)
    return tf.layers.dense(x, 4)


def conditional(inputs, is_training):
    x = tf.layers.flatten(inputs)
    x = tf.cond(is_training, lambda: tf.nn.dropout(x, 0.9), lambda: x)
    return tf.layers.dense(x, 4)


class Net(tf.keras.Model):
    def __init__(self, width, classes):
        super().__init__()
        self.conv = tf.layers.Conv2D(width, 3)
        self.fc = tf.layers.Dense(classes)

    def call(self, x, training=None):
        return self.fc(tf.layers.flatten(self.conv(x)))


def of_class(inputs, is_training):
    return Net(5, classes=4)(inputs)


def sequential(inputs, is_training):
    return tf.keras.Sequential([tf.layers.Flatten(), tf.layers.Dense(4)])(inputs)


def functional(x, params):
    return tf.matmul(tf.reshape(x, (tf.shape(x)[0], -1)), params[0]) + params[1]


def parameters():
    return [tf.Variable(tf.random_normal((192, 4)) * 0.05), tf.Variable(tf.zeros(4))]


def nothing(inputs, is_training):
    return None


def fails(inputs, is_training):
    with tf.device('/device:GPU:0'):
        return tf.layers.dense(inputs, undefined)


def momentum(): return tf.train.MomentumOptimizer(rate, 0.5, use_nesterov=True)
def adam(): return tf.train.AdamOptimizer(1e-2)
def keras_adam(): return tf.keras.optimizers.Adam(1e-2, decay=0.5)
def legacy_sgd(): return tf.keras.optimizers.legacy.SGD(1e-2, decay=0.5, momentum=0.5)
def decayed():
    rate = tf.train.exponential_decay(0.1, tf.constant(0), 5, 0.5)
    return tf.train.GradientDescentOptimizer(rate)
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    data = tiny_data(tmp_path_factory.mktemp("tf1") / "data")
    with Booted(PlainProcess(), {"all": SOURCE}, data, "tf1", ["drive"]) as booted:
        booted.run("all")
        yield booted


def asked(kernel: Booted, name: str, kind: str, weights: Any = None, **changed: Any) -> Any:
    """The answer to one case, or its fault."""

    async def give(_: dict[str, Any]) -> dict[str, Any]:
        return {"weights": [Leaf("ndarray", array) for array in weights]}

    case = {"id": "case", "args": (), "weights": weights is not None}
    x = np.random.default_rng(0).standard_normal((5, *SHAPE)).astype(np.float32)
    case["input"] = Leaf("ndarray", x)
    wanted = {**request(name), "probe": kind, "cases": [{**case, **changed.pop("case", {})}]}
    answer = kernel.ask({**wanted, **changed}, on_message=give)
    assert isinstance(answer, dict), answer
    (told,) = answer["answers"]
    return told.get("fault") or told["value"]


@pytest.mark.parametrize("name", ["network", "of_class", "sequential"])
def test_a_function_that_builds_a_network(kernel: Booted, name: str) -> None:
    """Variables and outputs; behind the scores is put the softmax that the driver's loss has."""
    built = asked(kernel, name, "build")
    assert built["variables"][-1]["shape"] == [4]
    np.testing.assert_allclose(built["first"].array.sum(axis=1), 1, atol=1e-5)
    assert not np.allclose(built["first"].array, built["shaken"].array)


def test_a_class_with_given_weights(kernel: Booted) -> None:
    """Any order of variables will do, and each is given the array of its shape."""
    draw = np.random.default_rng(1)
    shapes = [(3, 3, 3, 2), (2,), (72, 7), (7,)]
    weights = [draw.standard_normal(shape).astype(np.float32) for shape in shapes]
    built = asked(kernel, "Net", "build", weights, case={"args": (2, 7)})
    assert built["assigned"] is True
    again = asked(kernel, "Net", "build", weights, case={"args": (2, 7)})
    np.testing.assert_array_equal(built["output"].array, again["output"].array)
    assert asked(kernel, "Net", "build", weights, case={"args": (3, 7)})["assigned"] is False


def test_what_another_task_s_class_is_given(kernel: Booted) -> None:
    """A class that stands in for it remembers its arguments."""
    stand_in = {"name": "Net", "parameters": ["width", "classes"]}
    built = asked(kernel, "of_class", "build", stand_in=stand_in)
    assert built == {"arguments": {"width": 5, "classes": 4}}
    kernel.run("all")


def test_what_is_no_network(kernel: Booted) -> None:
    """A function that builds nothing says what it returned, and one that fails how."""
    assert asked(kernel, "nothing", "build") == {"model": None}
    assert asked(kernel, "fails", "build")["type"] == "NameError"


def test_an_optimizer_of_the_time(kernel: Booted) -> None:
    """It takes its steps as Keras's own do."""
    gradients = Leaf("ndarray", np.ones((2, 3), np.float32))
    told = asked(kernel, "momentum", "inspect", case={"gradients": gradients})
    assert told["optimizer"] == "MomentumOptimizer"
    np.testing.assert_allclose(told["steps"].array[:, 0], [-0.375, -0.8125])


def exported(kernel: Booted, name: str, maker: str, **changed: Any) -> dict[str, Any]:
    wanted = {"probe": "export", "style": "keras", "network": request(name)["target"]}
    wanted |= {"maker": request(maker)["target"], "optimizer": None, "training": True, "seed": 1}
    wanted |= {"shape": list(SHAPE), "steps": STEPS, "arguments": []}
    answer = kernel.ask({**wanted, **changed})
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("name", "maker"), [("network", "adam"), ("sequential", "momentum"), ("conditional", "adam")]
)
def test_it_is_trained_elsewhere(kernel: Booted, squares: DataSet, name: str, maker: str) -> None:
    """As graphs, with the settings of its optimizer, in a kernel of today's TensorFlow."""
    told = exported(kernel, name, maker)["network"]
    if name == "sequential":
        told["optimizer"] = ADAM
    line = Line(confirm=True)
    answer = train(told, squares, line, epochs=4)
    assert answer.get("steps") == 32, answer
    right = [float(np.mean(scores.argmax(1) == squares.val_y)) for scores in line.scores]
    assert right[-1] > right[0] + 0.1


def test_a_function_and_its_parameters(kernel: Booted, squares: DataSet) -> None:
    """Plain functions of images and parameters leave as graphs too."""
    changes = {"style": "functional", "optimizer": ADAM}
    told = exported(kernel, "functional", "parameters", **changes)["network"]
    assert [entry["value"].array.shape for entry in told["variables"]] == [(192, 4), (4,)]
    assert train(told, squares, Line(), epochs=1)["steps"] == 8


def test_settings_of_optimizers(kernel: Booted) -> None:
    """Numbers travel; a learning rate that is a part of the graph waits for a person."""
    told = exported(kernel, "sequential", "momentum")["network"]["optimizer"]
    config = {"learning_rate": 0.25, "momentum": 0.5, "nesterov": True}
    assert told == {"class_name": "SGD", "config": config}
    for older in ("keras_adam", "legacy_sgd"):
        told = exported(kernel, "sequential", older)["network"]["optimizer"]
        rate = told["config"]["learning_rate"]
        assert rate["class_name"] == "InverseTimeDecay", told
        assert np.isclose(rate["config"]["initial_learning_rate"], 0.01)
        assert settings.optimizer(tensorflow, told)[0].learning_rate.numpy() > 0
    fault = exported(kernel, "sequential", "decayed")["fault"]
    assert (fault["kind"], fault["message"]) == ("not_a_graph", "its learning rate is a tensor")
