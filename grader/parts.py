"""From links between statements to parts: which cells answer, and what stretch is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.alignment import Link
from grader.blank import is_blank_definition, is_prompt, written
from grader.model import Cell, Text
from grader.source import Statement, definitions, regions, statements
from grader.units import Sequenced, part_number

_HOLDS = 0.35
"""Summed score from which a cell is taken as an answer (or copy) of a handout cell."""

_HOLDS_TEXT = 0.5
"""Sureness below which the place of a free text is a guess."""

_COMMENTED_CALL = r"^\s*#[\s#]*{name}\s*\("


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


@dataclass(frozen=True)
class Matching:
    """A part for each cell of the handout, by its id; ``notes`` say what was assumed."""

    parts: Mapping[str, Part]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Given:
    """A code cell of the handout."""

    cell: Cell

    def definition(self, name: str) -> Statement | None:
        """The handout's own definition of ``name``."""
        return next((s for s in self._definitions() if name in s.names), None)

    def open_names(self) -> list[str]:
        """The functions and classes that the student is to write."""
        spans = regions(self.cell.source)
        return [
            statement.names[0]
            for statement in self._definitions()
            if any(statement.line <= first and last <= statement.end for first, last in spans)
        ]

    def names(self) -> list[str]:
        return [statement.names[0] for statement in self._definitions()]

    def called(self) -> list[str]:
        """What the cell calls at its top level and does not define itself."""
        own = set(definitions(self.cell.source))
        calls = (s for s in statements(self.cell.source) if s.kind == "call")
        return [name for s in calls for name in s.names if name not in own]

    def _definitions(self) -> Iterator[Statement]:
        return (s for s in statements(self.cell.source) if s.kind == "definition")


def given_cells(given: Sequenced) -> list[Cell]:
    """The handout's cells that have a part: all code, and texts that ask for an answer."""
    return [cell for cell in given.cells if cell.kind == "code" or is_prompt(cell.source)]


