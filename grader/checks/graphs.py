"""``graphs``: what a function builds in a TensorFlow 1 graph, by what it computes.

Variables are compared by their shapes, whatever their names and order. ``outputs`` are those of
inference, ``training`` those of a training step, both with weights that the probe gives; ``moving``
are the statistics that training steps change, and the outputs with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.model import Answer, CheckGrade, Comparison, Text
from grader.rubric import Graphs, Task

from .built_graphs import Reply, read
from .cases import judge_cases
from .compare import Array, alike, array_of, compare, core, describe, lined_up
from .evidence import Evidence, Probe
from .replies import Shape

NOTHING = 1e-5
"""Of the largest number: a gradient below is rounding, as that of a bias under a batch norm is."""
GRADIENT = 3
"""Gradients sum over more terms than values do: their tolerance is so many times wider."""


def plan(check: Graphs, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One graph probe for all checks of the task that share a generator."""
    assert task.object is not None
    return (
        Probe(_key(check, task), "graph", task.object, lab.draw(check.cases, seed),
              helpers=lab.helpers(task)),
    )  # fmt: skip


def judge(check: Graphs, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        return _rows(check, case, title, read(wanted), read(answer))

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Graphs, evidence: Evidence, other: Evidence) -> bool:
    """Equal variables, shapes and values of all kinds, or the same exception, in every case."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    cases = [case.id for case in evidence.probes[key].cases]
    return all(_alike(check, mine.answer(c), theirs.answer(c)) for c in cases)


def _rows(check: Graphs, case: str, title: Text, wanted: Reply, got: Reply) -> list[Comparison]:
    match check.compare:
        case "variables":
            return [_variables(case, title, wanted, got)]
        case "parameters":
            return [_numbers(case, title, wanted.numbers, got.numbers, _PARAMETERS)]
        case "draws":
            return [_numbers(case, title, wanted.draws, got.draws, _DRAWS)]
        case "shape":
            expected, mine = _told(wanted.shapes), _told(got.shapes)
            return [Comparison(case, title, expected == mine, expected, mine)]
        case "outputs":
            return _values(check, case, title, "inference", wanted, got)
        case "training":
            return _values(check, case, title, "training", wanted, got)
        case "moving":
            statistics = _unordered(check, case, title, "moving", wanted, got, 1)
            after = _values(check, case, _after(title), "after", wanted, got)
            return [*statistics, *after, *_at_rest(case, title, wanted, got)]
        case "gradients":
            return _unordered(check, case, title, "gradients", wanted, got, GRADIENT)


def _values(
    check: Graphs, case: str, title: Text, what: str, wanted: Reply, got: Reply
) -> list[Comparison]:
    """Outputs, each against its own."""
    expected = wanted.values.get(what, ())
    if not expected:
        raise ReferenceFailed(f"case {case}: the reference has no {what}; mend the case")
    mine = got.values.get(what, ())
    rows = []
    for number, value in enumerate(expected):
        other = array_of(mine[number]) if number < len(mine) else None
        if other is None:
            rows.append(Comparison(case, title, False, note=_NO_MODE))
        else:
            rows.append(compare(case, title, _array(value), other, check.rtol))
    return rows


def _at_rest(case: str, title: Text, wanted: Reply, got: Reply) -> list[Comparison]:
    """What was learnt of the data is left alone where nothing is learnt."""
    if not got.disturbed or wanted.disturbed:
        return []
    return [Comparison(case, title, False, note=_DISTURBED)]


def _unordered(
    check: Graphs, case: str, title: Text, what: str, wanted: Reply, got: Reply, wider: int
) -> list[Comparison]:
    """Each expected array against the likest of its shape: variables have no order."""
    left = [array_of(value) for value in got.values.get(what, ())]
    rows = []
    all_wanted = wanted.values.get(what, ())
    nothing = NOTHING * _largest(all_wanted)
    for value in all_wanted:
        expected = array_of(value)
        if expected is None or _size(expected) <= nothing:
            continue  # no gradient reaches it in the reference either, or only rounding
        rivals = [a for a in left if a is not None and core(a.shape) == core(expected.shape)]
        found = [
            compare(case, title, expected, lined_up(a, expected.shape), check.rtol * wider)
            for a in rivals
        ]
        if not found:
            shape = str(expected.shape)
            rows.append(Comparison(case, title, False, shape, "—", note=_nothing(what, shape)))
            continue
        best = min(range(len(found)), key=lambda i: _badness(found[i]))
        rows.append(found[best])
        left = [a for a in left if a is not rivals[best]]
    if not rows:
        raise ReferenceFailed(f"case {case}: the reference has no {what}; mend the case")
    return rows


def _largest(values: Sequence[Any]) -> float:
    arrays = [array_of(value) for value in values]
    return max((_size(a) for a in arrays if a is not None), default=0.0)


def _size(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0))


def _badness(row: Comparison) -> float:
    return float("inf") if row.error is None else row.error


def _variables(case: str, title: Text, wanted: Reply, got: Reply) -> Comparison:
    expected = Counter(shape for shape, _ in wanted.variables)
    names = {core(shape): shape for shape in expected}
    found = (shape for shape, _ in got.variables)
    mine = Counter(s if s in expected else names.get(core(s), s) for s in found)
    missing, extra = _listed(expected - mine), _listed(mine - expected)
    note = Text(
        f"нет переменных {missing}; лишние {extra}",
        f"variables missing: {missing}; not asked for: {extra}",
    )
    right = expected == mine
    return Comparison(
        case, title, right, expected=_listed(expected), got=_listed(mine),
        note=None if right else note,
    )  # fmt: skip


def _numbers(case: str, title: Text, wanted: int, got: int, what: Text) -> Comparison:
    note = Text(f"{what.ru}: {got} вместо {wanted}", f"{what.en}: {got} instead of {wanted}")
    right = wanted == got
    return Comparison(
        case, title, right, expected=str(wanted), got=str(got), note=None if right else note
    )


def _alike(check: Graphs, a: Answer | None, b: Answer | None) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    x, y = read(a), read(b)
    if Counter(x.variables) != Counter(y.variables) or x.shapes != y.shapes or x.draws != y.draws:
        return False
    return x.values.keys() == y.values.keys() and all(
        _alike_values(check, what, x.values[what], y.values[what]) for what in x.values
    )


def _alike_values(check: Graphs, what: str, mine: Sequence[Any], theirs: Sequence[Any]) -> bool:
    if len(mine) != len(theirs):
        return False
    if what not in ("gradients", "moving"):
        return all(_near(a, b, check.rtol) for a, b in zip(mine, theirs, strict=True))
    left, nothing = list(mine), NOTHING * _largest(theirs)
    for value in theirs:
        array = array_of(value)
        if array is not None and _size(array) <= nothing:
            continue
        wide = check.rtol * GRADIENT
        found = next((i for i, a in enumerate(left) if _near(a, value, wide)), -1)
        if found < 0:
            return False
        del left[found]
    return True


def _near(mine: Any, theirs: Any, rtol: float) -> bool:
    x, y = array_of(mine), array_of(theirs)
    if x is None or y is None:
        return x is None and y is None
    return x.shape == y.shape and alike(y, x, rtol)


def _array(value: Any) -> Array:
    array = array_of(value)
    if array is None:
        raise ReferenceFailed(f"the reference gave {describe(value)}, not an array")
    return array


def _told(shapes: Sequence[Shape]) -> str:
    """Shapes for reading, a size that is free as ``?``."""
    return ", ".join(
        "(" + ", ".join("?" if size < 0 else str(size) for size in shape) + ")" for shape in shapes
    )


def _listed(shapes: Counter[Shape]) -> str:
    most = sorted(shapes.items(), key=lambda item: (-len(item[0]), item[0]))[:12]
    return ", ".join(f"{shape}" + (f" ×{n}" if n > 1 else "") for shape, n in most) or "—"


def _after(title: Text) -> Text:
    return Text(
        f"{title.ru}: выход с накопленной статистикой", f"{title.en}: outputs with the statistics"
    )


def _nothing(what: str, shape: str) -> Text:
    if what == "gradients":
        return Text(
            f"до переменной формы {shape} градиент не доходит",
            f"no gradient reaches the variable of shape {shape}",
        )
    return Text(
        f"обучение не меняет ни одной переменной формы {shape}",
        f"training changes no variable of shape {shape}",
    )


def _key(check: Graphs, task: Task) -> str:
    return f"{task.id}/graph/{check.cases}"


_DISTURBED = Text(
    "прогон в режиме проверки меняет переменные: статистику накапливает только обучение",
    "a run in inference changes variables: only training gathers statistics",
)
_NO_MODE = Text(
    "выхода нет: режим обучения и режим проверки не различаются",
    "there is no such output: training and inference are not told apart",
)
_PARAMETERS = Text("параметров", "parameters")
_DRAWS = Text("случайных слоёв (dropout) на пути к выходу", "random layers (dropout) on the way")
