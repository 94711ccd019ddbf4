"""Modules that only record how they are used, in this process and under Keras itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.kernel import standins

HUB = {
    "name": "a_hub",
    "callables": [
        {"name": "KerasLayer", "parameters": {"handle": None, "trainable": False}, "layer": 7},
        {"name": "load", "parameters": {"handle": None}, "layer": None},
    ],
}
CLOUD = {"name": "a_cloud.colab", "callables": []}


@pytest.fixture
def log() -> Iterator[standins.Log]:
    """Two modules that exist nowhere, recorded for the length of a test."""
    tf = pytest.importorskip("tensorflow")
    finders, made = list(sys.meta_path), standins.Log()
    standins.install(tf, made, [HUB, CLOUD])
    try:
        yield made
    finally:
        sys.meta_path[:] = finders
        for name in [n for n in sys.modules if n.split(".")[0] in ("a_hub", "a_cloud")]:
            del sys.modules[name]


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(source, names)
    return names


@pytest.mark.parametrize(
    "source",
    [
        "import a_hub as hub\nx = hub.KerasLayer('u', trainable=True)",
        "from a_hub import KerasLayer\nx = KerasLayer('u', True)",
        "import a_hub\nx = a_hub.KerasLayer(trainable=True, handle='u', name='net')",
        "from a_hub import *\nimport a_hub\nx = a_hub.KerasLayer('u')\nx.trainable = True",
    ],
)
def test_a_call_is_noted_by_parameter_however_it_is_written(log: standins.Log, source: str) -> None:
    """Keyword or position, module or name, a setting changed afterwards: all are one call."""
    made = run(source)["x"]
    (call,) = log.since(0, None)
    assert call.name == "a_hub.KerasLayer"
    told = call.told()
    assert (told["handle"], told["trainable"]) == ("u", True)
    assert log.since(1, made) == [call]


def test_a_recorded_layer_works_in_a_model(log: standins.Log) -> None:
    """It has weights that can be trained or not, a config, and rows of the declared width."""
    import tensorflow as tf

    for trainable in (True, False):
        layer = run(f"import a_hub\nx = a_hub.KerasLayer('u', trainable={trainable})")["x"]
        model = tf.keras.Sequential([layer, tf.keras.layers.Dense(3)])
        assert model(np.ones((2, 5, 4, 3), np.float32)).shape == (2, 3)
        assert len(model.trainable_variables) == (3 if trainable else 2)
        assert layer(np.ones((2, 5, 4, 3), np.float32)).shape == (2, 7)
        assert layer.get_config()["handle"] == "u"
        assert layer.trainable is trainable


def test_what_is_not_declared_can_be_used_in_any_way(log: standins.Log) -> None:
    """Submodules, attributes, calls, contexts, loops, base classes: none fails."""
    names = run(
        "from a_cloud.colab import drive\n"
        "import a_cloud.colab.files as files\n"
        "drive.mount('/content', force=True)\n"
        "with files.upload() as f:\n"
        "    listed = list(f.names)\n"
        "class Mine(drive.Base): pass\n"
        "mine = Mine()\n"
    )
    assert names["listed"] == []
    assert [(call.name, call.arguments) for call in log.calls] == [
        ("a_cloud.colab.drive.mount", {"0": "/content", "force": True}),
        ("a_cloud.colab.files.upload", {}),
    ]
    with pytest.raises(ModuleNotFoundError):
        run("import a_cloud.other")
