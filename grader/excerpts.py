"""A submission's answers as code, by task: what similarity is looked for in."""

from __future__ import annotations

from . import matching
from .course import Lab
from .model import Submission


def answers(submission: Submission, lab: Lab) -> dict[str, str]:
    """The code of each task that was answered, as the report shows it.

    Tasks without code (free texts), and those where the handout's blank still stands, are left out.
    """
    found = matching.match(submission, lab.handout)
    made: dict[str, str] = {}
    for task in lab.rubric.tasks:
        if task.object is None:
            continue
        home, name = task.home, task.object.name
        if matching.untouched(submission, lab.handout, found, home, name):
            continue
        pieces = matching.excerpt(submission, found, home, name)
        made[task.id] = "\n".join(piece.source for piece in pieces)
    return made


def given(lab: Lab) -> tuple[str, ...]:
    """The handout's code cells: what everybody was given."""
    return tuple(cell.source for cell in lab.handout.code_cells())
