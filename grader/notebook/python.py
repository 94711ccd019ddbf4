"""Python that somebody handed in, as a tree: parsed in one place, and no more than we can walk.

A chain of a thousand ``elif`` or ``+`` parses well and then exhausts the recursion of whoever walks
or prints its tree; a number of 5000 hex digits cannot be printed at all. Such code may run; here it
counts as code that cannot be read.
"""

from __future__ import annotations

import ast
import warnings

MAX_DEPTH = 100
"""Nested nodes. Printing a tree (``ast.unparse``) takes some five frames for each."""
MAX_BITS = 14_000
"""Of a whole number: Python writes out none of more than 4300 decimal digits."""


def parsed(source: str) -> ast.Module | None:
    """The tree of ``source``; ``None`` for what is no Python, or is more than we walk or print."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is not our warning
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if _shallow(tree) and _printable(tree) else None


def _shallow(tree: ast.AST) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def _printable(tree: ast.AST) -> bool:
    values = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return not any(isinstance(v, int) and v.bit_length() > MAX_BITS for v in values)
