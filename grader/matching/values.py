"""What matching hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import Text


@dataclass(frozen=True)
class Part:
    """Where the answer to one handout cell is.

    ``cells`` are the submission's cells that answer it, in order: several when it was split, none
    when it was not found. ``section`` is the half-open range of cells around them that belongs to
    this part: definitions made there count for it. ``sure`` is 0 to 1.
    """

    cell_id: str
    cells: tuple[int, ...]
    section: tuple[int, int]
    sure: float
    calls: tuple[str, ...] = ()
    """What the handout's cell calls at its top level: the drivers that it hands something to."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The handout's names that nothing here has, and the definitions taken for them: they stand
    where those should and take the same parameters."""
    blank: frozenset[str] = frozenset()
    """What the handout leaves open here and nobody filled in."""


@dataclass(frozen=True)
class Matching:
    """A part for each cell of the handout, by its id; ``notes`` say what was assumed."""

    parts: Mapping[str, Part]
    notes: tuple[Text, ...]
