"""Which module serves which kind of check."""

from __future__ import annotations

from grader.course import Lab
from grader.model import CheckGrade
from grader.rubric import (
    Accuracy,
    Answer,
    AnyCheck,
    Batches,
    Calls,
    Distribution,
    Formula,
    FreeText,
    Graphs,
    Layers,
    Optimizer,
    Python,
    Task,
    Values,
    Variables,
)

from . import (
    accuracy,
    answer,
    batches,
    calls,
    distribution,
    formula,
    graphs,
    layers,
    optimizer,
    python,
    text,
    values,
    variables,
)
from .agreement import Pair
from .evidence import Evidence, Probe


def plan(check: AnyCheck, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The probes that ``check`` wants answered."""
    match check:
        case Values():
            return values.plan(check, task, lab, seed)
        case Calls():
            return calls.plan(check, task, lab, seed)
        case Variables():
            return variables.plan(check, task, lab, seed)
        case Layers():
            return layers.plan(check, task, lab, seed)
        case Optimizer():
            return optimizer.plan(check, task, lab, seed)
        case Graphs():
            return graphs.plan(check, task, lab, seed)
        case Batches():
            return batches.plan(check, task, lab, seed)
        case Formula():
            return ()
        case Accuracy():
            return accuracy.plan(check, task, lab, seed)
        case Distribution():
            return distribution.plan(check, task, lab, seed)
        case FreeText():
            return text.plan(check, task, lab, seed)
        case Python():
            return python.plan(check, task, lab, seed)
        case Answer():
            return answer.plan(check, task, lab, seed)


def judge(check: AnyCheck, evidence: Evidence) -> CheckGrade:
    """The verdict of ``check`` on ``evidence``."""
    match check:
        case Values():
            return values.judge(check, evidence)
        case Calls():
            return calls.judge(check, evidence)
        case Variables():
            return variables.judge(check, evidence)
        case Layers():
            return layers.judge(check, evidence)
        case Optimizer():
            return optimizer.judge(check, evidence)
        case Graphs():
            return graphs.judge(check, evidence)
        case Batches():
            return batches.judge(check, evidence)
        case Formula():
            return formula.judge(check, evidence)
        case Accuracy():
            return accuracy.judge(check, evidence)
        case Distribution():
            return distribution.judge(check, evidence)
        case FreeText():
            return text.judge(check, evidence)
        case Python():
            return python.judge(check, evidence)
        case Answer():
            return answer.judge(check, evidence)


def same(check: AnyCheck, evidence: Evidence, other: Evidence) -> bool:
    """Whether the two answered alike, as far as ``check`` looks."""
    match check:
        case Values():
            return values.same(check, evidence, other)
        case Calls():
            return calls.same(check, evidence, other)
        case Variables():
            return variables.same(check, evidence, other)
        case Layers():
            return layers.same(check, evidence, other)
        case Optimizer():
            return optimizer.same(check, evidence, other)
        case Graphs():
            return graphs.same(check, evidence, other)
        case Batches():
            return batches.same(check, evidence, other)
        case Formula():
            return True  # a text says nothing about code
        case Accuracy():
            return accuracy.same(check, evidence, other)
        case Distribution():
            return distribution.same(check, evidence, other)
        case FreeText():
            return text.same(check, evidence, other)
        case Python():
            return python.same(check, evidence, other)
        case Answer():
            return answer.same(check, evidence, other)


def pairs(check: AnyCheck, evidence: Evidence) -> tuple[Pair, ...]:
    """Expected beside got by case, where ``check`` compares arrays of one meaning."""
    match check:
        case Values(compare="value"):
            return values.pairs(check, evidence)
        case Layers(compare="outputs"):
            return layers.pairs(check, evidence)
        case _:
            return ()
