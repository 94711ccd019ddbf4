"""Whose box is whose: the notebook's options beside the handout's, in whatever order and words."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence

from .lines import uncommented
from .values import Box

_ALIKE = 0.6


def order(student: str, question: str, count: int) -> tuple[int, ...]:
    """The order in which a student sees the options 0 … count − 1; the handout's for nobody.

    It depends on nothing but the student's id and the question's, today and on any machine.
    """
    if not student:
        return tuple(range(count))

    def drawn(option: int) -> bytes:
        return hashlib.sha256(f"{student}\0{question}\0{option}".encode()).digest()

    return tuple(sorted(range(count), key=drawn))


def owners(boxes: Sequence[Box], options: Sequence[str]) -> tuple[int | None, ...]:
    """For each box, which option of the handout it is; None where it is none of them.

    By its words: the same, else the most alike with the same numbers in them, else by its place
    where all the others are found.
    """
    wanted = [plain(option) for option in options]
    found: list[int | None] = []
    for box in boxes:
        text = plain(box.text)
        found.append(wanted.index(text) if text in wanted else None)
    pairs = sorted(
        (
            (_alike(plain(box.text), wanted[option]), -place, -option)
            for place, box in enumerate(boxes)
            for option in range(len(options))
            if found[place] is None and option not in found
        ),
        reverse=True,
    )
    for alike, place, option in pairs:
        if alike >= _ALIKE and found[-place] is None and -option not in found:
            found[-place] = -option
    left = [option for option in range(len(options)) if option not in found]
    empty = [place for place, owner in enumerate(found) if owner is None]
    if len(left) == len(empty) and len(boxes) == len(options):
        for place, option in zip(empty, left, strict=True):
            found[place] = option
    return tuple(found)


def plain(text: str) -> str:
    """The words and numbers of an option, without how they are set."""
    text = re.sub(r"(?<=\d),(?=\d)", ".", uncommented(text))
    text = re.sub(r"[*_`$\\~«»\"“”„]", "", text).replace("–", "-").replace("—", "-")
    return " ".join(text.replace("%", " % ").split()).strip(" .;,:!").casefold()


def _alike(one: str, other: str) -> float:
    if re.findall(r"\d+(?:\.\d+)?|[<>]", one) != re.findall(r"\d+(?:\.\d+)?|[<>]", other):
        return 0.0
    both = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if min(both.real_quick_ratio(), both.quick_ratio()) < _ALIKE:  # a bound, in linear time
        return 0.0
    return both.ratio()
