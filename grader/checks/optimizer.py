"""``optimizer``: known by its steps on known gradients, whatever class it is.

With gradients ``g_t``, learning rate ``a`` and momentum ``m``, stochastic gradient descent moves by
``v_t = m·v_{t−1} − a·g_t`` (plain momentum) or by ``m·v_t − a·g_t`` (Nesterov's), as
``keras.optimizers.SGD`` documents. The settings are fitted to the path; a path that no settings fit
belongs to another optimizer.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.model import CheckGrade, Comparison, Fault, FaultKind, Observed, Text
from grader.rubric import Optimizer, Task

from .compare import Array, alike, numeric
from .evidence import Evidence, OptimizerCase, Probe, verdict
from .explain import explain
from .replies import named, stepped

STEPS, PARAMETERS = 6, 5
FIT = 2e-4
"""Relative error up to which fitted settings explain a path: float32 steps are far better than
that, and what a weight decay does in six steps is far worse."""
EXACT = 0.01
"""Relative error up to which a fitted setting is the one that was asked for."""
NONE = 1e-3
"""A fitted momentum below this is none."""
HUGE = 1e30
"""A path that goes further has overflowed or will."""


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
    """Passed when the fitted setting is the reference's.

    Raises:
        ReferenceFailed: the reference's optimizer is not stochastic gradient descent.
    """
    wanted = _fitted(evidence, evidence.expected)
    if not isinstance(wanted, Fitted):
        raise ReferenceFailed(f"{evidence.task.id}: the reference's optimizer is not SGD")
    found = _fitted(evidence, evidence.observed)
    expected, title = _setting(wanted, check.compare), check.title.text
    if isinstance(found, Fault):
        return verdict(check, "optimizer", False, explain(found), faults=(found,))
    if isinstance(found, Text):
        return verdict(check, "optimizer", False, found, expected=expected)
    got = _setting(found, check.compare)
    passed = _equal(expected, got)
    row = Comparison("steps", title, passed, expected=str(expected), got=str(got))
    message = Text("Верно.", "Right.") if passed else _differs(title, expected, got)
    return verdict(
        check, "optimizer", passed, message, expected=expected, got=got, comparisons=(row,)
    )


def same(check: Optimizer, evidence: Evidence, other: Evidence) -> bool:
    """The same path, or the same class of another method, or the same exception, or the same thing
    in the place of an optimizer."""
    mine, theirs = (_path(e.observed[_key(evidence.task)]) for e in (evidence, other))
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        return alike(theirs, mine, FIT) or _of_one_kind(evidence, other)
    if isinstance(mine, Fault) and isinstance(theirs, Fault):
        return (mine.kind, mine.type) == (theirs.kind, theirs.type)
    return isinstance(mine, Text) and isinstance(theirs, Text) and mine == theirs


def _of_one_kind(evidence: Evidence, other: Evidence) -> bool:
    """Two optimizers of one class, neither of them gradient descent: Adam is Adam at any rate."""
    found = [_fitted(e, e.observed) for e in (evidence, other)]
    names = [named(e.observed[_key(e.task)].answers[0]) for e in (evidence, other)]
    return not any(isinstance(one, Fitted) for one in found) and names[0] == names[1] != "SGD"


def fit(gradients: Array, path: Array) -> Fitted | None:
    """Settings that turn ``gradients`` (steps, n) into ``path`` (steps, n) from zero, if any do."""
    if path.shape != gradients.shape or not numeric(path):
        return None
    g, p = gradients.astype(np.float64), path.astype(np.float64)
    if not np.all(np.abs(p) < HUGE):  # NaN too
        return None
    moves = np.diff(p, axis=0, prepend=0.0)
    pairs = np.stack([g[0], g[1]], axis=1)
    (carried, fresh), *_ = np.linalg.lstsq(pairs, -moves[1], rcond=None)
    if fresh <= 0:
        return None
    candidates = _candidates(float(fresh), max(float(carried / fresh), 0.0))
    errors = [float(np.abs(simulate(g, c) - p).max()) for c in candidates]
    best = int(np.argmin(errors))
    if not errors[best] <= FIT * float(np.abs(p).max()):
        return None
    found = candidates[best]
    return found if found.momentum > NONE else Fitted(found.learning_rate, 0.0, False)


def _candidates(fresh: float, ratio: float) -> tuple[Fitted, Fitted]:
    """The second move is ``−(fresh·ratio·g_0 + fresh·g_1)``: plain and Nesterov's reading of it.

    Plain: ``fresh = a``, ``ratio = m``. Nesterov: ``fresh = a·(1 + m)``, ``ratio = m² / (1 + m)``.
    """
    nesterov = (ratio + math.sqrt(ratio * ratio + 4 * ratio)) / 2
    return Fitted(fresh, ratio, False), Fitted(fresh / (1 + nesterov), nesterov, True)


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


def _fitted(evidence: Evidence, where: Mapping[str, Observed]) -> Fitted | Fault | Text:
    observed, (case, *_) = where[_key(evidence.task)], evidence.probes[_key(evidence.task)].cases
    assert isinstance(case, OptimizerCase)
    path = _path(observed)
    if not isinstance(path, np.ndarray):
        return path
    found = fit(np.asarray(case.gradients), path)
    if found is not None:
        return found
    name = named(observed.answers[0])
    return Text(
        f"{name} делает не такие шаги, как градиентный спуск с моментом",
        f"{name} does not step as gradient descent with momentum does",
    )


def _path(observed: Observed) -> Array | Fault | Text:
    if observed.fault is not None:
        return observed.fault
    if not observed.answers:
        return Fault(FaultKind.UNUSABLE, "no answer")
    answer = observed.answers[0]
    if answer.fault is not None:
        return answer.fault
    path = stepped(answer)
    if isinstance(path, str):
        return Text(
            f"вернулось {path}, а нужен оптимизатор",
            f"{path} came back where an optimizer was wanted",
        )
    return path


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


def _differs(title: Text, expected: float | bool, got: float | bool) -> Text:
    return Text(
        f"{title.ru}: {_word(got, 'ru')}, а нужно {_word(expected, 'ru')}",
        f"{title.en}: {_word(got, 'en')} instead of {_word(expected, 'en')}",
    )


def _word(value: float | bool, language: str) -> str:
    if isinstance(value, bool):
        return {"ru": ("нет", "да"), "en": ("no", "yes")}[language][value]
    return f"{value:g}"


def _key(task: Task) -> str:
    return f"{task.id}/inspect"
