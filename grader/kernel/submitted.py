"""A run as submitted: the scores of what the student's own training left behind.

This is the student's process, and so the student's word: the grader marks it as such.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from . import faults
from .channel import Channel
from .images import Images
from .probes import forward, printed
from .recorder import Recorder
from .targets import NotFound, resolve
from .training import PARTS
from .wire import Leaf


def evaluate(
    recorder: Recorder, channel: Channel, data: dict[str, str], request: dict[str, Any]
) -> dict[str, Any]:
    """Send the validation scores of the trained network, once, as of the budget's end."""
    import tensorflow as tf

    started = time.monotonic()
    functional = request["style"] == "functional"
    try:
        network = resolve(recorder, request["network"])
        trained = resolve(recorder, request["maker"] if functional else request["network"])
    except NotFound as missing:
        return {"fault": missing.fault}
    if trained.made is None:
        return {"fault": faults.fault("missing", str(request["network"]["driver"]))}
    images = Images(tf, Path(data[request["data"]]))

    def scored(part: Any) -> Any:
        x = images.standardise(part)
        return network.thing(x, trained.made) if functional else forward(trained.made, x)

    with printed(), recorder.as_of(network.namespace):
        parts = np.array_split(np.arange(len(images.val)), PARTS)
        scores = np.concatenate([np.asarray(scored(tf.gather(images.val, p))) for p in parts])
    told = {"final": False, "phase": "training", "step": request["steps"], "loss": None}
    channel.send({**told, "scores": Leaf("ndarray", scores)})
    channel.receive()
    seconds = time.monotonic() - started
    return {"steps": request["steps"], "seconds": seconds, "compiled": False}
