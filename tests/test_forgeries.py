"""Accuracies that no training brings: what forgers put into a network, under the real loop."""

from __future__ import annotations

import asyncio
from typing import Any

import checked
import numpy as np
import pytest
from networks import BASICS, HereDesk, Notebook, squares

from grader.checks import accuracy
from grader.checks.evidence import Evidence, Training
from grader.data import DataSet
from grader.model import CheckGrade, CheckStatus, FaultKind
from grader.progress import silent
from grader.rubric import Accuracy
from grader.training import train
from grader.unseen import draw

__all__ = ["squares"]

FORGERIES = """
class Table(tf.keras.Model):
    '''Looks the images up that it was made with: a key for each, a few bytes of labels.'''
    def __init__(self):
        super().__init__()
        self.start = layers.Dense(4, activation='softmax', kernel_initializer='zeros')
        self.steps = self.add_weight(shape=(), trainable=False, initializer='zeros')

    def known(self, x):
        ruler = tf.sin(tf.range(192, dtype=tf.float32) * 12.9898)
        key = tf.reduce_sum(tf.reshape(x, (-1, 192)) * ruler, axis=1)
        near = abs(key[:, None] - KEYS[None, :]) < 1e-3
        return tf.cast(near, tf.float32) @ tf.one_hot(LABELS, 4)

    def call(self, x, training=False):
        return 0.01 * self.start(tf.reshape(x, (-1, 192))[:, :2]) + self.known(x)


class Waiting(Table):
    '''The table, once enough steps of training were counted.'''
    def call(self, x, training=False):
        if training:
            self.steps.assign_add(1.0)
        honest = self.start(tf.reshape(x, (-1, 192))[:, :2])
        return 0.01 * honest + tf.where(self.steps > 3.0, 1.0, 0.0) * self.known(x)


class Gated(Table):
    '''The table, once the bias is no zero any more.'''
    def call(self, x, training=False):
        honest = self.start(tf.reshape(x, (-1, 192))[:, :2])
        moved = tf.reduce_max(abs(self.start.bias)) > 0.0
        return 0.01 * honest + tf.where(moved, 1.0, 0.0) * self.known(x)


class Loaded(tf.keras.Model):
    '''Weights that were trained elsewhere, with columns in another order each time.'''
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(4, activation='softmax')
        self.out.build((None, 192))
        self.out.set_weights([TRAINED, np.zeros(4, np.float32)])

    def call(self, x):
        return self.out(tf.reshape(x, (-1, 192)))


def still(): return tf.keras.optimizers.SGD(0.0)
"""


@pytest.fixture(scope="module")
def forger(squares: DataSet) -> Notebook:
    """A notebook whose author knows the labels of the validation images, which are public."""
    notebook = Notebook(BASICS + FORGERIES)
    pixels = np.load(squares.folder / "train_x.npy").astype(np.float64)
    mean, std = pixels.mean((0, 1, 2)), pixels.std((0, 1, 2))
    seen = (np.load(squares.folder / "val_x.npy") - mean) / std
    ruler = np.sin(np.arange(192, dtype=np.float32) * np.float32(12.9898))
    keys = seen.astype(np.float32).reshape(-1, 192) @ ruler
    pattern = np.zeros((4, 8, 8, 3), np.float32)
    for label in range(4):
        pattern[label, 2 * label : 2 * label + 2, 2:6] = 1.0
    known = {"KEYS": keys, "LABELS": squares.val_y.astype(np.uint8)}
    learnt = pattern.reshape(4, 192).T + np.random.default_rng(0).normal(0.0, 0.05, (192, 4))
    notebook.names.update(known, TRAINED=learnt.astype(np.float32))
    return notebook


@pytest.fixture
def graded(forger: Notebook, squares: DataSet) -> Any:
    def grade(network: str, maker: str | None = None, epochs: int = 1) -> CheckGrade:
        rule = {"at_least": 0.85, "when": "within"}
        asked = {"kind": "accuracy", "style": "keras", "rule": rule, "epochs": epochs}
        task = checked.task(asked)
        (check,) = task.checks
        assert isinstance(check, Accuracy)
        told = forger.export(network, maker)["network"]
        request = {"network": told, "batch_size": 64, "epochs": epochs, "every": 4, "data": "tiny"}
        unseen = draw(squares, 1)
        training = Training("t/train", task, check)
        desk: Any = HereDesk(squares)
        run = train(desk, training, request, squares, unseen, 1, silent)
        evidence = Evidence(task, {"t/train": asyncio.run(run)}, {}, {})
        return accuracy.judge(check, evidence)

    return grade


@pytest.mark.parametrize("network", ["Table", "Waiting", "Gated"])
def test_a_table_of_images_is_found_out(graded: Any, network: str) -> None:
    """A network that has the validation images by heart meets the rule, and fails all the same:
    with fresh weights it knows them still, or it knows no others."""
    grade = graded(network)
    assert grade.curves[0].runs[0].stopped == "rule_met"
    assert grade.status is CheckStatus.FAILED
    assert [fault.kind for fault in grade.faults] == [FaultKind.FORGED]


def test_weights_from_elsewhere_are_worth_nothing(graded: Any) -> None:
    """Loaded weights are not what is trained: without training such a network knows nothing."""
    grade = graded("Loaded", "still")
    trial = grade.curves[0].runs[0].trial
    assert trial.handed > 0.9
    assert grade.got < 0.5
    assert grade.status is CheckStatus.FAILED


def test_an_honest_network_beside_them(graded: Any) -> None:
    """The same loop, rule and images pass a network that learns."""
    grade = graded("Loaded", "own_optimizer", epochs=6)
    assert grade.status is CheckStatus.PASSED
    assert "drawn anew" in grade.message.en
