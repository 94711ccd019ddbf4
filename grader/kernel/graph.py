"""One TensorFlow 1 graph that a student's function has built, and a session that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .sessions import each, session_of
from .steps import of_graph
from .wire import Leaf

Array = np.ndarray[Any, Any]
RANDOM = ("Random", "StatelessRandom", "Multinomial", "TruncatedNormal")
"""How operations that draw random numbers are called."""


class Built:
    """What one call built. ``mode`` is fed to whatever says if this is training."""

    def __init__(self, tf: Any, made: Any, case: dict[str, Any], inputs: _Inputs) -> None:
        self._tf = tf
        self._inputs = inputs
        self._graph = tf.get_default_graph()
        self._made = made
        self.mode = True
        self.plain_flag = inputs.plain_flag
        self.outputs = [_tensor(tf, find(made, path), path) for path in case["outputs"]]
        self.variables: list[Any] = list(tf.global_variables())
        self._updates: list[Any] = list(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        if case["updates"]:
            each(tf, find(made, case["updates"]), self._updates.append)
        flags = [*inputs.flags, *_other_flags(self._graph, inputs.feed)]
        self._flags = list({flag.name: flag for flag in flags}.values())
        self.trains = bool(self._flags or inputs.plain_flag)
        self._session = session_of(tf, self._graph)

    def described(self) -> Any:
        """What came back, each tensor by its type's name."""
        return each(self._tf, self._made, lambda tensor: type(tensor).__name__)

    def static_shape(self, output: Any) -> list[int]:
        """The shape as far as it is known without running; -1 for a size that is not."""
        shape = output.get_shape()
        if shape.ndims is None:
            return []
        return [-1 if size is None else int(size) for size in shape.as_list()]

    def draws(self) -> int:
        """How many operations that draw random numbers the outputs depend on."""
        left, seen = [output.op for output in self.outputs], set()
        while left:
            op = left.pop()
            if op.name in seen:
                continue
            seen.add(op.name)
            left += [tensor.op for tensor in op.inputs]
        return sum(self._graph.get_operation_by_name(name).type.startswith(RANDOM) for name in seen)

    def listed(self) -> list[dict[str, Any]]:
        """The variables: name, shape, whether optimizers are to train it."""
        trained = {v.name for v in self._graph.get_collection("trainable_variables")}
        return [
            {
                "name": variable.name[:200],
                "shape": [int(size) for size in variable.get_shape().as_list()],
                "trainable": variable.name in trained,
            }
            for variable in self.variables
        ]

    def initial(self) -> list[Array]:
        """Values that the variables' own initialisers draw."""
        with self._graph.as_default():
            self._session.run(
                [self._tf.global_variables_initializer(), self._tf.local_variables_initializer()]
            )
        return self.state()

    def state(self) -> list[Array]:
        return [np.asarray(v) for v in self._session.run(self.variables)] if self.variables else []

    def load(self, state: Sequence[Array]) -> None:
        """Give the variables these values, in the order in which they were made.

        Raises:
            ValueError: there are more or fewer variables than values.
        """
        pairs = list(zip(self.variables, state, strict=True))
        # An initialiser assigns whatever its second input is fed.
        feed = {v.initializer.inputs[1]: value for v, value in pairs}
        self._session.run([v.initializer for v, _ in pairs], feed)

    def run(self) -> list[Array]:
        """The outputs' values in the present mode."""
        return [np.asarray(v) for v in self._session.run(self.outputs, self._feed(None))]

    def steps(self) -> list[dict[str, Any]]:
        """How the outputs come about in the present mode (see :mod:`.steps`)."""
        return of_graph(
            self.outputs,
            self._graph.get_operations(),
            lambda tensors: [np.asarray(v) for v in self._session.run(tensors, self._feed(None))],
        )

    def step(self, batch: Array | None) -> None:
        """One training step: outputs and updates are run, in training mode."""
        self._session.run([self.outputs, self._updates], self._feed(batch))

    def gradients(self) -> list[Array | None]:
        """Of a fixed combination of the first output's numbers, for each variable."""
        tf, output = self._tf, self.outputs[0]
        with self._graph.as_default():
            size = tf.size(output)
            mixed = tf.reshape(tf.cos(tf.cast(tf.range(size), tf.float32)), tf.shape(output))
            found = tf.gradients(tf.reduce_sum(tf.cast(output, tf.float32) * mixed), self.variables)
            dense = [None if g is None else tf.convert_to_tensor(g) for g in found]
        some = [g for g in dense if g is not None]
        values = iter(self._session.run(some, self._feed(None)))
        return [None if g is None else np.asarray(next(values)) for g in dense]

    def _feed(self, batch: Array | None) -> dict[Any, Any]:
        feed = {**self._inputs.feed, **dict.fromkeys(self._flags, self.mode)}
        if batch is not None:
            feed[next(iter(self._inputs.feed))] = batch
        return feed


