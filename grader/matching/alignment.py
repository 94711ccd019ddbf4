"""Which statement of a submission is which statement of the handout.

Every pair of units that could belong together gets a score from the names it defines and calls,
its literals, its syntax, its cell and the heading above it. The heaviest chain of pairs that keeps
the order of both notebooks is the first answer; then chains are sought among what is left, which
finds what was moved.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.matching.chain import Pair, heaviest_chain
from grader.matching.source import Statement
from grader.matching.units import Sequenced, Unit, Weights, part_number

MOST_PAIRS = 60_000
"""Pairs of units that are compared; a notebook with more is matched on its first ones."""

_CHAIN_FLOOR = 0.05
_MARGIN = 0.05


@dataclass(frozen=True)
class Link:
    """Unit ``mine`` of the submission answers unit ``given`` of the handout."""

    mine: int
    given: int
    score: float
    moved: bool = False


def align(mine: Sequenced, given: Sequenced) -> tuple[Link, ...]:
    """The links between two notebooks, each unit in one at most; in the submission's order."""
    scorer = _Scorer(mine, given)
    pairs = scorer.pairs()
    links = [Link(*pair) for pair in heaviest_chain(pairs)]
    movable = scorer.movable(pairs)
    while True:
        used_mine = {link.mine for link in links}
        used_given = {link.given for link in links}
        rest = [p for p in movable if p[0] not in used_mine and p[1] not in used_given]
        chain = heaviest_chain(rest)
        if not chain:
            break
        links += [Link(*pair, moved=True) for pair in chain]
    return tuple(sorted(links, key=lambda link: link.mine))


# ----------------------------------------------------------------------- scores


