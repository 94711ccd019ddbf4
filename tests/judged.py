"""Observations of the convnets lab made by hand, and the grades that follow: no kernel, no run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from checked import tensor, variable

from grader import course
from grader.checks import kinds
from grader.checks.evidence import OptimizerCase, Probe
from grader.checks.optimizer import Fitted, simulate
from grader.course import Lab
from grader.judge import Circumstances, judge
from grader.kernel.wire import Leaf
from grader.model import (
    Answer,
    CallCase,
    CheckStatus,
    CurvePoint,
    Fault,
    Grade,
    Observations,
    Observed,
    Run,
    Status,
    Submission,
    TaskGrade,
)

ROOT = Path(__file__).parents[1]
C = CheckStatus
ARGUMENTS = {"channel_1": 32, "channel_2": 16, "num_classes": 10}
RULED = ("three_layer_convnet_init", "part3_model", "part4_model", "CustomConvNet")
Probes = dict[str, Observed]


@cache
def lab() -> Lab:
    return course.load(ROOT, "convnets", "en")


@cache
def probes() -> dict[str, Probe]:
    return {
        probe.key: probe
        for task in lab().rubric.tasks
        for check in task.checks
        for probe in kinds.plan(check, task, lab(), 0)
    }


# ----------------------------------------------------- observations made by hand


def answered(probe: Probe, **changed: Any) -> Observed:
    """The reference's answers to a probe; ``changed`` replaces fields of each answer."""
    return Observed(
        tuple(Answer(case.id, {**_fields(probe, case), **changed}) for case in probe.cases)
    )


def _fields(probe: Probe, case: Any) -> dict[str, Any]:
    if probe.stand_in is not None:
        return {"arguments": ARGUMENTS}
    if isinstance(case, OptimizerCase):
        return {"optimizer": "SGD", "steps": steps(case, Fitted(3e-3, 0.9, True))}
    if probe.kind == "build":
        return model()
    if isinstance(case, CallCase) and "init" in probe.key:
        return {"value": [_weights(shape) for shape in ((3, 3, 3, 32), (32,), (64, 10), (10,))]}
    gradients = [tensor([1.0, 2.0])] * 6 if case.cotangent is not None else []
    return {"value": tensor(np.arange(20).reshape(2, 10)), "gradients": gradients}


def model() -> dict[str, Any]:
    shapes = ((3, 3, 3, 8), (8,), (64, 10), (10,))
    listed = [{"shape": list(s), "value": _weights(s)} for s in shapes]
    first = tensor(np.array([[0.1] * 10, [0.19, 0.01] * 5]))
    output = tensor(np.arange(20).reshape(2, 10))
    return {"model": "M", "first": first, "variables": listed, "assigned": True, "output": output}


def _weights(shape: tuple[int, ...]) -> Leaf:
    std = np.sqrt(2 / np.prod(shape[:-1])) if len(shape) > 1 else 0.0
    return variable(np.random.default_rng(0).normal(size=shape) * std)


def steps(case: OptimizerCase, settings: Fitted) -> Leaf:
    return Leaf("ndarray", simulate(case.gradients, settings).astype(np.float32))


def trained(accuracy: float, stopped: Any = "budget", fault: Fault | None = None) -> Observed:
    points = (CurvePoint(0, 0.0, 0.1), CurvePoint(766, 1.0, accuracy))
    return Observed(runs=(Run(0, points, stopped, 9.0, fault=fault),))


def right() -> Probes:
    """What the right answer is observed to do, with trainings that meet their rules."""
    observed = {key: answered(probe) for key, probe in probes().items()}
    return {**observed, **{f"{task}/train": trained(0.9) for task in RULED}}


def observations(observed: Mapping[str, Observed], **fields: Any) -> Observations:
    return Observations((), observed, {"python": "3"}, 0, **fields)


def graded(
    changed: Mapping[str, Observed | None],
    submission: Submission | None = None,
    variants: Mapping[str, Observations] | None = None,
    **circumstances: Any,
) -> Grade:
    """The grade where these probes are observed otherwise (``None``: not at all)."""
    observed = {key: value for key, value in {**right(), **changed}.items() if value is not None}
    return judge(
        submission or lab().solved(),
        lab(),
        observations(observed),
        observations(right()),
        variants or {},
        probes(),
        Circumstances(0, {}, **circumstances),
    )


def task_of(grade: Grade, name: str) -> TaskGrade:
    return next(task for task in grade.tasks if task.id == name)


def wrong(grade: Grade) -> dict[str, Status]:
    return {t.id: t.status for t in grade.tasks if t.status is not Status.PASSED}


def key(part: str, kind: str) -> str:
    (found,) = [k for k in probes() if k.startswith(f"{part}/{kind}")]
    return found


BAD_MODEL = {"output": tensor(np.zeros((2, 10)))}
BLANK_TEXT = {"experiments": Status.NOT_ATTEMPTED}
