"""The runtimes: which TensorFlow a notebook finds, and that every probe works in it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kernels import Booted, request, tiny_data

from grader import environment, runtimes
from grader.errors import KernelUnavailable
from grader.kernel.wire import Leaf
from grader.model import Runtime, Submission
from grader.rubric import Rubric
from grader.sandbox.process import PlainProcess

NOTEBOOK = Submission(Path("x.ipynb"), "x", "", (), "en")

TF1 = {
    "imports": """\
%tensorflow_version 1.x
import numpy as np
import tensorflow as tf
import tensorflow.contrib as contrib
from tensorflow.contrib.layers import xavier_initializer
from keras.utils import to_categorical
import keras
""",
    "session": """\
sess = tf.InteractiveSession()
x = tf.placeholder(tf.float32, [None, 2])
with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [2, 1], initializer=xavier_initializer())
    h = tf.layers.dense(x, 3, activation=tf.nn.relu)
sess.run(tf.global_variables_initializer())
twice = sess.run(tf.matmul(x, w) * 2, feed_dict={x: [[1.0, 1.0]]})
tf.reset_default_graph()
drawn = tf.Session().run(tf.random_normal([2]))
""",
    "more": """\
tf.contrib.nonsense
""",
    "functions": """\
def kinds():
    return [twice.shape, len(drawn), keras.__name__, tf.executing_eagerly()]

def scaled(x, w):
    return w * x + tf.get_variable("b", [], initializer=tf.ones_initializer())

def plain(x):
    return np.maximum(x, 0)

def model():
    return tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])

def optimizer():
    return tf.keras.optimizers.SGD(0.5)
""",
}


def _asked(name: str, kind: str, **case: Any) -> dict[str, Any]:
    wanted = request(name)
    return {**wanted, "probe": kind, "cases": [{"id": "case", "args": (), **case}]}


def _value(kernel: Booted, wanted: dict[str, Any]) -> Any:
    async def weights(_: dict[str, Any]) -> dict[str, Any]:
        return {"weights": wanted["cases"][0]["weights"]}

    answer = kernel.ask(wanted, on_message=weights)
    assert isinstance(answer, dict), answer
    (told,) = answer["answers"]
    assert "fault" not in told, told
    return told["value"]


def _of_keras(kernel: Booted) -> tuple[Any, Any]:
    """A model's output with all weights 1 from ones, and an optimizer's path on ones."""
    weights = [Leaf("ndarray", np.ones(shape, np.float32)) for shape in ((3, 2), (2,))]
    x = Leaf("ndarray", np.ones((4, 3), np.float32))
    built = _value(kernel, _asked("model", "build", input=x, weights=weights))
    assert built["assigned"] is True, built
    gradients = Leaf("ndarray", np.ones((2, 3), np.float32))
    stepped = _value(kernel, _asked("optimizer", "inspect", gradients=gradients))
    return built["output"].array, stepped["steps"].array


@pytest.fixture(scope="module")
def tf1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    data = tiny_data(tmp_path_factory.mktemp("tf1") / "data")
    with Booted(PlainProcess(), TF1, data, "tf1") as kernel:
        for name in TF1:
            kernel.run(name)
        yield kernel


def test_a_notebook_of_tensorflow_1_finds_its_tensorflow(tf1: Booted) -> None:
    """Placeholders, sessions, scopes, tf.layers, contrib and Keras 2 are where they were."""
    notes = tf1.ask({"probe": "notes"})
    assert isinstance(notes, dict)
    failed = notes["failures"]
    assert [k for k in failed if k != "2"] == [], failed
    assert tf1.value("kinds") == [(1, 1), 2, "tf_keras", False]


def test_what_contrib_lacks_says_so(tf1: Booted) -> None:
    """A name of tf.contrib that nothing stands in for is an error that names it."""
    assert "tensorflow.contrib.nonsense was dropped" in tf1.failure("more")["message"]


def test_a_function_of_tensorflow_1_is_called_in_a_session_of_its_own(tf1: Booted) -> None:
    """A called function's graph is run; gradients reach the variables among its arguments."""
    x, w = (np.array(v, np.float32) for v in ([1, 2], [3, 4]))
    wanted = _asked("scaled", "call", args=(Leaf("tensor", x), Leaf("variable", w)))
    wanted["cases"][0]["cotangent"] = Leaf("ndarray", np.ones(2, np.float32))
    for _ in range(2):  # the variable of the first call is not in the way of the second
        value = _value(tf1, wanted)
        assert value["value"].kind == "tensor"
        np.testing.assert_allclose(value["value"].array, w * x + 1)
        np.testing.assert_allclose(value["gradients"][0].array, x)
    plain = _value(tf1, _asked("plain", "call", args=(Leaf("ndarray", x - 2),)))
    assert plain["value"].kind == "ndarray"


