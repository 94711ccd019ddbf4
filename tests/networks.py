"""Networks as students write them, a few small images, and trainings of them in this process."""

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.data import DataSet
from grader.kernel.export import export
from grader.kernel.recorder import Recorder
from grader.kernel.training import Trainer
from grader.kernel.wire import Leaf, decode, encode
from grader.model import Fault, Text
from grader.unseen import draw

IMAGES, VALIDATION, OTHERS, CLASSES, BATCH = 512, 200, 400, 4, 64
SHAPE = (8, 8, 3)
STEPS = math.ceil(IMAGES / BATCH)
ADAM = {"class_name": "Adam", "config": {"learning_rate": 1e-2}}
PLAIN = {"class_name": "SGD", "config": {"learning_rate": 3e-2}}

BASICS = """
import numpy as np
import tensorflow as tf
layers = tf.keras.layers


def network(x, params):
    w, b = params
    return tf.reshape(x, (tf.shape(x)[0], -1)) @ w + b


def initial():
    return [tf.Variable(tf.random.normal((192, 4)) * 0.05), tf.Variable(tf.zeros(4))]


def sequential():
    return tf.keras.Sequential([
        layers.Conv2D(6, 3), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3),
        layers.Flatten(), layers.Dense(4), layers.Softmax(),
    ])


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


def own_optimizer(): return tf.keras.optimizers.Adam(1e-2)
"""


_NUMBERS = itertools.count()


class Notebook:
    """A namespace that a notebook left behind, and what is taken out of it."""

    def __init__(self, source: str) -> None:
        self.names: dict[str, Any] = {"__name__": "notebook"}
        name = f"<notebook {next(_NUMBERS)}>"
        # As IPython does it: AutoGraph looks a function's source up there.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec"), self.names)
        self.recorder = Recorder(SimpleNamespace(user_ns=self.names), frozenset())
        self.recorder.snapshots = {0: dict(self.names)}

    def export(self, name: str, maker: str | None = None, **changed: Any) -> dict[str, Any]:
        """The answer to an export of the model that ``name`` makes, as it crosses the wall."""
        functional = maker is not None and changed.get("style") == "functional"
        request = {
            "style": "keras",
            "network": target(name),
            "maker": None if maker is None else target(maker),
            "optimizer": PLAIN if functional else None if maker else ADAM,
            "training": True,
            "shape": list(SHAPE),
            "steps": STEPS,
            "arguments": [],
            "seed": 1,
            **changed,
        }
        answer: dict[str, Any] = decode(encode(export(self.recorder, request)))
        return answer


def target(name: str) -> dict[str, Any]:
    return {"name": name, "driver": None, "scoped": False, "cells": [0], "section": [0, 1]}


class Line:
    """The kernel's end of a channel to a grader that says go until `stop` looks were taken."""

    def __init__(self, stop: int = 10**6, confirm: bool = False, insisting: bool = False) -> None:
        self.shown: list[dict[str, Any]] = []
        self._insisting = insisting
        self._stop = stop
        self._confirm = confirm

    def send(self, tree: dict[str, Any]) -> None:
        self.shown.append(tree)

    def receive(self) -> dict[str, Any]:
        disguised = self.shown[-1]["phase"] == "disguised"
        go = self._insisting if disguised else len(self.looks) < self._stop
        return {"go": go, "confirm": self._confirm, "again": disguised and self._insisting}

    @property
    def looks(self) -> list[dict[str, Any]]:
        return [each for each in self.shown if each["phase"] == "training"]

    @property
    def scores(self) -> list[np.ndarray[Any, Any]]:
        return [look["scores"].array for look in self.looks]

    def phase(self, name: str) -> list[np.ndarray[Any, Any]]:
        return [each["scores"].array for each in self.shown if each["phase"] == name]


def train(network: Mapping[str, Any], data: DataSet, line: Any, **changed: Any) -> dict[str, Any]:
    """One run of the loop, of a network as it was exported, in this process."""
    asked = request(network, data, **changed)
    return Trainer(line, {data.name: str(data.folder)}).train(asked)


def request(network: Mapping[str, Any], data: DataSet, **changed: Any) -> dict[str, Any]:
    """What a grader asks for one run."""
    unseen = draw(data, 1)
    return {
        "network": network,
        "aside": unseen.seed,
        "batch_size": BATCH,
        "epochs": 1,
        "every": 4,
        "data": data.name,
        "seed": 1,
        "handed": True,
        "unseen": unseen.request,
        "disguise": unseen.disguise.request,
        **changed,
    }


class HereDesk:
    """A desk whose clean kernel is this process: the real loop under the real grader."""

    setting: Any = SimpleNamespace(limits=SimpleNamespace(train_seconds=900.0), as_submitted=False)

    def __init__(self, data: DataSet) -> None:
        self._data = data

    async def ask(
        self, request: dict[str, Any], seconds: float, on_message: Callable[..., Any]
    ) -> dict[str, Any] | Fault:
        return Trainer(
            _Wire(on_message),  # type: ignore[arg-type]
            {self._data.name: str(self._data.folder)},
        ).train(request)


class _Wire:
    def __init__(self, on_message: Callable[..., Any]) -> None:
        self._on_message = on_message
        self._reply: Any = None

    def send(self, tree: dict[str, Any]) -> None:
        try:
            self._on_message(decode(encode(tree))).send(None)
        except StopIteration as ended:
            self._reply = ended.value

    def receive(self) -> Any:
        return self._reply


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """Images whose class is the place of a bright square."""
    return made(tmp_path_factory.mktemp("open"))


def made(folder: Path) -> DataSet:
    """Those images, in ``folder``."""
    rng = np.random.default_rng(5)
    labels = {}
    for part, count in (("train", IMAGES), ("val", VALIDATION), ("test", OTHERS)):
        y = labels[part] = rng.integers(0, CLASSES, count)
        x = rng.integers(0, 120, (count, *SHAPE), dtype=np.uint8)
        for image, label in zip(x, y, strict=True):
            image[2 * label : 2 * label + 2, 2:6] += 100
        np.save(folder / f"{part}_x.npy", x)
    np.save(folder / "train_y.npy", labels["train"])
    where = Text("тут", "here")
    return DataSet("tiny", folder, labels["val"], labels["test"], where, False, "0" * 64)


def array_of(entry: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    leaf = entry["value"]
    assert isinstance(leaf, Leaf)
    return leaf.array
