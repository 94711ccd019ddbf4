"""Which lines of a notebook stand under which question.

A question begins where its number stands in a heading or on a line of its own, at an invisible
comment ``<!-- question: 3.1 -->``, in a cell with the handout's id, or in a text that reads like
the handout's. It ends where another one begins, or another text of the handout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.model import Cell, Submission

from .lines import LONGEST, uncommented, unfenced

_WORD = r"(?:задание|задача|вопрос|task|question|exercise|q)"
_ID = r"(?P<id>\w+(?:\.\w+)*)"
_MARKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"<!--\s*+(?:{_WORD}(?:\s*+:)?\s*+)?{_ID}\s*+-->",
        rf"^[\s>]*+(?:#{{1,6}}\s*+[*_]*+|[*_]{{2,3}})\s*+(?:{_WORD}\s*+)?№?\s*+{_ID}(?![\w%])",
        rf"^\s*+{_WORD}\s*+№?\s*+{_ID}\s*+[.:]?\s*+$",
    )
)
_HEADING = re.compile(r"^\s*+#{1,6}\s++\S")
_ALIKE = 0.45
"""Share of common words from which a text is taken for the handout's."""


@dataclass
class Block:
    """The lines under one question; ``added`` are those that the handout does not have."""

    lines: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


def blocks(
    submission: Submission, handout: Submission, questions: Mapping[str, str]
) -> dict[str, Block]:
    """The lines under each question that is there; ``questions`` are handout cells by its id."""
    return _Reader(handout, questions).read(submission)


class _Reader:
    def __init__(self, handout: Submission, questions: Mapping[str, str]) -> None:
        self._by_cell = {cell: question for question, cell in questions.items()}
        self._ids = {question.casefold(): question for question in questions}
        self._texts = [
            (self._by_cell.get(cell.id), _words(cell.source))
            for cell in handout.cells
            if cell.kind == "markdown"
        ]
        self._given = {_bare(line) for cell in handout.cells for line in cell.source.split("\n")}
        self._found: dict[str, Block] = {}

    def read(self, submission: Submission) -> dict[str, Block]:
        here: str | None = None
        for cell in submission.cells:
            here = self._cell(cell, here)
        return self._found

    def _cell(self, cell: Cell, here: str | None) -> str | None:
        """Sort a cell's lines; the question under which the next cell stands."""
        lines = list(_lines(cell))
        if not any(self._mark(line) for line in lines):
            here = self._unmarked(cell, here)
        for line in lines:
            mark = self._mark(line)
            if mark is not None:
                here = mark
            elif cell.kind != "code" and _HEADING.match(line) and _bare(line) in self._given:
                here = None
            if here is not None:
                block = self._found.setdefault(here, Block())
                block.lines.append(line)
                if mark is None and _bare(line) not in self._given:
                    block.added.append(line)
        return here

    def _mark(self, line: str) -> str | None:
        for pattern in _MARKS:
            match = pattern.search(line)
            known = self._ids.get(match["id"].casefold()) if match else None
            if known is not None:
                return known
        return None

    def _unmarked(self, cell: Cell, here: str | None) -> str | None:
        """The question of a cell without a number: by its id, or by what it says."""
        if cell.id in self._by_cell:
            return self._by_cell[cell.id]
        words = _words(cell.source) if cell.kind == "markdown" else frozenset()
        if len(words) < 4 or not self._texts:
            return here
        question, most = max(
            ((question, _alike(words, given)) for question, given in self._texts),
            key=lambda found: found[1],
        )
        return question if most >= _ALIKE else here


def _lines(cell: Cell) -> Iterator[str]:
    """A text's lines outside of fenced code; of code, what its comments say."""
    if cell.kind != "code":
        yield from unfenced(cell.source)
        return
    for line in cell.source.split("\n"):
        if line.lstrip().startswith("#"):
            yield line.lstrip().lstrip("#").strip()[:LONGEST]


def _bare(line: str) -> str:
    said = uncommented(line[:LONGEST])
    return " ".join(re.sub(r"\[.{0,3}\]|[☐☑☒*_`>#-]", " ", said).split()).casefold()


def _words(text: str) -> frozenset[str]:
    """Word stems: Russian endings vary."""
    return frozenset(word.casefold()[:6] for word in re.findall(r"[^\W_]{2,}", text))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
