"""``calls``: how a recorded module was called, by the arguments as they hold in the end."""

from __future__ import annotations

import re
from typing import Any

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.model import Answer, CheckGrade, Comparison, Text
from grader.rubric import Calls, Task

from . import values
from .cases import judge_cases
from .compare import describe
from .evidence import Evidence, Probe
from .replies import Noted, noted


def plan(check: Calls, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The same call probe that a ``values`` check of these cases has."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Calls, evidence: Evidence) -> CheckGrade:
    """Passed when the last call of that name, in each case, was given the argument as asked.

    Raises:
        ReferenceFailed: the reference does not call it so.
    """

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        theirs = _row(check, case, title, noted(wanted))
        if not theirs.passed:
            raise ReferenceFailed(f"check {check.id}, case {case}: the reference fails it itself")
        return [_row(check, case, title, noted(answer))]

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Calls, evidence: Evidence, other: Evidence) -> bool:
    """The same call with the same arguments in every case."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    return all(
        _alike(check, mine.answer(case.id), theirs.answer(case.id))
        for case in evidence.probes[key].cases
    )


def _alike(check: Calls, a: Answer | None, b: Answer | None) -> bool:
    if a is None or b is None or a.fault or b.fault:
        return False
    return _last(check, noted(a)) == _last(check, noted(b))


def _row(check: Calls, case: str, title: Text, calls: tuple[Noted, ...]) -> Comparison:
    wanted = _wanted(check)
    last = _last(check, calls)
    if last is None:
        note = Text(f"{check.call} не вызывается", f"{check.call} is not called")
        return Comparison(case, title, False, expected=wanted, got="—", note=note)
    if check.argument is None:
        return Comparison(case, title, True, expected=wanted, got=wanted)
    value = last.arguments.get(check.argument)
    right = _right(check, value)
    got = f"{check.argument} = {describe(value)}"
    note = Text(f"{check.call} получает {got}", f"{check.call} is given {got}")
    return Comparison(case, title, right, expected=wanted, got=got, note=None if right else note)


def _right(check: Calls, value: Any) -> bool:
    if check.matches is not None:
        return isinstance(value, str) and re.search(check.matches, value) is not None
    same_kind = isinstance(value, bool) == isinstance(check.equals, bool)
    return same_kind and bool(value == check.equals)


def _last(check: Calls, calls: tuple[Noted, ...]) -> Noted | None:
    return next((call for call in reversed(calls) if call.name == check.call), None)


def _wanted(check: Calls) -> str:
    if check.argument is None:
        return f"{check.call}(…)"
    asked = f"~ {check.matches}" if check.matches is not None else f"= {check.equals!r}"
    return f"{check.argument} {asked}"


def _key(check: Calls, task: Task) -> str:
    return values.key_of(check.cases, task)
