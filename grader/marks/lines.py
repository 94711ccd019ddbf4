"""The file of hand-given marks as lines of plain text: CSV or YAML, each with its line number."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError

FIELDS = {
    "student": ("student", "студент"),
    "task": ("task", "задание"),
    "points": ("points", "баллы"),
    "comment": ("comment", "комментарий"),
    "reason": ("reason", "причина"),
}
"""Names of the columns, as either language writes them."""

_FIELD = {spelling: name for name, spellings in FIELDS.items() for spelling in spellings}
_KNOWN = ", ".join(FIELDS)

Wrong = list[tuple[int, str]]


@dataclass(frozen=True)
class Line:
    """One entry as written; ``number`` is the line on which it starts, from 1."""

    number: int
    fields: Mapping[str, str]

    def of(self, name: str) -> str:
        return self.fields.get(name, "")


def read(path: Path) -> tuple[list[Line], Wrong]:
    """The entries, and what is wrong with the file's own form (line and words).

    Raises:
        UsageError: it is not text, or not of its format at all.
    """
    text = _text(path)
    return _yaml(path, text) if path.suffix.lower() in (".yaml", ".yml") else _csv(path, text)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return raw.decode(encoding)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8: save it as «CSV UTF-8» or in UTF-8") from error


def _csv(path: Path, text: str) -> tuple[list[Line], Wrong]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    # strict: an unclosed quote would otherwise swallow the lines after it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}:{start}: not CSV: {error}; mend that line") from error
    filled = [(number, [cell.strip() for cell in row]) for number, row in rows if any(row)]
    if not filled:
        return [], []
    (first, header), *entries = filled
    names, wrong = _columns(first, header)
    wrong += [
        (number, f"{len(row)} cells, but the first line names {len(names)} columns")
        for number, row in entries
        if len(row) > len(names)
    ]
    return [Line(number, dict(zip(names, row, strict=False))) for number, row in entries], wrong


def _columns(line: int, header: list[str]) -> tuple[list[str], Wrong]:
    names = [_FIELD.get(cell.casefold(), "") for cell in header]
    wrong = [
        (line, f"unknown column {cell!r}; known are {_KNOWN}")
        for cell, name in zip(header, names, strict=True)
        if not name
    ]
    wrong += [(line, f"two columns `{n}`") for n in FIELDS if names.count(n) > 1]
    if "student" not in names:
        wrong.append((line, "there is no column `student`"))
    return names, wrong


def _yaml(path: Path, text: str) -> tuple[list[Line], Wrong]:
    """Scalars stay as they are written: an id 007 is not the number 7."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root: Any = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise UsageError(f"{where}: not YAML: {error.problem}; mend that line") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not YAML: {error}; mend it") from error
    if root is None:
        return [], []
    if root.id != "sequence":
        raise UsageError(f"{path}:{_line(root)}: give a list of entries, each with {_KNOWN}")
    lines: list[Line] = []
    wrong: Wrong = []
    for node in root.value:
        if node.id == "mapping":
            lines.append(Line(_line(node), _fields(node, wrong)))
        else:
            wrong.append((_line(node), f"an entry is a mapping of {_KNOWN}"))
    return lines, wrong


def _fields(node: Any, wrong: Wrong) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in node.value:
        name = _FIELD.get(str(key.value).strip().casefold()) if key.id == "scalar" else None
        if name is None:
            wrong.append((_line(key), f"unknown field {str(key.value)!r:.60}; known are {_KNOWN}"))
        elif name in fields:
            wrong.append((_line(key), f"`{name}` is there twice"))
        elif value.id != "scalar":
            wrong.append((_line(value), f"`{name}` must be a single value"))
        else:
            fields[name] = "" if str(value.tag).endswith(":null") else value.value.strip()
    return fields


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