def test_models_are_built_and_optimizers_tried_in_tensorflow_1(tf1: Booted) -> None:
    """The probes of Keras objects work in the tf1 runtime too."""
    output, path = _of_keras(tf1)
    np.testing.assert_allclose(output, 4 * np.ones((4, 2)))
    np.testing.assert_allclose(path[:, 0], [-0.5, -1.0])


def test_keras_2_is_what_a_notebook_finds_where_it_is_asked_for(tmp_path: Path) -> None:
    """In the keras2 runtime tf.keras and keras are tf_keras, and every probe works."""
    sources = {
        "imports": "import tensorflow as tf\nimport keras\nfrom keras.layers import Dense",
        "functions": TF1["functions"].replace("kinds", "unused") + "\ndef names():\n"
        "    return [keras.__version__, keras.__name__, Dense is tf.keras.layers.Dense]\n",
        "fit": "net = model()\nnet.compile('sgd', 'mse')\n"
        "fitted = net.fit([[1.0]], [1.0]).history['accuracy']",
    }
    with Booted(PlainProcess(), sources, tiny_data(tmp_path / "data"), "keras2") as kernel:
        for name in sources:
            kernel.run(name)
        notes = kernel.ask({"probe": "notes"})
        assert isinstance(notes, dict)
        assert notes["failures"] == {}
        assert kernel.value("names") == [metadata.version("tf-keras"), "tf_keras", True]
        output, path = _of_keras(kernel)
    np.testing.assert_allclose(output, 4 * np.ones((4, 2)))
    np.testing.assert_allclose(path[:, 0], [-0.5, -1.0])


def _rubric(runtime: Runtime) -> Rubric:
    words = {"ru": "Лаба", "en": "Lab"}
    check = {"id": "t", "kind": "text", "title": words}
    task = {"id": "t", "title": words, "cell": "t", "checks": [check]}
    return Rubric.model_validate(
        {"schema_version": 1, "lab": "l", "title": words, "runtime": runtime, "tasks": [task]}
    )


@pytest.mark.parametrize("installed", [None, "2.1.0"])
def test_a_runtime_without_its_package_is_refused(
    monkeypatch: pytest.MonkeyPatch, installed: str | None
) -> None:
    """Without tf-keras of TensorFlow's series nothing is graded; the message says what to do."""
    found = {**environment.versions(), "tf_keras": installed or "missing", "tensorflow": "2.20.0"}
    monkeypatch.setattr(environment, "versions", lambda: found)
    with pytest.raises(KernelUnavailable, match=r"pip install 'tf-keras==2\.20\.\*'"):
        runtimes.decide(_rubric("keras2"), NOTEBOOK, None)
    assert runtimes.decide(_rubric("keras3"), NOTEBOOK, None).runtime == "keras3"


def test_a_grade_records_the_runtime_and_the_keras_that_it_loads() -> None:
    """Keras 3 is recorded for today's notebooks, tf-keras for the older runtimes."""
    assert runtimes.recorded("tf1")["runtime"] == "tf1"
    assert "keras" not in runtimes.recorded("keras2")
    assert "tf_keras" not in runtimes.recorded("keras3")
