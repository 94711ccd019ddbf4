"""The ways in which an array may be nearly the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.checks.compare import numeric
from grader.model import Text

from .functions import applied, lacking
from .layout import border, flipped, part, reordered, reshaped, transposed
from .pairs import Pair
from .shifts import constant, imprecise, offset, scaled

Form = Callable[[Sequence[Pair], Sequence[str]], Text | None]
FORMS: tuple[Form, ...] = (
    reshaped, transposed, flipped, scaled, offset, applied, lacking, constant, border, part,
    reordered, imprecise,
)  # fmt: skip
"""The most telling first: the first one that fits all wrong cases is said."""


def form(wrong: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """How every wrong answer differs from the right one, where one form fits them all."""
    usable = [pair for pair in wrong if pair.got is not None and numeric(pair.got)]
    telling = [pair for pair in usable if pair.telling and pair.expected.size > 1]
    if len(usable) < len(wrong) or not telling:
        return None
    return next(_found(usable, names), None)


def _found(pairs: Sequence[Pair], names: Sequence[str]) -> Iterator[Text]:
    for fits in FORMS:
        text = fits(pairs, names)
        if text is not None:
            yield text
