"""Optimizers, schedules and constraints as plain settings, and back: Keras's own, nobody else's.

A class that a student wrote is code, and no code leaves the notebook. Of a schedule of the
student's own its values are taken: a number for each step.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from .wire import Leaf

ASSUMED = {"class_name": "Adam", "config": {"learning_rate": 1e-3}}
"""For a model whose own optimizer is nowhere to be found: what the handout starts from."""
OPTIMIZERS = """
SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion Lamb
"""
SCHEDULES = """
ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay
CosineDecayRestarts
"""
FINENESS = 16
"""Steps to a doubling of a learning rate: it is taken over to within 2.2 %."""
LEAST = 2.0**-40
"""A learning rate that is none."""
CONSTRAINTS = "MaxNorm NonNeg UnitNorm MinMaxNorm"


class Unknown(Exception):
    """What is none of Keras's own; the message says what."""


def of_optimizer(tf: Any, optimizer: Any, steps: int) -> dict[str, Any]:
    """``{"class_name", "config"}``; with ``rates`` (float32, one a step) for an own schedule.

    Raises:
        Unknown: it is no optimizer of Keras's own, or cannot say how it is set.
        TypeError: it is no optimizer at all.
    """
    name = type(optimizer).__name__
    if not hasattr(optimizer, "apply_gradients"):
        raise TypeError(f"the optimizer's factory returned {name}, not an optimizer")
    if _is_legacy(tf, optimizer):
        return {"class_name": name, "config": _plain(_of_legacy(optimizer), name)}
    if name not in OPTIMIZERS.split() or getattr(tf.keras.optimizers, name, None) is not type(
        optimizer
    ):
        raise Unknown(f"its optimizer is a class of its own, {name[:100]}")
    if not hasattr(optimizer, "_learning_rate"):
        raise Unknown(f"its optimizer is of an older kind, {name}")
    rate, told = optimizer._learning_rate, {"class_name": name}
    schedules = tf.keras.optimizers.schedules
    if not isinstance(rate, schedules.LearningRateSchedule):
        if callable(rate) and not hasattr(rate, "numpy"):
            raise Unknown("its learning rate is a function of its own")
        return {**told, "config": _plain(optimizer.get_config(), name)}
    optimizer._learning_rate = tf.constant(1.0)
    try:
        config = dict(optimizer.get_config())
    finally:
        optimizer._learning_rate = rate
    kind = type(rate)
    if getattr(schedules, kind.__name__, None) is kind:
        config["learning_rate"] = {"class_name": kind.__name__, "config": rate.get_config()}
        return {**told, "config": _plain(config, name)}
    values = np.asarray([np.asarray(rate(step)) for step in range(steps)], np.float32)
    return {**told, "config": _plain(config, name), "rates": Leaf("ndarray", values)}


def _is_legacy(tf: Any, optimizer: Any) -> bool:
    """Whether it is one of those that Keras had until 2.10, and kept beside the newer ones."""
    name, known = type(optimizer).__name__, tf.keras.optimizers
    places = (getattr(known, "legacy", None), known)
    own = any(getattr(place, name, None) is type(optimizer) for place in places)
    return own and hasattr(optimizer, "_hyper") and name in OPTIMIZERS.split()


def _of_legacy(optimizer: Any) -> dict[str, Any]:
    """Its settings as later ones have them: ``decay`` is a schedule."""
    config = dict(optimizer.get_config())
    rate, decay = config["learning_rate"], config.pop("decay", 0.0)
    if isinstance(rate, dict):
        config["learning_rate"] = {name: rate[name] for name in ("class_name", "config")}
    elif decay:
        falling = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        config["learning_rate"] = {"class_name": "InverseTimeDecay", "config": falling}
    return config


def of_constraint(constraint: Any) -> dict[str, Any] | None:
    """What a variable is held to after each step, as settings.

    Raises:
        Unknown: it is none of Keras's own.
    """
    if constraint is None:
        return None
    name, module = type(constraint).__name__, type(constraint).__module__
    if name not in CONSTRAINTS.split() or not module.startswith(("keras.", "tf_keras.")):
        raise Unknown(f"its constraint is of its own, {name[:100]}")
    return {"class_name": name, "config": _plain(constraint.get_config(), name)}


