"""``layers``: a model against the reference, by what it computes and never by how it is written.

``variables``: trainable variables of the same shapes, in any order; ``outputs``: the same outputs
once both models hold the same weights; ``scale``: He's scale of the initial kernels;
``probabilities``: one distribution over the classes for each image; ``shape``: of the output.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.model import Answer, CheckGrade, Comparison, ModelCase, Text
from grader.rubric import Layers, Task

from .agreement import Pair
from .behaviour import PROBABILITIES, behaviour
from .cases import answer_of_reference, judge_cases
from .compare import Array, alike, array_of, compare, describe, few, numeric
from .evidence import Evidence, Probe
from .replies import Built, Shape, arguments, built
from .scale import scale_rows


def plan(check: Layers, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The model built once a case; once more with a recorder in place of another task's class."""
    assert task.object is not None
    cases = lab.draw(check.cases, seed)
    probe = Probe(_key(check, task), "build", task.object, cases, aside=check.aside)
    if task.stand_in is None:
        return (probe,)
    stand_in = Probe(stand_in_key(task), "build", task.object, cases[:1], task.stand_in)
    return (probe, stand_in)


def judge(check: Layers, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        mine, theirs = built(answer), built(wanted)
        if isinstance(theirs, str):
            raise ReferenceFailed(f"case {case}: the reference gave {theirs}, not a model")
        if isinstance(mine, str):
            return [Comparison(case, title, False, got=mine, note=_no_model(mine))]
        match check.compare:
            case "variables":
                return [_variables(case, title, theirs, mine)]
            case "scale":
                return scale_rows(mine.kernels, check.scale, check.tolerance)
            case "probabilities":
                return [_probabilities(check, case, title, theirs, mine)]
            case "shape":
                return [_shape(case, title, theirs, mine)]
            case "outputs":
                return [_outputs(check, case, title, theirs, mine)]

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Layers, evidence: Evidence, other: Evidence) -> bool:
    """Equal shapes and equal outputs with equal weights, or the same exception, in every case."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    triples = [
        (mine.answer(c.id), theirs.answer(c.id), answer_of_reference(evidence.expected, key, c.id))
        for c in evidence.probes[key].cases
    ]
    alike_in_all = all(_alike(check, *triple) for triple in triples)
    if check.compare == "probabilities":  # right answers to an open task are alike in nothing
        return alike_in_all and any(_misbehaves(a, wanted) for a, _, wanted in triples)
    return alike_in_all


def pairs(check: Layers, evidence: Evidence) -> tuple[Pair, ...]:
    """Outputs with the reference's weights, where the model could take them."""
    key = _key(check, evidence.task)
    found = []
    for case in evidence.probes[key].cases:
        answer = evidence.observed[key].answer(case.id)
        theirs = built(answer_of_reference(evidence.expected, key, case.id))
        wanted = None if isinstance(theirs, str) else array_of(theirs.output)
        if isinstance(case, ModelCase) and wanted is not None:
            mine = None if answer is None or answer.fault else built(answer)
            got = array_of(mine.output) if isinstance(mine, Built) and mine.assigned else None
            found.append(Pair(case, wanted, got, check.rtol))
    return tuple(found)


def stand_in_key(task: Task) -> str:
    return f"{task.id}/stand_in"


def stand_in_right(evidence: Evidence) -> bool:
    """True when the other task's class is constructed with the reference's arguments."""
    key = stand_in_key(evidence.task)
    if key not in evidence.observed:
        return False
    case = evidence.probes[key].cases[0].id
    mine = evidence.observed[key].answer(case)
    if mine is None:
        return False
    theirs = answer_of_reference(evidence.expected, key, case)
    told = arguments(mine)
    return told is not None and told == arguments(theirs)


def _variables(case: str, title: Text, wanted: Built, got: Built) -> Comparison:
    missing, extra = wanted.shapes - got.shapes, got.shapes - wanted.shapes
    lacks, adds = _listed(missing), _listed(extra)
    note = Text(
        f"нет весов {lacks}; лишние {adds}", f"weights missing: {lacks}; not asked for: {adds}"
    )
    right = not missing and not extra
    return Comparison(
        case,
        title,
        right,
        expected=_listed(wanted.shapes),
        got=_listed(got.shapes),
        note=None if right else note,
    )


def _outputs(check: Layers, case: str, title: Text, wanted: Built, got: Built) -> Comparison:
    expected, mine = _expected(wanted.output, case), array_of(got.output)
    if not got.assigned:
        return Comparison(case, title, False, note=_NO_FIT)
    if mine is None:
        return _not_an_array(case, title, expected, got.output)
    return compare(case, title, expected, mine, check.rtol)


