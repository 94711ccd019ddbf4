"""Which cells of a submission answer which cell of the handout.

Pure. ``source`` takes cells apart, ``units`` makes a sequence of them, ``alignment`` links it with
the handout's, ``parts`` makes of the links the cells that answer and the stretch of the notebook
that is theirs, ``blank`` tells an answer from none, ``notes`` says what had to be assumed.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable
from dataclasses import replace

from grader.matching.alignment import align
from grader.matching.blank import is_blank_definition, written
from grader.matching.fingerprints import as_given, fingerprint
from grader.matching.given import Given
from grader.matching.lines import lines_of, regions
from grader.matching.notes import notes
from grader.matching.parts import Searcher, given_cells
from grader.matching.source import Statement, definitions, statements
from grader.matching.units import Sequenced, sequence
from grader.matching.values import Matching, Part
from grader.model import Cell, Excerpt, Submission

__all__ = [
    "Excerpt",
    "Matching",
    "Part",
    "as_given",
    "definitions",
    "excerpt",
    "fingerprint",
    "likeness",
    "match",
    "nearest",
    "untouched",
]

_NEAR = 0.55


@functools.lru_cache(maxsize=4)
def match(submission: Submission, handout: Submission) -> Matching:
    """A part for every code cell of the handout and every text cell that asks for an answer."""
    mine, given = sequence(submission), _handed_out(handout)
    searcher = Searcher(mine, given, align(mine, given))
    parts = {cell.id: _part(submission, searcher, cell) for cell in given_cells(given)}
    return Matching(parts, tuple(notes(submission.cells, handout.cells, parts, searcher.moved)))


def _part(submission: Submission, searcher: Searcher, cell: Cell) -> Part:
    part = searcher.part(cell)
    if cell.kind != "code":
        return part
    given = Given(cell)
    blank = [n for n in given.open_names() if _untouched_name(submission, part, given, n)]
    return replace(part, calls=tuple(given.called()), blank=frozenset(blank))


def untouched(
    submission: Submission,
    handout: Submission,
    matching: Matching,
    cell_id: str,
    name: str | None,
) -> bool:
    """True when the student wrote nothing for this part.

    With ``name``: every definition of it in the part is what the handout gives, or a blank; where
    there is none, nothing else was defined in its place. Without: that holds for every definition
    that the handout leaves open; for a text, no cell says more than the prompt.
    """
    cell = next(cell for cell in handout.cells if cell.id == cell_id)
    part = matching.parts[cell_id]
    if cell.kind != "code":
        return not any(written(_text(submission.cells[i]), cell.source) for i in part.cells)
    given = Given(cell)
    names = [name] if name is not None else given.open_names()
    return all(_untouched_name(submission, part, given, wanted) for wanted in names)


def excerpt(
    submission: Submission, matching: Matching, cell_id: str, name: str | None
) -> tuple[Excerpt, ...]:
    """The student's code for the report: the definition of ``name``, else the regions between the
    markers of the cells that answer, else those cells whole."""
    part = matching.parts[cell_id]
    if name is not None:
        name = part.renamed.get(name, name)
        for index in (*reversed(part.cells), *reversed(range(*part.section))):
            found = _binding(submission.cells[index], name)
            if found:
                return (_lines(submission.cells[index], found.line, found.end),)
    cells = [submission.cells[index] for index in part.cells]
    return tuple(piece for cell in cells for piece in _pieces(cell, whole=name is not None))


def nearest(name: str, defined: Iterable[str]) -> str | None:
    """The defined name that ``name`` was most probably meant to be, or None."""
    plain: dict[str, str] = {}
    for candidate in defined:
        plain.setdefault(_plain(candidate), candidate)
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=_NEAR)
    return plain[found[0]] if found else None


def likeness(submission: Submission, handout: Submission) -> float:
    """How much of the handout a notebook still holds, 0 to 1: to tell which lab it is of.

    The best of three: the share of the handout's own functions and classes that are defined or
    called, of its cells by their ids, of its texts by their words. Most of it may be changed.
    """
    return max(
        _share(_own_names(handout), _mentioned(submission)),
        _share({c.id for c in handout.cells if c.id}, {c.id for c in submission.cells}),
        0.8 * _share(_stems(handout), _stems(submission)) ** 2,
    )


@functools.lru_cache(maxsize=8)
def _handed_out(handout: Submission) -> Sequenced:
    return sequence(handout)


# ------------------------------------------------------------------- untouched


def _untouched_name(submission: Submission, part: Part, given: Given, name: str) -> bool:
    cells = [submission.cells[i] for i in sorted({*part.cells, *range(*part.section)})]
    found = [(cell, statement) for cell in cells if (statement := _binding(cell, name))]
    if found:
        original = given.definition(name)
        return original is not None and all(
            statement.kind == "definition"
            and is_blank_definition(cell.source, statement, given.cell.source, original)
            for cell, statement in found
        )
    handed_out = set(definitions(given.cell.source))
    if any(not set(_new_definitions(cell)) <= handed_out for cell in cells):
        return False
    return all(_is_handed_out(submission.cells[i], given) for i in part.cells)


def _is_handed_out(cell: Cell, given: Given) -> bool:
    """True when each statement of the cell stands in the handout's too, or sets a name as it does.

    Settings may be changed without that being an answer; functions and classes may not.
    """
    original = statements(given.cell.source)
    shapes = {statement.shape for statement in original}
    names = {name for statement in original for name in statement.names}
    return all(
        statement.shape in shapes
        or (statement.kind != "definition" and names & set(statement.names))
        for statement in statements(cell.source)
    )


def _new_definitions(cell: Cell) -> Iterable[str]:
    if cell.kind == "code":
        for statement in statements(cell.source):
            if statement.kind == "definition":
                yield from statement.names


def _binding(cell: Cell, name: str) -> Statement | None:
    """The last statement of the cell that binds ``name``."""
    if cell.kind != "code":
        return None
    found = (s for s in reversed(statements(cell.source)) if s.kind != "call" and name in s.names)
    return next(found, None)


def _text(cell: Cell) -> str:
    """A text cell's text; of a code cell, its comments and strings."""
    if cell.kind != "code":
        return cell.source
    return re.sub(r"^[^\S\n]*+#+ ?|['\"]{3}", "", cell.source, flags=re.M)


# --------------------------------------------------------------------- excerpts


def _pieces(cell: Cell, *, whole: bool) -> list[Excerpt]:
    spans = () if whole or cell.kind != "code" else regions(cell.source)
    if not spans:
        return [Excerpt(cell.index, 1, cell.source)]
    return [_lines(cell, first, last) for first, last in spans]


def _lines(cell: Cell, first: int, last: int) -> Excerpt:
    return Excerpt(cell.index, first, lines_of(cell.source, first, last))


# --------------------------------------------------------------------- likeness


def _plain(name: str) -> str:
    return re.sub(r"[^a-zа-я0-9]", "", name.lower())


def _own_names(handout: Submission) -> set[str]:
    return {
        name
        for cell in handout.code_cells()
        for statement in statements(cell.source)
        if statement.kind == "definition"
        for name in statement.names
    }


def _mentioned(submission: Submission) -> set[str]:
    """Names that the submission defines or uses in code."""
    found: set[str] = set()
    for cell in submission.code_cells():
        for statement in statements(cell.source):
            found.update(statement.names)
            found.update(label[5:] for label in statement.shape if label.startswith("Name "))
    return found


def _stems(notebook: Submission) -> set[str]:
    units = sequence(notebook).units
    return {word for unit in units if unit.statement is None for word in unit.features}


def _share(wanted: set[str], found: set[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 0.0
