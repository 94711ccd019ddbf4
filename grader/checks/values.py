"""``values``: a function's outputs, or their gradients, against the reference on drawn cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, CheckGrade, Comparison, Text
from grader.rubric import Task, Values

from .agreement import Pair
from .cases import answer_of_reference, judge_cases
from .compare import (
    Array,
    alike,
    array_of,
    compare,
    compare_dtypes,
    compare_ranges,
    describe,
    numeric,
)
from .evidence import Evidence, Probe
from .explain import sizes
from .replies import called

GRADIENT = 3
"""Gradients sum over more terms than values do: their tolerance is so many times wider."""


def plan(check: Values, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One call probe for all checks of the task that share a generator."""
    assert task.object is not None
    return (Probe(key_of(check.cases, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Values, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        mine, theirs = called(answer), called(wanted)
        if check.compare == "gradients":
            return _gradients(check, case, title, theirs.gradients, mine.gradients)
        return [_value(check, case, title, theirs.value, mine.value)]

    return judge_cases(check, key_of(check.cases, evidence.task), evidence, check.only, rows)


def key_of(cases: str, task: Task) -> str:
    """The key of the probe that calls the task's function on ``cases``."""
    return f"{task.id}/call/{cases}"


def same(check: Values, evidence: Evidence, other: Evidence) -> bool:
    """Equal values and gradients in every case, the same exceptions where the other has some.

    With ``atol``, "equal" is by so much of the largest expected value: a known mistake may have
    made the values a thousand times smaller. Where nothing but exceptions came back, they have to
    speak of the same sizes: those tell a wrong stride from a wrong padding.
    """
    key = key_of(check.cases, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    cases = [case.id for case in evidence.probes[key].cases]
    both = [(mine.answer(case), theirs.answer(case)) for case in cases]
    rtol = max([check.rtol, *(_relative(check, evidence.expected[key].answer(c)) for c in cases)])
    if not all(_alike(check, a, b, rtol) for a, b in both):
        return False
    valued = any(
        a is not None and a.fault is None and _array(check, called(a).value) is not None
        for a, _ in both
    )
    return valued or all(_say_alike(a, b) for a, b in both)


def pairs(check: Values, evidence: Evidence) -> tuple[Pair, ...]:
    """Expected beside got for every case of the check's generator."""
    key = key_of(check.cases, evidence.task)
    found = []
    for case in evidence.probes[key].cases:
        answer = evidence.observed[key].answer(case.id)
        reference = answer_of_reference(evidence.expected, key, case.id)
        wanted = _array(check, called(reference).value)
        if isinstance(case, CallCase) and wanted is not None:
            got = None if answer is None or answer.fault else _array(check, called(answer).value)
            rtol = max(check.rtol, _relative(check, reference))
            found.append(Pair(case, wanted, got, rtol))
    return tuple(found)


def _say_alike(a: Answer | None, b: Answer | None) -> bool:
    faults = [answer.fault for answer in (a, b) if answer is not None and answer.fault]
    return len(faults) == 2 and sizes(faults[0]) == sizes(faults[1]) != []


def _relative(check: Values, wanted: Answer | None) -> float:
    array = _array(check, called(wanted).value) if wanted is not None else None
    if not check.atol or array is None or not numeric(array) or not array.size:
        return 0.0
    largest = float(np.abs(array.astype(np.float64)).max())
    return check.atol / max(largest, check.atol)


def _alike(check: Values, a: Answer | None, b: Answer | None, rtol: float) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    x, y = called(a), called(b)
    mine, theirs = _array(check, x.value), _array(check, y.value)
    if check.compare in ("shape", "dtype") and mine is not None and theirs is not None:
        return bool(getattr(mine, check.compare) == getattr(theirs, check.compare))
    return (
        len(x.gradients) == len(y.gradients)
        and _alike_values(check, x.value, y.value, rtol)
        and all(
            _alike_values(check, mine, theirs, rtol * GRADIENT)
            for mine, theirs in zip(x.gradients, y.gradients, strict=True)
        )
    )


def _alike_values(check: Values, mine: Any, theirs: Any, rtol: float) -> bool:
    x, y = _array(check, mine), _array(check, theirs)
    if x is None or y is None:
        return describe(mine) == describe(theirs)
    return alike(y, x, rtol)


def _array(check: Values, value: Any) -> Array | None:
    """The array that the check looks at: of the wanted part; a list of equal shapes as a stack."""
    value = _part(check, value)
    if not _is_listed(value):
        return array_of(value)
    arrays = [array for item in value if (array := array_of(item)) is not None]
    if len(arrays) < len(value) or len({array.shape for array in arrays}) != 1:
        return None
    if len({a.dtype for a in arrays}) > 1 and any(a.dtype.kind in "SU" for a in arrays):
        return None  # one long text would make all others as long
    return np.stack(arrays)


def _part(check: Values, value: Any) -> Any:
    if check.part is None or not _is_listed(value):
        return value
    return value[check.part] if check.part < len(value) else None


def _is_listed(value: Any) -> bool:
    return isinstance(value, list | tuple) and not isinstance(value, Leaf)


def _value(check: Values, case: str, title: Text, wanted: Any, got: Any) -> Comparison:
    expected, array = _array(check, wanted), _array(check, got)
    if _is_listed(_part(check, got)) and not _is_listed(_part(check, wanted)):
        array = None  # a list where one array is wanted
    if expected is None:
        raise ReferenceFailed(f"case {case}: the reference gave {describe(wanted)}, not an array")
    if array is None:
        return _not_an_array(case, title, str(expected.shape), got)
    match check.compare:
        case "shape":
            shapes = str(expected.shape), str(array.shape)
            return Comparison(case, title, expected.shape == array.shape, *shapes)
        case "dtype":
            return compare_dtypes(case, title, expected, array)
        case "range":
            return compare_ranges(case, title, expected, array, check.rtol, check.atol)
    return compare(
        case, title, expected, array, check.rtol, atol=check.atol, nan_agrees=check.nan_agrees
    )


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


_NO_GRADIENT = Text(
    "градиент сюда не доходит: результат не зависит от этого параметра",
    "no gradient arrives: the result does not depend on this parameter",
)
