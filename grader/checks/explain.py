"""Faults in words: what happened in the student's code, where, and what to look at."""

from __future__ import annotations

import re

from grader.model import Fault, FaultKind, Text

from .reasons import reason

SHOWN = 300
_NODES = re.compile(r"\{\{(?:function_)?node [^}]*\}\}\s*|\s*name:\s*$")
"""What TensorFlow adds to its messages for those who debug TensorFlow."""


def explain(fault: Fault) -> Text:
    """One sentence in each language; the student's own text in it is cut short."""
    where = place(fault)
    said = _NODES.sub("", fault.message)[:SHOWN]
    own = reason(said)
    match fault.kind:
        case FaultKind.EXCEPTION | FaultKind.SYNTAX:
            error = f"{fault.type}: {said}" if said else fault.type
            return Text(f"Ошибка{where.ru}: {error}", f"Error{where.en}: {error}")
        case FaultKind.MISSING:
            return Text(f"В блокноте нет «{said}».", f"The notebook has no “{said}”.")
        case FaultKind.TIME:
            ru, en = own.ru or "прервано", own.en or "interrupted"
            return Text(
                f"Превышен предел времени{where.ru} ({ru}): нет ли бесконечного цикла?",
                f"The time limit was reached{where.en} ({en}): is a loop endless?",
            )
        case FaultKind.MEMORY:
            return Text(
                f"Превышен предел памяти{where.ru} ({own.ru}).",
                f"The memory limit was reached{where.en} ({own.en}).",
            )
        case FaultKind.OUTPUT:
            return Text(
                f"Слишком много вывода{where.ru}: {own.ru}.",
                f"Too much output{where.en}: {own.en}.",
            )
        case FaultKind.DIED:
            ru, en = (f": {own.ru}", f": {own.en}") if said else ("", "")
            return Text(
                f"Ядро Python аварийно завершилось{where.ru}{ru}.",
                f"The Python kernel died{where.en}{en}.",
            )
        case FaultKind.NOT_A_GRAPH:
            return Text(
                f"Сеть не удалось вынести из блокнота для обучения ({own.ru}): нужен взгляд "
                "преподавателя. Если её прямой проход состоит из операций TensorFlow, а слои и "
                "оптимизатор стандартные, это получится.",
                f"The network could not be taken out of the notebook to be trained ({own.en}): a "
                "person must look. It can be where its forward pass is made of TensorFlow's "
                "operations, and its optimizer is one of Keras's own.",
            )
        case FaultKind.TOO_LARGE:
            return Text(
                f"Обучить сеть при проверке не удалось, она слишком большая: {own.ru}. Это не "
                "ошибка: решает преподаватель (он может повторить с бо́льшим пределом).",
                f"The network is too large to be trained by the grader: {own.en}. This is no "
                "mistake: a person must look (and may grade again with larger limits).",
            )
        case FaultKind.FORGED:
            return Text(
                f"Эта точность получена не обучением: {said}.",
                f"This accuracy does not come from training: {said}.",
            )
        case FaultKind.UNUSABLE:
            return Text(
                f"С тем, что получено, нельзя работать: {own.ru}",
                f"What came back cannot be used: {own.en}",
            )


def sizes(fault: Fault) -> list[str]:
    """The numbers that an exception speaks of: equal for two codes that fail in the same way."""
    return re.findall(r"\d+", _NODES.sub("", fault.message))


def place(fault: Fault) -> Text:
    """`` in cell 12, line 5`` (cells counted from 1, as people count), or nothing."""
    if fault.cell is None:
        return Text("", "")
    ru, en = f" в ячейке {fault.cell + 1}", f" in cell {fault.cell + 1}"
    if fault.line is not None:
        ru, en = f"{ru}, строка {fault.line}", f"{en}, line {fault.line}"
    if fault.source:
        ru, en = f"{ru} (`{fault.source[:120]}`)", f"{en} (`{fault.source[:120]}`)"
    return Text(ru, en)
