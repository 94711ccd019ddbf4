"""Handouts for a class, each with the options of its questions in an order of its student's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from . import course, notebook, quiz
from .errors import UsageError
from .exports.cells import folder_name
from .intake import roster as rosters
from .model import Language
from .report import deliver


def out(
    name: str,
    students: Sequence[str],
    roster: Path | None,
    root: Path | None,
    language: Language,
    folder: Path,
) -> Iterator[Path]:
    """Write ``folder/<student>.ipynb`` for ``students`` and all of ``roster``; each path, written.

    The student's id is in the notebook's metadata (``grader.student``): where a notebook has lost
    its questions, it tells the order in which they were seen.

    Raises:
        UsageError: the course has no such lab, nobody is named, or a file cannot be used.
    """
    everybody = [*students, *(_ids(roster) if roster is not None else ())]
    if not everybody:
        raise UsageError("nobody to write a handout for: name students with --student or --roster")
    lab = course.load(course.find(root, Path.cwd()), name, language)
    questions = quiz.questions_of(lab.rubric)
    deliver.check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for student in dict.fromkeys(everybody):
        path = folder / f"{folder_name(student)}.ipynb"
        notebook.write(quiz.shuffled(lab.handout, questions, student), path)
        yield path


def _ids(roster: Path) -> Iterator[str]:
    return (person.id for person in rosters.read(roster).people)
