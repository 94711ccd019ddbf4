"""What the cells of a handout give and ask for, and what cells of a submission bind and call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.matching.blank import is_blank_definition
from grader.matching.lines import regions
from grader.matching.source import Statement, definitions, statements
from grader.model import Cell


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


def defined(cell: Cell) -> tuple[str, ...]:
    return definitions(cell.source) if cell.kind == "code" else ()


def functions(cell: Cell) -> Iterator[str]:
    """The functions and classes that a code cell defines."""
    for statement in statements(cell.source):
        if statement.kind == "definition":
            yield from statement.names


def last_written(code: Sequence[Cell], name: str, given: Given) -> list[int]:
    """The cells that bind ``name``; blanks are left out where there is something else."""
    bound = [cell for cell in code if name in defined(cell)]
    full = [cell for cell in bound if not _is_blank(cell, name, given)]
    return [cell.index for cell in full or bound]


def _is_blank(cell: Cell, name: str, given: Given) -> bool:
    original = given.definition(name)
    found = [s for s in statements(cell.source) if s.kind != "call" and name in s.names]
    return original is not None and all(
        s.kind == "definition" and is_blank_definition(cell.source, s, given.cell.source, original)
        for s in found
    )


def calls(cell: Cell, name: str) -> bool:
    """True when the cell calls ``name`` at its top level, inside a ``with`` or ``for`` too."""
    return any(
        (s.kind != "definition" and f"Name {name}" in s.shape)
        or (s.kind == "call" and name in s.names)
        for s in statements(cell.source)
    )


def used(cell: Cell) -> set[str]:
    return {
        label[5:]
        for statement in statements(cell.source)
        for label in statement.shape
        if label.startswith("Name ")
    }
