"""One case of a task: what was wanted, what came, and what went in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.checks.compare import Array, close, numeric
from grader.kernel.wire import Leaf
from grader.model import CallCase, ModelCase


@dataclass(frozen=True)
class Pair:
    """``got`` is ``None`` where no array came back (an error, say). ``rtol`` is the check's."""

    case: CallCase | ModelCase
    expected: Array
    got: Array | None
    rtol: float

    @property
    def right(self) -> bool:
        return self.got is not None and close(self.expected, self.got, self.rtol)

    @property
    def telling(self) -> bool:
        """Whether a right answer to this case means anything: it is not all zeros."""
        return bool(self.expected.size and numeric(self.expected) and self.expected.any())

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What went in; of a model, its input alone."""
        return (self.case.input,) if isinstance(self.case, ModelCase) else self.case.args

    @property
    def first(self) -> Array | None:
        """The first array that went in."""
        return next((array for _, array in arrays(self.arguments)), None)


def arrays(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Every array in a tree of arguments, with the positions that lead to it."""
    if isinstance(value, Leaf):
        yield place, value.array
    elif hasattr(value, "shape") and hasattr(value, "dtype"):
        yield place, value
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from arrays(item, (*place, number))
