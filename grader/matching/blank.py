"""Is there an answer at all? Tells a blank from something that a student wrote."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable

from grader.matching.lines import code_lines, lines_of, regions
from grader.matching.source import Statement
from grader.notebook.python import parsed

_PROMPT = re.compile(r"^[ \t>*_`]*(?:ЗАДАНИЕ|ЗАДАЧА|ОТВЕТ|TODO|TASK|ANSWER)\b[*_`:.\s—–-]*", re.M)
_FIRST_SENTENCE = re.compile(r"[^.!?:;\n]*[.!?:;]*")
_HEADING = re.compile(r"^[ \t]*#{1,6}\s.*$", re.M)
_PLACEHOLDER = re.compile(r"^(?:\w+\s*=|return)\s*\.\.\.$")
_LONGEST_PROMPT = 12
"""Words; a longer first sentence after TODO is the student's own."""


@functools.lru_cache(maxsize=2**10)  # most of a class's blanks are the handout's
def is_blank_definition(source: str, mine: Statement, handout: str, given: Statement) -> bool:
    """True when ``mine`` in ``source`` says no more than ``given`` in the source ``handout``.

    That is: the same code, or a body that does nothing but unpack, set to None and return what
    is there, as the blanks of other editions of the handout do.
    """
    if mine.shape == given.shape:
        return True
    segment = lines_of(source, mine.line, mine.end)
    spans = regions(segment)
    if not mine.parsed:
        return bool(spans) and not any(_region_lines(segment))
    node = _parsed(segment)
    if node is not None and spans and _placeholder_stands(node, segment):
        return True
    if node is None or any(_region_lines(segment)):
        return False
    blank = _parsed(lines_of(handout, given.line, given.end))
    return _says_nothing(node, _free_names(blank) if blank else set())


def is_prompt(text: str) -> bool:
    """True for a text cell that asks the student to write (a line that starts with TODO)."""
    return _PROMPT.search(text) is not None


def written(text: str, prompt: str) -> str:
    """What a text cell says beyond the handout's prompt, its headings and a TODO line."""
    if _squeezed(text) == _squeezed(prompt):
        return ""
    if prompt.strip():
        text = text.replace(prompt.strip(), "")
    found = _PROMPT.search(text)
    if found:
        rest = text[found.end() :]
        first = _FIRST_SENTENCE.match(rest)
        length = first.end() if first and len(first[0].split()) <= _LONGEST_PROMPT else 0
        text = text[: found.start()] + rest[length:]
    bare = _HEADING.sub("", text)
    return bare.strip(" \t\r\n*_`>-")


def _placeholder_stands(node: ast.stmt, segment: str) -> bool:
    """True where the regions hold only ``...``, and what it was given to is not set afterwards."""
    if not all(_PLACEHOLDER.match(line) for line in _region_lines(segment)):
        return False
    stored = [n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for part in ast.walk(node):
        if not (isinstance(part, ast.Return | ast.Assign) and _is_ellipsis(part.value)):
            continue
        names = {name.id for name in _targets(part)}
        if not any(name.id in names and name.lineno > part.lineno for name in stored):
            return True
    return False


def _is_ellipsis(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def _region_lines(source: str) -> Iterable[str]:
    for first, last in regions(source):
        yield from code_lines("\n".join(source.split("\n")[first - 1 : last]))


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


def _parsed(segment: str) -> ast.stmt | None:
    tree = parsed(segment)
    return tree.body[0] if tree is not None and len(tree.body) == 1 else None


def _free_names(node: ast.stmt) -> set[str]:
    """Names that the code reads and does not make: a blank may return a name yet to be made."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    made = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return {name.id for name in names} - made


def _says_nothing(node: ast.AST, known: set[str]) -> bool:
    """``known``: names that may be returned or unpacked without that being an answer."""
    if isinstance(node, ast.ClassDef):
        # A method that only returns some name is a blank whatever the notebook calls so.
        anything = known | {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        return all(_says_nothing(child, anything) for child in node.body)
    if isinstance(node, ast.FunctionDef):
        own = known | {arg.arg for arg in (*node.args.posonlyargs, *node.args.args)}
        own |= {name.id for child in node.body for name in _targets(child)}
        return all(_says_nothing(child, own) for child in node.body)
    if isinstance(node, ast.Assign | ast.Return):
        value = node.value
        empty = value is None or (isinstance(value, ast.Constant) and value.value is None)
        return empty or (isinstance(value, ast.Name) and value.id in known)
    if isinstance(node, ast.Raise):
        return "NotImplementedError" in ast.dump(node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_super_init(node.value)
    return isinstance(node, ast.Pass)


def _targets(node: ast.stmt) -> Iterable[ast.Name]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from (part for part in ast.walk(target) if isinstance(part, ast.Name))


def _is_super_init(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id == "super"
    )
