"""What a kernel is asked for a training: whose network, which optimizer, how long, which images."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks.evidence import Training
from grader.data import DataSet
from grader.matching import Matching
from grader.rubric import Accuracy, Rubric

from .probing import target


def asking(
    training: Training, rubric: Rubric, matching: Matching, images: DataSet
) -> dict[str, Any]:
    """The request for ``training`` of what ``matching`` found in a notebook, on ``images``."""
    check, task = training.check, training.task
    assert task.object is not None
    mine = target(task.object, matching)
    request: dict[str, Any] = {
        "probe": "train",
        "style": check.style,
        "network": mine,
        "maker": None,
        "optimizer": None if check.optimizer is None else _keras_settings(check),
        "training": check.training,
        "batch_size": check.batch_size,
        "epochs": check.epochs,
        "every": check.every,
        **_data(check, images),
    }
    if check.style == "functional":
        assert check.partner is not None
        network = rubric.task(check.partner).object
        assert network is not None
        return {**request, "network": target(network, matching), "maker": mine}
    if (training.own or check.optimizer is None) and check.own_optimizer is not None:
        request["maker"] = target(check.own_optimizer, matching)
    return request


def _data(check: Accuracy, images: DataSet) -> dict[str, Any]:
    """Which images, and what the model's factory is told of them."""
    facts = {"input_shape": images.shape, "num_classes": images.class_count}
    count = len(np.load(images.folder / "train_y.npy", mmap_mode="r"))
    return {
        "data": images.name,
        "arguments": [facts[a] for a in check.arguments],
        "shape": list(images.shape),
        "steps": check.epochs * -(-count // check.batch_size),
    }


def _keras_settings(check: Accuracy) -> dict[str, Any]:
    assert check.optimizer is not None
    said = check.optimizer.model_dump(exclude={"name"}, exclude_unset=True)
    return {"class_name": check.optimizer.name, "config": said}
