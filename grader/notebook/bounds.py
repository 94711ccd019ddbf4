"""How much of a notebook is read: more than people write, less than keeps a machine busy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import UnreadableNotebook
from grader.model import Cell

MAX_BRACKETS = 2_000_000
"""Lists and objects in the file: each takes some hundred bytes of memory, whatever is in it."""
MAX_CELLS = 3000
MAX_CODE = 2 * 2**20
"""Characters of code in all cells."""


def require_flat(text: str, path: Path) -> None:
    """Raises ``UnreadableNotebook`` before JSON is read that would take gigabytes."""
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise UnreadableNotebook(
            f"{path}: its JSON holds more than {MAX_BRACKETS} lists and objects, which no notebook "
            "needs. Clear all outputs, save, and try again."
        )


def require_few(found: Sequence[Any], path: Path) -> None:
    """Raises ``UnreadableNotebook`` for more cells than anybody reads."""
    if len(found) > MAX_CELLS:
        raise UnreadableNotebook(
            f"{path}: the notebook has {len(found)} cells, and {MAX_CELLS} are the most that is "
            "read. Hand in the notebook you worked in, without what a program added to it."
        )


def require_moderate(cells: Sequence[Cell], path: Path) -> None:
    """Raises ``UnreadableNotebook`` for more code than anybody writes."""
    length = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if length > MAX_CODE:
        raise UnreadableNotebook(
            f"{path}: the notebook holds {length} characters of code, and {MAX_CODE} are the most "
            "that is read. Load data from files instead of writing them into cells."
        )
