"""What a graph may be made of: looked at as bytes, before any of it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.kernel import redraw
from grader.kernel.inspection import MAX_GRAPH, Refused, knowledge, nodes_of, read, written


def graph(build: Callable[[Any, Any, Any], Any]) -> tuple[bytes, list[str]]:
    """The graph that ``build(tf, x, variable)`` makes, as a student's kernel sends one."""
    import tensorflow as tf

    variable = tf.Variable(np.ones(3, np.float32))
    spec = tf.TensorSpec([None, 3], tf.float32)
    function = tf.function(lambda x: build(tf, x, variable), input_signature=[spec])
    concrete = function.get_concrete_function()
    data: bytes = concrete.graph.as_graph_def().SerializeToString()
    return data, [output.name for output in concrete.outputs]


def chatty(tf: Any, x: Any, variable: Any) -> Any:
    tf.print("seen", x)
    tf.debugging.assert_positive(x, "words")
    return tf.debugging.check_numerics(x * variable, "more words")


def test_words_are_taken_out() -> None:
    """Printing and assertions leave no trace, and what they guarded is still computed."""
    found = {node.op for node in nodes_of(read(*graph(chatty)))}
    assert not {op for op in found if "Print" in op or "Assert" in op or "String" in op}
    assert "Mul" in found


@pytest.mark.parametrize(
    ("said", "build"),
    [
        ("PyFunc", lambda tf, x, v: tf.numpy_function(lambda a: a, [x], tf.float32)),
        ("ReadFile", lambda tf, x, v: tf.io.decode_raw(tf.io.read_file("/etc/hosts"), tf.uint8)),
        (
            "ImmutableConst",
            lambda tf, x, v: tf.raw_ops.ImmutableConst(
                dtype=tf.float32, shape=[3], memory_region_name="/data/train_y.npy"
            ),
        ),
        ("VarHandleOp", lambda tf, x, v: tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[3])),
        ("Timestamp", lambda tf, x, v: tf.timestamp()),
        ("Bucketize", lambda tf, x, v: tf.raw_ops.Bucketize(input=x, boundaries=[0.0, 1.0])),
        ("DebugIdentityV2", lambda tf, x, v: tf.raw_ops.DebugIdentityV2(input=x)),
    ],
)
def test_other_things_than_mathematics(said: str, build: Callable[..., Any]) -> None:
    """An operation that is not on the list is refused by its name."""
    with pytest.raises(Refused, match=said):
        read(*graph(build))


def test_no_graph_at_all() -> None:
    """Bytes that are no graph, or too many of them, are refused."""
    for data in (b"\xff" * 100, b"\0" * (MAX_GRAPH + 1)):
        with pytest.raises(Refused):
            read(data, [])


def test_gradients_of_ones_own_are_left_out() -> None:
    """Nothing in a graph says any more that a gradient was written by hand."""

    def custom(tf: Any, x: Any, variable: Any) -> Any:
        @tf.custom_gradient
        def amplified(value: Any) -> Any:
            return value * variable, lambda *upstream: (upstream[0] * 1000.0, upstream[0])

        return tf.nn.silu(x * variable)

    attributes = {name for node in nodes_of(read(*graph(custom))) for name in node.attr}
    assert "_gradient_op_type" not in attributes


def direct(tf: Any, x: Any, variable: Any) -> Any:
    variable.assign_add(tf.reduce_sum(x, 0))
    return x


def in_branch(tf: Any, x: Any, variable: Any) -> Any:
    def change() -> Any:
        variable.assign_sub(variable)
        return x

    return tf.cond(tf.reduce_sum(x) > 0, change, lambda: x)


def in_loop(tf: Any, x: Any, variable: Any) -> Any:
    for _ in tf.range(3):
        variable.assign(variable * 2.0)
    return x


def reading(tf: Any, x: Any, variable: Any) -> Any:
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * variable, lambda: x)


@pytest.mark.parametrize(
    ("build", "writes"), [(direct, 1), (in_branch, 1), (in_loop, 1), (reading, 0)]
)
def test_writing_is_seen_wherever_it_hides(build: Callable[..., Any], writes: int) -> None:
    """A variable that the graph may change is found, in branches and loops too."""
    assert len(written(read(*graph(build)))) >= writes
    assert bool(written(read(*graph(build)))) is bool(writes)


def test_knowledge_is_counted_compressed() -> None:
    """A table counts with its bytes; zeros, and one constant used often, with hardly any."""
    table = np.random.default_rng(0).integers(0, 256, 10_000, dtype=np.uint8)

    def tabled(tf: Any, x: Any, variable: Any) -> Any:
        return x + tf.cast(tf.constant(table)[:3], x.dtype)

    def plain(tf: Any, x: Any, variable: Any) -> Any:
        for _ in range(50):
            x = tf.nn.relu(x * variable + 0.1)
        return x + tf.zeros((3,))

    assert knowledge([read(*graph(tabled))], []) > 10_000
    assert knowledge([read(*graph(plain))], [np.zeros(10_000), np.ones((30, 30))]) < 600
    assert knowledge([], [table]) > 10_000


DIGITS = np.random.default_rng(0).integers(0, 10, 1000)
BYTES = 1000 * np.log2(10) / 8


def wired(tf: Any, x: Any, variable: Any) -> Any:
    ten = [tf.constant(float(digit)) for digit in range(10)]
    return x + tf.stack([ten[digit] for digit in DIGITS])[:3]


def spelled(tf: Any, x: Any, variable: Any) -> Any:
    return x + tf.stack([tf.constant(float(digit)) for digit in DIGITS])[:3]


def chained(tf: Any, x: Any, variable: Any) -> Any:
    names = ["abs", "sin", "cos", "tanh", "exp", "square", "sign", "floor", "round", "sigmoid"]
    steps = [getattr(tf.math, name) for name in names]
    for digit in DIGITS:
        x = steps[digit](x)
    return x


def shaped(tf: Any, x: Any, variable: Any) -> Any:
    for digit in DIGITS[:300]:
        x = tf.raw_ops.LeakyRelu(features=x, alpha=float(np.sqrt(digit + np.pi)))
    return x


@pytest.mark.parametrize(
    ("build", "least"), [(wired, BYTES), (spelled, BYTES), (chained, BYTES), (shaped, 0.3 * BYTES)]
)
def test_knowledge_is_counted_wherever_it_hides(build: Callable[..., Any], least: float) -> None:
    """Digits count that stand in edges, attributes, or a choice of constants or operations."""
    assert knowledge([read(*graph(build))], []) > least


def test_many_small_variables_are_a_table() -> None:
    """Each variable counts that keeps its number: of weights, by what redrawing leaves."""
    numbers = [np.float32(digit) for digit in DIGITS]
    assert knowledge([], [np.asarray(number) for number in numbers]) > BYTES
    biases = [np.full(4, number) for number in numbers]
    assert knowledge([], [], redraw.kept(biases)) > BYTES
    drawn = [np.random.default_rng(0).normal(number, 1.0, 99) for number in numbers]
    assert knowledge([], [], redraw.kept(drawn)) > BYTES
    assert knowledge([], [], redraw.kept([np.zeros(4)] * 1000)) < 200
