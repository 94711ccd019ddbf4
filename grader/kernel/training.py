"""The grader's own training loop: one compiled step, the rule's budget, sealed validation labels.

It runs in a clean kernel, on a network that came as a graph (:mod:`.transplant`): no code of a
student's has ever been in this process. After every few steps the scores for the validation images
go to the grader, which alone holds the labels and says whether to go on. The training images are
kept as uint8 and standardised inside the compiled step, a batch at a time.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import devices, faults, settings
from .channel import Channel
from .images import Images
from .inspection import Refused
from .transplant import Transplant
from .wire import Leaf

PARTS = 4
"""Pieces in which images are scored."""
FORGETTING, DISGUISED = 1000, 2000
"""Added to a trial's seed for the weights on which the state that it left behind is tried, and for
those with which the same network learns the images in disguise."""

Scores = Callable[[Any], Any]


class Trainer:
    """Trains networks on the images in the room."""

    def __init__(self, channel: Channel, data: dict[str, str], device: str | None = None) -> None:
        self._channel = channel
        self._device = device
        self._folder = {name: Path(folder) for name, folder in data.items()}
        self._images: dict[str, Images] = {}

    def train(self, request: dict[str, Any]) -> dict[str, Any]:
        """One run from scratch with ``request["seed"]``; the curve's scores go out as it runs."""
        import tensorflow as tf

        tf.keras.utils.set_random_seed(request["seed"])
        try:
            with devices.place(tf, self._device):
                network = Transplant(tf, request["network"])
                return self._run(tf, network, request)
        except (Refused, settings.Unknown) as reason:
            return {"fault": faults.fault("not_a_graph", str(reason))}
        except tf.errors.ResourceExhaustedError:
            return {"fault": faults.fault("too_large", "a step takes more memory than there is")}

    def _run(self, tf: Any, network: Transplant, request: dict[str, Any]) -> dict[str, Any]:
        images = self._load(tf, request["data"])
        optimizer, rates = settings.optimizer(tf, request["network"]["optimizer"])
        advance = _step(tf, network, optimizer, rates, images)
        scored = _scored(tf, network, images)
        if request["handed"]:
            network.restore()
            self._show("handed", _in_parts(scored, images.val))
        network.start(request["seed"])
        answer = self._loop(advance, scored, images, request)
        if answer.pop("confirm"):
            unseen = images.moved(request["unseen"])
            self._show("unseen", _in_parts(scored, unseen))
            for again in range(2):
                network.forget(request["aside"] + FORGETTING * (again + 1))
                if not self._show("forgotten", _in_parts(scored, images.val))["again"]:
                    break
            if 2 * network.known > request["disguise"]["worth"]:
                self._in_disguise(tf, network, images.disguised(request["disguise"]), request)
        return answer

    def _in_disguise(
        self, tf: Any, network: Transplant, images: Images, request: dict[str, Any]
    ) -> None:
        """The same training on images in disguise: a table of them would be of no use."""
        for again in range(2):
            tf.keras.utils.set_random_seed(request["aside"] + DISGUISED * (again + 1))
            optimizer, rates = settings.optimizer(tf, request["network"]["optimizer"])
            advance = _step(tf, network, optimizer, rates, images)
            network.start(request["aside"] + DISGUISED * (again + 1))
            scored = _scored(tf, network, images)
            if not self._loop(advance, scored, images, request, "disguised")["again"]:
                break

    def _load(self, tf: Any, name: str) -> Images:
        if name not in self._images:
            self._images[name] = Images(tf, self._folder[name])
        return self._images[name]

    # -------------------------------------------------------------- the loop

    def _loop(
        self,
        advance: Callable[[Any, int], Any],
        scored: Scores,
        images: Images,
        request: dict[str, Any],
        phase: str = "training",
    ) -> dict[str, Any]:
        started = time.monotonic()
        size, epochs = request["batch_size"], request["epochs"]
        per_epoch = -(-len(images) // size)
        total, t, loss = epochs * per_epoch, 0, None
        order = np.random.default_rng(request["seed"])

        def look() -> dict[str, Any]:
            told = {"step": t, "loss": None if loss is None else float(loss)}
            return self._show(phase, _in_parts(scored, images.val), told)

        reply = look()
        if reply["go"]:
            for t, batch in enumerate(_batches(order, len(images), size, epochs), start=1):
                loss = advance(batch, t - 1)
                if t % request["every"] == 0 or t == total or t % per_epoch == 0:
                    reply = look()
                    if not reply["go"]:
                        break
        more: dict[str, Any] = {k: reply[k] for k in ("confirm", "again") if k in reply}
        seconds = time.monotonic() - started
        return {"steps": t, "seconds": seconds, "compiled": True, **more}

    def _show(
        self, phase: str, scores: np.ndarray[Any, Any], told: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        shown = {"final": False, "phase": phase, "scores": Leaf("ndarray", scores)}
        self._channel.send({**shown, **(told or {})})
        reply: dict[str, Any] = self._channel.receive()
        return reply


def _step(
    tf: Any, network: Transplant, optimizer: Any, rates: Any, images: Images
) -> Callable[[Any, int], Any]:
    """``advance(rows, t)``: one compiled step on these training images; the batch's loss.

    Raises:
        Refused: TensorFlow cannot take the graph, or cannot differentiate it.
    """
    trained = [network.variables[place] for place in network.places]
    optimizer.build(trained)

    def step(rows: Any) -> Any:
        scores, own = network.fit(images.batch(rows))
        loss = network.loss(scores, tf.gather(images.labels, rows))
        total = tf.add_n([loss, *(tf.cast(tf.reduce_sum(each), loss.dtype) for each in own)])
        total = optimizer.scale_loss(total)  # the optimizer takes the factor out of gradients
        pairs = [
            (gradient, variable)
            for gradient, variable in zip(tf.gradients(total, trained), trained, strict=True)
            if gradient is not None
        ]
        optimizer.apply_gradients(pairs)
        for place in network.places:
            if network.constraints[place] is not None:
                variable = network.variables[place]
                variable.assign(network.constraints[place](variable))
        return loss

    graph = _compiled(tf, step, tf.TensorSpec([None], tf.int64))

    def advance(rows: Any, t: int) -> Any:
        if rates is not None:
            optimizer.learning_rate.assign(rates[t])
        return graph(rows)

    return advance


def _scored(tf: Any, network: Transplant, images: Images) -> Scores:
    shape = [None, *images.val.shape[1:]]
    graph: Scores = _compiled(
        tf,
        lambda x: _single(tf, network.scores(images.standardise(x))),
        tf.TensorSpec(shape, tf.uint8),
    )
    return graph


def _single(tf: Any, scores: Any) -> Any:
    """Of whatever precision the network is: NumPy knows no bfloat16."""
    return tf.cast(scores, tf.float32) if scores.dtype.is_floating else scores


def _compiled(tf: Any, function: Callable[[Any], Any], spec: Any) -> Any:
    try:
        graph = tf.function(function, input_signature=[spec], autograph=False)
        graph.get_concrete_function()
    except Exception as error:  # whatever TensorFlow has against an untrusted graph
        said = f"{type(error).__name__}: {error}"
        raise Refused(f"its graph cannot be trained ({said[:300]})") from error
    return graph


def _in_parts(scored: Scores, images: Any) -> np.ndarray[Any, Any]:
    cuts = np.linspace(0, len(images), PARTS + 1).astype(int)
    pieces = [images[low:high] for low, high in itertools.pairwise(cuts)]
    return np.concatenate([np.asarray(scored(piece)) for piece in pieces])


def _batches(
    order: np.random.Generator, count: int, size: int, epochs: int
) -> Iterator[np.ndarray[Any, Any]]:
    for _ in range(epochs):
        shuffled = order.permutation(count)
        for start in range(0, count, size):
            yield shuffled[start : start + size]
