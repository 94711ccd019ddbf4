"""When a notebook was written, and on which TensorFlow it is therefore run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kernels import Booted, tiny_data

from grader import eras, runtimes
from grader.model import Cell, Submission
from grader.rubric import Rubric
from grader.sandbox.process import PlainProcess


def notebook(*sources: str, printed: str = "", python: str = "") -> Submission:
    cells = tuple(Cell(i, "code", source, printed=printed) for i, source in enumerate(sources))
    return Submission(Path("x.ipynb"), "x", "0" * 64, cells, "en", python=python)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("optimizer = tf.keras.optimizers.SGD(lr=1e-2)", "SGD(lr=…)"),
        ("opt = Adam(1e-3, decay=1e-6)", "Adam(decay=…)"),
        ("model.compile('adam', metrics='accuracy')", "compile(metrics='…')"),
        ("layers = [tf.keras.layers.InputLayer(400)]", "InputLayer(n)"),
        ("from tensorflow.keras.layers.experimental import preprocessing", None),
        ("flip = tf.keras.layers.experimental.preprocessing.RandomFlip()", None),
        ("from keras.utils import np_utils", "keras.utils.np_utils"),
        ("model.fit_generator(train)", "fit_generator"),
        ("!pip install tensorflow==2.4.1", "TensorFlow 2.4"),
        (
            "class N:\n  def call(self, x):\n    self.d = layers.Dense(4)\n    return self.d(x)",
            None,
        ),
    ],
)
def test_traces_of_keras_2(source: str, what: str | None) -> None:
    """What Keras 3 no longer has tells a notebook of Keras 2, with its cell."""
    sign = eras.era(notebook("import tensorflow as tf", source))
    assert sign is not None
    assert (sign.runtime, sign.cell) == ("keras2", 1)
    assert what is None or sign.what == what


@pytest.mark.parametrize(
    "source",
    [
        "tf.keras.optimizers.SGD(learning_rate=1e-2)",
        "# optimizer = SGD(lr=1e-2)",
        "for lr in rates: make(lr=lr)",
        "tf.keras.layers.InputLayer((32, 32, 3))",
        "config = tf.compat.v1.ConfigProto()\nsession = tf.compat.v1.Session(config=config)",
        "def broken(:",
        "class N:\n  def __init__(self):\n    self.d = layers.Dense(4)\n  def call(self, x): pass",
        "%matplotlib inline\n!pip install numpy",
    ],
)
def test_nothing_of_the_past(source: str) -> None:
    """Today's code, comments, broken cells and a session for a GPU's sake are no traces."""
    assert eras.era(notebook(source)) is None


GRAPHS = "x = tf.placeholder(tf.float32)\nsess = tf.Session()"


@pytest.mark.parametrize(
    ("sources", "runtime"),
    [
        ((GRAPHS,), "tf1"),
        (("%tensorflow_version 1.x\nimport tensorflow as tf",), "tf1"),
        (("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()", GRAPHS), "tf1"),
        (("tf.Session()", "with tf.GradientTape() as tape: pass"), None),
        ((GRAPHS, "@tf.function\ndef f(): tf.GradientTape(); tf.data.Dataset"), None),
    ],
)
def test_traces_of_version_1(sources: tuple[str, ...], runtime: str | None) -> None:
    """Placeholders and sessions tell a notebook of version 1, unless version 2 outweighs them."""
    sign = eras.era(notebook(*sources))
    assert (sign.runtime if sign else None) == runtime


def test_what_was_printed_and_what_the_file_says() -> None:
    """A printed version of TensorFlow counts, and so does a Python that Keras 3 never knew."""
    shown = eras.era(notebook("print(tf.__version__)", printed="2.8.0\n"))
    assert shown is not None
    assert (shown.runtime, shown.what) == ("keras2", "TensorFlow 2.8")
    assert eras.era(notebook("print(tf.__version__)", printed="2.18.0\n")) is None
    assert eras.era(notebook("print(accuracy)", printed="2.8.0\n")) is None
    old = eras.era(notebook("x = 1", python="3.7.13"))
    assert old == eras.Sign("keras2", "Python 3.7", None)
    assert eras.era(notebook("x = 1", python="3.11.2")) is None


def rubric(runtime: str) -> Rubric:
    words = {"ru": "Лаба", "en": "Lab"}
    check = {"id": "t", "kind": "text", "title": words}
    task = {"id": "t", "title": words, "cell": "t", "checks": [check]}
    return Rubric.model_validate(
        {"schema_version": 1, "lab": "l", "title": words, "runtime": runtime, "tasks": [task]}
    )


def test_the_older_of_lab_and_notebook_counts_and_a_wish_before_both() -> None:
    """An old notebook runs on its own TensorFlow, a lab's old runtime stays, an option wins."""
    old, new = notebook("SGD(lr=1)"), notebook("SGD(learning_rate=1)")
    chosen = runtimes.decide(rubric("keras3"), old, None)
    assert chosen.runtime == "keras2"
    assert chosen.note is not None
    assert "cell 1" in chosen.note.en
    assert "ячейка 1" in chosen.note.ru
    assert runtimes.decide(rubric("tf1"), old, None) == runtimes.Decision("tf1")
    assert runtimes.decide(rubric("keras2"), new, None) == runtimes.Decision("keras2")
    assert runtimes.decide(rubric("keras3"), old, "keras3") == runtimes.Decision("keras3")


RATES = """
import tensorflow as tf
SGD = tf.keras.optimizers.SGD

def rates():
    falling = SGD(0.5, decay=1.0).get_config()["learning_rate"]["config"]
    return [float(SGD(lr=0.25).learning_rate), float(SGD(0.125).learning_rate),
            float(SGD().learning_rate), falling["decay_rate"]]
"""


@pytest.mark.parametrize("runtime", ["keras3", "keras2"])
def test_old_keywords_of_optimizers(tmp_path: Path, runtime: Any) -> None:
    """`lr` and `decay` mean in each Keras what they meant when they were taught."""
    with Booted(PlainProcess(), {"rates": RATES}, tiny_data(tmp_path / "d"), runtime) as booted:
        booted.run("rates")
        assert booted.value("rates") == pytest.approx([0.25, 0.125, 0.01, 1.0])
