"""``layers``: a model against the reference, by what it computes and never by how it is written.

``variables``: trainable variables of the same shapes, in any order; ``outputs``: the same outputs
once both models hold the same weights; ``scale``: He's scale of the initial kernels;
``probabilities``: one distribution over the classes for each image.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from grader.course import Lab
from grader.kernel.wire import Leaf
from grader.model import Answer, CheckGrade, Comparison, Fault, Text
from grader.rubric import Layers, Task

from .compare import array_of, close, compare, describe, few
from .evidence import Evidence, Probe, verdict
from .explain import explain
from .scale import scale_row


def plan(check: Layers, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The model built once a case; once more with a recorder in the place of another task's class."""
    assert task.object is not None
    cases = lab.draw(check.cases, seed)
    probe = Probe(_key(check, task), "build", task.object, cases)
    if task.stand_in is None:
        return (probe,)
    stand_in = Probe(stand_in_key(task), "build", task.object, cases[:1], task.stand_in)
    return (probe, stand_in)


def judge(check: Layers, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""
    key = _key(check, evidence.task)
    observed, expected = evidence.observed[key], evidence.expected[key]
    if observed.fault is not None:
        return verdict(check, "layers", False, explain(observed.fault), faults=(observed.fault,))
    rows: list[Comparison] = []
    faults: list[Fault] = []
    for case in evidence.probes[key].cases:
        wanted, answer = expected.answer(case.id), observed.answer(case.id)
        if wanted is None or wanted.value is None or (check.only and case.id not in check.only):
            continue
        if answer is None or answer.fault is not None or "first" not in answer.value:
            note = _no_model(answer)
            faults += [answer.fault] if answer is not None and answer.fault else []
            rows.append(Comparison(case.id, case.title, False, note=note))
        else:
            rows += _rows(check, case.id, case.title, wanted.value, answer.value)
    wrong = next((row for row in rows if not row.passed), None)
    return verdict(
        check,
        "layers",
        wrong is None,
        _message(check, wrong, len(rows)),
        expected=_shown(wrong or (rows[0] if rows else None), "expected"),
        got=_shown(wrong or (rows[0] if rows else None), "got"),
        comparisons=tuple(rows),
        faults=tuple(dict.fromkeys(faults)),
    )


def same(check: Layers, evidence: Evidence, other: Evidence) -> bool:
    """Equal shapes and equal outputs with equal weights, or the same exception, in every case."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    return all(
        _alike(check, mine.answer(c.id), theirs.answer(c.id)) for c in evidence.probes[key].cases
    )


def stand_in_key(task: Task) -> str:
    return f"{task.id}/stand_in"


def stand_in_right(evidence: Evidence) -> bool:
    """True when the other task's class is constructed with the arguments that the reference gives."""
    key = stand_in_key(evidence.task)
    if key not in evidence.observed:
        return False
    mine, theirs = evidence.observed[key], evidence.expected[key]
    if not mine.answers or not theirs.answers or mine.answers[0].value is None:
        return False
    arguments = mine.answers[0].value.get("arguments")
    return arguments is not None and arguments == theirs.answers[0].value["arguments"]


def _rows(
    check: Layers, case: str, title: Text, wanted: dict[str, Any], got: dict[str, Any]
) -> list[Comparison]:
    match check.compare:
        case "variables":
            return [_variables(case, title, wanted, got)]
        case "scale":
            return _scales(check, got)
        case "probabilities":
            return [_probabilities(case, title, wanted, got)]
        case "outputs":
            return [_outputs(check, case, title, wanted, got)]


def _variables(case: str, title: Text, wanted: dict[str, Any], got: dict[str, Any]) -> Comparison:
    expected, mine = (_shapes(value) for value in (wanted, got))
    missing, extra = expected - mine, mine - expected
    note = None
    if missing or extra:
        lacks, adds = _listed(missing), _listed(extra)
        note = Text(
            f"нет весов {lacks}; лишние {adds}", f"weights missing: {lacks}; not asked for: {adds}"
        )
    return Comparison(
        case, title, note is None, expected=_listed(expected), got=_listed(mine), note=note
    )


def _outputs(
    check: Layers, case: str, title: Text, wanted: dict[str, Any], got: dict[str, Any]
) -> Comparison:
    if not got.get("assigned"):
        note = Text(
            "веса эталона не подходят к этой модели по формам",
            "the reference's weights do not fit this model's shapes",
        )
        return Comparison(case, title, False, note=note)
    expected, mine = array_of(wanted["output"]), array_of(got["output"])
    assert expected is not None
    if mine is None:
        what = describe(got["output"])
        note = Text(f"модель вернула {what}", f"the model returned {what}")
        return Comparison(case, title, False, str(expected.shape), what, note=note)
    return compare(case, title, expected, mine, check.rtol)


def _scales(check: Layers, got: dict[str, Any]) -> list[Comparison]:
    kernels = [v["value"].array for v in got["variables"] if isinstance(v["value"], Leaf)]
    return [
        scale_row(i + 1, array, check.scale, check.tolerance)
        for i, array in enumerate(kernels)
        if array.ndim >= 2 and np.issubdtype(array.dtype, np.floating)
    ]


def _probabilities(
    case: str, title: Text, wanted: dict[str, Any], got: dict[str, Any]
) -> Comparison:
    expected, mine = array_of(wanted["first"]), array_of(got["first"])
    assert expected is not None
    if mine is None or mine.shape != expected.shape:
        shape = describe(got["first"]) if mine is None else str(mine.shape)
        return Comparison(case, title, False, str(expected.shape), shape)
    note = None
    if not np.all(np.isfinite(mine)):
        note = Text("среди выходов есть NaN или бесконечность", "the outputs hold NaN or infinity")
    elif mine.min() < -1e-6 or np.abs(mine.sum(axis=1) - 1).max() > 1e-2:
        note = Text(
            "это не вероятности: они неотрицательны и в сумме дают 1 (похоже на логиты без softmax)",
            "these are no probabilities, which are non-negative and sum to 1 "
            "(they look like logits without a softmax)",
        )
    return Comparison(
        case, title, note is None, str(expected.shape), str(mine.shape), got=few(mine), note=note
    )


def _alike(check: Layers, a: Answer | None, b: Answer | None) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    if "first" not in a.value or "first" not in b.value:
        return bool(a.value.get("model") == b.value.get("model"))
    if _shapes(a.value) != _shapes(b.value):
        return False
    name = "output" if "output" in b.value and b.value.get("assigned") else "first"
    x, y = array_of(a.value.get(name)), array_of(b.value.get(name))
    if x is None or y is None:
        return describe(a.value.get(name)) == describe(b.value.get(name))
    return name == "first" and x.shape == y.shape or close(y, x, check.rtol)


def _no_model(answer: Answer | None) -> Text:
    if answer is None:
        return Text("до этого случая дело не дошло", "this case was not reached")
    if answer.fault is not None:
        return explain(answer.fault)
    what = describe(answer.value.get("model"))
    return Text(f"вернулось {what}, а нужна модель", f"{what} came back where a model was wanted")


def _message(check: Layers, wrong: Comparison | None, count: int) -> Text:
    if wrong is None:
        return Text(
            f"Совпадает с эталоном (сравнений: {count}).",
            f"Agrees with the reference ({count} compared).",
        )
    if wrong.note is not None:
        return Text(f"{wrong.title.ru}: {wrong.note.ru}", f"{wrong.title.en}: {wrong.note.en}")
    if wrong.expected_shape != wrong.got_shape:
        return Text(
            f"{wrong.title.ru}: форма {wrong.got_shape} вместо {wrong.expected_shape}",
            f"{wrong.title.en}: shape {wrong.got_shape} instead of {wrong.expected_shape}",
        )
    if check.compare == "scale":
        return Text(
            f"{wrong.title.ru} {wrong.got}, а нужно около {wrong.expected}",
            f"{wrong.title.en} {wrong.got}, about {wrong.expected} wanted",
        )
    size = "NaN" if wrong.error is None else f"{wrong.error:.3g}"
    return Text(
        f"{wrong.title.ru}: при одинаковых весах выход отличается на {size}",
        f"{wrong.title.en}: with equal weights the output differs by {size}",
    )


def _shown(row: Comparison | None, side: str) -> str | None:
    if row is None:
        return None
    value = row.expected or row.expected_shape if side == "expected" else row.got or row.got_shape
    return value or None


def _shapes(value: dict[str, Any]) -> Counter[tuple[int, ...]]:
    return Counter(tuple(int(n) for n in v["shape"]) for v in value["variables"])


def _listed(shapes: Counter[tuple[int, ...]]) -> str:
    return (
        ", ".join(str(shape) for shape in sorted(shapes.elements(), key=len, reverse=True)[:12])
        or "—"
    )


def _key(check: Layers, task: Task) -> str:
    return f"{task.id}/build/{check.cases}"
