"""``variables``: what an initialiser returns: kinds and shapes, or the scale of the weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course import Lab
from grader.kernel.wire import Leaf
from grader.model import CheckGrade, Comparison, Fault, FaultKind, Observed, Text
from grader.rubric import Task, Variables

from .compare import describe
from .evidence import Evidence, Probe, verdict
from .explain import explain
from .scale import scale_row


def plan(check: Variables, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The initialiser, called once."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Variables, evidence: Evidence) -> CheckGrade:
    """``shapes``: as many variables as the reference's, in its order and shapes; ``scale``: He's."""
    leaves = _leaves(check, evidence, evidence.observed)
    if isinstance(leaves, Fault):
        return verdict(check, "variables", False, explain(leaves), faults=(leaves,))
    wanted = _leaves(check, evidence, evidence.expected)
    assert not isinstance(wanted, Fault)
    if check.compare == "scale":
        rows = [
            scale_row(i + 1, leaf.array, check.scale, check.tolerance)
            for i, leaf in enumerate(leaves)
            if leaf.array.ndim >= 2 and np.issubdtype(leaf.array.dtype, np.floating)
        ]
        rows = rows or [_nothing_to_scale()]
    else:
        rows = _shapes(wanted, leaves)
    wrong = next((row for row in rows if not row.passed), None)
    return verdict(
        check,
        "variables",
        wrong is None,
        _message(check, wrong),
        expected=[list(leaf.array.shape) for leaf in wanted],
        got=[list(leaf.array.shape) for leaf in leaves],
        comparisons=tuple(rows),
    )


def same(check: Variables, evidence: Evidence, other: Evidence) -> bool:
    """The same shapes, and standard deviations within the tolerance of each other."""
    mine = _leaves(check, evidence, evidence.observed)
    theirs = _leaves(check, other, other.observed)
    if isinstance(mine, Fault) or isinstance(theirs, Fault) or len(mine) != len(theirs):
        return False
    return all(
        a.kind == b.kind
        and a.array.shape == b.array.shape
        and _near(float(a.array.std()), float(b.array.std()), check.tolerance / 2)
        for a, b in zip(mine, theirs, strict=True)
    )


def initial(observed: Observed) -> list[Leaf] | None:
    """The arrays that an initialiser made, for a training under another network."""
    answer = observed.answers[0] if observed.answers else None
    value = answer.value["value"] if answer is not None and answer.value else None
    if isinstance(value, list | tuple) and value and all(isinstance(v, Leaf) for v in value):
        return list(value)
    return None


def key_of(task: Task) -> str | None:
    """The key of the task's initialiser probe, where it has one."""
    return next((_key(c, task) for c in task.checks if isinstance(c, Variables)), None)


def _leaves(check: Variables, evidence: Evidence, where: Any) -> list[Leaf] | Fault:
    observed = where[_key(check, evidence.task)]
    if observed.fault is not None:
        fault: Fault = observed.fault
        return fault
    answer = observed.answers[0]
    if answer.fault is not None:
        found: Fault = answer.fault
        return found
    value = answer.value["value"]
    if not isinstance(value, list | tuple):
        return Fault(FaultKind.UNUSABLE, f"{describe(value)}, list expected")
    odd = next((v for v in value if not isinstance(v, Leaf)), None)
    if odd is not None:
        return Fault(FaultKind.UNUSABLE, f"list with {describe(odd)} in it")
    return list(value)


def _shapes(wanted: list[Leaf], got: list[Leaf]) -> list[Comparison]:
    rows = []
    for i in range(max(len(wanted), len(got))):
        expected = str(wanted[i].array.shape) if i < len(wanted) else "—"
        shape = str(got[i].array.shape) if i < len(got) else "—"
        kind = got[i].kind if i < len(got) else "—"
        title = Text(f"параметр {i + 1}", f"parameter {i + 1}")
        note = None
        if expected == shape and kind != "variable":
            note = Text(
                f"это {kind}, а не tf.Variable: обучить его нельзя",
                f"this is a {kind}, no tf.Variable: it cannot be trained",
            )
        passed = expected == shape and note is None
        rows.append(Comparison(f"parameter {i + 1}", title, passed, expected, shape, note=note))
    return rows


def _message(check: Variables, wrong: Comparison | None) -> Text:
    if wrong is None:
        if check.compare == "scale":
            return Text("Масштаб весов верный.", "The weights have the right scale.")
        return Text("Формы всех параметров верны.", "All parameters have the right shapes.")
    if wrong.note is not None:
        return Text(f"{wrong.title.ru}: {wrong.note.ru}", f"{wrong.title.en}: {wrong.note.en}")
    if check.compare == "scale":
        return Text(
            f"{wrong.title.ru} {wrong.got}, а нужно около {wrong.expected}",
            f"{wrong.title.en} {wrong.got}, about {wrong.expected} wanted",
        )
    return Text(
        f"{wrong.title.ru}: форма {wrong.got_shape} вместо {wrong.expected_shape}",
        f"{wrong.title.en}: shape {wrong.got_shape} instead of {wrong.expected_shape}",
    )


def _nothing_to_scale() -> Comparison:
    note = Text("среди параметров нет матриц весов", "there are no weight matrices among them")
    return Comparison("weights", Text("веса", "weights"), False, note=note)


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12)


def _key(check: Variables, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"