def optimizer(tf: Any, told: dict[str, Any]) -> tuple[Any, Any]:
    """The optimizer of these settings, new; and its rates, one a step, or ``None``.

    Raises:
        Unknown: there is none of such settings.
    """
    config = dict(_known(told, OPTIMIZERS))
    rate = config.get("learning_rate")
    schedules = tf.keras.optimizers.schedules
    if isinstance(rate, dict):
        kind = getattr(schedules, _name(rate, SCHEDULES))
        config["learning_rate"] = _made(kind, _known(rate, SCHEDULES))
    rates = _rates(_levels(told["rates"])) if "rates" in told else None
    return _made(getattr(tf.keras.optimizers, told["class_name"]), config), rates


def written_down(told: Iterable[Any]) -> list[bytes]:
    """All that settings say: what is counted of them, as what is counted of a graph."""
    return [
        part
        for each in told
        for part in (
            json.dumps(each, sort_keys=True, default=lambda _: None).encode(),
            _changes(each["rates"]) if isinstance(each, dict) and "rates" in each else b"",
        )
    ]


def _changes(rates: Any) -> bytes:
    """A schedule that runs evenly repeats the same few changes, and takes next to nothing."""
    return np.diff(_levels(rates), prepend=0).astype("<i4").tobytes()


def _levels(rates: Any) -> np.ndarray[Any, Any]:
    """Rates as whole numbers, ``FINENESS`` to a doubling: what is finer could hold a message.

    Raises:
        Unknown: they are none.
    """
    array = rates.array if isinstance(rates, Leaf) else None
    if array is None or array.ndim != 1 or array.dtype.kind != "f" or not np.isfinite(array).all():
        raise Unknown("its learning rates are no numbers")
    levels = np.round(np.log2(np.maximum(array.astype(np.float64), LEAST)) * FINENESS)
    whole: np.ndarray[Any, Any] = levels.astype(np.int64)
    return whole


def _rates(levels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    rates = np.exp2(levels / FINENESS)
    fresh: np.ndarray[Any, Any] = np.where(rates > 2 * LEAST, rates, 0.0).astype(np.float32)
    return fresh


def constraint(tf: Any, told: dict[str, Any] | None) -> Any:
    """The constraint of these settings; ``None`` for none. Raises: Unknown."""
    if told is None:
        return None
    kind = getattr(tf.keras.constraints, _name(told, CONSTRAINTS))
    return _made(kind, _known(told, CONSTRAINTS))


def _made(kind: Any, config: dict[str, Any]) -> Any:
    """One of ``kind``; settings that it does not know are another Keras's and left out, and so
    is a name that is none: Keras 3 has one for each schedule."""
    known = inspect.signature(kind.__init__).parameters.keys()
    unnamed = {"name"} if config.get("name") is None else set()
    try:
        return kind(**{name: config[name] for name in config.keys() & known - unnamed})
    except Exception as error:
        raise Unknown(f"{kind.__name__} with settings that it refuses: {error}") from error


def _name(told: Any, names: str) -> str:
    name = told.get("class_name") if isinstance(told, dict) else None
    if not isinstance(name, str) or name not in names.split():
        raise Unknown(f"{str(name)[:100]} is none of Keras's own")
    return name


def _known(told: Any, names: str) -> dict[str, Any]:
    """The settings, of which each but a schedule is a plain value or a list of such."""
    name, config = _name(told, names), told.get("config")
    plain = bool | int | float | str | None
    if not isinstance(config, dict):
        raise Unknown(f"{name} without settings")
    for key, value in config.items():
        nested = key == "learning_rate" and isinstance(value, dict)
        values = value if isinstance(value, list) else [value]
        if not nested and not all(isinstance(item, plain) for item in values):
            raise Unknown(f"{name} with an odd setting {str(key)[:100]}")
    return config


def _plain(config: dict[str, Any], name: str) -> Any:
    """``config`` in JSON's own types: NumPy's numbers and tuples become plain ones."""
    try:
        return json.loads(json.dumps(config, default=lambda value: np.asarray(value).tolist()))
    except (TypeError, ValueError) as error:
        raise Unknown(f"the settings of {name} are no plain values: {error}") from error
