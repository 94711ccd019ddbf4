"""``answer``: a question with a key: boxes, a number, an interval, or "I did it".

The report never shows the key: it says what was read, whether that is right, and how points were
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.course import Lab
from grader.kernel.wire import Leaf
from grader.model import CheckGrade, CheckStatus, FaultKind, Text
from grader.quiz import NAME, Entry, Given, Question, Unreadable, given
from grader.rubric import Answer, Object, Task

from .evidence import Evidence, Probe, verdict
from .explain import explain

CASE = "value"
NEAR = 1e-9
"""Relative: two ways to write one number may differ in the last bit."""


def plan(check: Answer, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The value in the run notebook: only asked for where the code computes the answer."""
    return (
        Probe(_key(task), "read", Object.model_validate({"name": NAME, "cell": task.home}), ()),
    )


def judge(check: Answer, evidence: Evidence) -> CheckGrade:
    """Right, partly right, wrong, unreadable or not there."""
    question = asked(evidence)
    read = given(check, question)
    if read is None:
        return _nothing(check, evidence)
    if isinstance(read, Unreadable):
        message = Text(
            f"Ответ «{read.shown}» не удалось прочесть: {read.wanted.ru}. Решает преподаватель.",
            f"The answer “{read.shown}” cannot be read: {read.wanted.en}. A person decides.",
        )
        return verdict(check, "answer", CheckStatus.UNGRADED, message, got=read.shown)
    shares = [share(check, key, read, len(question.options)) for key in question.keys]
    best = max(shares, default=1.0)
    message = _message(check, read, best, shares.index(best) if shares else 0, question)
    if read.disagrees:
        message = Text(f"{message.ru} {_DISAGREES.ru}", f"{message.en} {_DISAGREES.en}")
    grade = verdict(check, "answer", best == 1.0, message, got=read.shown)
    return replace(grade, points=round(check.points * best, 6)) if 0 < best < 1 else grade


def same(check: Answer, evidence: Evidence, other: Evidence) -> bool:
    """Answers are not compared with a changed reference's: a mistake names its own answer."""
    return False


def asked(evidence: Evidence) -> Question:
    """The question, with what the code computed in the place of what cannot be read."""
    question = evidence.question
    assert question is not None
    entry = question.reply.entry
    if entry is None or not entry.computed:
        return question
    observed = evidence.observed.get(_key(evidence.task))
    answer = observed.answer(CASE) if observed is not None else None
    fields = answer.value if answer is not None and isinstance(answer.value, dict) else {}
    value = _plain(fields.get("value"))
    entry = Entry(entry.value if value is None else value, computed=True)
    return replace(question, reply=replace(question.reply, entry=entry))


def mistaken(check: Answer, evidence: Evidence, wrong: Sequence[float], unticked: bool) -> bool:
    """Whether the answer is this wrong number, ticks all of these boxes, or none of them."""
    read = given(check, asked(evidence))
    if not isinstance(read, Given):
        return False
    if check.form in ("single", "multiple"):
        chosen = set(read.values)
        return not chosen & set(wrong) if unticked else set(wrong) <= chosen
    return share(check, tuple(wrong), read, 0) == 1.0


def share(check: Answer, key: Sequence[float], read: Given, options: int) -> float:
    """How much of the points an answer earns by one key, from 0 to 1."""
    if check.form == "done":
        return 1.0
    if check.form in ("single", "multiple"):
        wrong = len(set(key) ^ set(read.values))
        if check.form == "single" or check.partial == "none":
            return float(wrong == 0)
        return max(0.0, 1.0 - 2.0 * wrong / options)
    if check.form == "number":
        return float(any(_near(value, key[0], check) for value in read.values))
    return float(_in_interval(check, key, read.values))


def _in_interval(check: Answer, key: Sequence[float], values: Sequence[float]) -> bool:
    if len(values) == 1:
        return key[0] - check.tolerance <= values[0] <= key[1] + check.tolerance
    return all(_near(a, b, check) for a, b in zip(values, key, strict=True))


def _near(value: float, wanted: float, check: Answer) -> bool:
    return abs(value - wanted) <= max(check.tolerance, NEAR * abs(wanted))


def _plain(value: Any) -> Any:
    """What came back from the notebook as plain Python; None for anything else."""
    if isinstance(value, Leaf):
        array = value.array
        if array.dtype.kind not in "biufU" or array.size > 100:
            return None
        value = array.tolist() if array.size != 1 else np.ravel(array)[0].item()
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value[:100])
    return value if isinstance(value, bool | int | float | str) else None


def _nothing(check: Answer, evidence: Evidence) -> CheckGrade:
    """No answer; where the code was to compute one, why there is none."""
    observed = evidence.observed.get(_key(evidence.task))
    fault = observed.fault if observed is not None else None
    if fault is not None and fault.kind is not FaultKind.MISSING:
        said = explain(fault)
        message = Text(f"Ответ вычисляется в коде, но {_lower(said.ru)}",
                       f"The code was to compute the answer, but {_lower(said.en)}")  # fmt: skip
        return verdict(check, "answer", False, message, faults=(fault,))
    return verdict(check, "answer", CheckStatus.NOT_ATTEMPTED, _NO_ANSWER)


def _message(check: Answer, read: Given, best: float, which: int, question: Question) -> Text:
    if check.form == "done":
        return _DONE
    if best == 1.0 and which > 0:
        because = check.also[which - 1].because
        return Text(f"Засчитано. {because.ru}", f"Accepted. {because.en}")
    if best == 1.0:
        return _RIGHT
    if check.form == "number" or check.form == "interval":
        return Text(f"Прочитан ответ «{read.shown}»: неверно.",
                    f"The answer was read as “{read.shown}”: it is wrong.")  # fmt: skip
    if check.form == "single" and len(read.values) > 1:
        return _ONE_ONLY
    if check.form == "single" or check.partial == "none":
        return _WRONG
    options = len(question.options)
    wrong = min(len(set(key) ^ set(read.values)) for key in question.keys)
    right = options - wrong
    return Text(
        f"Верно решено про {right} из {options} вариантов: отмечать его или нет. "
        f"Доля баллов: ({right} − {wrong}) / {options}, но не меньше нуля.",
        f"{right} of {options} options are as they should be, ticked or not. "
        f"Share of the points: ({right} − {wrong}) / {options}, but never below zero.",
    )


def _key(task: Task) -> str:
    return f"{task.id}/read"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


_NO_ANSWER = Text("Ответа нет.", "There is no answer.")
_RIGHT = Text("Верно.", "Right.")
_WRONG = Text("Неверно.", "Wrong.")
_ONE_ONLY = Text("Нужен один вариант, а отмечено несколько.",
                 "One option is wanted, and several are ticked.")  # fmt: skip
_DONE = Text("Отмечено, что сделано: засчитано с ваших слов, сама работа здесь не проверяется.",
             "Ticked as done: taken at your word, the work itself is not graded here.")  # fmt: skip
_DISAGREES = Text("Под вопросом и в коде (answers) ответы разные; засчитан тот, что в коде.",
                  "The answers below the question and in the code (answers) differ; "
                  "the one in the code counts.")  # fmt: skip
