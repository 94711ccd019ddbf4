"""Quiz notebooks for tests: the handout of keras_quiz, answered in one way or another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from conftest import ROOT

from grader import course, notebook
from grader.course import Lab
from grader.grading import Options, grade
from grader.model import LANGUAGES, Cell, Grade, Language, Submission, TaskGrade

LABS: dict[Language, Lab] = {
    language: course.load(ROOT, "keras_quiz", language) for language in LANGUAGES
}

DOCUMENT = {
    "1.1": [1],
    "1.2": [3, 4],
    "3.1": 200600,
    "3.2": 10004000,
    "4.1": 2,
    "4.2": 19660900,
    "4.3": 3,
    "6.1": 2,
    "6.2": 4,
    "6.3": 4,
    "6.4": 3,
    "6.5": 3,
    "7.1": [1, 2, 4],
    "7.2": [1, 2, 3, 4, 5],
    "9.1": 2,
    "11.1": 136298,
    "11.2": 0,
    "11.3": True,
    "11.4": True,
    "11.5": 4,
    "11.6": 3,
    "12.1": True,
    "12.2": [4, 5],
    "12.3": True,
    "12.4": 2,
    "12.5": True,
}
"""The key that the course's own document gives."""


def graded(folder: Path, submission: Submission, **options: object) -> Grade:
    """The grade of the notebook, written to a file and graded as ``grade FILE`` does it."""
    path = folder / "quiz.ipynb"
    notebook.write(submission, path)
    return grade(path, Options(course=ROOT, **options))  # type: ignore[arg-type]


def with_cells(submission: Submission, cells: Iterable[Cell]) -> Submission:
    """The notebook with these cells in the place of its own."""
    numbered = (replace(cell, index=index) for index, cell in enumerate(cells))
    return replace(submission, cells=tuple(numbered))


def edited(submission: Submission, cell_id: str, *edits: tuple[str, str]) -> Submission:
    """One cell with some of its text replaced."""
    (cell,) = (cell for cell in submission.cells if cell.id == cell_id)
    source = cell.source
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return replaced(submission, {cell_id: source})


def replaced(submission: Submission, sources: Mapping[str, str]) -> Submission:
    cells = (replace(c, source=sources.get(c.id, c.source)) for c in submission.cells)
    return with_cells(submission, cells)


def task(made: Grade, task_id: str) -> TaskGrade:
    return next(found for found in made.tasks if found.id == task_id)
