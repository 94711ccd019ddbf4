"""From links between statements to parts: which cells answer, and what stretch is theirs."""

from __future__ import annotations

from collections.abc import Sequence

from grader.matching.alignment import Link
from grader.matching.blank import is_prompt, written
from grader.matching.given import Given, calls, defined, functions, last_written, used
from grader.matching.source import statements
from grader.matching.units import Sequenced, part_number
from grader.matching.values import Part
from grader.model import Cell

_HOLDS = 0.35
"""Summed score from which a cell is taken as an answer (or copy) of a handout cell."""

_GUESSED = 0.3
"""Sureness of a part that was found by its place alone."""

_HOLDS_TEXT = 0.5
"""Sureness below which the place of a free text is a guess."""


def given_cells(given: Sequenced) -> list[Cell]:
    """The handout's cells that have a part: all code, and texts that ask for an answer."""
    return [cell for cell in given.cells if cell.kind == "code" or is_prompt(cell.source)]


class Searcher:
    """Finds parts in one submission, from its links to the handout."""

    def __init__(self, mine: Sequenced, given: Sequenced, links: Sequence[Link]) -> None:
        self._mine = mine
        self._given = given
        self._score: dict[tuple[int, int], float] = {}
        self.moved: set[int] = set()
        self._renamed: dict[int, dict[str, str]] = {}
        there = {name for cell in mine.cells for name in defined(cell)}
        defining = {u.cell for u in given.units if u.statement and u.statement.kind == "definition"}
        found: set[int] = set()
        for link in links:
            unit = given.units[link.given]
            if unit.statement and unit.statement.kind == "definition":
                found.add(unit.cell)
                self._note_name(link, there)
            pair = (mine.units[link.mine].cell, unit.cell)
            self._score[pair] = self._score.get(pair, 0.0) + link.score
            if link.moved:
                self.moved.add(unit.cell)
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
            section, clear = self._gap(given.index)
            guessed = self._guessed(Given(given), section) if clear else []
            return Part(given.id, tuple(guessed), section, _GUESSED if guessed else 0.0)
        renamed = self._renamed.get(given.index, {})
        core = max(linked, key=lambda cell: (self._score[cell, given.index], cell))
        section = self._section(core, given.index)
        cells = self._gathered(Given(given), linked, section)
        sure = self._sure(cells, given.index)
        return Part(given.id, tuple(cells), section, sure, renamed=renamed)

    def _note_name(self, link: Link, there: set[str]) -> None:
        """Remember a definition of another name, unless the right one is somewhere (``there``)."""
        wanted, mine = self._given.units[link.given], self._mine.units[link.mine]
        assert wanted.statement is not None
        assert mine.statement is not None
        name = wanted.statement.names[0]
        if name not in there and mine.statement.names[0] != name:
            self._renamed.setdefault(wanted.cell, {})[name] = mine.statement.names[0]

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
        rivals = set() if introduced else self._owners.get(start - 1, set()) - {owner}
        names = {name for rival in rivals for name in self._rivals(rival, owner)}
        versions = [i for i in range(start, core) if names & set(self._bound(i))]
        # Without a text between them, these are further versions of the answer above.
        return versions[-1] + 1 if versions else start

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

    def _gap(self, owner: int) -> tuple[tuple[int, int], bool]:
        """Where the part would be: between its neighbours of the handout, behind its own text.

        False when what is there may as well be a further version of the answer before it.
        """
        code = sorted(i for i in self._answers if self._given.cells[i].kind == "code")
        before = [i for i in code if i < owner]
        after = [min(self._answers[i]) for i in code if i > owner]
        start = max(self._answers[before[-1]]) + 1 if before else 0
        end = max(start, after[0] if after else len(self._mine.cells))
        texts = [
            index
            for index in range(start, end)
            if any(self._introduces(i, owner) for i in self._owners.get(index, ()))
        ]
        clear = bool(texts) or not (before and self._rivals(before[-1], owner))
        return (texts[0] if texts else start, end), clear

    def _rivals(self, one: int, other: int) -> set[str]:
        """The names that two cells of the handout both leave open."""
        first, second = Given(self._given.cells[one]), Given(self._given.cells[other])
        return set(first.open_names()) & set(second.open_names())

    # ---- the cells that answer

    def _guessed(self, given: Given, section: tuple[int, int]) -> list[int]:
        """What stands in an unanswered part's place and trains: lambdas, other names, ``fit``."""
        if not given.open_names():
            return []
        free = [i for i in range(*section) if not self._owners.get(i)]
        code = [self._mine.cells[i] for i in free if self._mine.cells[i].kind == "code"]
        wanted = set(given.names())
        drivers = [*given.called(), "fit"] if given.called() else []
        found = {cell.index for cell in code if wanted & set(defined(cell))}
        found |= {cell.index for cell in code if any(calls(cell, name) for name in drivers)}
        return sorted(found | self._helpers(found, code, given))

    def _gathered(self, given: Given, linked: list[int], section: tuple[int, int]) -> list[int]:
        """The last cell of the part for each thing that the handout's cell defines or calls."""
        if not given.open_names():
            return linked
        stretch = sorted({*linked, *range(*section)})
        code = [self._mine.cells[i] for i in stretch if self._mine.cells[i].kind == "code"]
        found: set[int] = set()
        for name in given.names():
            found.update(last_written(code, name, given)[-1:])
        opens = set(given.open_names())
        for name in given.called():
            # A blank that was left below the answer calls the driver too.
            callers = [c.index for c in code if calls(c, name)]
            callers = [i for i in callers if i in found or not opens & set(self._bound(i))]
            found.update(callers[-1:])
        found = found or set(linked)
        return sorted(found | self._helpers(found, code, given))

    def _helpers(self, found: set[int], code: Sequence[Cell], given: Given) -> set[int]:
        """Other cells of the part that define what the answering cells use."""
        helpers: set[int] = set()
        waiting = list(found)
        while waiting:
            names = used(self._mine.cells[waiting.pop()]) - set(given.names())
            for cell in code:
                others = self._owners.get(cell.index, set()) - {given.cell.index}
                free = cell.index not in found | helpers and not others
                if free and names & set(functions(cell)):
                    helpers.add(cell.index)
                    waiting.append(cell.index)
        return helpers

    def _bound(self, index: int) -> tuple[str, ...]:
        return defined(self._mine.cells[index])

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


def _opens(cell: Cell) -> bool:
    """True for a text that starts with a heading."""
    return cell.kind != "code" and cell.source.lstrip().startswith("#")
