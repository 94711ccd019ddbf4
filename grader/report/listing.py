"""A student's code as a listing: coloured by Pygments, its lines numbered as in their cell."""

from __future__ import annotations

import functools
from collections.abc import Collection

from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

from grader.model import Excerpt

MAX_LINES = 600


def listing(excerpt: Excerpt, faulty: Collection[int], error_word: str) -> Markup:
    """The excerpt's lines as escaped HTML; those in ``faulty`` (numbers in the cell) are marked.

    Numbers stand in an attribute, so that a copied listing is code and nothing else.
    """
    lines = _coloured(excerpt.source)
    shown = [
        _line(Markup(line), number, number in faulty, error_word)  # noqa: S704  Pygments escaped it
        for number, line in enumerate(lines[:MAX_LINES], excerpt.line)
    ]
    if len(lines) > MAX_LINES:
        shown.append(Markup("…"))
    return Markup("\n").join(shown)


@functools.lru_cache(maxsize=64)  # a student's page and the staff's show the same code
def _coloured(source: str) -> list[str]:
    formatter = HtmlFormatter(nowrap=True, classprefix="k-")
    coloured: str = highlight(source, PythonLexer(stripnl=False), formatter)
    return coloured.rstrip("\n").split("\n")


def _line(code: Markup, number: int, faulty: bool, error_word: str) -> Markup:
    if not faulty:
        return Markup('<span class="ln" data-n="{}">{}</span>').format(number, code)
    return Markup('<mark class="ln" data-n="{}" title="{}">{}</mark>').format(
        number, error_word, code
    )
