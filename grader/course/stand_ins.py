"""What of ``stand_ins.py`` goes into a student's kernel: what one task is helped with, no more.

A student's code can reach everything that stands in the same kernel. So a task's own function must
never be sent before, or while, that task is asked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable


def needed(source: str, names: Iterable[str]) -> str:
    """The statements of ``source`` that define ``names``, and whatever these use in turn.

    A statement that defines nothing is left out.
    """
    body = ast.parse(source).body
    todo, kept = set(names), set[int]()
    done: set[str] = set()
    while todo:
        name = todo.pop()
        done.add(name)
        for place, node in enumerate(body):
            if place not in kept and name in _bound(node):
                kept.add(place)
                todo |= _used(node) - done
    return ast.unparse(ast.Module([body[place] for place in sorted(kept)], []))


def defined(source: str) -> frozenset[str]:
    """The names that ``source`` defines."""
    return frozenset().union(*map(_bound, ast.parse(source).body))


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    found = {each.id for each in _names(node, ast.Store)}
    for each in ast.walk(node):
        if isinstance(each, ast.alias):
            found.add(each.asname or each.name.split(".")[0])
        elif isinstance(each, ast.FunctionDef | ast.ClassDef):
            found.add(each.name)
    return found


def _used(node: ast.stmt) -> set[str]:
    return {each.id for each in _names(node, ast.Load)}


def _names(node: ast.stmt, context: type[ast.expr_context]) -> list[ast.Name]:
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    return [name for name in names if isinstance(name.ctx, context)]
