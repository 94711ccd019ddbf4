"""The lines of a text, as the patterns of this package may take them: none longer than a person
writes, and each of the patterns in time that grows no faster than the line."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 2000
"""Characters of a line, an option or an answer that are read."""
_FENCE = re.compile(r"^\s*+(?:```|~~~)")


def unfenced(text: str) -> Iterator[str]:
    """The lines outside of fenced code; a fence that is never closed is none."""
    waiting: list[str] | None = None
    for line in text.split("\n"):
        if _FENCE.match(line):
            waiting = [] if waiting is None else None
        elif waiting is not None:
            waiting.append(line[:LONGEST])
        else:
            yield line[:LONGEST]
    yield from waiting or ()


def uncommented(text: str) -> str:
    """The text without what stands in ``<!-- … -->``."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])
