"""The grader's own training loop: one compiled step, the rule's budget, sealed validation labels.

After every few steps the scores for the validation images go to the grader, which alone holds the
labels and says whether to go on. The training images are kept as uint8 and standardised inside the
compiled step, a batch at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import faults
from .channel import Channel
from .images import Images
from .probes import forward, printed, unused
from .recorder import Recorder
from .targets import Found, NotFound, resolve
from .wire import Leaf

ASSUMED = {"class_name": "Adam", "config": {"learning_rate": 1e-3}}
"""For a model whose own optimizer is nowhere to be found: what the handout starts from."""

Step = Callable[[Any, Any], Any]
Scores = Callable[[Any], Any]


class Trainer:
    """Trains what a notebook made, on the images in the room."""

    def __init__(self, recorder: Recorder, channel: Channel, settings: dict[str, Any]) -> None:
        self._recorder = recorder
        self._channel = channel
        self._folder = {name: Path(folder) for name, folder in settings["data"].items()}
        self._images: dict[str, Images] = {}
        self._pristine: dict[int, tuple[Any, list[Any]]] = {}

    def train(self, request: dict[str, Any]) -> dict[str, Any]:
        """One run from scratch with ``request["seed"]``; the curve's scores go out as it runs."""
        import tensorflow as tf

        try:
            network = resolve(self._recorder, request["network"])
            maker = self._maker(request)
        except NotFound as missing:
            return {"fault": missing.fault}
        self._recorder.runtime.pin(request["seed"])
        images = self._load(tf, request["data"])
        with printed(), self._recorder.as_of(network.namespace):
            if request["style"] == "functional":
                step, scores = self._functional(tf, network, maker, request)
            else:
                step, scores = self._keras(tf, network, maker, request, images)
            assumed = request["style"] == "keras" and not (maker or request["optimizer"])
            return {**self._loop(tf, step, scores, images, request), "assumed": assumed}

    def _maker(self, request: dict[str, Any]) -> Found | None:
        """Who makes the parameters or the optimizer; none found is no fault of an own training."""
        if not request.get("maker"):
            return None
        try:
            return resolve(self._recorder, request["maker"])
        except NotFound:
            if request["style"] == "keras" and request["optimizer"] is None:
                return None
            raise

    def evaluate(self, request: dict[str, Any]) -> dict[str, Any]:
        """The scores of what the student's own training left behind (a run as submitted)."""
        import tensorflow as tf

        started = time.monotonic()
        functional = request["style"] == "functional"
        try:
            network = resolve(self._recorder, request["network"])
            trained = resolve(
                self._recorder, request["maker"] if functional else request["network"]
            )
        except NotFound as missing:
            return {"fault": missing.fault}
        if trained.made is None:
            return {"fault": faults.fault("missing", str(request["network"]["driver"]))}
        images = self._load(tf, request["data"])

        def scored(rows: Any) -> Any:
            x = images.standardise(tf.gather(images.val, rows))
            return network.thing(x, trained.made) if functional else forward(trained.made, x)

        per_epoch = -(-len(images) // request["batch_size"])
        total = request["epochs"] * per_epoch
        with printed(), self._recorder.as_of(network.namespace):
            self._report(tf, scored, images, total, None, total, per_epoch)
        return _end(started, total, compiled=False)

    # ------------------------------------------------------------ two styles

    def _functional(
        self, tf: Any, network: Found, maker: Found | None, request: dict[str, Any]
    ) -> tuple[Step, Scores]:
        """``network(x, params)`` under plain gradient descent, as ``train_part2`` does it."""
        if request.get("initial"):
            params = [
                tf.Variable(np.asarray(leaf.array, np.float32)) for leaf in request["initial"]
            ]
        else:
            assert maker is not None
            with self._recorder.as_of(maker.namespace):
                params = maker.thing()
        rate = request["optimizer"]["config"]["learning_rate"]

        def step(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = network.thing(x, params)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
                loss = tf.reduce_mean(losses)
            for w, gradient in zip(params, tape.gradient(loss, params), strict=True):
                if gradient is not None:
                    w.assign_sub(tf.cast(rate, w.dtype) * gradient)
            return loss

        return step, lambda x: network.thing(x, params)

    def _keras(
        self,
        tf: Any,
        network: Found,
        maker: Found | None,
        request: dict[str, Any],
        images: Images,
    ) -> tuple[Step, Scores]:
        """A Keras model under its optimizer and the cross-entropy of probabilities."""
        model = network.thing(*request["arguments"])
        if not callable(model):
            raise TypeError(f"the model's factory returned {type(model).__name__}, not a model")
        forward(model, images.batch(np.arange(2)))
        self._restore(model)
        if maker is not None:
            with self._recorder.as_of(maker.namespace):
                optimizer = unused(maker.thing())
        else:
            optimizer = tf.keras.optimizers.get(request["optimizer"] or ASSUMED)
        variables = model.trainable_variables
        if not variables:
            raise TypeError("the model has no trainable variables")
        build = getattr(optimizer, "build", None)
        if build is not None:
            build(variables)
        loss_of = tf.keras.losses.SparseCategoricalCrossentropy()

        def step(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = loss_of(y, forward(model, x, training=request["training"]))
            gradients = tape.gradient(loss, variables)
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
            return loss

        return step, lambda x: forward(model, x)

    def _restore(self, model: Any) -> None:
        """A factory may hand out one global model twice: the second training starts afresh too."""
        kept = self._pristine.get(id(model))
        if kept is None:
            self._pristine[id(model)] = (model, [np.asarray(v).copy() for v in model.variables])
            return
        for variable, value in zip(model.variables, kept[1], strict=True):
            variable.assign(value)

    # -------------------------------------------------------------- the loop

    def _loop(
        self, tf: Any, step: Step, scores: Scores, images: Images, request: dict[str, Any]
    ) -> dict[str, Any]:
        started = time.monotonic()
        size, epochs = request["batch_size"], request["epochs"]
        per_epoch = -(-len(images) // size)
        total = epochs * per_epoch
        order = np.random.default_rng(request["seed"])
        compiled, advance, scored = _compile(tf, step, scores, images, size)
        loss = None
        if not self._report(tf, scored, images, 0, None, total, per_epoch):
            return _end(started, 0, compiled)
        for t, batch in enumerate(_batches(order, len(images), size, epochs), start=1):
            loss = advance(batch)
            look = t % request["every"] == 0 or t == total or t % per_epoch == 0
            if look and not self._report(tf, scored, images, t, loss, total, per_epoch):
                return _end(started, t, compiled)
        return _end(started, total, compiled)

    def _report(
        self, tf: Any, scored: Scores, images: Images, t: int, loss: Any, total: int, per: int
    ) -> bool:
        """Send the validation scores of step ``t``; True where the grader says to go on."""
        outputs = np.concatenate(
            [np.asarray(scored(part)) for part in np.array_split(np.arange(len(images.val)), 4)]
        )
        self._channel.send(
            {
                "final": False,
                "step": t,
                "total": total,
                "epoch": t / per,
                "loss": None if loss is None else float(loss),
                "scores": Leaf("ndarray", outputs),
            }
        )
        return bool(self._channel.receive()["go"])

    def _load(self, tf: Any, name: str) -> Images:
        if name not in self._images:
            self._images[name] = Images(tf, self._folder[name])
        return self._images[name]


def _compile(
    tf: Any, step: Step, scores: Scores, images: Images, size: int
) -> tuple[bool, Callable[[Any], Any], Scores]:
    """The step and the scoring as graphs; as they are where the student's code cannot be traced."""

    def advance(rows: Any) -> Any:
        return step(images.batch(rows), tf.gather(images.labels, rows))

    def scored(rows: Any) -> Any:
        return scores(images.standardise(tf.gather(images.val, rows)))

    rows = tf.TensorSpec([None], tf.int64)
    try:
        graph = tf.function(advance, input_signature=[rows])
        scores_graph = tf.function(scored, input_signature=[rows])
        graph.get_concrete_function()
        scores_graph.get_concrete_function()
    except Exception:  # noqa: BLE001  any code that is no graph runs eagerly, as the notebook ran it
        return False, advance, scored
    return True, graph, scores_graph


def _batches(
    order: np.random.Generator, count: int, size: int, epochs: int
) -> Iterator[np.ndarray[Any, Any]]:
    for _ in range(epochs):
        shuffled = order.permutation(count)
        for start in range(0, count, size):
            yield shuffled[start : start + size]


def _end(started: float, steps: int, compiled: bool) -> dict[str, Any]:
    return {"steps": steps, "seconds": time.monotonic() - started, "compiled": compiled}
