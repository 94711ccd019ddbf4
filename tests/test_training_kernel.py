"""The training loop that runs in the student's kernel, on a few small images, in this process."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.kernel.recorder import Recorder
from grader.kernel.training import Trainer
from grader.kernel.wire import Leaf

IMAGES, VALIDATION, CLASSES, BATCH = 512, 100, 4, 64
STEPS = math.ceil(IMAGES / BATCH)

NETWORKS = """
import numpy as np
import tensorflow as tf
layers = tf.keras.layers
tracings = []
rows = []


def network(x, params):
    tracings.append(tf.inside_function())
    w, b = params
    return tf.reshape(x, (tf.shape(x)[0], -1)) @ w + b


def initial():
    return [tf.Variable(tf.random.normal((192, 4)) * 0.05), tf.Variable(tf.zeros(4))]


def eager_network(x, params):
    tracings.append(tf.inside_function())
    x = x.numpy()
    return network(tf.constant(x), params)


class Eager(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4, activation='softmax')

    def call(self, x):
        return self.dense(layers.Flatten()(np.asarray(x)))


class Subclass(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(6, 3, activation='relu')
        self.norm = layers.BatchNormalization()
        self.drop = layers.Dropout(0.3)
        self.flat = layers.Flatten()
        self.out = layers.Dense(4, activation='softmax')

    def call(self, x, training=False):
        x = self.norm(self.conv(x), training=training)
        return self.out(self.flat(self.drop(x, training=training)))


class Plain:
    def __init__(self):
        self.weights = initial()
        self.trainable_variables = self.variables = self.weights

    def __call__(self, x):
        return tf.nn.softmax(network(x, self.weights))


def sequential():
    return tf.keras.Sequential([
        layers.Conv2D(6, 3), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3),
        layers.Flatten(), layers.Dense(4), layers.Softmax(),
    ])


def functional():
    image = tf.keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(6, 3, activation='relu')(image))
    x = layers.Flatten()(layers.Dropout(0.3)(x))
    return tf.keras.Model(image, layers.Dense(4, activation='softmax')(x))


class Counting(Subclass):
    def call(self, x, training=False):
        if training:
            tf.py_function(lambda n: rows.append(int(n)), [tf.shape(x)[0]], [])
        return super().call(x, training=training)


one_model = sequential()
one_optimizer = tf.keras.optimizers.Adam(1e-2)
def same_model(): return one_model
def same_optimizer(): return one_optimizer
def own_optimizer(): return tf.keras.optimizers.Adam(1e-2)
def nothing(): return None
def fails(): raise ValueError('no model today')
class Weightless(tf.keras.Model):
    def call(self, x): return tf.zeros((tf.shape(x)[0], 4)) + 0.25
"""
ADAM = {"class_name": "Adam", "config": {"learning_rate": 1e-2}}
PLAIN = {"class_name": "SGD", "config": {"learning_rate": 3e-2}}


class Line:
    """The kernel's end of a channel to a grader that says go until `stop` looks were taken."""

    def __init__(self, stop: int = 10**6) -> None:
        self.looks: list[dict[str, Any]] = []
        self._stop = stop

    def send(self, tree: dict[str, Any]) -> None:
        self.looks.append(tree)

    def receive(self) -> dict[str, Any]:
        return {"go": len(self.looks) < self._stop}

    @property
    def scores(self) -> list[np.ndarray[Any, Any]]:
        return [look["scores"].array for look in self.looks]


