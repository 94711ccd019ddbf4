"""Whether a function is still the one that the handout gave: by its code, whatever its layout."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Collection, Iterator

from grader.model import Submission
from grader.notebook.python import parsed


def fingerprint(source: str) -> str:
    """A function's code without its docstring, comments and layout, as 16 hex digits.

    Raises:
        ValueError: ``source`` is not one function.
    """
    tree = parsed(source)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        raise ValueError("the source is not one function")
    return _digest(tree.body[0])


def as_given(
    submission: Submission, handout: Submission, name: str, editions: Collection[str] = ()
) -> bool | None:
    """True while the notebook's last definition of ``name`` is the handout's, or one of
    ``editions`` (fingerprints); None where it has none."""
    mine = dict(_functions(submission)).get(name)
    if mine is None:
        return None
    return mine in {dict(_functions(handout)).get(name), *editions}


def _functions(notebook: Submission) -> Iterator[tuple[str, str]]:
    """Top-level functions and their fingerprints, in order; cells that are not Python have none."""
    for cell in notebook.code_cells():
        yield from _functions_in(cell.source)


@functools.lru_cache(maxsize=2**10)
def _functions_in(source: str) -> tuple[tuple[str, str], ...]:
    """Of one cell; most cells of a class are the same."""
    tree = parsed(source)
    body = [] if tree is None else tree.body
    return tuple((node.name, _digest(node)) for node in body if isinstance(node, ast.FunctionDef))


def _digest(function: ast.FunctionDef) -> str:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    parts = [*function.decorator_list, function.args, *body]
    try:
        code = "\n".join(ast.unparse(part) for part in parts)  # dumps differ between Pythons
    except ValueError:  # Python 3.11 cannot print a no-break space inside an f-string
        code = "\n".join(ast.dump(part) for part in parts)
    return hashlib.sha256(code.encode()).hexdigest()[:16]
