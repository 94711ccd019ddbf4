"""The probes ``call``, ``build`` and ``inspect``: compute, and send back what came out."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

from . import faults, files
from .packing import MAX_BYTES, MAX_PRINTED, pack
from .recorder import Recorder
from .steps import Steps, followed
from .targets import NotFound, resolve
from .weights import assign, counted, shaken
from .wire import Leaf

MAX_SMALL = MAX_BYTES // 8
Reply = dict[str, Any]
Ask = Callable[[Reply], Reply]
"""A question to the grader in the middle of a probe."""


def call(recorder: Recorder, request: dict[str, Any]) -> Reply:
    """Call the target once a case; with a cotangent, differentiate ``sum(output * cotangent)``.

    A case may wish to be called in a graph. Calls of recorded modules are told, if any.
    """

    def one(function: Any, case: dict[str, Any]) -> Any:
        import tensorflow as tf

        variables: list[Any] = []
        args = [argument(tf, arg, variables) for arg in case["args"]]
        called = tf.function(function) if case.get("graph") else function
        start = len(recorder.log.calls)
        if case.get("cotangent") is None:
            with followed(tf, case, recorder.steps):
                output = called(*args)
            reply = {"value": pack(tf, output)}
        else:
            with tf.GradientTape() as tape:
                tape.watch(variables)
                output = called(*args)
                total = tf.reduce_sum(tf.cast(output, tf.float32) * case["cotangent"].array)
            gradients = tape.gradient(total, variables)
            reply = {"value": pack(tf, output), "gradients": [pack(tf, g) for g in gradients]}
        if recorder.log.modules:
            told = recorder.log.since(start, output)
            reply["calls"] = [{"name": c.name, "arguments": pack(tf, c.told())} for c in told]
        return reply

    return over_cases(recorder, request, one)


def build(recorder: Recorder, request: dict[str, Any], ask: Ask) -> Reply:
    """Build a model a case: its variables, and its outputs before and with given weights.

    The weights are asked for once the model is there, with the shapes of its variables.
    """

    def one(factory: Any, case: dict[str, Any]) -> Any:
        import tensorflow as tf

        stand_in = request.get("stand_in")
        if stand_in:
            kind = stand_in_class(stand_in["parameters"])
            recorder.namespace[stand_in["name"]] = kind
            made = factory(*case["args"])
            arguments = made.arguments if isinstance(made, kind) else None
            return {"arguments": pack(tf, arguments)}
        model = factory(*case["args"])
        if not callable(model):
            return {"model": pack(tf, model)}
        x = tf.constant(case["input"].array)
        first = forward(model, x)
        variables = counted(model, request.get("aside", []))
        reply = {
            "model": type(model).__name__,
            "first": pack(tf, first),
            "variables": [_variable(v) for v in variables],
        }
        if case["weights"]:
            shapes = [[int(size) for size in v.shape] for v in variables]
            given = ask({"case": case["id"], "shapes": shapes})["weights"]
            mine = variables if given else []
            own = [np.asarray(v).copy() for v in mine]
            reply["assigned"] = bool(given) and assign(mine, [leaf.array for leaf in given])
            with followed(tf, case if reply["assigned"] else {}, recorder.steps):
                reply["output"] = pack(tf, forward(model, x))
            for variable, value in zip(mine, own, strict=True):
                variable.assign(value)  # a factory may hand out one global model again and again
        else:
            reply["again"] = pack(tf, forward(model, x))
            with shaken(variables):
                reply["shaken"] = pack(tf, forward(model, x))
        return reply

    return over_cases(recorder, request, one)


def inspect_optimizer(recorder: Recorder, request: dict[str, Any]) -> Reply:
    """The steps that an optimizer takes from zero on known gradients, and its own settings."""

    def one(factory: Any, case: dict[str, Any]) -> Any:
        import tensorflow as tf

        optimizer = factory(*case["args"])
        if not hasattr(optimizer, "apply_gradients"):
            return {"optimizer": pack(tf, optimizer)}
        optimizer = unused(optimizer)
        gradients = case["gradients"].array
        variable = tf.Variable(np.zeros(gradients.shape[1:], np.float32))
        path = []
        for gradient in gradients:
            optimizer.apply_gradients([(tf.constant(gradient), variable)])
            path.append(variable.numpy())
        return {
            "optimizer": type(optimizer).__name__,
            "steps": Leaf("ndarray", np.stack(path)),
            "settings": _settings(optimizer),
        }

    return over_cases(recorder, request, one)


def forward(model: Any, x: Any, training: bool = False) -> Any:
    """``model(x, training=…)``, or ``model(x)`` for a model that knows no such argument."""
    try:
        return model(x, training=training)
    except TypeError as error:
        if "training" not in str(error):
            raise
        return model(x)


def unused(optimizer: Any) -> Any:
    """The optimizer, or one like it where it is bound to other variables (one global for all)."""
    built = getattr(optimizer, "built", False) or getattr(optimizer, "_built", False)  # Keras 3, 2
    if built and hasattr(optimizer, "get_config"):
        return type(optimizer).from_config(optimizer.get_config())
    return optimizer


def over_cases(
    recorder: Recorder, request: dict[str, Any], one: Callable[[Any, dict[str, Any]], Any]
) -> Reply:
    """``one(target, case)`` for each case, with its time, what it printed, and its exception.

    A case may bring files, and code to run first in the notebook's globals.
    """
    try:
        arguments = request["cases"][0]["args"] if request["cases"] else ()
        found = resolve(recorder, request["target"], arguments)
    except NotFound as missing:
        return {"fault": missing.fault}
    answers = []
    for case in request["cases"]:
        started = time.monotonic()
        answer: Reply = {"case": case["id"], "value": None}
        recorder.runtime.pin(request["seed"])
        recorder.steps = Steps()
        beside = files.laid_out(case.get("files", {}))
        with printed() as lines, recorder.as_of(found.namespace), beside:
            try:
                exec(case.get("setup", ""), recorder.namespace)  # noqa: S102  the course's own
                answer["value"] = one(found.thing, case)
            except BaseException as error:  # noqa: BLE001  whatever a student's code raises is data
                answer["fault"] = faults.describe(error, recorder.files)
        answer["printed"] = lines.getvalue()[:MAX_PRINTED]
        answer["steps"] = recorder.steps.told
        answer["seconds"] = time.monotonic() - started
        answers.append(answer)
        if answer.get("fault", {}).get("kind") == "time_limit":  # the probe's time is up
            left = request["cases"][len(answers) :]
            answers += [{**answer, "case": case["id"], "printed": "", "steps": []} for case in left]
            break
    return {"answers": answers, "found": found.how, "cell": found.cell}


@contextmanager
def printed() -> Iterator[io.StringIO]:
    """What a block prints, kept from the notebook's own output."""
    lines = io.StringIO()
    with redirect_stdout(lines), redirect_stderr(lines):
        yield lines


