"""What the grader would make of one notebook: nothing of it is run.

``grade doctor --notebook FILE`` shows it to whoever wonders why a task was not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import course, eras, gone, matching, notebook, runtimes
from .course import Lab
from .matching import Matching
from .model import Cell, Submission
from .rubric import Task

_COMMAND = re.compile(r"^\s*(?:!|%%(?:bash|sh|script)\b|%(?:pip|conda|cd)\b)", re.MULTILINE)
_WAITS = re.compile(r"(?<!\w)input\(")
_FITS = re.compile(r"\.fit(?:_generator)?\(")


@dataclass(frozen=True)
class Line:
    """One thing that was seen; ``fine`` is False for what somebody should look at."""

    what: str
    says: str
    fine: bool = True


def walk(path: Path, root: Path | None, lab_name: str | None = None) -> tuple[Line, ...]:
    """The file, its lab and era, where each task was found, and which cells cost nothing.

    Raises:
        UsageError: the notebook or the course cannot be read, or the lab cannot be told.
    """
    submission = notebook.read(path, beside=True)
    folder = course.find(root, path.parent, Path.cwd())
    lab = course.load(folder, lab_name or course.recognise(folder, submission), submission.language)
    found = matching.match(submission, lab.handout)
    return (
        *_file(submission),
        *_era(submission, lab),
        *(_task(task, submission, lab, found) for task in lab.rubric.tasks),
        *(Line("assumed", note.en) for note in found.notes),
        *_cells(submission, lab),
    )


def _file(submission: Submission) -> Iterator[Line]:
    code = submission.code_cells()
    language = {"ru": "Russian", "en": "English"}[submission.language]
    yield Line("file", f"{len(submission.cells)} cells, {len(code)} with code; {language}")
    for note in submission.notes:
        yield Line("repaired", note.en)


def _era(submission: Submission, lab: Lab) -> Iterator[Line]:
    yield Line("lab", lab.name)
    decision = runtimes.decide(lab.rubric, submission, None)
    yield Line("era", f"{decision.runtime} {runtimes.recorded(decision.runtime)['tensorflow']}")
    for sign in dict.fromkeys(eras.signs(submission)):
        where = "the file's metadata" if sign.cell is None else f"cell {sign.cell + 1}"
        yield Line("sign", f"{where}: {sign.what} ({sign.runtime})")
    absent = gone.missing(submission)
    if absent:
        yield Line("recorded", f"not installed, calls are only recorded: {', '.join(absent)}")


def _task(task: Task, submission: Submission, lab: Lab, found: Matching) -> Line:
    part = found.parts.get(task.home)
    if part is None or not part.cells:
        return Line(f"task {task.id}", "its cell was not found", fine=False)
    where = ", ".join(str(index + 1) for index in part.cells)
    name = task.object.name if task.object else None
    says = f"{'cell' if len(part.cells) == 1 else 'cells'} {where}"
    if name in part.renamed:
        says += f", as {part.renamed[name or '']}"
    blank = matching.untouched(submission, lab.handout, found, task.home, name)
    return Line(f"task {task.id}", says + (": still blank" if blank else ""), fine=not blank)


def _cells(submission: Submission, lab: Lab) -> Iterator[Line]:
    """Cells of which a part costs nothing, and why."""
    drivers = lab.rubric.drivers
    for cell in submission.code_cells():
        for why in _reasons(cell, drivers):
            yield Line(f"cell {cell.index + 1}", why)


def _reasons(cell: Cell, drivers: tuple[str, ...]) -> Iterator[str]:
    called = [n for n in drivers if re.search(rf"(?<!def )\b{re.escape(n)}\(", cell.source)]
    if called:
        yield f"calls of {', '.join(called)} are recorded, and train nothing"
    if _FITS.search(cell.source):
        yield "fit() is recorded, and trains nothing"
    if _COMMAND.search(cell.source):
        yield "commands of the shell and installations are skipped"
    if _WAITS.search(cell.source):
        yield "nobody answers input(): the statement fails, and the cell goes on"
    if eras.parsed(cell.source) is None:
        yield "no Python that can be compiled: nothing of it runs"
