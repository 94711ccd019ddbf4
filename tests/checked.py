"""Tasks, probes and answers made by hand for the tests of the checks: no kernel, no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.evidence import Evidence, OptimizerCase, Probe
from grader.course import Case
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, Fault, FaultKind, ModelCase, Observed, Text
from grader.rubric import Task

TITLE = {"ru": "Проверка", "en": "Check"}
EACH_FAULT = [
    Fault(FaultKind.EXCEPTION, "boom", "ValueError", 4, 2, "raise ValueError('boom')"),
    Fault(FaultKind.SYNTAX, "invalid syntax", "SyntaxError", 4, 1),
    Fault(FaultKind.MISSING, "f"),
    Fault(FaultKind.TIME, "60 s"),
    Fault(FaultKind.MEMORY, "8.0 GiB"),
    Fault(FaultKind.OUTPUT, "more than 100000 characters printed"),
    Fault(FaultKind.DIED, ""),
    Fault(FaultKind.UNUSABLE, "NoneType"),
]
ODD_TREES: list[Any] = [
    {},
    {"value": {}},
    {"value": [], "gradients": {"0": 1}, "first": None, "variables": 5, "steps": "abc"},
    {"first": [], "variables": [1, "a", {}, {"shape": "x"}, {"shape": [True, -3]}], "output": {}},
    {"first": Leaf("tensor", np.array(["a"])), "variables": {}, "assigned": 1, "optimizer": {}},
    {"steps": Leaf("ndarray", np.array([["a"]])), "optimizer": None, "arguments": [1]},
    {"model": {"type": ["nested"]}, "arguments": {"a": Leaf("tensor", np.zeros(3))}},
    {"value": 10**400, "first": 10**400, "variables": [{"shape": [10**4000] * 2}]},
    {"value": Leaf("?", np.array(1, "M8[s]")), "gradients": [None, 5, "x", [[]]]},
]
"""Trees that no honest kernel sends."""


def task(*checks: Mapping[str, Any], id: str = "t", **fields: Any) -> Task:
    """A task with these checks, about the function ``f`` of the handout's cell ``c``."""
    listed = [{"id": f"check{i}", "title": TITLE, "points": 2, **c} for i, c in enumerate(checks)]
    whole = {"id": id, "title": TITLE, "object": {"name": "f", "cell": "c"}, **fields}
    return Task.model_validate({**whole, "checks": listed})


def tensor(values: Any, dtype: Any = np.float32) -> Leaf:
    return Leaf("tensor", np.asarray(values, dtype))


def variable(values: Any, dtype: Any = np.float32) -> Leaf:
    return Leaf("variable", np.asarray(values, dtype))


def answers(by_case: Mapping[str, Any]) -> Observed:
    """Answers by case: a fault, or a tree."""
    return Observed(
        tuple(
            Answer(case, fault=value) if isinstance(value, Fault) else Answer(case, value)
            for case, value in by_case.items()
        )
    )


def evidence(
    of: Task, key: str, cases: Sequence[Case | OptimizerCase], got: Observed, wanted: Observed
) -> Evidence:
    assert of.object is not None
    probe = Probe(key, "call", of.object, tuple(cases))
    return Evidence(of, {key: got}, {key: wanted}, {key: probe})


def call_cases(*names: str) -> tuple[CallCase, ...]:
    return tuple(CallCase(name, Text(f"случай {name}", f"case {name}"), ()) for name in names)


def model_cases(*names: str) -> tuple[ModelCase, ...]:
    return tuple(
        ModelCase(name, Text(f"случай {name}", f"case {name}"), np.zeros((2, 4, 4, 3)))
        for name in names
    )
