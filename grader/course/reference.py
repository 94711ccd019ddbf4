"""The files of ``reference/<lab>/``: the solution, plausible wrong versions, test inputs."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import TypeAdapter

from grader.errors import CourseError
from grader.model import Language
from grader.rubric import reading

from . import module
from .lab import Generator, Misconception, OwnCheck

_MARK = re.compile(r"^# %% \[([\w-]+)\](?: (ru|en))?[ \t]*$", re.MULTILINE)
_LIST = TypeAdapter(tuple[Misconception, ...])


def solution(path: Path, language: Language) -> dict[str, str]:
    """Source by cell id from percent-format cells ``# %% [cell-id]``, or ``# %% [cell-id] en``
    for one language. A lab of questions alone needs no such file.

    Raises:
        CourseError: it cannot be read, or a cell stands there twice.
    """
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
    cells = [
        (mark[1], text[mark.end() : end].strip("\n"))
        for mark, end in zip(marks, ends, strict=True)
        if mark[2] in (None, language)
    ]
    names = [name for name, _ in cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CourseError(f"{path}: cells that stand there twice: {', '.join(twice)}; keep one")
    return dict(cells)


def misconceptions(path: Path, language: Language) -> tuple[Misconception, ...]:
    """The misconceptions that can be had in ``language``.

    Raises:
        CourseError: the file is wrong; the message lists every problem with its line.
    """
    every = reading.load(path, _LIST, "the list of misconceptions")
    return tuple(m for m in every if m.language in (None, language))


def accepted(path: Path, language: Language) -> tuple[Misconception, ...]:
    """Other versions that are right too, in the same form; a lab need not have any.

    Raises:
        CourseError: the file is wrong.
    """
    return misconceptions(path, language) if path.exists() else ()


def stand_ins(path: Path) -> str:
    """The source of what may stand in for functions of other tasks; a lab need not have any.

    Raises:
        CourseError: it cannot be read, or is no Python.
    """
    if not path.exists():
        return ""
    try:
        source = path.read_text(encoding="utf-8")
        compile(source, str(path), "exec")
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise CourseError(f"{path}: cannot be used: {error}; mend it") from error
    return source


def generators(path: Path) -> dict[str, Generator]:
    """The public functions of ``cases.py``, by name; a lab that calls nothing needs no such file.

    Raises:
        CourseError: it cannot be imported.
    """
    return dict(module.functions(path)) if path.exists() else {}


def checks(path: Path) -> dict[str, OwnCheck]:
    """The public functions of ``checks.py``, by name; most labs need no such file.

    Raises:
        CourseError: it cannot be imported.
    """
    return dict(module.functions(path)) if path.exists() else {}
