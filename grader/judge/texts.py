"""The text cells that checks read."""

from __future__ import annotations

from grader.checks.evidence import Texts, squeezed
from grader.matching import Matching
from grader.model import Submission
from grader.rubric import Formula, Task


def texts(
    task: Task, submission: Submission, handout: Submission, matching: Matching
) -> dict[str, Texts]:
    """What stands in the text cells of checks that read one."""
    wanted = {check.cell for check in task.checks if isinstance(check, Formula)}
    if not wanted:
        return {}
    written = {i: _text(c.source) for i, c in enumerate(submission.cells) if c.kind == "markdown"}
    lines = (line for c in handout.cells if c.kind == "markdown" for line in c.source.splitlines())
    given = frozenset(squeezed(line) for line in lines)
    found = {}
    for cell in wanted:
        part = matching.parts.get(cell)
        own = tuple(written[i] for i in part.cells if i in written) if part else ()
        everywhere = f"\n\n{Texts.END}".join((*own, *written.values()))
        found[cell] = Texts(own, everywhere, given)
    return found


def _text(source: str) -> str:
    return source.replace(Texts.END, " ")
