"""A student's code as a listing: coloured by Pygments, its lines numbered as in their cell."""

from __future__ import annotations

import functools

from markupsafe import Markup, escape
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

from grader.model import Excerpt

MAX_LINES = 600


@functools.lru_cache(maxsize=64)  # a student's page and the staff's show the same code
def listing(excerpt: Excerpt, faulty: frozenset[int], error_word: str) -> Markup:
    """The excerpt's lines as escaped HTML; those in ``faulty`` (numbers in the cell) are marked.

    Numbers stand in an attribute, so that a copied listing is code and nothing else.
    """
    coloured = highlight(
        excerpt.source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True, classprefix="k-")
    )
    lines = coloured.rstrip("\n").split("\n")
    shown = [
        _line(line, number, number in faulty, error_word)
        for number, line in enumerate(lines[:MAX_LINES], excerpt.line)
    ]
    if len(lines) > MAX_LINES:
        shown.append("…")
    return Markup("\n".join(shown))  # noqa: S704  Pygments escaped the code


def _line(code: str, number: int, faulty: bool, error_word: str) -> str:
    if not faulty:
        return f'<span class="ln" data-n="{number}">{code}</span>'
    return f'<mark class="ln" data-n="{number}" title="{escape(error_word)}">{code}</mark>'