def argument(tf: Any, value: Any, variables: list[Any]) -> Any:
    """What a case's argument arrives as; variables are kept in ``variables`` too."""
    if isinstance(value, Leaf):
        if value.kind in ("variable", "watched"):
            make = tf.Variable if value.kind == "variable" else tf.constant
            variables.append(make(value.array))
            return variables[-1]
        return tf.constant(value.array) if value.kind == "tensor" else value.array
    if isinstance(value, list | tuple):
        return type(value)(argument(tf, item, variables) for item in value)
    return value


def _variable(variable: Any) -> dict[str, Any]:
    array = np.asarray(variable)
    small = array.nbytes <= MAX_SMALL and not array.dtype.hasobject
    return {
        "name": str(getattr(variable, "path", variable.name))[:200],
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "trainable": bool(variable.trainable),
        "value": Leaf("variable", array) if small else None,
    }


def _settings(optimizer: Any) -> dict[str, Any]:
    config = optimizer.get_config() if hasattr(optimizer, "get_config") else {}
    plain = (bool, int, float, str, type(None))
    return {k: v if isinstance(v, plain) else type(v).__name__ for k, v in config.items()}


def stand_in_class(parameters: list[str]) -> Any:
    """A class that only remembers what it was constructed with; any method of it does nothing."""

    class StandIn:
        def __init__(self, *args: Any, **keywords: Any) -> None:
            self.arguments = {**dict(zip(parameters, args, strict=False)), **keywords}

        def __call__(self, x: Any, *_: Any, **__: Any) -> Any:
            return x

        def __getattr__(self, name: str) -> Callable[..., None]:
            if name.startswith("__"):
                raise AttributeError(name)
            return lambda *_, **__: None

    return StandIn
