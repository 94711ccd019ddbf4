"""The other way round: questions with answers filled in, and with their options shuffled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model import Submission
from grader.rubric import Answer

from .boxes import boxes, is_box, tick
from .options import order

_LINE = re.compile(
    r"^([^\w\n]*+(?:ответ|answer)\b[\s*_`]*+:[*_`]*+).*$", re.IGNORECASE | re.MULTILINE
)


def fill(source: str, check: Answer, key: Sequence[float]) -> str:
    """A question of the handout with the answer ``key`` in it; for an "I did it" box, ticked."""
    if check.form == "done":
        return tick(source, (1,))
    if check.form in ("single", "multiple"):
        return tick(source, {int(number) for number in key})
    said = " – ".join(repr(int(n)) if n == int(n) else repr(n) for n in key)
    if _LINE.search(source):
        return _LINE.sub(lambda line: f"{line[1]} {said}", source, count=1)
    return f"{source}\n\nAnswer: {said}"


def shuffled(handout: Submission, questions: Mapping[str, str], student: str) -> Submission:
    """The handout for one student: the options of each question in the order drawn for them.

    ``questions`` are handout cells by the question's id.
    """
    by_cell = {cell: question for question, cell in questions.items()}
    cells = tuple(
        replace(cell, source=_shuffled(cell.source, by_cell[cell.id], student))
        if cell.id in by_cell
        else cell
        for cell in handout.cells
    )
    return replace(handout, cells=cells, student=student)


def _shuffled(source: str, question: str, student: str) -> str:
    """The lines of each box, in the order drawn; everything else stays where it is."""
    lines = source.split("\n")
    starts = [number for number, line in enumerate(lines) if is_box(line)]
    if len(starts) < 2 or len(starts) != len(boxes(source)):
        return source
    last = next((n for n in range(starts[-1] + 1, len(lines)) if not lines[n].strip()), len(lines))
    ends = [*starts[1:], last]
    pieces = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    drawn = [line for option in order(student, question, len(pieces)) for line in pieces[option]]
    return "\n".join([*lines[: starts[0]], *drawn, *lines[last:]])
