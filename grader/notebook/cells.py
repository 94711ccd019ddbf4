"""Strip what is wrong from a notebook's cells, and say so in notes.

Notebooks come from many editors and years. Whatever does no harm is mended here, once; so the
rest of the program sees cells whose every field has its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from grader.model import Text

_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}\Z")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
MAX_SOURCE = 100_000
"""Characters of one cell. The longest cell of any lab that we saw has some ten thousand."""
_KINDS = ("code", "markdown", "raw")
_Raw = dict[str, Any]


def mended(cells: list[Any]) -> tuple[list[_Raw], list[Text]]:
    """Cells whose ``cell_type``, ``source``, ``id`` and ``outputs`` have their types, and notes."""
    mender = _Mender()
    return list(mender.cells(cells)), mender.notes()


class _Mender:
    """Strips what is wrong from cells, and remembers in which cells it did what."""

    def __init__(self) -> None:
        self._mended: dict[str, list[int]] = {}
        self._ids: set[str] = set()

    def cells(self, cells: list[Any]) -> Iterator[_Raw]:
        for index, cell in enumerate(cells):
            if isinstance(cell, dict):
                yield self._cell(index, cell)
            else:
                self._say("no_cell", index)
                yield {"cell_type": "raw", "source": "", "id": "", "outputs": []}

    def _cell(self, index: int, cell: _Raw) -> _Raw:
        kind = cell.get("cell_type")
        if kind not in _KINDS:
            self._say("kind", index)
            kind = "markdown" if kind == "heading" else "raw"
        outputs = cell.get("outputs", [])
        if not isinstance(outputs, list):
            if kind == "code":
                self._say("outputs", index)
            outputs = []
        if not isinstance(cell.get("metadata", {}), dict):
            self._say("metadata", index)
        return {
            "cell_type": kind,
            "source": self._bounded(index, kind, self._source(index, cell.get("source", ""))),
            "id": self._id(index, cell.get("id", "")),
            "outputs": [output for output in outputs if isinstance(output, dict)],
        }

    def _source(self, index: int, source: object) -> str:
        if isinstance(source, list):
            if not all(isinstance(line, str) for line in source):
                self._say("source", index)
            source = "".join(line for line in source if isinstance(line, str))
        if not isinstance(source, str):
            self._say("source", index)
            return ""
        if _SURROGATE.search(source):
            self._say("surrogate", index)
            source = _SURROGATE.sub("\ufffd", source)
        return source.replace("\r\n", "\n").replace("\r", "\n")

    def _bounded(self, index: int, kind: str, source: str) -> str:
        """Half a program is another program: code that is too long is left out as a whole."""
        if len(source) <= MAX_SOURCE:
            return source
        self._say("long_code" if kind == "code" else "long_text", index)
        return "" if kind == "code" else source[:MAX_SOURCE]

    def _id(self, index: int, name: object) -> str:
        if name == "":
            return ""
        if not isinstance(name, str) or not _ID.match(name):
            self._say("id", index)
            return ""
        if name in self._ids:
            self._say("duplicate", index)
            return ""
        self._ids.add(name)
        return name

    def _say(self, what: str, index: int) -> None:
        self._mended.setdefault(what, []).append(index)

    def notes(self) -> list[Text]:
        return [_REPAIRS[what](_numbers(indices)) for what, indices in self._mended.items()]


def _numbers(indices: list[int], limit: int = 5) -> str:
    more = " …" if len(indices) > limit else ""
    return ", ".join(str(index + 1) for index in indices[:limit]) + more


def _repair(ru: str, en: str) -> Callable[[str], Text]:
    return lambda cells: Text(ru=f"{ru} (ячейки: {cells}).", en=f"{en} (cells: {cells}).")


_REPAIRS: dict[str, Callable[[str], Text]] = {
    "no_cell": _repair(
        "Запись в списке ячеек не является ячейкой; пропущена",
        "An entry among the cells is no cell; it was left out",
    ),
    "kind": _repair(
        "Неизвестный вид ячейки; её текст прочитан, но не выполняется",
        "A cell of an unknown kind; its text was read but is not run",
    ),
    "outputs": _repair(
        "Сохранённый вывод ячейки испорчен; отброшен",
        "A cell's recorded output is damaged; it was dropped",
    ),
    "metadata": _repair(
        "Метаданные ячейки испорчены; отброшены",
        "A cell's metadata are damaged; they were dropped",
    ),
    "source": _repair(
        "Текст ячейки испорчен; прочитано то, что удалось",
        "A cell's text is damaged; what could be read was kept",
    ),
    "surrogate": _repair(
        "В тексте ячейки есть недопустимые символы; заменены на «\ufffd»",
        "A cell's text holds invalid characters; they were replaced by '\ufffd'",
    ),
    "long_code": _repair(
        f"В ячейке больше {MAX_SOURCE} знаков кода; она пропущена",
        f"A cell holds more than {MAX_SOURCE} characters of code; it was left out",
    ),
    "long_text": _repair(
        f"В ячейке больше {MAX_SOURCE} знаков текста; прочитано начало",
        f"A cell holds more than {MAX_SOURCE} characters of text; its beginning was read",
    ),
    "id": _repair(
        "Недопустимый идентификатор ячейки; отброшен",
        "A cell's id is not valid; it was dropped",
    ),
    "duplicate": _repair(
        "Идентификатор ячейки повторяется; у повторов отброшен",
        "A cell's id occurs twice; the later ones were dropped",
    ),
}
