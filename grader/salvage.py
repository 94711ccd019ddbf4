"""What is left to run of a cell that ended its kernel."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from .matching.lines import without_magics
from .notebook.python import parsed


def salvaged(source: str, drivers: Collection[str]) -> str:
    """``source`` with its imports, definitions, plain values and calls of ``drivers`` (which are
    only recorded) where they stood, and empty lines for everything else."""
    source = without_magics(source)
    tree = parsed(source)
    if tree is None:
        return ""
    lines, kept = source.split("\n"), set()
    for statement in tree.body:
        if _harmless(statement, drivers):
            start = min([statement.lineno, *(d.lineno for d in _decorators(statement))])
            kept |= set(range(start, (statement.end_lineno or start) + 1))
    return "\n".join(line if n in kept else "" for n, line in enumerate(lines, start=1))


def _harmless(statement: ast.stmt, drivers: Collection[str]) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return not any(isinstance(node, ast.Call) for node in ast.walk(value or statement))
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in drivers
    return False


def _decorators(statement: ast.stmt) -> Sequence[ast.expr]:
    return getattr(statement, "decorator_list", ())
