"""Lines that no person writes: reading them takes time that grows no faster than they do."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from grader import course, matching, quiz
from grader.model import Cell
from grader.quiz.lines import uncommented
from grader.rubric import Answer, Task

LENGTH = 100_000
HEADS = ("", "#", "q", "answer", "<!--q", "- [", "<input checkbox")
UNITS = (" ", "_", "#", "1", "1,", "a.", "q ", "<!--", "or ", "\n#")
LINES = [head + unit * (LENGTH // len(unit)) + "!%" for head in HEADS for unit in UNITS]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns of the packages that read what students write, with where they stand."""
    for package in ("quiz", "matching"):
        folder = ROOT / "grader" / package
        for module in pkgutil.iter_modules([str(folder)]):
            yield from _compiled(f"grader.{package}.{module.name}")
            yield from _inline(folder / f"{module.name}.py")
        yield from _compiled(f"grader.{package}")
        yield from _inline(folder / "__init__.py")
    yield from _compiled("grader.judge.printed")


def _compiled(module: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in vars(importlib.import_module(module)).items():
        for number, one in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(one, re.Pattern):
                yield f"{module}.{name}[{number}]", one


def _inline(path: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=function),
                args=[ast.Constant(value=text), *_],
            ) if isinstance(text, str) and function != "compile":
                yield f"{path.name}:{node.lineno}", re.compile(text, re.M)


PATTERNS = dict(patterns())


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long(name: str) -> None:
    """Each pattern of the readers is through with any line of 100,000 characters in a second."""
    for line in LINES:
        began = time.process_time()
        PATTERNS[name].search(line)
        assert time.process_time() - began < 1, line[:30]


def test_there_are_patterns() -> None:
    """The test above finds the patterns wherever they are written."""
    assert len(PATTERNS) > 40
    assert {"grader.quiz.blocks._MARKS[1]", "grader.quiz.numbers._OR[0]"} <= PATTERNS.keys()


def test_comments_are_left_out() -> None:
    """A comment that begins and never ends is none, however many begin."""
    assert uncommented("a<!-- b -->c<!-- d") == "ac<!-- d"
    assert len(uncommented("-->" + "<!--" * 25_000)) == 100_003


@pytest.mark.parametrize("kind", ["text", "code", "boxes", "string", "list"])
def test_a_notebook_of_long_lines_is_read(kind: str) -> None:
    """What a notebook of such lines answers is read, and its cells are found, within seconds."""
    lab = course.load(ROOT, "keras_quiz", "en")
    questions = quiz.questions_of(lab.rubric)
    first = next(task for task in lab.rubric.tasks if task.home in questions.values())
    (check,) = (check for check in first.checks if isinstance(check, Answer))
    options = quiz.options_of(lab.handout, first.home)
    began = time.process_time()
    for line in LINES[:: len(UNITS) + 1]:
        cells = tuple(_spoilt(cell, kind, line, first) for cell in lab.handout.cells)
        read = replace(lab.handout, cells=cells)
        told = quiz.replies(read, lab.handout, questions)[first.id]
        quiz.given(check, quiz.Question(first.id, told, options, ()))
        matching.match(read, lab.handout)
    assert time.process_time() - began < 20


def _spoilt(cell: Cell, kind: str, line: str, task: Task) -> Cell:
    """The cell of the task with ``line`` put where something of this kind is looked for."""
    if cell.id != task.home:
        return cell
    if kind == "boxes":
        return replace(cell, source=f"{cell.source}\n" + "- [x] one\n" * 5000 + line)
    if kind == "text":
        return replace(cell, source=f"{cell.source}\n- [x] {line}\nAnswer: {line}")
    value = {"code": "1", "string": repr(line), "list": repr([1] * 5000)}[kind]
    return replace(cell, kind="code", source=f"answers = {{{task.id!r}: {value}}}\n#{line}")