Outcome = tuple[dict[str, Any], Line]
Train = Callable[..., Outcome]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Images whose class is the place of a bright square; the folder, and the sealed labels."""
    draw = np.random.default_rng(5)
    folder = tmp_path_factory.mktemp("open")
    labels = {}
    for part, count in (("train", IMAGES), ("val", VALIDATION), ("test", 10)):
        y = labels[part] = draw.integers(0, CLASSES, count)
        x = draw.integers(0, 120, (count, 8, 8, 3), dtype=np.uint8)
        for image, label in zip(x, y, strict=True):
            image[2 * label : 2 * label + 2, 2:6] += 100
        np.save(folder / f"{part}_x.npy", x)
    np.save(folder / "train_y.npy", labels["train"])
    return folder, labels["val"]


@pytest.fixture(scope="module")
def trainer(data: tuple[Path, Any]) -> Callable[[Line], Trainer]:
    """A trainer on the notebook above. Its shell is a namespace: nothing else of one is needed."""
    names: dict[str, Any] = {"__name__": "notebook"}
    exec(NETWORKS, names)
    recorder = Recorder(SimpleNamespace(user_ns=names), frozenset())
    recorder.snapshots = {0: dict(names)}
    first = Trainer(recorder, Line(), {"data": {"tiny": str(data[0])}})  # type: ignore[arg-type]

    def on(line: Line) -> Trainer:
        first._channel = line  # type: ignore[assignment]
        return first

    return on


@pytest.fixture
def train(trainer: Callable[[Line], Trainer]) -> Train:
    """`train(network, maker, …)` is one run; gives the answer, and all that was sent meanwhile."""

    def run(
        network: str,
        maker: str | None = None,
        *,
        style: str = "keras",
        seed: int = 1,
        epochs: int = 1,
        every: int = 4,
        stop: int = 10**6,
    ) -> Outcome:
        line = Line(stop)
        request = {
            "style": style,
            "network": target(network),
            "maker": None if maker is None else target(maker),
            "optimizer": PLAIN if style == "functional" else ADAM,
            "training": True,
            "batch_size": BATCH,
            "epochs": epochs,
            "every": every,
            "data": "tiny",
            "seed": seed,
        }
        return trainer(line).train(request), line

    return run


def target(name: str) -> dict[str, Any]:
    return {"name": name, "driver": None, "scoped": False, "cells": [0], "section": [0, 1]}


def accuracy(line: Line, data: tuple[Path, Any]) -> float:
    return float(np.mean(line.scores[-1].argmax(1) == data[1]))


def test_functional_style(train: Train, data: tuple[Path, Any]) -> None:
    """A network of plain functions trains in a compiled step."""
    answer, line = train("network", "initial", style="functional", epochs=4)
    assert (answer["steps"], answer["compiled"]) == (4 * STEPS, True)
    assert accuracy(line, data) > 0.9


@pytest.mark.parametrize("network", ["sequential", "functional", "Subclass", "Plain"])
def test_keras_style(train: Train, data: tuple[Path, Any], network: str) -> None:
    """A Keras model of any make, or what is called like one, trains in a compiled step."""
    answer, line = train(network, epochs=4)
    assert (answer["steps"], answer["compiled"]) == (4 * STEPS, True)
    assert accuracy(line, data) > 0.8
    np.testing.assert_allclose(line.scores[-1].sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("network", "maker", "style"),
    [("eager_network", "initial", "functional"), ("Eager", None, "keras")],
)
def test_eager(train: Train, data: tuple[Path, Any], network: str, maker: str, style: str) -> None:
    """Code that cannot be compiled runs as the notebook ran it."""
    answer, line = train(network, maker, style=style, epochs=3)
    assert (answer["steps"], answer["compiled"]) == (3 * STEPS, False)
    assert accuracy(line, data) > 0.8


@pytest.mark.parametrize(
    ("network", "maker", "style"),
    [("network", "initial", "functional"), ("Subclass", None, "keras")],
)
def test_repeatable(train: Train, network: str, maker: str | None, style: str) -> None:
    """One seed gives the same scores bit for bit, another seed gives others."""
    first, second, other = (
        train(network, maker, style=style, seed=seed)[1].scores for seed in (1, 1, 2)
    )
    assert [a.tobytes() for a in first] == [b.tobytes() for b in second]
    assert all(np.any(a != b) for a, b in zip(first, other, strict=True))


def test_one_model_for_all(train: Train) -> None:
    """A factory that hands out one global model trains it from the same start each time."""
    first, second = (train("same_model", seed=1)[1].scores for _ in range(2))
    assert [a.tobytes() for a in first] == [b.tobytes() for b in second]
    assert np.any(first[0] != first[-1])


def test_one_optimizer_for_all(train: Train) -> None:
    """A global optimizer serves one model after the other, each time as if it were new."""
    first, second, own = (
        train("sequential", maker)[1].scores
        for maker in ("same_optimizer", "same_optimizer", "own_optimizer")
    )
    assert [a.tobytes() for a in first] == [b.tobytes() for b in second]
    assert [a.tobytes() for a in first] == [b.tobytes() for b in own]


def test_stops(train: Train) -> None:
    """The loop ends at the look at which the grader says so."""
    answer, line = train("sequential", epochs=10, every=2, stop=4)
    assert (answer["steps"], [look["step"] for look in line.looks]) == (6, [0, 2, 4, 6])


def test_looks(train: Train) -> None:
    """There is a look before the first step, every few steps, and at each epoch's end."""
    _, line = train("sequential", epochs=2, every=3)
    assert [look["step"] for look in line.looks] == [0, 3, 6, 8, 9, 12, 15, 16]
    assert [look["epoch"] for look in line.looks][-1] == 2.0
    assert line.looks[0]["loss"] is None
    assert all(math.isfinite(look["loss"]) for look in line.looks[1:])
    assert all(scores.shape == (VALIDATION, CLASSES) for scores in line.scores)
    assert not any(look["final"] for look in line.looks)


