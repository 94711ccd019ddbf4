"""Take a cell's source apart: statements, the names they bind, and what is left without prose.

Works on what students hand in: IPython magics, broken syntax, any Python. Comments, docstrings,
``pass`` and layout never count; identifiers, literals and statement shapes do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from grader.matching.lines import code_lines, without_magics
from grader.notebook.python import parsed

Kind = Literal["definition", "assignment", "call", "other"]

LONGEST_PARSED = 200_000
"""Characters of a cell that are parsed; a longer cell is data, not an answer."""
LONGEST_HEAD = 500
"""Characters of a decorated definition's first line that are searched for its name."""

_CHUNK = re.compile(r"(?:@|[A-Za-z_])")
_GOES_ON = re.compile(r"(?:else|elif|except|finally)\b")
_FIRST_LINE = re.compile(
    r"\b(?:(?:async\s+)?(?P<kind>def|class)\s+(?P<name>\w+)|(?P<target>\w+)\s*=[^=])"
)
_CALL = re.compile(r"^(?:[\w]+\.)*(?P<name>\w+)\s*\(")
_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*(?:e[-+]?\d+)?|\S")


@dataclass(frozen=True)
class Statement:
    """One top-level statement of a cell, on lines ``line`` to ``end`` (from 1, inclusive).

    ``names`` are the names that it binds; for a call, the last part of what it calls.
    ``shape`` is its syntax tree in reading order: equal shapes are equal code.
    """

    kind: Kind
    names: tuple[str, ...]
    line: int
    end: int
    shape: tuple[str, ...]
    parsed: bool = True


@lru_cache(maxsize=2**10)
def statements(source: str) -> tuple[Statement, ...]:
    """The top-level statements of a cell; what cannot be parsed is recognised by its first line."""
    if len(source) > LONGEST_PARSED:
        return ()
    tree = parsed(source)
    if tree is None:
        source = without_magics(source)
        tree = parsed(source)
    if tree is not None:
        return tuple(_statement(node, 0) for node in tree.body if not _says_nothing(node))
    return tuple(_from_chunks(source))


def definitions(source: str) -> tuple[str, ...]:
    """The names that a cell's top level binds (def, class, assignment), in order, once each."""
    found = (
        name
        for statement in statements(source)
        if statement.kind != "call"
        for name in statement.names
    )
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------ whole trees


def _statement(node: ast.stmt, offset: int) -> Statement:
    kind, names = _kind(node)
    line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return Statement(
        kind, names, line + offset, (node.end_lineno or node.lineno) + offset, tuple(_shape(node))
    )


def _kind(node: ast.stmt) -> tuple[Kind, tuple[str, ...]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return "definition", (node.name,)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = tuple(
            part.id
            for target in targets
            for part in ast.walk(target)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        )
        return "assignment", names
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return "call", (name,) if name else ()
    return "other", tuple(_bound_inside(node))


def _bound_inside(node: ast.stmt) -> Iterator[str]:
    """Names that the body of an ``if``, ``with``, ``for`` or ``try`` binds in the notebook."""
    stack = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    for child in stack:
        kind, names = _kind(child)
        if kind != "call":
            yield from names


def _shape(root: ast.AST) -> Iterator[str]:
    """Labels of the tree's nodes in reading order, each with its arity; no recursion."""
    stack = [root]
    while stack:
        node = stack.pop()
        label, children = [type(node).__name__], []
        for field, value in ast.iter_fields(node):
            if field in ("ctx", "type_comment", "kind") or _is_super_argument(node, field):
                continue
            if isinstance(value, list):
                kept = [v for v in value if isinstance(v, ast.AST) and not _says_nothing(v)]
                children += kept
                label.append(" ".join(v for v in value if isinstance(v, str)) or str(len(kept)))
            elif isinstance(value, ast.AST):
                children.append(value)
            else:
                label.append(_literal(value))
        yield " ".join(label)
        stack.extend(reversed(children))


def _is_super_argument(node: ast.AST, field: str) -> bool:
    """``super(Name, self)`` and ``super()`` are one thing."""
    if not (isinstance(node, ast.Call) and field == "args"):
        return False
    return isinstance(node.func, ast.Name) and node.func.id == "super"


def _says_nothing(node: ast.AST) -> bool:
    """A docstring, a bare literal or ``pass``."""
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _literal(value: object) -> str:
    if isinstance(value, str):
        return value
    return hex(value) if type(value) is int and abs(value) > 2**64 else repr(value)


# ---------------------------------------------------------------- broken source


def _from_chunks(source: str) -> Iterator[Statement]:
    """Statements of a source that does not parse: each piece from column 0 is tried by itself."""
    for first, chunk in _chunks(source):
        tree = parsed(chunk)
        if tree is not None:
            yield from (
                _statement(node, first - 1) for node in tree.body if not _says_nothing(node)
            )
        else:
            yield _guessed(chunk, first)


def _chunks(source: str) -> Iterator[tuple[int, str]]:
    lines = source.split("\n")
    starts = [
        number
        for number, line in enumerate(lines)
        if _CHUNK.match(line)
        and not _GOES_ON.match(line)
        and not (number and lines[number - 1].startswith("@"))
    ]
    for start, stop in pairwise([*starts, len(lines)]):
        yield start + 1, "\n".join(lines[start:stop])


def _guessed(chunk: str, first: int) -> Statement:
    bare = "\n".join(code_lines(chunk))
    shape = tuple(_guessed_labels(bare))
    end = first + chunk.rstrip().count("\n")
    head = (
        _FIRST_LINE.search(bare.split("\n")[0][:LONGEST_HEAD])
        if bare.startswith("@")
        else _FIRST_LINE.match(bare)
    )
    if head and head["name"]:
        return Statement("definition", (head["name"],), first, end, shape, parsed=False)
    if head:
        return Statement("assignment", (head["target"],), first, end, shape, parsed=False)
    call = _CALL.match(bare)
    if call:
        return Statement("call", (call["name"],), first, end, shape, parsed=False)
    return Statement("other", (), first, end, shape, parsed=False)


def _guessed_labels(bare: str) -> Iterator[str]:
    """Labels as a tree would have them, as far as single tokens tell."""
    before = ""
    for token in _TOKEN.findall(bare):
        if token[0].isdigit():
            yield f"Constant {token}"
        elif token[0].isalpha() or token[0] == "_":
            yield f"Attribute {token}" if before == "." else f"Name {token}"
        else:
            yield token
        before = token
