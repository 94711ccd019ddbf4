"""A notebook as one sequence of units: its statements, however they are cut into cells, and texts.

Comments and docstrings never count; identifiers, literals and syntax do. Of a text, the stems of
its words count, and the identifiers in it most.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.matching.lines import regions
from grader.matching.source import Statement, statements
from grader.model import Cell, Submission

_PART = re.compile(
    r"^#{1,6}(?!#).{0,300}?\b(?:часть|раздел|part|section)\s+([ivx]+|\d+)\b", re.I | re.M
)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}
_WORD = re.compile(r"[^\W_]\w{2,}")
_STEM = 6


@dataclass(frozen=True)
class Unit:
    """A statement or (``statement`` None) a text, with what it is recognised by."""

    cell: int
    statement: Statement | None
    features: frozenset[str]
    open: bool = False
    """True for a handout's statement that has a region for the student's code."""


@dataclass(frozen=True, eq=False)
class Sequenced:
    """A notebook as units, with each cell's features and the part whose heading is above it."""

    cells: Sequence[Cell]
    units: Sequence[Unit]
    cell_features: Sequence[frozenset[str]]
    parts: Sequence[int | None]
    hints: Sequence[frozenset[str]]
    """Per cell: identifiers and numbers in the text just above it."""


@dataclass(eq=False)
class Weights:
    """How telling each feature is: rare in the handout, heavy.

    A class's notebooks are mostly the handout: what was compared before is remembered.
    """

    units: Sequence[Unit]
    _weights: dict[str, float] = field(default_factory=dict)
    _new: float = 1.0

    def __post_init__(self) -> None:
        counts = Counter(feature for unit in self.units for feature in unit.features)
        total = len(self.units) + 1
        self._new = math.log(1 + total)
        self._weights = {name: math.log(1 + total / n) for name, n in counts.items()}

    def __call__(self, features: Iterable[str]) -> float:
        return sum(self._weights.get(name, self._new) for name in features)

    @functools.lru_cache(maxsize=2**13)  # noqa: B019  as many as a class needs; then the oldest go
    def likeness(self, one: frozenset[str], other: frozenset[str]) -> float:
        """Shared weight over all weight, 0 to 1."""
        shared = self(one & other)
        return shared / (self(one | other) or 1.0)

    @functools.lru_cache(maxsize=2**13)  # noqa: B019
    def covered(self, given: frozenset[str], mine: frozenset[str]) -> float:
        """How much of ``given`` is found in ``mine``, 0 to 1."""
        return self(given & mine) / (self(given) or 1.0)


def sequence(notebook: Submission) -> Sequenced:
    """The notebook as units, in order."""
    units: list[Unit] = []
    cell_features: list[frozenset[str]] = []
    parts: list[int | None] = []
    hints: list[frozenset[str]] = []
    part: int | None = None
    hint: frozenset[str] = frozenset()
    after_code = False
    for cell in notebook.cells:
        if cell.kind == "code":
            own = list(_code_units(cell))
            after_code = True
        else:
            own = [Unit(cell.index, None, _words(cell.source))]
            part = part_number(cell.source) or part
            hint = _identifiers(cell.source) | (frozenset() if after_code else hint)
            after_code = False
        units += own
        cell_features.append(frozenset().union(*(unit.features for unit in own)))
        parts.append(part)
        hints.append(hint)
    return Sequenced(notebook.cells, units, cell_features, parts, hints)


def _code_units(cell: Cell) -> Iterator[Unit]:
    spans = regions(cell.source)
    for statement in statements(cell.source):
        is_open = any(statement.line <= first and last <= statement.end for first, last in spans)
        yield Unit(cell.index, statement, frozenset(statement.shape), is_open)


@functools.lru_cache(maxsize=2**10)
def _words(text: str) -> frozenset[str]:
    """Word stems (Russian endings vary) and identifiers of a text."""
    return frozenset(word.lower()[:_STEM] for word in _WORD.findall(text)) | _identifiers(text)


@functools.lru_cache(maxsize=2**10)
def _identifiers(text: str) -> frozenset[str]:
    """Names in backticks or with an underscore, and numbers with a point or an exponent."""
    quoted = re.findall(r"`([^`\n]+)`", text)
    names = [name for piece in quoted for name in re.findall(r"[A-Za-z_]\w+", piece)]
    names += re.findall(r"\b[A-Za-z]+_\w+\b|\b[A-Z][a-z]+[A-Z]\w+\b", text)
    numbers = re.findall(r"\b\d+e-?\d+\b|\b\d+\.\d+\b", text)
    return frozenset(names) | frozenset(repr(float(number)) for number in numbers)


@functools.lru_cache(maxsize=2**10)
def part_number(text: str) -> int | None:
    """The number of the part that a heading in the text opens, Roman or not."""
    found = _PART.search(text)
    if not found:
        return None
    number = found[1].lower()
    return int(number[:4]) if number.isdigit() else _ROMAN.get(number)
