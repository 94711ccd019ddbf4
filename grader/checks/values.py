"""``values``: a function's outputs, or their gradients, against the reference on drawn cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.model import Answer, CheckGrade, Comparison, Text
from grader.rubric import Task, Values

from .cases import judge_cases
from .compare import Array, alike, array_of, compare, describe
from .evidence import Evidence, Probe
from .replies import called

GRADIENT = 3
"""Gradients sum over more terms than values do: their tolerance is so many times wider."""


def plan(check: Values, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One call probe for all checks of the task that share a generator."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Values, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        mine, theirs = called(answer), called(wanted)
        if check.compare == "gradients":
            return _gradients(check, case, title, theirs.gradients, mine.gradients)
        return [_value(check, case, title, _expected(theirs.value, case), mine.value)]

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Values, evidence: Evidence, other: Evidence) -> bool:
    """Equal values and gradients in every case, the same exceptions where the other has some."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    pairs = [(mine.answer(c.id), theirs.answer(c.id)) for c in evidence.probes[key].cases]
    return all(_alike(a, b, check.rtol) for a, b in pairs) and any(
        a is not None and a.fault is None and array_of(called(a).value) is not None
        for a, _ in pairs
    )


def _alike(a: Answer | None, b: Answer | None, rtol: float) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    x, y = called(a), called(b)
    return (
        len(x.gradients) == len(y.gradients)
        and _alike_values(x.value, y.value, rtol)
        and all(
            _alike_values(mine, theirs, rtol * GRADIENT)
            for mine, theirs in zip(x.gradients, y.gradients, strict=True)
        )
    )


def _alike_values(mine: Any, theirs: Any, rtol: float) -> bool:
    x, y = array_of(mine), array_of(theirs)
    if x is None or y is None:
        return describe(mine) == describe(theirs)
    return alike(y, x, rtol)


def _value(check: Values, case: str, title: Text, expected: Array, got: Any) -> Comparison:
    array = array_of(got)
    if array is None:
        return _not_an_array(case, title, str(expected.shape), got)
    if check.compare == "shape":
        shapes = str(expected.shape), str(array.shape)
        return Comparison(case, title, expected.shape == array.shape, *shapes)
    return compare(case, title, expected, array, check.rtol)


def _gradients(
    check: Values, case: str, title: Text, wanted: Sequence[Any], got: Sequence[Any]
) -> list[Comparison]:
    if not wanted:
        raise ReferenceFailed(f"case {case}: the reference gave no gradients; has it a cotangent?")
    rows = []
    for number, gradient in enumerate(wanted):
        name = Text(
            f"{title.ru}: градиент параметра {number + 1}",
            f"{title.en}: gradient of parameter {number + 1}",
        )
        expected, mine = _expected(gradient, case), got[number] if number < len(got) else None
        array = array_of(mine)
        if array is not None:
            rows.append(compare(case, name, expected, array, check.rtol * GRADIENT))
        elif mine is None:
            shape = str(expected.shape)
            rows.append(Comparison(case, name, False, shape, "None", note=_NO_GRADIENT))
        else:
            rows.append(_not_an_array(case, name, str(expected.shape), mine))
    return rows


def _expected(value: Any, case: str) -> Array:
    array = array_of(value)
    if array is None:
        raise ReferenceFailed(f"case {case}: the reference gave {describe(value)}, not an array")
    return array


def _not_an_array(case: str, title: Text, shape: str, got: Any) -> Comparison:
    what = describe(got)
    note = Text(
        f"вернулось {what}, а нужен тензор формы {shape}",
        f"{what} came back where a tensor of shape {shape} was wanted",
    )
    return Comparison(case, title, False, shape, what, note=note)


def _key(check: Values, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"


_NO_GRADIENT = Text(
    "градиент сюда не доходит: результат не зависит от этого параметра",
    "no gradient arrives: the result does not depend on this parameter",
)
