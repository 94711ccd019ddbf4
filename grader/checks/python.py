"""``python``: the course's own function looks at expected beside got, case by case.

It runs on the trusted side and sees data only: arrays, numbers, texts, lists and dicts that the
student's function returned, never an object of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grader.course import Case, Lab, OwnCheck
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, CheckGrade, CheckStatus, Comparison, Text
from grader.rubric import Python, Task

from .cases import judge_cases
from .compare import alike, describe, few, numeric
from .evidence import Evidence, Probe, verdict
from .replies import called

SHOWN = 300
ALIKE = 1e-3
"""Relative: how far apart the numbers of two answers may be that make the same mistake."""


class _Failed(Exception):
    """The course's function raised, or said nothing that could be used."""


def plan(check: Python, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One call probe, shared with the ``values`` checks on the same cases."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Python, evidence: Evidence) -> CheckGrade:
    """Passed when the course's function says so of every case; ungraded where it fails.

    Raises:
        ReferenceFailed: the function fails on the reference's own answer, or refuses it.
    """
    function, key = evidence.functions[check.function], _key(check, evidence.task)
    cases = {case.id: case for case in evidence.probes[key].cases}

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        made = cases[case]
        assert isinstance(made, CallCase)
        made = replace(made, args=tuple(plain(arg) for arg in made.args))
        expected, got = plain(called(wanted).value), plain(called(answer).value)
        _must_accept(check, function, made, expected)
        strange = _strange(expected, called(answer).value)
        passed, said = (False, strange) if strange else _ask(function, made, expected, got)
        shown, mine = _shown(expected), _shown(got)
        return [Comparison(case, title, passed, expected=shown, got=mine, note=said)]

    try:
        return judge_cases(check, key, evidence, check.only, rows)
    except _Failed as failed:
        message = Text(
            f"Проверка курса `{check.function}` сама завершилась с ошибкой: {failed}. "
            "Это не ваша вина; сообщите преподавателю.",
            f"The course's own check `{check.function}` failed: {failed}. "
            "That is no fault of yours; tell the teacher.",
        )
        return verdict(check, "python", CheckStatus.UNGRADED, message)


def same(check: Python, evidence: Evidence, other: Evidence) -> bool:
    """Equal values in every case, the same exceptions where the other has some."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    return all(
        _same_answer(mine.answer(case.id), theirs.answer(case.id))
        for case in evidence.probes[key].cases
    )


def plain(value: Any) -> Any:
    """An observed value as NumPy arrays (which cannot be written to) and plain Python."""
    if isinstance(value, Leaf):
        array = value.array.view()
        array.flags.writeable = False
        return array
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _must_accept(check: Python, function: OwnCheck, case: Case, expected: Any) -> None:
    try:
        passed, said = _ask(function, case, expected, expected)
    except _Failed as failed:
        raise ReferenceFailed(
            f"checks.py: {check.function} fails on the reference's answer to {case.id}: {failed}"
        ) from failed
    if not passed:
        raise ReferenceFailed(
            f"checks.py: {check.function} refuses the reference's answer to {case.id}: {said.en}"
        )


def _ask(function: OwnCheck, case: Case, expected: Any, got: Any) -> tuple[bool, Text]:
    try:
        said = function(case, expected, got)
    except Exception as error:
        raise _Failed(f"{type(error).__name__}: {error}"[:SHOWN]) from error
    match said:
        case (bool() | np.bool_(), Text()):
            return bool(said[0]), said[1]
    raise _Failed("it has to return (passed, Text)")


def _strange(expected: Any, got: Any) -> Text | None:
    """What is wrong with a value of another kind than was expected; the function never sees it."""
    if _kind(expected) == _kind(plain(got)):
        return None
    return Text(f"вернулось {describe(got)}", f"{describe(got)} came back")


def _kind(value: Any) -> str:
    """Numbers and arrays of numbers are of one kind, so are lists and tuples."""
    if isinstance(value, np.ndarray):
        return "number" if numeric(value) else value.dtype.kind
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    if isinstance(value, list | tuple):
        return "list"
    return type(value).__name__


def _same_answer(one: Answer | None, other: Answer | None) -> bool:
    if one is None or other is None:
        return False
    if one.fault or other.fault:
        return bool(one.fault and other.fault and one.fault.type == other.fault.type)
    return _same(plain(called(one).value), plain(called(other).value))


def _same(one: Any, other: Any) -> bool:
    if _kind(one) != _kind(other):
        return False
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray) or _kind(one) == "number":
        a, b = np.asarray(one), np.asarray(other)
        return alike(a, b, ALIKE) if numeric(a) else np.array_equal(a, b)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.shape}: {few(value)}" if value.ndim else few(value)
    return repr(value)[:SHOWN]


def _key(check: Python, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"
