"""Networks of TensorFlow 1: classes of layers, or functions from images (and a flag) to scores.

They are built in a graph of their own, as a training driver of that time built them. Where the
notebook's driver takes scores, the softmax that its loss computes is put behind them, so that what
comes out is comparable with networks that return probabilities.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .instances import takes, wants_logits
from .packing import pack
from .probes import MAX_SMALL, Ask, Reply, over_cases, stand_in_class
from .recorder import Recorder
from .sessions import fresh_graph, initialise
from .weights import LARGE, assign, shaken
from .wire import Leaf


def build(recorder: Recorder, request: dict[str, Any], ask: Ask) -> Reply:
    """The probe ``build``: variables, and outputs before and with given weights."""
    logits = takes_logits(recorder)

    def one(factory: Any, case: dict[str, Any]) -> Any:
        tf = recorder.runtime.tf
        images = case["input"].array
        with fresh_graph(tf) as session:
            x = tf.placeholder(tf.float32, [None, *images.shape[1:]])
            if request.get("stand_in"):
                return _arguments(recorder, request["stand_in"], factory, case["args"], x)
            made, scores = network(tf, factory, case["args"], x, training=False)
            if scores is None:
                return {"model": pack(tf, made)}
            outputs = tf.nn.softmax(scores) if logits else scores
            initialise(tf, session)
            held = [_Held(session, variable) for variable in trained(tf, made)]
            first = session.run(outputs, {x: images})
            reply = {
                "model": getattr(factory, "__name__", type(made).__name__),
                "first": Leaf("tensor", first),
                "variables": [each.told() for each in held],
            }
            if case["weights"]:
                shapes = [list(each.shape) for each in held]
                given = ask({"case": case["id"], "shapes": shapes})["weights"]
                reply["assigned"] = bool(given) and assign(held, [leaf.array for leaf in given])
                reply["output"] = Leaf("tensor", session.run(outputs, {x: images}))
            else:
                reply["again"] = Leaf("tensor", session.run(outputs, {x: images}))
                with shaken([each for each in held if math.prod(each.shape) <= LARGE]):
                    reply["shaken"] = Leaf("tensor", session.run(outputs, {x: images}))
            return reply

    return over_cases(recorder, request, one)


def takes_logits(recorder: Recorder) -> bool:
    """Whether a driver's loss has the softmax in it, as the losses of TensorFlow 1 do.

    Where the notebook has not got the lab's drivers, they do.
    """
    drivers = [recorder.namespace.get(name) for name in recorder.drivers]
    known = [driver for driver in drivers if driver is not None]
    return any(wants_logits(driver) for driver in known) or bool(drivers and not known)


def network(tf: Any, thing: Any, args: Sequence[Any], x: Any, *, training: bool) -> tuple[Any, Any]:
    """What ``thing`` makes (a model, or scores at once), and its scores for the tensor ``x``.

    ``thing`` is called with ``args``, and with ``x`` and a flag where it takes them. No scores:
    ``None``.
    """
    flag = tf.constant(training)
    ways = ((*args,), (*args, x, flag), (*args, x))
    fitting = next((way for way in ways if _binds(thing, way)), ways[1])
    made = thing(*fitting)
    if isinstance(made, tuple | list) and made:
        made = made[0]
    if tf.is_tensor(made):
        return made, made
    if not callable(made):
        return made, None
    return made, _forward(made, x, flag)


def trained(tf: Any, made: Any) -> list[Any]:
    """The variables of the present graph that an optimizer would train."""
    found = list(tf.trainable_variables())
    known = {id(variable) for variable in found}
    own = getattr(made, "trainable_variables", ()) if not tf.is_tensor(made) else ()
    return [*found, *(variable for variable in own if id(variable) not in known)]


class _Held:
    """A variable of a graph with its session, to be read and assigned like any other."""

    def __init__(self, session: Any, variable: Any) -> None:
        self._session, self._variable = session, variable
        self.shape = tuple(int(size) for size in variable.shape)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.asarray(self._session.run(self._variable), dtype)

    def assign(self, value: np.ndarray[Any, Any]) -> None:
        # An initialiser assigns whatever its second input is fed.
        start = self._variable.initializer
        self._session.run(start, {start.inputs[1]: value})

    def told(self) -> dict[str, Any]:
        array = np.asarray(self)
        small = array.nbytes <= MAX_SMALL
        return {
            "name": str(self._variable.name)[:200],
            "shape": list(array.shape),
            "dtype": str(array.dtype),
            "trainable": True,
            "value": Leaf("variable", array) if small else None,
        }


def _arguments(
    recorder: Recorder, stand_in: dict[str, Any], factory: Any, args: Sequence[Any], x: Any
) -> Reply:
    """What the class that something stands in for was last constructed with."""
    tf, made = recorder.runtime.tf, []
    plain = stand_in_class(stand_in["parameters"])

    class Remembered(plain):  # type: ignore[misc, valid-type]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            made.append(self)

    recorder.namespace[stand_in["name"]] = Remembered
    network(tf, factory, args, x, training=False)
    return {"arguments": pack(tf, made[-1].arguments if made else None)}


def _binds(thing: Any, args: Sequence[Any]) -> bool:
    if isinstance(thing, type):
        return takes(thing, args)
    try:
        inspect.signature(thing).bind(*args)
    except TypeError:
        return False
    except ValueError:  # it has no signature to look at
        return True
    return True


def _forward(model: Any, x: Any, flag: Any) -> Any:
    try:
        return model(x, training=flag)
    except TypeError as error:
        if "training" not in str(error):
            raise
        return model(x)
