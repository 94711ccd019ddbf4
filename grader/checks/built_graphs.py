"""What a kernel answers about a graph that was built there, forced into shape."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from grader.model import Answer, Observed

from .replies import Shape, shape_of


@dataclass(frozen=True)
class Reply:
    """A kernel's answer, forced into shape."""

    shapes: tuple[Shape, ...]
    draws: int
    variables: tuple[tuple[Shape, bool], ...]
    """Shape, and whether training steps change it."""
    values: dict[str, tuple[Any, ...]]
    """Outputs by what they are: inference, training, gradients, moving, after."""
    disturbed: bool = False
    """Whether a run in inference changes a variable."""

    @property
    def numbers(self) -> int:
        """How many numbers all variables hold."""
        return sum(prod(shape) for shape, _ in self.variables)


def called(observed: Observed) -> frozenset[str]:
    """Names of the stand-ins that the student's code called."""
    found: set[str] = set()
    for answer in observed.answers:
        told = answer.value.get("called") if isinstance(answer.value, dict) else None
        found.update(n for n in (told if isinstance(told, list) else ()) if isinstance(n, str))
    return frozenset(found)


def read(answer: Answer) -> Reply:
    """The answer to a ``graph`` probe; whatever is not there stays empty."""
    fields = answer.value if isinstance(answer.value, dict) else {}
    listed = fields.get("variables")
    entries = [v for v in listed if isinstance(v, dict)] if isinstance(listed, list) else []
    shapes = fields.get("shapes")
    draws = fields.get("draws")
    values = {}
    for what in ("inference", "training", "gradients", "moving", "after"):
        told = fields.get(what)
        if isinstance(told, list | tuple):
            values[what] = tuple(told)
    return Reply(
        shapes=tuple(shape_of(s) for s in shapes) if isinstance(shapes, list) else (),
        draws=draws if type(draws) is int else -1,
        variables=tuple((shape_of(e.get("shape")), e.get("updated") is True) for e in entries),
        values=values,
        disturbed=fields.get("disturbed") is True,
    )
