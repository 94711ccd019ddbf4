"""``optimizer``: known by its steps on known gradients, whatever class it is.

With gradients ``g_t``, learning rate ``a`` and momentum ``m``, stochastic gradient descent moves by
``v_t = m·v_{t−1} − a·g_t`` (plain momentum) or by ``m·v_t − a·g_t`` (Nesterov's), as
``keras.optimizers.SGD`` documents. The settings are fitted to the path; a path that no settings fit
belongs to another optimizer.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.course import Lab
from grader.model import CheckGrade, Comparison, Fault, Observed, Text
from grader.rubric import Optimizer, Task

from .compare import array_of, close, describe
from .evidence import Evidence, OptimizerCase, Probe, verdict
from .explain import explain

STEPS, PARAMETERS = 6, 5
FIT = 1e-3
"""Relative error up to which fitted settings explain a path (float32 steps)."""
EXACT = 0.01
"""Relative error up to which a fitted setting is the one that was asked for."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Fitted:
    """Settings of stochastic gradient descent that reproduce a path."""

    learning_rate: float
    momentum: float
    nesterov: bool


def plan(check: Optimizer, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """A few steps from zero on gradients drawn from the seed."""
    assert task.object is not None
    rng = np.random.default_rng([seed, zlib.crc32(task.id.encode())])
    gradients = rng.normal(size=(STEPS, PARAMETERS)).astype(np.float32)
    title = Text("шаги по известным градиентам", "steps on known gradients")
    return (Probe(_key(task), "inspect", task.object, (OptimizerCase("steps", title, gradients),)),)


def judge(check: Optimizer, evidence: Evidence) -> CheckGrade:
    """Passed when the fitted setting is the reference's."""
    key = _key(evidence.task)
    gradients = evidence.probes[key].cases[0].gradients  # type: ignore[union-attr]
    wanted = _fitted(evidence.expected[key], gradients)
    assert isinstance(wanted, Fitted), "the reference's optimizer is not SGD"
    found = _fitted(evidence.observed[key], gradients)
    expected, title = _setting(wanted, check.compare), check.title.text
    if isinstance(found, Fault):
        return verdict(check, "optimizer", False, explain(found), faults=(found,))
    if isinstance(found, Text):
        return verdict(check, "optimizer", False, found, expected=expected)
    got = _setting(found, check.compare)
    passed = _equal(expected, got)
    message = (
        Text("Верно.", "Right.")
        if passed
        else Text(f"{title.ru}: {_word(got, 'ru')}, а нужно {_word(expected, 'ru')}",
                  f"{title.en}: {_word(got, 'en')} instead of {_word(expected, 'en')}")
    )  # fmt: skip
    row = Comparison("steps", title, passed, expected=str(expected), got=str(got))
    return verdict(
        check, "optimizer", passed, message, expected=expected, got=got, comparisons=(row,)
    )


def same(check: Optimizer, evidence: Evidence, other: Evidence) -> bool:
    """The same path."""
    key = _key(evidence.task)
    mine, theirs = (_path(e.observed[key]) for e in (evidence, other))
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        return close(theirs, mine, FIT)
    return isinstance(mine, Text) and isinstance(theirs, Text) and mine == theirs


def fit(gradients: Array, path: Array) -> Fitted | None:
    """Settings that turn ``gradients`` (steps, n) into ``path`` (steps, n) from zero; or ``None``."""
    if path.shape != gradients.shape or not np.all(np.isfinite(path)):
        return None
    g = gradients.astype(np.float64)
    moves = np.diff(path.astype(np.float64), axis=0, prepend=0.0)
    pairs = np.stack([g[0], g[1]], axis=1)
    (carried, fresh), *_ = np.linalg.lstsq(pairs, -moves[1], rcond=None)
    if fresh <= 0:
        return None
    ratio = max(carried / fresh, 0.0)
    nesterov = (ratio + math.sqrt(ratio * ratio + 4 * ratio)) / 2
    candidates = [
        Fitted(float(fresh), float(ratio), False),
        Fitted(float(fresh / (1 + nesterov)), float(nesterov), True),
    ]
    errors = [float(np.abs(simulate(g, c) - path).max()) for c in candidates]
    best = int(np.argmin(errors))
    if errors[best] > FIT * float(np.abs(path).max()):
        return None
    found = candidates[best]
    return found if found.momentum > 1e-3 else Fitted(found.learning_rate, 0.0, False)


def simulate(gradients: Array, settings: Fitted) -> Array:
    """The path that stochastic gradient descent takes from zero."""
    a, m = settings.learning_rate, settings.momentum
    velocity = position = np.zeros(gradients.shape[1])
    path = []
    for gradient in gradients:
        velocity = m * velocity - a * gradient
        position = position + (m * velocity - a * gradient if settings.nesterov else velocity)
        path.append(position)
    return np.stack(path)


def _fitted(observed: Observed, gradients: Array) -> Fitted | Fault | Text:
    path = _path(observed)
    if not isinstance(path, np.ndarray):
        return path
    found = fit(np.asarray(gradients), path)
    if found is not None:
        return found
    name = str(observed.answers[0].value["optimizer"])[:60]
    return Text(
        f"{name} делает не такие шаги, как градиентный спуск с моментом",
        f"{name} does not step as gradient descent with momentum does",
    )


def _path(observed: Observed) -> Array | Fault | Text:
    if observed.fault is not None:
        return observed.fault
    answer = observed.answers[0]
    if answer.fault is not None:
        return answer.fault
    path = array_of(answer.value.get("steps"))
    if path is not None:
        return path
    what = describe(answer.value.get("optimizer"))
    return Text(
        f"вернулось {what}, а нужен оптимизатор", f"{what} came back where an optimizer was wanted"
    )


def _setting(fitted: Fitted, name: str) -> float | bool:
    value = {
        "learning_rate": fitted.learning_rate,
        "momentum": fitted.momentum,
        "nesterov": fitted.nesterov,
    }[name]
    return value if isinstance(value, bool) else float(f"{value:.4g}")


def _equal(expected: float | bool, got: float | bool) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return abs(expected - got) <= EXACT * max(abs(expected), 1e-12)


def _word(value: float | bool, language: str) -> str:
    if isinstance(value, bool):
        return {"ru": ("нет", "да"), "en": ("no", "yes")}[language][value]
    return f"{value:g}"


def _key(task: Task) -> str:
    return f"{task.id}/inspect"
