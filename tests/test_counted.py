"""What a transplanted graph may say: only fields that are counted survive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from networks import BASICS, SHAPE, Notebook
from tensorflow.core.framework.graph_pb2 import GraphDef

from grader.kernel.inspection import constant, knowledge, read
from grader.kernel.structure import functions_of
from grader.kernel.transplant import Transplant
from grader.kernel.wire import Leaf

MORE = """
class Wide(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.start = layers.Dense(4, activation='softmax')
        self.digits = [tf.Variable(float(i), trainable=False) for i in range(10)]
    def call(self, x, training=False):
        return self.start(x[:, 0, 0]) + 0.0 * tf.add_n([tf.identity(v) for v in self.digits])
"""
LABELS = np.random.default_rng(0).integers(0, 10, 3000)


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return Notebook(BASICS + MORE)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_zeros_differ_by_their_sign(sign: float) -> None:
    """An array of zeros holds a bit in each sign, and is no constant."""
    zeros = np.where(LABELS < 5, 0.0, sign * 0.0).astype(np.float32)
    assert constant(zeros) == (sign > 0)
    assert (knowledge((), [zeros]) > 300) == (sign < 0)


@pytest.mark.parametrize(
    ("array", "same"),
    [(np.zeros((0, 3)), True), (np.float32(2), True), (np.ones((3, 4)).T, True), (LABELS, False)],
)
def test_constants(array: Any, same: bool) -> None:
    """Of any shape: all entries alike, or not."""
    assert constant(np.asarray(array)) == same


def test_words_in_other_fields_are_left_behind() -> None:
    """A table in the default of a function's attribute, in its description or in a node's debugging
    words is gone before the graph is used."""
    graph, secret = GraphDef(), b"secret" * 100
    graph.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
    function = functions_of(graph).add()
    function.signature.name = "f"
    function.signature.description = secret.decode()
    function.signature.attr.add(name="v", type="string").default_value.s = secret
    function.attr["note"].s = secret
    function.arg_attr[0].attr["note"].s = secret
    graph.node[0].experimental_debug_info.original_node_names.append(secret.decode())
    assert secret not in read(graph.SerializeToString(), ["x:0"]).SerializeToString()


def _with_placeholders(network: dict[str, Any], digits: Iterable[int]) -> dict[str, Any]:
    """3000 placeholders more, each of which stands for one of ten variables."""
    places = [i for i, v in enumerate(network["variables"]) if v["value"].array.shape == ()]
    for way in ("fit", "use"):
        graph = GraphDef.FromString(network[way]["graph"].array.tobytes())
        captures = dict(network[way]["captures"])
        for number, digit in enumerate(digits):
            node = graph.node.add(name=f"more_{number}", op="Placeholder")
            node.attr["dtype"].type = 20
            captures[node.name] = places[digit]
        told = Leaf("graph", np.frombuffer(graph.SerializeToString(), np.uint8))
        network[way] = {**network[way], "graph": told, "captures": captures}
    return network


def test_which_variable_a_placeholder_stands_for_is_counted(notebook: Notebook) -> None:
    """Three thousand digits, told by what placeholders stand for, take as many bytes as they do."""
    tf = notebook.names["tf"]
    network = notebook.export("Wide", shape=list(SHAPE))["network"]
    plain = Transplant(tf, network).known
    zeros = _with_placeholders(network, np.zeros_like(LABELS))
    assert Transplant(tf, zeros).known < plain + 300
    told = _with_placeholders(network, LABELS)
    assert Transplant(tf, told).known > plain + len(LABELS) * np.log2(10) / 8


def test_which_outputs_there_are_is_counted(notebook: Notebook) -> None:
    """Bits that are told by which outputs count as losses, and how often, take room."""
    tf = notebook.names["tf"]
    network = notebook.export("Wide", shape=list(SHAPE))["network"]
    plain = Transplant(tf, network).known
    first = network["fit"]["outputs"][0]
    more = [first] * 9 + [n for n in [first, first] for _ in range(3)]
    network["fit"] = {**network["fit"], "outputs": [*network["fit"]["outputs"], *more]}
    assert Transplant(tf, network).known > plain
