"""A cell's source line by line: markers, magics, and what is code at all."""

from __future__ import annotations

import re
import textwrap

_START = re.compile(
    r"^\s*#.*(НАЧАЛО\s+ВАШЕГО\s+КОДА|START\s+OF\s+YOUR\s+CODE|YOUR\s+CODE\s+STARTS)", re.I
)
_END = re.compile(r"^\s*#.*(КОНЕЦ\s+ВАШЕГО\s+КОДА|END\s+OF\s+YOUR\s+CODE|YOUR\s+CODE\s+ENDS)", re.I)
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*$)")
_MAGIC_VALUE = re.compile(r"^(\s*\w[\w, ]*=\s*)[%!].*")
_PYTHON_CELL_MAGIC = re.compile(r"%%(?:time|timeit|capture|prun|tensorflow_version)\b")


def without_magics(source: str) -> str:
    """The source with IPython's lines blanked out, line for line; empty when it is no Python."""
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if not _PYTHON_CELL_MAGIC.match(lines[first]):
            return ""
        lines[first] = ""
    return "\n".join(_MAGIC_VALUE.sub(r"\1None", _MAGIC.sub(r"\1pass", line)) for line in lines)


def regions(source: str) -> tuple[tuple[int, int], ...]:
    """Line numbers (first, last; from 1) between each pair of "your code" markers."""
    found: list[tuple[int, int]] = []
    start = 0
    for number, line in enumerate(source.split("\n"), 1):
        if _START.match(line):
            start = number
        elif start and _END.match(line):
            found.append((start + 1, number - 1))
            start = 0
    return tuple(found)


def code_lines(source: str) -> list[str]:
    """The lines that hold code: no blank lines, no comments, no ``pass``."""
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in source.split("\n"))
    return [line for line in bare if line not in ("", "pass", "...")]


def lines_of(source: str, first: int, last: int) -> str:
    """Lines ``first`` to ``last`` (from 1, inclusive), without their common indentation."""
    return textwrap.dedent("\n".join(source.split("\n")[first - 1 : last]))