class _Scorer:
    """Scores pairs of units; only pairs that share a name or a kind are looked at."""

    def __init__(self, mine: Sequenced, given: Sequenced) -> None:
        self._mine = mine
        self._given = given
        self._code, self._text, self._hint = _weights(given)
        self._by_key: dict[tuple[str, ...], list[int]] = {}
        for number, unit in enumerate(given.units):
            for key in _keys(unit):
                self._by_key.setdefault(key, []).append(number)
        self._names = Counter(
            name
            for unit in given.units
            if unit.statement and unit.statement.kind == "definition"
            for name in unit.statement.names
        )
        self._cells: dict[tuple[int, int], float] = {}

    def pairs(self) -> list[Pair]:
        """All pairs worth linking, as (unit of the submission, unit of the handout, score)."""
        found: list[Pair] = []
        for number, unit in enumerate(self._mine.units):
            if len(found) > MOST_PAIRS:
                break
            candidates = sorted({j for key in _keys(unit) for j in self._by_key.get(key, ())})
            for j in candidates:
                score = self._score(unit, self._given.units[j])
                if score > _CHAIN_FLOOR:
                    found.append((number, j, score))
        return found

    def movable(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Definitions that may be found out of their order: those that their own code tells apart.

        The heading above says nothing about what was moved, so it does not count here; and a
        definition that could as well be another one is rather an earlier version of that.
        """
        bare: dict[int, list[Pair]] = {}
        for i, j, _ in pairs:
            given = self._given.units[j]
            if given.statement is not None and given.statement.kind == "definition":
                score = self._score(self._mine.units[i], given, heading=False)
                bare.setdefault(i, []).append((i, j, score))
        found: list[Pair] = []
        for rows in bare.values():
            rows.sort(key=lambda pair: -pair[2])
            if len(rows) == 1 or rows[0][2] > rows[1][2] + _MARGIN:
                found.append(rows[0])
        return sorted(found)

    def _score(self, mine: Unit, given: Unit, *, heading: bool = True) -> float:
        if mine.statement is None or given.statement is None:
            return self._text_score(mine, given)
        own = self._own_score(mine, given)
        if own <= 0:
            return 0.0
        scale = 1.0 if given.statement.kind == "definition" else 0.4
        context = self._context(mine, given) + (self._heading(mine, given) if heading else 0.0)
        return own + scale * context

    def _own_score(self, mine: Unit, given: Unit) -> float:
        """What the two statements themselves say."""
        assert mine.statement is not None
        assert given.statement is not None
        like = self._code.likeness(mine.features, given.features)
        if given.statement.kind == "definition":
            return self._definition_score(mine, given, like)
        if given.statement.kind == "other":
            return 0.5 * like if like > 0.4 else 0.0
        return 0.1 + 0.15 * like

    def _definition_score(self, mine: Unit, given: Unit, like: float) -> float:
        assert mine.statement is not None
        assert given.statement is not None
        name = given.statement.names[0]
        if mine.statement.names[0] != name:
            return self._renamed_score(mine, given)
        if self._names[name] == 1:
            return 0.8 + 0.4 * like
        if not given.open:
            return _copied(like)
        # An answer is no copy of an example that the handout gives under the same name.
        examples = (
            self._code.likeness(mine.features, self._given.units[j].features)
            for j in self._by_key["definition", name]
            if not self._given.units[j].open
        )
        covered = self._code.covered(given.features, mine.features)
        return 0.4 + 0.2 * covered - 0.45 * _copied(max(examples, default=0.0))

    def _renamed_score(self, mine: Unit, given: Unit) -> float:
        """A definition of another name: only where the signature says that it may be the one."""
        assert mine.statement is not None
        assert given.statement is not None
        if not given.open or mine.statement.names[0] in self._names:
            return 0.0
        theirs, ours = _signature(given.statement), _signature(mine.statement)
        return 0.3 if theirs and theirs == ours else 0.0

    def _context(self, mine: Unit, given: Unit) -> float:
        """What the cell and its id say; the same for all its statements."""
        key = (mine.cell, given.cell)
        if key not in self._cells:
            self._cells[key] = self._cell_score(*key)
        return self._cells[key]

    def _cell_score(self, mine: int, given: int) -> float:
        features = self._mine.cell_features[mine]
        score = 0.4 * self._code.covered(self._given.cell_features[given], features)
        hint = self._given.hints[given]
        named = frozenset(label.rpartition(" ")[2] for label in features)
        if hint:
            score += 0.15 * self._hint.covered(hint, named)
        own_id = self._mine.cells[mine].id
        return score + (0.4 if own_id and own_id == self._given.cells[given].id else 0.0)

    def _heading(self, mine: Unit, given: Unit) -> float:
        """What the numbers of the parts that they stand in say."""
        ours, theirs = self._mine.parts[mine.cell], self._given.parts[given.cell]
        if ours is None or theirs is None:
            return 0.0
        return 0.1 if ours == theirs else -0.1

    def _text_score(self, mine: Unit, given: Unit) -> float:
        like = self._text.likeness(mine.features, given.features)
        ours, theirs = self._mine.cells[mine.cell], self._given.cells[given.cell]
        part = part_number(ours.source)
        if part is not None and part == part_number(theirs.source):
            like += 0.3
        if ours.id and ours.id == theirs.id:
            like += 0.4
        return 0.8 * like if like > 0.15 else 0.0


@functools.lru_cache(maxsize=8)
def _weights(given: Sequenced) -> tuple[Weights, Weights, Weights]:
    """Of a handout's code, its texts, and the texts above its cells."""
    return (
        Weights([unit for unit in given.units if unit.statement]),
        Weights([unit for unit in given.units if not unit.statement]),
        Weights([Unit(i, None, hint) for i, hint in enumerate(given.hints)]),
    )


def _keys(unit: Unit) -> Iterator[tuple[str, ...]]:
    """Units are compared when they share a key."""
    statement = unit.statement
    if statement is None:
        yield ("text",)
    elif statement.kind == "definition":
        yield ("definition", statement.names[0])
        yield ("definition",)
    elif statement.kind == "other":
        yield ("other", statement.shape[0] if statement.shape else "")
    else:
        for name in statement.names:
            yield (statement.kind, name)


def _copied(like: float) -> float:
    """How surely code of this likeness is a copy, 0 to 1."""
    return min(1.0, max(0.0, (like - 0.5) / 0.4))


def _signature(statement: Statement) -> tuple[str, ...]:
    """The names of the parameters of a function, or of a class's methods; empty: none."""
    return tuple(label for label in statement.shape if label.startswith("arg "))
