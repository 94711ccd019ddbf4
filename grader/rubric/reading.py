"""YAML files that a course's authors write: read, checked, and every problem told with its line."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from grader.errors import CourseError

T = TypeVar("T")


def load(path: Path, kind: TypeAdapter[T], what: str) -> T:
    """The file at ``path`` as ``kind`` describes it; ``what`` names it in messages.

    Raises:
        CourseError: it cannot be read; the message lists every problem with its line.
    """
    text = _text(path)
    try:
        value: T = _valid(text, kind, path)
        return value
    except ValidationError as error:
        lines = _parse(text, path, YAML())
        problems = [
            f"{path}:{_line(lines, issue['loc'])}: {_where(issue['loc'], what)}: {issue['msg']}"
            for issue in _meant(error)
        ]
        count = len(problems)
        head = f"{what} has {count} problem{'s' if count > 1 else ''}:"
        raise CourseError("\n".join([head, *problems])) from error


def _meant(error: ValidationError) -> list[ErrorDetails]:
    """Without the complaint that a list is too short which only lost its items for being wrong."""
    issues = error.errors()
    return [
        issue
        for issue in issues
        if issue["type"] != "too_short"
        or not any(
            other is not issue and other["loc"][: len(issue["loc"])] == issue["loc"]
            for other in issues
        )
    ]


@functools.lru_cache(maxsize=32)
def _valid(text: str, kind: TypeAdapter[T], path: Path) -> T:
    """Of the same text the same value: a course is read once for each notebook of a class."""
    return kind.validate_python(_parse(text, path, YAML(typ="safe", pure=True)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except ValueError as error:
        raise CourseError(f"{path}: not YAML: {_first_line(error)}; mend it") from error
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error


def _parse(text: str, path: Path, yaml: YAML) -> Any:
    """The text of ``path`` as ``yaml`` reads it: plain values, or the tree that knows the places
    of its nodes, which takes as long again."""
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CourseError(f"{path}:{line}: not YAML: {error.problem}; mend that line") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise CourseError(f"{path}: not YAML: {_first_line(error)}; mend it") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _where(location: tuple[str | int, ...], what: str) -> str:
    return ".".join(str(step) for step in location) or what


def _line(tree: Any, location: tuple[str | int, ...]) -> int:
    """The line, from 1, of the node at ``location``, or of the nearest one above that exists."""
    line = 0
    for step in location:
        if not hasattr(tree, "lc"):
            break
        try:
            position = tree.lc.key(step) if isinstance(step, str) else tree.lc.item(step)
            tree = tree[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # a union's tag, or a key that is missing: the node above is the place
        line = position[0]
    return line + 1