class _Inputs:
    """The arguments of one call in the graph that is the default."""

    def __init__(self, tf: Any, case: dict[str, Any], plain: bool | None) -> None:
        self._tf = tf
        self._plain = plain
        self.feed: dict[Any, Any] = {}
        self.flags: list[Any] = []
        self.plain_flag = False
        self.args = self._made(case["args"])
        self.keywords = {name: self._made(value) for name, value in case["keywords"].items()}

    def _made(self, value: Any) -> Any:
        tf = self._tf
        if isinstance(value, list | tuple) and not isinstance(value, Leaf):
            return type(value)(self._made(item) for item in value)
        if not isinstance(value, Leaf):
            return value
        match value.kind:
            case "placeholder":
                array = value.array
                rows = [None, *array.shape[1:]] if array.ndim else []
                made = tf.placeholder(tf.as_dtype(array.dtype), rows)
                self.feed[made] = array
                return made
            case "training":
                if self._plain is not None:
                    self.plain_flag = True
                    return self._plain
                self.flags.append(tf.placeholder(tf.bool, []))
                return self.flags[-1]
            case "tensor":
                return tf.constant(value.array)
        return value.array


def build(tf: Any, target: Callable[..., Any], case: dict[str, Any], *, training: bool) -> Built:
    """Call ``target`` in a graph of its own; with a Python bool where it takes no placeholder."""
    try:
        return _built(tf, target, case, None)
    except Exception as first:
        if not _has_flag(case):
            raise
        try:
            return _built(tf, target, case, training)
        except Exception:  # noqa: BLE001  the first error is the one to tell
            raise first from None


def find(made: Any, path: str) -> Any:
    """What stands at ``path`` in what came back: ``""``, ``"0"``, ``"fc"``, ``"get_logits()"``."""
    for step in path.split(".") if path else ():
        if step.isdigit():
            if not isinstance(made, tuple | list):
                raise TypeError(f"{type(made).__name__} came back, not several values in a tuple")
            made = made[int(step)]
        else:
            made = getattr(made, step.removesuffix("()"))
            made = made() if step.endswith("()") else made
    return made


def _built(tf: Any, target: Any, case: dict[str, Any], plain: bool | None) -> Built:
    with tf.Graph().as_default():
        inputs = _Inputs(tf, case, plain)
        return Built(tf, target(*inputs.args, **inputs.keywords), case, inputs)


def _has_flag(case: dict[str, Any]) -> bool:
    given = [*case["args"], *case["keywords"].values()]
    return any(isinstance(value, Leaf) and value.kind == "training" for value in given)


def _other_flags(graph: Any, fed: dict[Any, Any]) -> list[Any]:
    """Truth values that the student's own code wants to be fed: whether this is training."""
    ops = [op for op in graph.get_operations() if op.type.startswith("Placeholder")]
    found = [op.outputs[0] for op in ops]
    return [t for t in found if t.dtype.base_dtype.name == "bool" and t not in fed]


def _tensor(tf: Any, value: Any, path: str) -> Any:
    if isinstance(value, tf.Tensor | tf.Variable):
        return value
    what = f" as {path}" if path else ""
    raise TypeError(f"{type(value).__name__} came back{what}, not a tensor")