class Searcher:
    """Finds parts in one submission, from its links to the handout."""

    def __init__(self, mine: Sequenced, given: Sequenced, links: Sequence[Link]) -> None:
        self._mine = mine
        self._given = given
        self._score: dict[tuple[int, int], float] = {}
        self._moved: set[int] = set()
        defining = {u.cell for u in given.units if u.statement and u.statement.kind == "definition"}
        found: set[int] = set()
        for link in links:
            unit = given.units[link.given]
            if unit.statement and unit.statement.kind == "definition":
                found.add(unit.cell)
            pair = (mine.units[link.mine].cell, unit.cell)
            self._score[pair] = self._score.get(pair, 0.0) + link.score
            if link.moved:
                self._moved.add(unit.cell)
        self._answers: dict[int, list[int]] = {}
        self._owners: dict[int, set[int]] = {}
        for (cell, owner), score in sorted(self._score.items()):
            is_text = given.cells[owner].kind != "code"
            # `learning_rate = …` and a driver's call alone make no copy of a cell that defines.
            if is_text or (score >= _HOLDS and (owner in found or owner not in defining)):
                self._answers.setdefault(owner, []).append(cell)
                self._owners.setdefault(cell, set()).add(owner)

    def part(self, given: Cell) -> Part:
        """The part of one cell of the handout."""
        if given.kind != "code":
            return self._text_part(given)
        linked = self._answers.get(given.index, [])
        if not linked:
            section = self._gap(given.index)
            return Part(given.id, (), section, 0.0)
        core = max(linked, key=lambda cell: (self._score[cell, given.index], cell))
        section = self._section(core, given.index)
        cells = self._gathered(Given(given), linked, section)
        return Part(given.id, tuple(cells), section, self._sure(cells, given.index))

    def _sure(self, cells: Sequence[int], owner: int) -> float:
        score = sum(self._score.get((cell, owner), 0.0) for cell in cells)
        units = [unit.statement for unit in self._given.units if unit.cell == owner]
        full = sum(1.0 if s and s.kind == "definition" else 0.25 for s in units)
        return round(min(1.0, score / full), 3) if full else 0.0

    # ---- the stretch around a cell

    def _section(self, core: int, owner: int) -> tuple[int, int]:
        return self._up(core, owner), self._down(core, owner)

    def _up(self, core: int, owner: int) -> int:
        """Up to the cell of another part, or to the text that introduces this one."""
        start = core
        introduced = False
        for index in range(core - 1, -1, -1):
            others = self._owners.get(index, set()) - {owner}
            is_code = self._mine.cells[index].kind == "code"
            if owner in self._owners.get(index, set()):
                introduced = False
            elif is_code and (others or introduced):
                break
            elif others and all(self._introduces(other, owner) for other in others):
                introduced = True
            elif others:
                break
            start = index
        return start

    def _down(self, core: int, owner: int) -> int:
        for index in range(core + 1, len(self._mine.cells)):
            owners = self._owners.get(index, set())
            if owners and owner not in owners:
                return index
        return len(self._mine.cells)

    def _introduces(self, text: int, code: int) -> bool:
        """True when handout cell ``text`` stands before ``code`` with no other code between."""
        between = self._given.cells[text:code]
        return text < code and all(cell.kind != "code" for cell in between)

    def _gap(self, owner: int) -> tuple[int, int]:
        """Where the part would be: between its neighbours of the handout."""
        code = [i for i in self._answers if self._given.cells[i].kind == "code"]
        before = [max(self._answers[i]) + 1 for i in sorted(code) if i < owner]
        after = [min(self._answers[i]) for i in sorted(code) if i > owner]
        start = before[-1] if before else 0
        end = after[0] if after else len(self._mine.cells)
        return start, max(start, end)

    # ---- the cells that answer

    def _gathered(self, given: Given, linked: list[int], section: tuple[int, int]) -> list[int]:
        """The last cell of the part for each thing that the handout's cell defines or calls."""
        if not given.open_names():
            return linked
        stretch = sorted({*linked, *range(*section)})
        code = [self._mine.cells[i] for i in stretch if self._mine.cells[i].kind == "code"]
        found: set[int] = set()
        for name in given.names():
            found.update(_last_written(code, name, given)[-1:])
        opens = set(given.open_names())
        for name in given.called():
            # A blank that was left below the answer calls the driver too.
            callers = [c.index for c in code if _calls(c, name)]
            callers = [i for i in callers if i in found or not opens & set(self._bound(i))]
            found.update(callers[-1:])
        found = found or set(linked)
        return sorted(found | self._helpers(found, code, given))

    def _helpers(self, found: set[int], code: Sequence[Cell], given: Given) -> set[int]:
        """Other cells of the part that define what the answering cells use."""
        helpers: set[int] = set()
        waiting = list(found)
        while waiting:
            used = _used(self._mine.cells[waiting.pop()]) - set(given.names())
            for cell in code:
                others = self._owners.get(cell.index, set()) - {given.cell.index}
                free = cell.index not in found | helpers and not others
                if free and used & set(_functions(cell)):
                    helpers.add(cell.index)
                    waiting.append(cell.index)
        return helpers

    def _bound(self, index: int) -> tuple[str, ...]:
        return _defined(self._mine.cells[index])

    # ---- texts

    def _text_part(self, given: Cell) -> Part:
        start, sure = self._text_start(given)
        end = start
        for end in range(start, len(self._mine.cells)):
            if end > start and self._is_elsewhere(end, given):
                break
        else:
            end = len(self._mine.cells)
        texts = [i for i in range(start, end) if self._is_text(i, given)]
        if sure < _HOLDS_TEXT and len(texts) > 1 and _opens(self._mine.cells[texts[0]]):
            texts = texts[1:]  # the handout's own words before the prompt, of another edition
        answers = [i for i in texts if written(self._mine.cells[i].source, given.source)]
        return Part(given.id, tuple(answers or texts[:1]), (start, end), sure if texts else 0.0)

    def _text_start(self, given: Cell) -> tuple[int, float]:
        """At the prompt, or after the text before it, or after the last answer in code."""
        own = self._answers.get(given.index, [])
        if own:
            return own[0], 1.0
        owners = sorted(i for i in self._answers if i < given.index)
        texts = [i for i in owners if self._introduces(i, given.index)]
        code = [max(self._answers[i]) for i in owners if self._given.cells[i].kind == "code"]
        start = max(code, default=-1) + 1
        if texts:
            return max(start, max(self._answers[texts[-1]]) + 1), 0.8
        later = [
            cell.index
            for cell in self._mine.cells[start:]
            if cell.kind != "code" and is_prompt(cell.source)
        ]
        return (later[-1], 0.8) if later else (start, 0.4)

    def _is_elsewhere(self, index: int, given: Cell) -> bool:
        """True where another part begins."""
        owners = self._owners.get(index, set()) - {given.index}
        cell = self._mine.cells[index]
        return bool(owners) or (cell.kind != "code" and part_number(cell.source) is not None)

    def _is_text(self, index: int, given: Cell) -> bool:
        cell = self._mine.cells[index]
        if cell.kind == "code":
            return "#" in cell.source and not statements(cell.source)
        return not self._owners.get(index, set()) - {given.index}

    # ---- what to say

    def notes(self, parts: Mapping[str, Part]) -> Iterator[Text]:
        """What was recovered or assumed about the cells that students write."""
        for given in self._given.cells:
            part = parts.get(given.id)
            if part is not None and Given(given).open_names():
                yield from self._part_notes(given, part)

    def _part_notes(self, given: Cell, part: Part) -> Iterator[Text]:
        names = Given(given).names()
        what = ", ".join(f"`{name}`" for name in names)
        if not part.cells:
            yield Text(
                ru=f"Не найдена ячейка задания ({what}).",
                en=f"The cell of the task was not found ({what}).",
            )
            return
        cells = [self._mine.cells[i] for i in part.cells]
        where = ", ".join(str(cell.index) for cell in cells)
        if not any(regions(cell.source) for cell in cells):
            yield Text(
                ru=f"Ячейка {where} узнана по коду ({what}): отметок начала и конца в ней нет.",
                en=f"Cell {where} was matched by its code ({what}): its markers are gone.",
            )
        if len(cells) > 1:
            yield Text(
                ru=f"Ответ на одно задание ({what}) собран из нескольких ячеек: {where}.",
                en=f"The answer to one task ({what}) was put together from cells {where}.",
            )
        if given.index in self._moved or any(b < a for a, b in pairwise(part.cells)):
            yield Text(
                ru=f"Ячейка {where} ({what}) стоит не на своём месте.",
                en=f"Cell {where} ({what}) was found out of its order.",
            )
        yield from self._version_notes(given, part, cells)

    def _version_notes(self, given: Cell, part: Part, cells: Sequence[Cell]) -> Iterator[Text]:
        stretch = [c for c in self._mine.cells[slice(*part.section)] if c.kind == "code"]
        for name in Given(given).open_names():
            found = [cell.index for cell in stretch if name in _defined(cell)]
            if len(found) > 1:
                last = max(i for i in found if i in part.cells) if found else found[-1]
                yield Text(
                    ru=f"`{name}` определяется в ячейках {found}; засчитана ячейка {last}.",
                    en=f"`{name}` is defined in cells {found}; cell {last} counts.",
                )
        for name in Given(given).called():
            if any(_calls(cell, name) for cell in stretch):
                continue
            if any(re.search(_COMMENTED_CALL.format(name=name), c.source, re.M) for c in cells):
                yield Text(
                    ru=f"Вызов `{name}` в ячейке {cells[-1].index} закомментирован.",
                    en=f"The call of `{name}` in cell {cells[-1].index} is commented out.",
                )


