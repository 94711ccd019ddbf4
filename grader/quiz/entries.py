"""Answers given in code, read without running it.

::

    answers = {"1.1": [1, 3], "3.1": 200600}
    answers["3.2"] = "10 004 000"
    answer_4_2 = 19_660_900

A value that is no literal is left to a run of the notebook, and so is every answer once the code
does something else with ``answers``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from grader.matching.lines import without_magics
from grader.model import Cell
from grader.notebook.python import parsed

from .values import Entry

NAME = "answers"
_HARMLESS = frozenset(("print", "display", "len"))


def variable(question: str) -> str:
    """The variable that may hold the answer to one question: ``answer_3_1``."""
    return "answer_" + re.sub(r"\W", "_", question)


def entries(cells: Sequence[Cell], questions: Sequence[str]) -> dict[str, Entry]:
    """By question, what the code cells say; questions that they do not mention are left out."""
    reader = _Reader(questions)
    for cell in cells:
        if cell.kind == "code" and ("answer" in cell.source):
            for statement in _statements(cell.source):
                reader.take(statement)
    return reader.found()


def _statements(source: str) -> list[ast.stmt]:
    tree = parsed(without_magics(source))
    return [] if tree is None else tree.body


class _Reader:
    def __init__(self, questions: Sequence[str]) -> None:
        self._questions = questions
        self._variables = {variable(question): question for question in questions}
        self._entries: dict[str, Entry] = {}
        self._changed = False
        """True once the code did something to ``answers`` that only a run can follow."""

    def found(self) -> dict[str, Entry]:
        if not self._changed:
            return self._entries
        return {
            question: Entry(self._entries.get(question, Entry()).value, computed=True)
            for question in self._questions
        }

    def take(self, statement: ast.stmt) -> None:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name == NAME:
                self._entries, self._changed = {}, False
                self._dict(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in self._variables:
                self._entries[self._variables[name]] = _entry(value)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key))],
                value=value,
            ) if name == NAME:
                self._put(key, value)
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=[value]
                )
            ) if name == NAME:
                self._dict(value)
            case ast.Expr(value=ast.Name()):
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name in _HARMLESS:
                pass
            case _:
                self._changed |= any(name == NAME for name in _names(statement))

    def _dict(self, value: ast.expr) -> None:
        if not isinstance(value, ast.Dict):
            self._changed = True
            return
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant):
                self._put(key.value, item)
            else:
                self._changed = True

    def _put(self, key: Any, value: ast.expr) -> None:
        if str(key) in self._questions:
            self._entries[str(key)] = _entry(value)


def _entry(value: ast.expr) -> Entry:
    try:
        return Entry(_hashable(ast.literal_eval(value)))
    except (ValueError, TypeError, ArithmeticError, SyntaxError, MemoryError, RecursionError):
        return Entry(computed=True)


def _hashable(value: Any) -> Any:
    """Lists and sets as tuples: what is handed on is frozen."""
    if isinstance(value, list | tuple):
        return tuple(_hashable(item) for item in value)
    if isinstance(value, set | frozenset):
        return tuple(sorted((_hashable(item) for item in value), key=str))
    if isinstance(value, dict):
        return tuple((str(key), _hashable(item)) for key, item in value.items())
    return value


def _names(statement: ast.stmt) -> Iterator[str]:
    return (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