def _shape(case: str, title: Text, wanted: Built, got: Built) -> Comparison:
    expected, mine = _expected(wanted.first, case), array_of(got.first)
    if mine is None:
        return _not_an_array(case, title, expected, got.first)
    return Comparison(
        case, title, mine.shape == expected.shape, str(expected.shape), str(mine.shape)
    )


def _probabilities(check: Layers, case: str, title: Text, wanted: Built, got: Built) -> Comparison:
    expected, mine = _expected(wanted.first, case), array_of(got.first)
    if mine is None or not numeric(mine):
        return _not_an_array(case, title, expected, got.first)
    if mine.shape != expected.shape:
        return Comparison(case, title, False, str(expected.shape), str(mine.shape))
    note = None
    if not np.all(np.isfinite(mine)):
        note = Text("среди выходов есть NaN или бесконечность", "the outputs hold NaN or infinity")
    elif not _are_probabilities(mine.astype(np.float64)):
        note = _NO_PROBABILITIES
    elif _constant(mine) and _constant(array_of(got.shaken)):
        note = _CONSTANT
    elif (again := array_of(got.again)) is not None and not alike(mine, again, check.rtol):
        note = _RANDOM
    shape = str(expected.shape)
    return Comparison(case, title, note is None, shape, shape, got=few(mine), note=note)


def _constant(rows: Array | None) -> bool:
    """The same for every image: for random ones, and with any weights, a network's are not."""
    if rows is None or not numeric(rows):
        return True
    return bool(rows.ndim > 0 and len(rows) > 1 and np.all(rows == rows[:1]))


def _are_probabilities(rows: Array) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.all(rows >= -1e-6) and np.all(np.abs(rows.sum(axis=-1) - 1) <= 1e-2))


def _alike(check: Layers, a: Answer | None, b: Answer | None, wanted: Answer) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    mine, theirs = built(a), built(b)
    if isinstance(mine, str) or isinstance(theirs, str):
        return mine == theirs
    if check.compare == "probabilities":
        return _behave_alike(mine, theirs, wanted)
    return mine.shapes == theirs.shapes and _alike_outputs(check, mine, theirs)


def _behave_alike(mine: Built, theirs: Built, wanted: Answer) -> bool:
    """The same behaviour: networks of an open task have nothing else in common."""
    return _behaviour(mine, wanted) == _behaviour(theirs, wanted)


def _misbehaves(answer: Answer | None, wanted: Answer) -> bool:
    if answer is None or answer.fault is not None:
        return True
    mine = built(answer)
    return isinstance(mine, str) or _behaviour(mine, wanted) != PROBABILITIES


def _behaviour(mine: Built, wanted: Answer) -> str:
    right = built(wanted)
    shape = getattr(None if isinstance(right, str) else array_of(right.first), "shape", ())
    return behaviour(array_of(mine.first), shape)


def _alike_outputs(check: Layers, mine: Built, theirs: Built) -> bool:
    """By value where both hold the given weights; by shape where each holds its own."""
    by_value = theirs.assigned
    x, y = (array_of(b.output if by_value else b.first) for b in (mine, theirs))
    if x is None or y is None:
        return describe(mine.output) == describe(theirs.output)
    return alike(y, x, check.rtol) if by_value else x.shape == y.shape


def _expected(value: Any, case: str) -> Array:
    array = array_of(value)
    if array is None:
        raise ReferenceFailed(f"case {case}: the reference model gave {describe(value)}")
    return array


def _not_an_array(case: str, title: Text, expected: Array, got: Any) -> Comparison:
    what = describe(got)
    note = Text(f"модель вернула {what}", f"the model returned {what}")
    return Comparison(case, title, False, str(expected.shape), what, note=note)


def _no_model(what: str) -> Text:
    return Text(f"вернулось {what}, а нужна модель", f"{what} came back where a model was wanted")


def _listed(shapes: Counter[Shape]) -> str:
    most = sorted(shapes.elements(), key=lambda shape: (-len(shape), shape))[:12]
    return ", ".join(str(shape) for shape in most) or "—"


def _key(check: Layers, task: Task) -> str:
    return "/".join([task.id, "build", check.cases, *check.aside])


_NO_FIT = Text(
    "веса эталона не подходят к этой модели по формам",
    "the reference's weights do not fit this model's shapes",
)
_RANDOM = Text(
    "ответы для одних и тех же картинок каждый раз другие: вне обучения в сети не должно быть "
    "ничего случайного",
    "the outputs for the same images differ from call to call: outside training nothing in a "
    "network is to be random",
)
_CONSTANT = Text(
    "ответ не зависит ни от картинки, ни от весов",
    "the answer depends neither on the image nor on the weights",
)
_NO_PROBABILITIES = Text(
    "это не вероятности: они неотрицательны и в сумме дают 1 (похоже на логиты без softmax)",
    "these are no probabilities, which are non-negative and sum to 1 "
    "(they look like logits without a softmax)",
)
