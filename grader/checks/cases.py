"""What the checks by cases share: go through them, compare each, and say the first difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from grader.errors import ReferenceFailed
from grader.model import Answer, CheckGrade, Comparison, Fault, Observed, Text
from grader.rubric import AnyCheck

from .evidence import Evidence, verdict
from .explain import explain

Compare = Callable[[str, Text, Answer, Answer], list[Comparison]]
"""Rows for one case: its id and title, the reference's answer, the student's."""


def judge_cases(
    check: AnyCheck, key: str, evidence: Evidence, only: Sequence[str], compare: Compare
) -> CheckGrade:
    """Passed when each case (of ``only``, where it names some) gives nothing but passed rows.

    Raises:
        ReferenceFailed: the reference did not answer one of them, or there are none.
    """
    observed = evidence.observed[key]
    if observed.fault is not None:
        return verdict(check, check.kind, False, explain(observed.fault), faults=(observed.fault,))
    rows: list[Comparison] = []
    faults: list[Fault] = []
    for case in evidence.probes[key].cases:
        if only and case.id not in only:
            continue
        answer = observed.answer(case.id)
        if answer is None:
            rows.append(Comparison(case.id, case.title, False, note=_NOT_REACHED))
        elif answer.fault is not None:
            faults.append(answer.fault)
            rows.append(Comparison(case.id, case.title, False, note=explain(answer.fault)))
        else:
            wanted = answer_of_reference(evidence.expected, key, case.id)
            public = getattr(case, "public", True)
            found = compare(case.id, case.title, wanted, answer)
            rows += [replace(row, public=public) for row in found]
    if not rows:
        raise ReferenceFailed(
            f"check {check.id} of {evidence.task.id} compares nothing: no case of {key} is left; "
            "mend its `only` or its generator"
        )
    return of_rows(check, rows, tuple(dict.fromkeys(faults)))


def of_rows(
    check: AnyCheck, rows: Sequence[Comparison], faults: tuple[Fault, ...] = ()
) -> CheckGrade:
    """The verdict on some comparisons, in the words of the first that failed."""
    wrong = next((row for row in rows if not row.passed), None)
    shown = wrong or rows[0]
    return verdict(
        check,
        check.kind,
        wrong is None,
        _agrees(len(rows)) if wrong is None else _differs(wrong),
        expected=shown.expected or shown.expected_shape or None,
        got=shown.got or shown.got_shape or None,
        comparisons=tuple(rows),
        faults=faults,
    )


def answer_of_reference(expected: Mapping[str, Observed], key: str, case: str) -> Answer:
    """The reference's answer.

    Raises:
        ReferenceFailed: there is none.
    """
    answer = expected[key].answer(case) if key in expected else None
    if answer is None or answer.value is None:
        raise ReferenceFailed(f"the reference has no answer to case {case} of probe {key}")
    return answer


def _agrees(count: int) -> Text:
    return Text(
        f"Всё сходится (сравнений: {count}).",
        f"Everything agrees ({count} compared).",
    )


def _differs(row: Comparison) -> Text:
    said = row.note or _shapes(row) or _error(row)
    return Text(f"{row.title.ru}: {said.ru}", f"{row.title.en}: {said.en}")


def _shapes(row: Comparison) -> Text | None:
    if row.expected_shape == row.got_shape:
        return None
    return Text(
        f"форма {row.got_shape} вместо {row.expected_shape}",
        f"shape {row.got_shape} instead of {row.expected_shape}",
    )


def _error(row: Comparison) -> Text:
    if row.error is None:
        return Text(
            f"в позиции {row.where} стоит не число или бесконечность",
            f"NaN or infinity at {row.where}",
        )
    return Text(
        f"наибольшая ошибка {row.error:.3g} в позиции {row.where}",
        f"largest error {row.error:.3g} at {row.where}",
    )


_NOT_REACHED = Text("до этого случая дело не дошло", "this case was not reached")
