"""Takes a network of TensorFlow 1 out of the notebook: two graphs and the values of its variables.

The graph that the notebook's function builds is taken as it is; where it holds a variable, a
placeholder for that variable is put.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .recorder import Recorder
from .settings import Unknown
from .wire import Leaf

OPTIMIZERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "GradientDescentOptimizer": ("SGD", {"learning_rate": "_learning_rate"}),
    "MomentumOptimizer": (
        "SGD",
        {"learning_rate": "_learning_rate", "momentum": "_momentum", "nesterov": "_use_nesterov"},
    ),
    "AdamOptimizer": (
        "Adam",
        {"learning_rate": "_lr", "beta_1": "_beta1", "beta_2": "_beta2", "epsilon": "_epsilon"},
    ),
    "RMSPropOptimizer": (
        "RMSprop",
        {"learning_rate": "_learning_rate", "rho": "_decay", "momentum": "_momentum",
         "epsilon": "_epsilon", "centered": "_centered"},
    ),
    "AdagradOptimizer": (
        "Adagrad",
        {"learning_rate": "_learning_rate",
         "initial_accumulator_value": "_initial_accumulator_value"},
    ),
    "AdadeltaOptimizer": (
        "Adadelta", {"learning_rate": "_lr", "rho": "_rho", "epsilon": "_epsilon"}),
}  # fmt: skip
"""By the class in ``tf.train``: Keras's own that takes the same steps, and its settings."""


class Odd(Exception):
    """Why this network cannot be taken out as a graph."""


Scores = Callable[[Any, bool], Any]
"""From a tensor of images, and whether this is training, to the network's scores."""


def graphs_of(recorder: Recorder, scores_of: Scores, shape: Sequence[int]) -> dict[str, Any]:
    """Both graphs and the variables, as :class:`.transplant.Transplant` takes them.

    Raises:
        Odd: it holds what cannot be carried over.
    """
    tf = recorder.runtime.tf
    tf.enable_resource_variables()
    tf.enable_control_flow_v2()  # a condition is one operation then
    try:
        told: dict[str, Any] = {}
        places: dict[str, int] = {}
        for name, training in (("fit", True), ("use", False)):
            with tf.Graph().as_default() as graph:
                x = tf.placeholder(tf.float32, [None, *shape])
                scores = scores_of(x, training)
                if not tf.is_tensor(scores):
                    raise TypeError(f"the model gave {type(scores).__name__}, not a tensor")
                if training:
                    told["variables"] = _variables(tf, graph)
                    places = {v.handle.op.name: i for i, v in enumerate(_all(tf))}
                told[name] = _pass(tf, graph, x, scores, places, training=training)
        return told
    finally:
        tf.disable_control_flow_v2()
        tf.disable_resource_variables()


def optimizer_of(tf: Any, optimizer: Any) -> dict[str, Any] | None:
    """The settings of one of ``tf.train``'s own; ``None`` for any other.

    Raises:
        Unknown: its learning rate is no number.
    """
    name = type(optimizer).__name__
    if name not in OPTIMIZERS or getattr(tf.train, name, None) is not type(optimizer):
        return None
    kind, fields = OPTIMIZERS[name]
    config = {setting: getattr(optimizer, field) for setting, field in fields.items()}
    if not all(isinstance(value, bool | int | float) for value in config.values()):
        raise Unknown("its learning rate is a tensor")
    return {"class_name": kind, "config": config}


def _all(tf: Any) -> list[Any]:
    """The graph's variables; of TensorFlow 1's older kind there is none here."""
    found = list(tf.global_variables())
    if any(not hasattr(variable, "handle") for variable in found):
        raise Odd("it holds variables of an older kind")
    return found


def _variables(tf: Any, graph: Any) -> list[dict[str, Any]]:
    """Values that the initialisers draw, and which of them are trained."""
    variables, ours = _all(tf), {id(v) for v in tf.trainable_variables()}
    if not ours:
        raise TypeError("the model has no trainable variables")
    with tf.Session(graph=graph) as session:
        session.run(tf.global_variables_initializer())
        values = session.run(variables)
    return [
        {
            "name": str(variable.name)[:200],
            "trained": id(variable) in ours,
            "value": Leaf("variable", np.asarray(value)),
            "constraint": None,
        }
        for variable, value in zip(variables, values, strict=True)
    ]


def _pass(
    tf: Any, graph: Any, x: Any, scores: Any, places: Mapping[str, int], *, training: bool
) -> dict[str, Any]:
    """The graph of one forward pass, with what training updates beside it."""
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS) if training else []
    with tf.control_dependencies(updates):
        output = tf.identity(scores)
    needed = tf.graph_util.extract_sub_graph(graph.as_graph_def(), [output.op.name])
    captures = {}
    for node in needed.node:
        if node.op == "VarHandleOp":
            if node.name not in places:
                raise Odd("it has other variables in use than in training")
            captures[node.name] = places[node.name]
            dtype = tf.resource.as_datatype_enum
            node.op = "Placeholder"
            node.attr.clear()
            node.attr["dtype"].type = dtype
    return {
        "graph": Leaf("graph", np.frombuffer(needed.SerializeToString(), np.uint8)),
        "input": x.op.name,
        "outputs": [output.name],
        "captures": captures,
    }
