"""What is right about a wrong answer: how it differs from the expected one, and in which cases.

Pure. A :class:`Pair` is one case's expected and given array; ``forms`` knows the ways in which one
array may be nearly another, ``splits`` the properties that tell the wrong cases from the right;
``steps`` finds where one computation leaves another.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Text

from .forms import form
from .pairs import Pair
from .splits import split
from .steps import parting

__all__ = ["Pair", "agreements", "parting"]


def agreements(pairs: Sequence[Pair], names: Sequence[str] = ()) -> tuple[Text, ...]:
    """What the wrong ones of ``pairs`` have in common, in words: which cases, and how they differ.

    ``names`` are the function's parameters, by which a case's arguments are spoken of.
    """
    wrong = [pair for pair in pairs if not pair.right]
    if not wrong:
        return ()
    found = (split(pairs, names), form(wrong, names))
    return tuple(text for text in found if text is not None)
