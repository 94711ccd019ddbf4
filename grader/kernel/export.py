"""Takes a network out of the notebook: as two graphs, arrays and settings, with no Python in them.

The student's kernel builds the model and traces its forward pass, once as in training and once as
in use. What comes out is trained elsewhere, in a kernel that this notebook has never been in
(:mod:`.transplant`); nothing that the notebook has done to this process comes along.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import faults, graphexport, graphmodels, settings
from .probes import forward, printed
from .recorder import FIT, Recorder
from .targets import Found, NotFound, resolve
from .wire import Leaf

MAX_WEIGHTS = 2**28
"""Bytes of all variables together, in float32."""
LOOKED_AT = 2
"""Images in the batch that builds a model."""


class NoGraph(Exception):
    """Why an honest-looking network cannot be taken out as a graph."""


class TooLarge(Exception):
    """Why a network is not taken out: there would be no end to its training."""


def export(recorder: Recorder, request: dict[str, Any]) -> dict[str, Any]:
    """``{"network": …}`` as :class:`.transplant.Transplant` takes it, or the fault."""
    import tensorflow as tf

    try:
        network = resolve(recorder, request["network"], request["arguments"])
        maker = _maker(recorder, request)
    except NotFound as missing:
        return {"fault": missing.fault}
    recorder.runtime.pin(request["seed"])
    gc.collect()  # models of earlier probes: each is a ring of references
    try:
        with printed(), recorder.as_of(network.namespace):
            if recorder.runtime.graphs:
                return {"network": _of_version_1(recorder, network, maker, request)}
            if request["style"] == "functional":
                return {"network": _functional(tf, recorder, network, maker, request)}
            return {"network": _keras(tf, recorder, network, maker, request)}
    except (NoGraph, graphexport.Odd, settings.Unknown) as reason:
        return {"fault": faults.fault("not_a_graph", str(reason))}
    except TooLarge as reason:
        return {"fault": faults.fault("too_large", str(reason))}


def _maker(recorder: Recorder, request: dict[str, Any]) -> Found | None:
    """Who makes the parameters or the optimizer; none found is no fault of an own training."""
    if not request.get("maker"):
        return None
    try:
        return resolve(recorder, request["maker"])
    except NotFound:
        if request["style"] == "keras" and request["optimizer"] is None:
            return None
        raise


def _functional(
    tf: Any, recorder: Recorder, network: Found, maker: Found | None, request: dict[str, Any]
) -> dict[str, Any]:
    """``network(x, params)``, with the parameters as its trained variables."""
    assert maker is not None
    with recorder.as_of(maker.namespace):
        params = list(maker.thing())
    kinds = (tf.Variable, getattr(tf.keras, "Variable", tf.Variable))  # Keras 2 has none
    odd = [type(p).__name__ for p in params if not isinstance(p, kinds)]
    if odd or not params:
        raise TypeError(f"the parameters are to be a list of tf.Variable, not {odd or 'empty'}")

    def scores(x: Any, training: bool) -> tuple[Any, ...]:
        return (network.thing(x, params),)

    traced = _traced(tf, scores, params, (), request["shape"])
    return {**traced, "logits": True, "optimizer": request["optimizer"], "assumed": False}


def _keras(
    tf: Any, recorder: Recorder, network: Found, maker: Found | None, request: dict[str, Any]
) -> dict[str, Any]:
    """A Keras model, or what is called like one, with the settings of its optimizer."""
    model = network.thing(*request["arguments"])
    if not callable(model):
        raise TypeError(f"the model's factory returned {type(model).__name__}, not a model")
    forward(model, tf.constant(_noise(request["shape"])))
    variables = list(model.trainable_variables)
    if not variables:
        raise TypeError("the model has no trainable variables")
    _bounded(variables)
    fitted = network.how == FIT

    def scores(x: Any, training: bool) -> tuple[Any, ...]:
        output = forward(model, x, training=training and request["training"])
        return (output, *(model.losses if training and fitted else ()))

    others = [v for v in getattr(model, "variables", ()) if not any(v is t for t in variables)]
    traced = _traced(tf, scores, variables, others, request["shape"])
    optimizer, assumed = request["optimizer"], False
    if maker is not None:
        with recorder.as_of(maker.namespace):
            optimizer = settings.of_optimizer(tf, maker.thing(), request["steps"])
    elif optimizer is None:
        optimizer, assumed = settings.ASSUMED, True
    return {**traced, "logits": network.logits, "optimizer": optimizer, "assumed": assumed}


def _of_version_1(
    recorder: Recorder, network: Found, maker: Found | None, request: dict[str, Any]
) -> dict[str, Any]:
    """A network that builds a graph, with the settings of its optimizer."""
    tf = recorder.runtime.tf
    functional = request["style"] == "functional"

    def scores_of(x: Any, training: bool) -> Any:
        if not functional:
            return graphmodels.network(
                tf, network.thing, request["arguments"], x, training=training
            )[1]
        assert maker is not None
        with recorder.as_of(maker.namespace):
            params = list(maker.thing())
        return network.thing(x, params)

    told = graphexport.graphs_of(recorder, scores_of, request["shape"])
    _bounded_count(sum(entry["value"].array.size for entry in told["variables"]))
    optimizer, assumed = request["optimizer"], False
    if maker is not None and not functional:
        with recorder.as_of(maker.namespace), tf.Graph().as_default():
            made = maker.thing()
            optimizer = graphexport.optimizer_of(tf, made) or settings.of_optimizer(
                tf, made, request["steps"]
            )
    elif optimizer is None:
        optimizer, assumed = settings.ASSUMED, True
    logits = functional or graphmodels.takes_logits(recorder)
    return {**told, "logits": logits, "optimizer": optimizer, "assumed": assumed}


# ------------------------------------------------------------------------ tracing


def _traced(
    tf: Any,
    scores: Callable[[Any, bool], tuple[Any, ...]],
    trained: Sequence[Any],
    others: Sequence[Any],
    shape: Sequence[int],
) -> dict[str, Any]:
    """Both graphs, and the variables that they are about: the trained ones first, in order."""
    spec = tf.TensorSpec([None, *shape], tf.float32)
    graphs, handles = {}, {_handle(v): i for i, v in enumerate(trained)}
    kept = [*trained]
    for name, training in (("fit", True), ("use", False)):
        try:
            concrete = tf.function(
                lambda x, training=training: scores(x, training), input_signature=[spec]
            ).get_concrete_function()
            definition = _flat(concrete)
        except Exception as error:
            scores(tf.constant(_noise(shape)), training)  # where this fails too, it is no network
            said = f"{type(error).__name__}: {error}"
            raise NoGraph(f"its forward pass is no TensorFlow graph ({said[:300]})") from error
        graphs[name] = {
            "graph": Leaf("graph", np.frombuffer(definition.SerializeToString(), np.uint8)),
            "input": concrete.inputs[0].op.name,
            "outputs": [tensor.name for tensor in concrete.outputs],
            "captures": _captures(concrete, handles, kept),
        }
    _bounded(kept)
    told = [_variable(v, i < len(trained)) for i, v in enumerate(kept)]
    return {**graphs, "variables": told}


def _bounded(variables: Sequence[Any]) -> None:
    """Raises TooLarge for more than can be carried over, and trained within hours."""
    _bounded_count(sum(math.prod(int(size) for size in v.shape) for v in variables))


def _bounded_count(count: int) -> None:
    if 4 * count > MAX_WEIGHTS:
        raise TooLarge(
            f"it has {count / 1e6:.0f} million parameters; up to {MAX_WEIGHTS // 4 / 1e6:.0f} "
            "million are trained"
        )


def _flat(concrete: Any) -> Any:
    """The graph with the calls of its functions replaced by what they do."""
    from tensorflow.python.framework.convert_to_constants import _run_inline_graph_optimization

    definition = concrete.graph.as_graph_def()
    if any(node.op.endswith("PartitionedCall") for node in definition.node):
        definition = _run_inline_graph_optimization(
            concrete, lower_control_flow=False, aggressive_inlining=True
        )
    return definition


def _captures(concrete: Any, handles: dict[int, int], kept: list[Any]) -> dict[str, Any]:
    """What each captured placeholder stands for: the place of a variable, or an array."""
    known = {_handle(v): v for v in concrete.graph.variables}
    captures: dict[str, Any] = {}
    for outer, inner in concrete.graph.captures:
        name = inner.op.name
        if outer.dtype.name != "resource":
            captures[name] = Leaf("constant", np.asarray(outer))
            continue
        variable = known.get(id(outer))
        if variable is None:
            raise NoGraph("it uses something of TensorFlow's that is no variable (a table?)")
        if id(outer) not in handles:
            handles[id(outer)] = len(kept)
            kept.append(variable)
        captures[name] = handles[id(outer)]
    return captures


def _handle(variable: Any) -> int:
    return id(variable.handle)


def _variable(variable: Any, trained: bool) -> dict[str, Any]:
    return {
        "name": str(getattr(variable, "path", variable.name))[:200],
        "trained": trained,
        "value": Leaf("variable", np.asarray(variable)),
        "constraint": settings.of_constraint(getattr(variable, "constraint", None)),
    }


def _noise(shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """A small batch that is no image of any data set."""
    return np.random.default_rng(0).standard_normal((LOOKED_AT, *shape)).astype(np.float32)