def test_budget(train: Train, trainer: Callable[[Line], Trainer]) -> None:
    """Each epoch shows every training image once, in batches of the size that was asked for."""
    rows = trainer(Line())._recorder.namespace["rows"]
    rows.clear()
    train("Counting", epochs=2)
    assert rows == [BATCH] * 2 * STEPS


@pytest.mark.parametrize(("network", "said"), [("nothing", "NoneType"), ("Weightless", "no train")])
def test_no_model(train: Train, network: str, said: str) -> None:
    """What is no model, or has nothing to train, is said to be so."""
    with pytest.raises(TypeError, match=said):
        train(network)


def test_missing(train: Train) -> None:
    """A model or an optimizer that the notebook lacks is a fault by its name."""
    for network, maker in (("nowhere", None), ("sequential", "nowhere")):
        answer, line = train(network, maker)
        assert (answer["fault"]["kind"], answer["fault"]["message"]) == ("missing", "nowhere")
        assert line.looks == []


def test_globals_afterwards(train: Train, trainer: Callable[[Line], Trainer]) -> None:
    """After a training, and after one that failed, the notebook's globals are its own again."""
    names = trainer(Line())._recorder.namespace
    before = dict(names)
    train("sequential")
    with pytest.raises(ValueError, match="no model today"):
        train("fails")
    assert names == before


def test_labels_out_of_reach(train: Train, trainer: Callable[[Line], Trainer]) -> None:
    """Of the validation images the kernel holds the pixels alone."""
    train("sequential")
    images = trainer(Line())._images["tiny"]
    held = {k: tuple(v.shape) for k, v in vars(images).items() if hasattr(v, "numpy")}
    pixels = {"train": (IMAGES, 8, 8, 3), "val": (VALIDATION, 8, 8, 3)}
    assert held == {**pixels, "labels": (IMAGES,), "mean": (3,), "std": (3,)}


def test_initial_weights(trainer: Callable[[Line], Trainer]) -> None:
    """Weights that came over the wire are trained in place of the maker's."""
    line = Line(stop=1)
    weights = [Leaf("variable", np.zeros((192, 4))), Leaf("variable", np.arange(4.0))]
    request = {"style": "functional", "network": target("network"), "maker": None}
    request |= {"initial": weights, "optimizer": PLAIN, "batch_size": BATCH, "epochs": 1}
    answer = trainer(line).train({**request, "every": 4, "data": "tiny", "seed": 1})
    assert answer["steps"] == 0
    np.testing.assert_array_equal(line.scores[0], np.tile(np.arange(4.0), (VALIDATION, 1)))
