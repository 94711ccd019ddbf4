"""Looks at a graph that came out of a student's notebook before any of it runs.

A graph is bytes like any other answer. What is accepted is mathematics (:mod:`.allowed`) on the
image and on the network's own variables, that says little: there is no room for a table of
images, no way to a file, and the trained variables are changed by the optimizer alone.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .allowed import ALLOWED, CALLING, SILENCED, WRITING
from .structure import functions_of, structure

MAX_GRAPH = 32 * 2**20
"""Bytes of one graph."""
MAX_KNOWLEDGE = 4096
"""Bytes, compressed, of the graphs and of what their variables hold before training. The labels of
ten thousand images in ten classes, which a table has to hold to survive the confirmation, take
more."""
_NUMBERS = itertools.count()
_KEPT = frozenset({"_lower_using_switch_merge", "_num_original_outputs", "_stateful_parallelism"})


class Refused(Exception):
    """Why a network cannot be trained as a graph; a person must look."""


def read(data: bytes, outputs: Iterable[str]) -> Any:
    """The ``GraphDef`` in ``data``, tidied: no devices, no hints, no hand-written gradients, and
    nothing that neither ``outputs`` nor the network's state depends on.

    Raises:
        Refused: it is none, or too large, or does what a network has no need of.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from tensorflow.core.framework.graph_pb2 import GraphDef

    if len(data) > MAX_GRAPH:
        raise Refused(f"the graph takes {len(data)} bytes, {MAX_GRAPH} are allowed")
    graph = GraphDef()
    try:
        graph.ParseFromString(data)
    except DecodeError as error:
        raise Refused("the graph cannot be read") from error
    graph = _computing(graph)
    for node in nodes_of(graph):
        _tidy(node)
    _prune(graph.node, outputs)
    for function in functions_of(graph):
        _prune(function.node_def, [*function.ret.values(), *function.control_ret.values()])
    _rename_functions(graph)
    for node in nodes_of(graph):
        if node.op not in ALLOWED:
            raise Refused(f"operation {node.op[:80]}")
    return graph


def nodes_of(graph: Any) -> Iterable[Any]:
    """The nodes of the graph and of its functions."""
    yield from graph.node
    for function in functions_of(graph):
        yield from function.node_def


def written(graph: Any) -> set[str]:
    """Placeholders (by name) whose variable the graph may change."""
    writers = _writing_functions(graph)
    nodes = {node.name: node for node in graph.node}
    found = set()
    for node in graph.node:
        if node.op in WRITING:
            found.add(_source(nodes, node.input[0]))
        elif node.op in CALLING and writers & set(_called(node)):
            found.update(_source(nodes, name) for name in node.input)
    return found


def knowledge(
    graphs: Iterable[Any], state: Iterable[np.ndarray[Any, Any]], kept: Iterable[bytes] = ()
) -> int:
    """Bytes that ``graphs``, the arrays of ``state`` and what is ``kept`` of weights compress to.

    Each array counts, and of one whose entries are all the same, that one.
    """
    arrays = [written_down(array) for array in state]
    return structure(graphs) + len(zlib.compress(b"".join([*arrays, *kept]), 9))


def written_down(array: np.ndarray[Any, Any]) -> bytes:
    """The array's shape, its type and its entries, once where they are all the same."""
    entries = array.reshape(-1)[:1] if constant(array) else array
    return f"{array.dtype}{array.shape}".encode() + entries.tobytes()


def constant(array: np.ndarray[Any, Any]) -> bool:
    """Whether all entries are one value, bit by bit: zeros differ by their sign."""
    if array.size == 0:
        return True
    entries = np.ascontiguousarray(array).reshape(-1).view(np.uint8).reshape(array.size, -1)
    return bool(np.all(entries == entries[0]))


def _computing(graph: Any) -> Any:
    """The same graph, of what is counted alone: there is room for words in many other fields."""
    kept = type(graph)()
    kept.versions.producer = graph.versions.producer
    for node in graph.node:
        _copy(node, kept.node.add())
    for function in functions_of(graph):
        fresh = functions_of(kept).add()
        fresh.signature.name = function.signature.name
        fresh.signature.is_stateful = function.signature.is_stateful
        fresh.signature.control_output.extend(function.signature.control_output)
        for name in ("input_arg", "output_arg"):
            for argument in getattr(function.signature, name):
                getattr(fresh.signature, name).add(name=argument.name, type=argument.type)
        for node in function.node_def:
            _copy(node, fresh.node_def.add())
        for name in ("ret", "control_ret"):
            getattr(fresh, name).update(getattr(function, name))
    return kept


def _copy(node: Any, to: Any) -> None:
    to.name, to.op = node.name, node.op
    to.input.extend(node.input)
    for name, value in node.attr.items():
        to.attr[name].CopyFrom(value)


def _tidy(node: Any) -> None:
    for name in [n for n in node.attr if n.startswith("_") and n not in _KEPT]:
        del node.attr[name]
    if node.op in SILENCED:
        silent = node.op.startswith("CheckNumerics")
        data = [name for name in node.input if not name.startswith("^")]
        control = [name for name in node.input if name.startswith("^")]
        del node.input[:]
        if silent:
            node.op = "Identity"
            node.input.extend([data[0], *control])
            del node.attr["message"]
        else:
            node.op = "NoOp"
            node.input.extend(control)
            node.attr.clear()


def _rename_functions(graph: Any) -> None:
    """Functions of two graphs may have one name, and TensorFlow one table of them all."""
    names = {f.signature.name: f"transplanted_{next(_NUMBERS)}" for f in functions_of(graph)}
    for function in functions_of(graph):
        function.signature.name = names[function.signature.name]
    for node in nodes_of(graph):
        for value in node.attr.values():
            if value.WhichOneof("value") == "func":
                value.func.name = names.get(value.func.name, "")
            for called in value.list.func:
                called.name = names.get(called.name, "")


def _prune(nodes: Any, wanted: Iterable[str]) -> None:
    """Leave what ``wanted`` needs and what writes state: no words of an assertion that is gone."""
    known = {node.name: node for node in nodes}
    todo = [_name(each) for each in wanted]
    todo += [node.name for node in nodes if node.op in WRITING | CALLING | {"Placeholder"}]
    needed: set[str] = set()
    while todo:
        name = todo.pop()
        if name in known and name not in needed:
            needed.add(name)
            todo += [_name(each) for each in known[name].input]
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del nodes[:]
    nodes.extend(node for node in copies if node.name in needed)


def _name(tensor: str) -> str:
    """The node that ``tensor`` (or a control input) comes from."""
    return tensor.lstrip("^").split(":")[0]


def _source(nodes: Mapping[str, Any], name: str) -> str:
    """Where a resource comes from: the placeholder at the start of a chain of identities."""
    for _ in range(len(nodes)):
        name = _name(name)
        node = nodes.get(name)
        if node is None or node.op != "Identity":
            break
        name = node.input[0]
    return name


def _writing_functions(graph: Any) -> set[str]:
    """Functions of the library that write, or that call one that does."""
    functions = {f.signature.name: f.node_def for f in functions_of(graph)}
    found: set[str] = set()
    while True:
        more = {
            name
            for name, body in functions.items()
            if name not in found
            and any(n.op in WRITING or (n.op in CALLING and found & set(_called(n))) for n in body)
        }
        if not more:
            return found
        found |= more


def _called(node: Any) -> Iterable[str]:
    for value in node.attr.values():
        if value.WhichOneof("value") == "func":
            yield value.func.name
        for function in value.list.func:
            yield function.name
