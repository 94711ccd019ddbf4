"""``batches``: a generator of mini-batches, by what it yields.

A case's first two arguments are the examples and their labels, its third the size of a batch. No
two examples of a case may be equal.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, CheckGrade, Comparison, Text
from grader.rubric import Batches, Task

from .cases import judge_cases
from .compare import Array, array_of, describe, numeric
from .evidence import Evidence, Probe
from .replies import called

ENOUGH = 12
"""Examples, of which a random order is told from a regular one: one of 20,000 is taken for one."""


def plan(check: Batches, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One call a case; a generator comes back as the list of what it yields."""
    wanted = check.object or task.object
    assert wanted is not None
    return (Probe(_key(check, task), "call", wanted, lab.draw(check.cases, seed)),)


def judge(check: Batches, evidence: Evidence) -> CheckGrade:
    """Passed when each example came once, beside its label, in batches of the right sizes, and in
    the order that was asked for."""
    cases = {c.id: c for c in evidence.probes[_key(check, evidence.task)].cases}

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        drawn = cases[case]
        assert isinstance(drawn, CallCase)
        note = _complaint(check, drawn, answer)
        return [Comparison(case, title, note is None, note=note)]

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Batches, evidence: Evidence, other: Evidence) -> bool:
    """The same complaint, or none, about every case."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    for case in evidence.probes[key].cases:
        a, b = mine.answer(case.id), theirs.answer(case.id)
        if a is None or b is None or (a.fault is None) != (b.fault is None):
            return False
        assert isinstance(case, CallCase)
        if a.fault is None and _complaint(check, case, a) != _complaint(check, case, b):
            return False
    return True


def _complaint(check: Batches, case: CallCase, answer: Answer) -> Text | None:
    x, y = (_given(case.args[place]) for place in (0, 1))
    size = int(case.args[2])
    got = called(answer).value
    pairs = [_pair(item) for item in got] if isinstance(got, list | tuple) else []
    if not pairs or any(pair is None for pair in pairs):
        return _no_pairs(got)
    xs, ys = ([pair[side] for pair in pairs if pair] for side in (0, 1))
    sizes = [len(part) for part in xs]
    wanted = [min(size, len(x) - start) for start in range(0, len(x), size)]
    if sizes != wanted or [len(part) for part in ys] != wanted:
        return Text(f"размеры мини-блоков {sizes} вместо {wanted}",
                    f"batches of {sizes} instead of {wanted}")  # fmt: skip
    if any(part.shape[1:] != x.shape[1:] for part in xs):
        return _OTHER
    if any(part.shape[1:] != y.shape[1:] for part in ys):
        return _RELABELLED
    order = _order(x, np.concatenate(xs))
    if order is None or sorted(order) != list(range(len(x))):
        return _NOT_ONCE
    if not np.array_equal(np.concatenate(ys), y[order]):
        return _APART
    if check.order == "shuffled":
        return _KEPT if order == sorted(order) else _SCHEME if _regular(order) else None
    return None if order == sorted(order) else _SHUFFLED


def _order(x: Array, got: Array) -> list[int] | None:
    """Where in ``x`` each example of ``got`` stands."""
    places = {row.tobytes(): place for place, row in enumerate(x)}
    found = [places.get(np.ascontiguousarray(row, x.dtype).tobytes()) for row in got]
    return None if None in found else [place for place in found if place is not None]


def _regular(order: list[int]) -> bool:
    """Whether most examples stand as far behind the one before as others do: they are turned
    round, shifted, or shuffled by whole batches. No random order of a dozen does so."""
    steps = Counter(after - before for before, after in itertools.pairwise(order))
    return len(order) >= ENOUGH and max(steps.values()) > len(order) / 2


def _pair(item: Any) -> tuple[Array, Array] | None:
    if not isinstance(item, list | tuple) or len(item) != 2:
        return None
    x, y = (array_of(part) for part in item)
    if x is None or y is None or not (x.ndim and y.ndim and numeric(x) and numeric(y)):
        return None
    return x, y


def _given(value: Any) -> Array:
    if isinstance(value, Leaf):
        return value.array
    raise ReferenceFailed("a case of `batches` begins with two arrays; mend the generator")


def _no_pairs(got: Any) -> Text:
    what = describe(got)
    return Text(f"нужны пары (x, y), а получено: {what}", f"pairs (x, y) wanted, {what} came")


def _key(check: Batches, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"


_OTHER = Text("примеры изменены", "the examples were changed")
_RELABELLED = Text("форма меток изменена", "the labels came in another shape")
_NOT_ONCE = Text(
    "за проход должен встретиться каждый пример, и ровно один раз",
    "each example has to come in a pass, exactly once",
)
_APART = Text("примеры и метки перепутаны", "examples and labels are not kept together")
_KEPT = Text("порядок не перемешан", "the order is not shuffled")
_SCHEME = Text(
    "порядок другой, но не случайный: примеры идут подряд или с постоянным шагом",
    "the order is another one, but no random one: examples follow each other in even steps",
)
_SHUFFLED = Text(
    "порядок изменён, хотя shuffle=False", "the order has changed although shuffle=False"
)
