"""The student's side: public checks of one's own notebook, on one's own machine, in one's own
process. Nothing here is a grade.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader import bundle, matching, notebook
from grader.asked import probes_of
from grader.bundle import Bundle
from grader.checks import kinds
from grader.checks.evidence import Evidence
from grader.errors import UsageError
from grader.matching import Matching
from grader.model import Observed, Submission
from grader.observe import probing
from grader.progress import OnEvent, silent
from grader.rubric import Task
from grader.selfchecked import CheckedTask, SelfCheck

from .here import Here, finished

__all__ = ["check_notebook", "check_running"]


def check_notebook(
    path: Path, bundled: Path | None, tasks: Sequence[str] = (), on_event: OnEvent = silent
) -> SelfCheck:
    """Run the notebook at ``path`` here (its training loops are recorded, not run) and check it.

    Raises:
        UsageError: there is no bundle for it, or it has no such task.
    """
    submission = notebook.read(path)
    handed = _best(_bundles(bundled, path.resolve().parent), submission)
    wanted = _wanted(handed, tasks)
    here = Here.run(submission.code_cells(), handed.lab.rubric, path.resolve().parent)
    found = matching.match(submission, handed.lab.handout)
    return _checked(handed, wanted, here, found)


def check_running(task: str, bundled: Path | None = None) -> SelfCheck:
    """Check ``task`` in the notebook that calls this, as its names stand now.

    Raises:
        UsageError: this is no notebook, there is no bundle, or it has no such task.
    """
    found = _bundles(bundled, Path.cwd())
    handed = next((one for one in found if task in one.tasks), found[0])
    wanted = _wanted(handed, [task])
    cells = [_home(handed, one) for one in handed.lab.rubric.tasks if one.id in wanted]
    handout = handed.lab.handout
    return _checked(handed, wanted, Here.running(cells), matching.match(handout, handout))


def _checked(handed: Bundle, wanted: Sequence[str], here: Here, found: Matching) -> SelfCheck:
    lab = handed.lab
    tasks = [
        CheckedTask(name, handed.tasks[name], (), handed.hidden[name])
        if (task := next((t for t in lab.rubric.tasks if t.id == name), None)) is None
        else _task(handed, task, here, found)
        for name in wanted
    ]
    return SelfCheck(lab.rubric.title.text, lab.language, tuple(tasks))


def _task(handed: Bundle, task: Task, here: Here, found: Matching) -> CheckedTask:
    probes = probes_of(handed.lab, handed.seed)
    mine = [probe for probe in probes.values() if probe.key.split("/")[0] == task.id]
    observed: dict[str, Observed] = finished(
        probing.answers_of(here, mine, handed.seed, found, silent)
    )
    evidence = Evidence(task, observed, handed.expected, probes)
    checks = tuple(kinds.judge(check, evidence) for check in task.checks)
    return CheckedTask(task.id, handed.tasks[task.id], checks, handed.hidden[task.id])


def _bundles(named: Path | None, folder: Path) -> list[Bundle]:
    """The bundle that is named, or all that lie in ``folder``.

    None from above it: there, others may be able to write (``/tmp``), and what a file asks for is
    done here, without a sandbox.
    """
    variable = os.environ.get("GRADER_BUNDLE")
    explicit = named or (Path(variable) if variable else None)
    if explicit is not None:
        return [bundle.load(explicit)]
    paths = sorted(folder.glob(f"*{bundle.SUFFIX}"))
    if paths:
        return [bundle.load(path) for path in paths]
    raise UsageError(
        f"no file for self-checks (*{bundle.SUFFIX}) in {folder}: put the one that came with the "
        "notebook beside it, or name it: --bundle FILE, in a notebook check(TASK, FILE)"
    )


def _best(found: Sequence[Bundle], submission: Submission) -> Bundle:
    """The bundle of this notebook's lab, in its language where there is one."""
    return max(
        found,
        key=lambda one: (
            matching.likeness(submission, one.lab.handout),
            one.lab.language == submission.language,
        ),
    )


def _wanted(handed: Bundle, tasks: Sequence[str]) -> list[str]:
    for task in tasks:
        if task not in handed.tasks:
            raise UsageError(
                f"{handed.lab.name} has no task {task!r}; it has: {', '.join(handed.tasks)}"
            )
    return list(tasks or handed.tasks)


def _home(handed: Bundle, task: Task) -> int:
    return next(cell.index for cell in handed.lab.handout.cells if cell.id == task.home)
