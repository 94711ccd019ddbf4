"""The text cells that checks read."""

from __future__ import annotations

from grader.matching import Matching
from grader.model import Submission
from grader.rubric import Formula, Task


def texts(task: Task, submission: Submission, matching: Matching) -> dict[str, str]:
    """What stands in the text cells of checks that read one; all texts follow, since a student may
    have moved the answer."""
    everything = "\n\n".join(c.source for c in submission.cells if c.kind == "markdown")
    found = {}
    for cell in {check.cell for check in task.checks if isinstance(check, Formula)}:
        part = matching.parts.get(cell)
        mine = [submission.cells[index].source for index in part.cells] if part else []
        found[cell] = "\n\n".join([*mine, everything])
    return found
