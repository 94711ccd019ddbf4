"""Calls a function that builds a graph: a fresh one each time, run by a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .packing import pack
from .probes import Reply, argument, over_cases
from .recorder import Recorder
from .wire import Leaf

MAX_DEPTH = 6


def call(recorder: Recorder, request: dict[str, Any]) -> Reply:
    """The probe ``call`` for functions that build a graph, or work on plain arrays."""

    def one(function: Any, case: dict[str, Any]) -> Any:
        tf = recorder.runtime.tf
        variables: list[Any] = []
        with fresh_graph(tf) as session:
            args = [argument(tf, arg, variables) for arg in case["args"]]
            made = {"value": function(*args)}
            if case.get("cotangent") is not None:
                wanted = case["cotangent"].array
                made["gradients"] = gradients_of(tf, made["value"], wanted, variables)
            initialise(tf, session)
            return pack(tf, values(tf, session, made))

    return over_cases(recorder, request, one)


@contextmanager
def fresh_graph(tf: Any) -> Iterator[Any]:
    """A session on a graph of its own, as the default of both for the length of a block."""
    with tf.Graph().as_default() as graph, session_of(tf, graph) as session:
        yield session


def session_of(tf: Any, graph: Any) -> Any:
    """A session that runs the graph as it stands: each is run a few times, and making it faster
    first would take longer than that."""
    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    return tf.Session(graph=graph, config=config)


def initialise(tf: Any, session: Any) -> None:
    """Give every variable of the graph its initial value, with its tables and local variables."""
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])


def gradients_of(tf: Any, output: Any, cotangent: Any, variables: Sequence[Any]) -> list[Any]:
    """Of ``sum(output * cotangent)``: a tensor for each variable, ``None`` where there is no way.

    Gradients that are kept by rows are made whole.
    """
    total = tf.reduce_sum(tf.cast(output, tf.float32) * cotangent)
    found = tf.gradients(total, list(variables)) if variables else []
    return [None if g is None else tf.convert_to_tensor(g) for g in found]


def values(tf: Any, session: Any, tree: Any, feed: dict[Any, Any] | None = None) -> Any:
    """``tree`` with a leaf in the place of each tensor and variable, all from one run."""
    tensors: list[Any] = []
    each(tf, tree, tensors.append)
    found = iter(session.run(tensors, feed_dict=feed) if tensors else [])

    def leaf(tensor: Any) -> Leaf:
        kind = "variable" if isinstance(tensor, tf.Variable) else "tensor"
        return Leaf(kind, np.asarray(next(found)))

    return each(tf, tree, leaf)


def each(tf: Any, tree: Any, change: Callable[[Any], Any], depth: int = 0) -> Any:
    """``tree`` (lists, tuples, dicts) with ``change`` of each tensor and variable in its place."""
    if isinstance(tree, tf.Tensor | tf.Variable):
        return change(tree)
    if depth >= MAX_DEPTH:
        return tree
    if isinstance(tree, tuple):
        return tuple(each(tf, item, change, depth + 1) for item in tree)
    if isinstance(tree, list):
        return [each(tf, item, change, depth + 1) for item in tree]
    if isinstance(tree, dict):
        return {key: each(tf, item, change, depth + 1) for key, item in tree.items()}
    return tree
