"""``values``: a function's outputs, or their gradients, against the reference on drawn cases."""

from __future__ import annotations

from typing import Any

from grader.course import Lab
from grader.model import Answer, CheckGrade, Comparison, Fault, Text
from grader.rubric import Task, Values

from .compare import array_of, close, compare, describe
from .evidence import Evidence, Probe, verdict
from .explain import explain


def plan(check: Values, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One call probe for all checks of the task that share a generator."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Values, evidence: Evidence) -> CheckGrade:
    """Passed when every case agrees in what ``check.compare`` asks for."""
    key = _key(check, evidence.task)
    observed, expected = evidence.observed[key], evidence.expected[key]
    if observed.fault is not None:
        return verdict(check, "values", False, explain(observed.fault), faults=(observed.fault,))
    rows: list[Comparison] = []
    faults: list[Fault] = []
    for case in evidence.probes[key].cases:
        if check.only and case.id not in check.only:
            continue
        wanted, answer = expected.answer(case.id), observed.answer(case.id)
        if wanted is None or wanted.value is None:
            continue
        if answer is not None and answer.fault is not None:
            faults.append(answer.fault)
        rows += _rows(check, case.id, case.title, wanted, answer)
    wrong = next((row for row in rows if not row.passed), None)
    message = _agrees(len(rows)) if wrong is None else _differs(wrong)
    return verdict(
        check,
        "values",
        wrong is None,
        message,
        expected=(wrong or rows[0]).expected_shape if rows else None,
        got=(wrong or rows[0]).got_shape if rows else None,
        comparisons=tuple(rows),
        faults=tuple(dict.fromkeys(faults)),
    )


def same(check: Values, evidence: Evidence, other: Evidence) -> bool:
    """Equal values in every case of this check, faults where the other has faults."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    pairs = [(mine.answer(c.id), theirs.answer(c.id)) for c in evidence.probes[key].cases]
    return all(_alike(a, b, check.rtol) for a, b in pairs) and any(
        a is not None and a.fault is None and a.value and array_of(a.value["value"]) is not None
        for a, _ in pairs
    )


def _alike(a: Answer | None, b: Answer | None, rtol: float) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    x, y = array_of(a.value["value"]), array_of(b.value["value"])
    if x is None or y is None:
        return describe(a.value["value"]) == describe(b.value["value"])
    return close(y, x, rtol)


def _rows(
    check: Values, case: str, title: Text, wanted: Answer, answer: Answer | None
) -> list[Comparison]:
    if answer is None:
        note = Text("до этого случая дело не дошло", "this case was not reached")
        return [Comparison(case, title, False, note=note)]
    if answer.fault is not None:
        return [Comparison(case, title, False, note=explain(answer.fault))]
    if check.compare == "gradients":
        return _gradients(check, case, title, wanted.value, answer.value)
    return [_value(check, case, title, wanted.value["value"], answer.value["value"])]


def _value(check: Values, case: str, title: Text, wanted: Any, got: Any) -> Comparison:
    expected, array = array_of(wanted), array_of(got)
    assert expected is not None
    if array is None:
        return _not_an_array(case, title, str(expected.shape), got)
    if check.compare == "shape":
        return Comparison(
            case, title, expected.shape == array.shape, str(expected.shape), str(array.shape)
        )
    return compare(case, title, expected, array, check.rtol)


def _gradients(
    check: Values, case: str, title: Text, wanted: dict[str, Any], got: dict[str, Any]
) -> list[Comparison]:
    rows = []
    mine = got.get("gradients") or []
    for number, gradient in enumerate(wanted.get("gradients") or []):
        name = Text(
            f"{title.ru}: градиент параметра {number + 1}",
            f"{title.en}: gradient of parameter {number + 1}",
        )
        expected = array_of(gradient)
        assert expected is not None
        array = array_of(mine[number]) if number < len(mine) else None
        if array is None:
            note = Text(
                "градиент сюда не доходит: результат не зависит от этого параметра",
                "no gradient arrives: the result does not depend on this parameter",
            )
            rows.append(Comparison(case, name, False, str(expected.shape), "None", note=note))
        else:
            rows.append(compare(case, name, expected, array, check.rtol * 3))
    return rows


def _not_an_array(case: str, title: Text, shape: str, got: Any) -> Comparison:
    what = describe(got)
    note = Text(
        f"вернулось {what}, а нужен тензор формы {shape}",
        f"{what} came back where a tensor of shape {shape} was wanted",
    )
    return Comparison(case, title, False, shape, what, note=note)


def _agrees(count: int) -> Text:
    return Text(
        f"Совпадает с эталоном (сравнений: {count}).",
        f"Agrees with the reference ({count} compared).",
    )


def _differs(row: Comparison) -> Text:
    if row.note is not None:
        return Text(f"{row.title.ru}: {row.note.ru}", f"{row.title.en}: {row.note.en}")
    if row.expected_shape != row.got_shape:
        return Text(
            f"{row.title.ru}: форма {row.got_shape} вместо {row.expected_shape}",
            f"{row.title.en}: shape {row.got_shape} instead of {row.expected_shape}",
        )
    size = "NaN" if row.error is None else f"{row.error:.3g}"
    return Text(
        f"{row.title.ru}: наибольшая ошибка {size} в позиции {row.where}",
        f"{row.title.en}: largest error {size} at {row.where}",
    )


def _key(check: Values, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"