def _opens(cell: Cell) -> bool:
    """True for a text that starts with a heading."""
    return cell.kind != "code" and cell.source.lstrip().startswith("#")


def _defined(cell: Cell) -> tuple[str, ...]:
    return definitions(cell.source) if cell.kind == "code" else ()


def _functions(cell: Cell) -> Iterator[str]:
    """The functions and classes that a code cell defines."""
    for statement in statements(cell.source):
        if statement.kind == "definition":
            yield from statement.names


def _last_written(code: Sequence[Cell], name: str, given: Given) -> list[int]:
    """The cells that bind ``name``; blanks are left out where there is something else."""
    bound = [cell for cell in code if name in _defined(cell)]
    full = [cell for cell in bound if not _is_blank(cell, name, given)]
    return [cell.index for cell in full or bound]


def _is_blank(cell: Cell, name: str, given: Given) -> bool:
    original = given.definition(name)
    found = [s for s in statements(cell.source) if s.kind != "call" and name in s.names]
    return original is not None and all(
        s.kind == "definition" and is_blank_definition(cell.source, s, given.cell.source, original)
        for s in found
    )


def _calls(cell: Cell, name: str) -> bool:
    """True when the cell calls ``name`` at its top level, inside a ``with`` or ``for`` too."""
    return any(
        (s.kind != "definition" and f"Name {name}" in s.shape)
        or (s.kind == "call" and name in s.names)
        for s in statements(cell.source)
    )


def _used(cell: Cell) -> set[str]:
    return {
        label[5:]
        for statement in statements(cell.source)
        for label in statement.shape
        if label.startswith("Name ")
    }
