"""Which fields a file for self-checks may have: those that are listed, and no others.

Such a file is used outside of any sandbox, and may come from anybody. So it is data of known types
from end to end; what else it holds is a reason not to take it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Text

LEAVES = {"tensor", "variable", "watched", "ndarray", "scalar"}
NUMBERS = "biufc"
"""Kinds of numpy's dtypes: truth values, integers and floats; no text."""
WORD = re.compile(r"[\w-]{0,40}")
"""A text that a function may be called with: it names no path, no file with an ending, no command
with arguments."""

Value = TypeVar("Value")


class Refused(ValueError):
    """Something that no file for self-checks may hold; the message says what, and where."""


def only(tree: Any, fields: Collection[str], what: str) -> Mapping[str, Any]:
    """``tree``, which has just these ``fields``.

    Raises:
        Refused: it has others, lacks some, or is no tree of fields.
    """
    if not isinstance(tree, dict):
        raise Refused(f"{what} is no table of fields")
    more, less = sorted(tree.keys() - set(fields)), sorted(set(fields) - tree.keys())
    if more:
        raise Refused(f"{what} has {_listed(more)}; only {_listed(sorted(fields))} may stand there")
    if less:
        raise Refused(f"{what} has no {_listed(less)}")
    return tree


def of_type(value: Any, kind: type[Value], what: str) -> Value:
    """``value``, which is of just this type (a truth value is no number).

    Raises:
        Refused: it is of another.
    """
    if type(value) is not kind:
        raise Refused(f"{what} is no {kind.__name__}")
    return value


def table(tree: Any, what: str, each: Callable[[Any, str], Value]) -> dict[str, Value]:
    """``each`` of the values of ``tree``, by name.

    Raises:
        Refused: it is none, or ``each`` refuses.
    """
    if not isinstance(tree, dict):
        raise Refused(f"{what} is no table of fields")
    return {name: each(value, f"{name} of {what}") for name, value in tree.items()}


def words(value: Any, what: str) -> Text:
    """A pair of sentences, the Russian one first.

    Raises:
        Refused: it is none.
    """
    if not isinstance(value, list) or len(value) != 2:
        raise Refused(f"{what} is no pair of texts")
    return Text(of_type(value[0], str, what), of_type(value[1], str, what))


def array(value: Any, what: str) -> np.ndarray[Any, Any]:
    """The array of a leaf of numbers.

    Raises:
        Refused: it is none.
    """
    if not isinstance(value, Leaf) or value.array.dtype.kind not in NUMBERS:
        raise Refused(f"{what} is no array of numbers")
    return value.array


def argument(value: Any, what: str) -> Any:
    """What a function may be called with: numbers, arrays of them, words, and lists of these.

    Raises:
        Refused: it is something else.
    """
    if isinstance(value, Leaf):
        if value.kind not in LEAVES:
            raise Refused(f"{what} is an array of no known kind")
        return Leaf(value.kind, array(value, what))
    if isinstance(value, list | tuple):
        return type(value)(argument(item, what) for item in value)
    if isinstance(value, dict):
        return {_word(name, what): argument(item, what) for name, item in value.items()}
    if isinstance(value, str):
        return _word(value, what)
    if value is None or type(value) in (bool, int, float):
        return value
    raise Refused(f"{what} is a {type(value).__name__}")


def _word(text: str, what: str) -> str:
    if not WORD.fullmatch(text):
        raise Refused(f"{what} holds the text {text[:80]!r}; only single words may stand there")
    return text


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{repr(str(name)[:80])[1:-1]}`" for name in list(names)[:20])
