"""A network that came out of a notebook as graphs and arrays, put to work in a clean kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import settings
from .inspection import MAX_KNOWLEDGE, Refused, knowledge, read, written
from .redraw import kept, redraw
from .structure import functions_of
from .wire import Leaf

Array = np.ndarray[Any, Any]


class Transplant:
    """The network: its variables as they were handed over, and both forward passes.

    Raises:
        Refused: it is none, or holds what it has no need of.
    """

    def __init__(self, tf: Any, told: dict[str, Any]) -> None:
        self._tf = tf
        try:
            self._build(told)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            raise Refused(f"it cannot be read: {type(error).__name__}: {error}") from error

    def _build(self, told: dict[str, Any]) -> None:
        entries = told["variables"]
        self.handed: list[Array] = [np.asarray(entry["value"].array) for entry in entries]
        self._trained = [bool(entry["trained"]) for entry in entries]
        self._fit, self._use = _Pass(told["fit"], entries), _Pass(told["use"], entries)
        state = [a for a, trained in zip(self.handed, self._trained, strict=True) if not trained]
        constants = [*self._fit.constants.values(), *self._use.constants.values()]
        weights = [a for a, trained in zip(self.handed, self._trained, strict=True) if trained]
        graphs = (self._fit.graph, self._use.graph)
        constraints = [entry.get("constraint") for entry in entries]
        said = settings.written_down([told["optimizer"], *constraints])
        said += [bytes(self._trained), self._fit.wiring(), self._use.wiring()]
        self.known = knowledge(graphs, [*state, *constants], [*kept(weights), *said])
        if self.known > MAX_KNOWLEDGE:
            raise Refused(
                f"its graph, constants, settings and state take {self.known} bytes before "
                f"training, {MAX_KNOWLEDGE} are allowed"
            )
        for place in (self._fit.writes | self._use.writes) & set(range(len(entries))):
            if self._trained[place]:
                name = str(entries[place]["name"])[:100]
                raise Refused(f"its forward pass changes the weights {name}")
        self.variables = [
            self._tf.Variable(array, trainable=trained)
            for array, trained in zip(self.handed, self._trained, strict=True)
        ]
        self.constraints = [settings.constraint(self._tf, e.get("constraint")) for e in entries]
        self.logits = bool(told["logits"])

    @property
    def places(self) -> list[int]:
        """Which of the variables are trained."""
        return [place for place, trained in enumerate(self._trained) if trained]

    def start(self, seed: int) -> None:
        """State as it was handed over, weights drawn anew."""
        for variable, array in zip(self.variables, self.handed, strict=True):
            variable.assign(array)
        self.forget(seed)

    def forget(self, seed: int) -> None:
        """Weights drawn anew; the state stays as training left it."""
        drawn = redraw([self.handed[place] for place in self.places], seed)
        for place, array in zip(self.places, drawn, strict=True):
            self.variables[place].assign(array)

    def restore(self) -> None:
        """Everything as the student handed it over."""
        for variable, array in zip(self.variables, self.handed, strict=True):
            variable.assign(array)

    def fit(self, x: Any) -> tuple[Any, list[Any]]:
        """Scores as in training, and the network's own losses. For a function that is traced."""
        scores, *losses = self._fit.insert(self._tf, x, self.variables)
        return scores, losses

    def scores(self, x: Any) -> Any:
        """Scores as in use. For a function that is traced."""
        return self._use.insert(self._tf, x, self.variables)[0]

    def loss(self, scores: Any, labels: Any) -> Any:
        """Cross-entropy of the labels, averaged over the batch."""
        keras = self._tf.keras.losses
        return keras.SparseCategoricalCrossentropy(from_logits=self.logits)(labels, scores)


class _Pass:
    """One forward pass: its graph, and which placeholder stands for what."""

    def __init__(self, told: dict[str, Any], entries: Sequence[Any]) -> None:
        self._input, self._outputs = str(told["input"]), [str(n) for n in told["outputs"]]
        self.graph = read(told["graph"].array.tobytes(), self._outputs)
        _register(functions_of(self.graph))
        self._places: dict[str, int] = {}
        self.constants: dict[str, Array] = {}
        for name, what in told["captures"].items():
            if isinstance(what, Leaf):
                self.constants[name] = np.asarray(what.array)
            elif type(what) is int and 0 <= what < len(entries):
                self._places[name] = what
            else:
                raise Refused("a placeholder stands for nothing")
        unknown = written(self.graph) - self._places.keys()
        if unknown:
            raise Refused("it changes something that is none of its variables")
        self.writes = {self._places[name] for name in written(self.graph)}

    def wiring(self) -> bytes:
        """Which placeholder stands for what, and which outputs there are, written down."""
        constants = {name: -2 - number for number, name in enumerate(self.constants)}
        stands = {self._input: -1, **constants, **self._places}
        nodes = {node.name: place for place, node in enumerate(self.graph.node)}
        named = [stands[name] for name in nodes if name in stands]
        outputs = [part for name in self._outputs for part in _output(name, nodes)]
        numbers = [*np.diff(named, prepend=0), *outputs]
        return np.asarray(numbers, "<i4").tobytes()

    def insert(self, tf: Any, x: Any, variables: Sequence[Any]) -> list[Any]:
        """The outputs for ``x``, in the graph that is being traced."""
        tracing = tf.compat.v1.get_default_graph()
        given = {f"{self._input}:0": x}
        for name, place in self._places.items():
            given[f"{name}:0"] = tracing.capture(variables[place].handle)
        for name, array in self.constants.items():
            given[f"{name}:0"] = tf.constant(array)
        outputs = tf.graph_util.import_graph_def(
            self.graph, input_map=given, return_elements=self._outputs, name="network"
        )
        return [_past_identities(output) for output in outputs]


def _output(name: str, nodes: Mapping[str, int]) -> tuple[int, int]:
    """The place of an output's node, and which of its tensors it is."""
    node, _, port = name.partition(":")
    return nodes.get(node, -1), int(port or 0)


def _register(functions: Any) -> None:
    """The bodies of loops and branches, which TensorFlow looks up by name when they are run."""
    from tensorflow.python.eager import context

    for function in functions:
        context.context().add_function_def(function)


def _past_identities(tensor: Any) -> Any:
    """The tensor itself: Keras takes the logits of a softmax where it sees one."""
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor
