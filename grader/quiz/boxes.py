"""Boxes of a task list, as editors, hands and keyboards of two alphabets make them."""

from __future__ import annotations

import re
from collections.abc import Collection

from .lines import LONGEST, unfenced
from .values import Box

_BOX = re.compile(
    r"^(?P<head>[\s>]*+(?:[-*+•–]|\d++[.)])?\s*+)"
    r"(?:\\?\[(?P<mark>[^\[\]\n]{0,6}?)\\?\](?!\()|(?P<sign>[☐☑☒✅✓✔⬜🔲])\ufe0f?"
    r"|(?P<input><input\b[^>\n]*+>))(?P<text>.*)$",
    re.IGNORECASE,
)
_TICKS = frozenset(
    ["x", "х", "v", "+", "*", "✓", "✔", "×", "✗", "√", "☒", "☑", "да", "yes"]
)  # the second is Cyrillic
_EMPTY = frozenset(("", "_", "\u200b"))
_SIGNS = frozenset("☑☒✅✓✔")
_ENDS = re.compile(r"^(?:\s*+(?:#{1,6}\s|<!--)|\W*+(?:ответ|answer)\b)", re.IGNORECASE)
MOST = 60
"""Boxes of one question; no question has more options."""


def boxes(text: str) -> tuple[Box, ...]:
    """The first boxes of a text, in order; an option goes on in the lines right below it."""
    found: list[Box] = []
    going_on = False
    for line in unfenced(text):
        match = _BOX.match(line)
        ticked = _ticked(match) if match else None
        if match and ticked is not None:
            if len(found) == MOST:
                break
            found.append(Box(ticked, match["text"].strip()))
            going_on = True
        elif going_on and line.strip() and not _ENDS.match(line):
            found[-1] = Box(found[-1].ticked, f"{found[-1].text} {line.strip()}"[:LONGEST])
        else:
            going_on = False
    return tuple(found)


def is_box(line: str) -> bool:
    match = _BOX.match(line)
    return match is not None and _ticked(match) is not None


def tick(text: str, numbers: Collection[int]) -> str:
    """The text with exactly these boxes ticked, counted from 1."""
    lines, count = [], 0
    for line in text.split("\n"):
        match = _BOX.match(line)
        if match and _ticked(match) is not None:
            count += 1
            mark = "x" if count in numbers else " "
            line = f"{match['head']}[{mark}]{match['text']}"
        lines.append(line)
    return "\n".join(lines)


def _ticked(match: re.Match[str]) -> bool | None:
    """None for brackets that are no box, such as ``[12]``."""
    if match["sign"]:
        return match["sign"] in _SIGNS
    if match["input"]:
        told = match["input"].lower()
        return "checked" in told if "checkbox" in told else None
    mark = match["mark"].strip().lower()
    if mark in _TICKS:
        return True
    return False if mark in _EMPTY else None
