"""A class in the terminal: who was matched to what, live progress, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text as Line

from .live import line
from .tame import clean

if TYPE_CHECKING:
    from grader.batch import Handed, Tally
    from grader.classroom import ClassResult
    from grader.executors import Report
    from grader.intake import Intake
    from grader.parcel import Outcome
    from grader.rejudge import Rejudged

WIDTH = 100


class Live:
    """One display for the whole batch: done of all, failed, time left, and what runs right now.

    In a terminal it moves; elsewhere there is one plain line for each finished submission.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self._console = Console(stderr=True)
        self._verbose = verbose
        self._moving = self._console.is_terminal and not verbose
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._whole = self._progress.add_task("grading", total=None, note="")
        self._running: dict[str, TaskID] = {}

    def __enter__(self) -> Live:
        if self._moving:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._moving:
            self._progress.stop()

    def show(
        self,
        tally: Tally,
        reports: Sequence[Report],
        handed: Handed | None,
        outcome: Outcome | None,
    ) -> None:
        """Draw how the batch stands; ``handed`` was just finished."""
        note = f"{len(tally.ungraded)} ungraded" if tally.ungraded else ""
        self._progress.update(self._whole, total=tally.total, completed=tally.done, note=note)
        for name, event in reports:
            if self._verbose:
                self._say(f"{name}: {line(event)}")
            elif self._moving:
                self._step(name, clean(f"{name}: {line(event)}")[:WIDTH])
            if event.step == "report":
                self._finish(name)
        if handed is not None and outcome is not None:
            self._finish(handed.label)
            if not self._moving:
                said = f" ({outcome.reason})" if outcome.reason else ""
                self._say(f"{tally.done}/{tally.total} {handed.name}: {outcome.status}{said}")

    def _step(self, name: str, text: str) -> None:
        if name not in self._running:
            self._running[name] = self._progress.add_task("", total=1, note="", start=False)
        self._progress.update(self._running[name], description=f"  {text}")

    def _finish(self, name: str) -> None:
        task = self._running.pop(name, None)
        if task is not None:
            self._progress.remove_task(task)

    def _say(self, text: str) -> None:
        self._console.print(Line(clean(text)), soft_wrap=True)


def print_intake(intake: Intake) -> None:
    """What ``--dry-run`` shows: student, attempts, files."""
    console = Console()
    if not console.is_terminal:  # a file has room for long names
        console.width = 1000
    table = Table("Student", "Attempt", "Handed in", box=None, header_style="bold")
    table.add_column("File", overflow="fold")
    for entry in intake.entries:
        for attempt in entry.attempts:
            local = attempt.handed_in.astimezone() if attempt.handed_in else None
            when = local.isoformat(" ", "minutes") if local else "—"
            cells = (entry.name, str(attempt.number), when, attempt.source)
            table.add_row(*(Line(clean(cell)) for cell in cells))
        if not entry.attempts:
            what = "nothing that could be graded" if entry.problems else "nothing handed in"
            table.add_row(Line(clean(entry.name)), Line("—"), Line("—"), Line(what))
    console.print(table)
    problems = [*intake.problems, *(p for entry in intake.entries for p in entry.problems)]
    for problem in problems:
        console.print(Line(clean(f"{problem.source}: {problem.reason.en}")), soft_wrap=True)


def print_result(result: ClassResult) -> None:
    """Counts, what was not graded and why, and where the results are."""
    console = Console()
    tally = result.tally
    without = [entry for entry in result.intake.entries if not entry.attempts]
    refused = [(entry.name, one) for entry in without for one in entry.problems]
    missing = sum(not entry.problems for entry in without)
    counts = [
        (tally.graded, "graded"),
        (tally.reused, "unchanged"),
        (len(tally.unreadable), "unreadable"),
        (len(tally.ungraded), "ungraded"),
    ]
    shown = ", ".join(f"{count} {word}" for count, word in counts if count or word == "graded")
    handed = f"{tally.total} submission{'' if tally.total == 1 else 's'}: {shown}"
    absent = f"; {missing} of the roster handed in nothing" if missing else ""
    console.print(Line(handed + absent), soft_wrap=True)
    for word, reasons in (("unreadable", tally.unreadable), ("ungraded", tally.ungraded)):
        for reason in reasons:
            console.print(Line(clean(f"{word}: {reason}")), soft_wrap=True)
    for name, problem in refused:
        said = f"not graded: {name} ({problem.source}): {problem.reason.en}"
        console.print(Line(clean(said)), soft_wrap=True)
    for path in (result.out / "index.html", result.out / "grades.sqlite"):
        if path.exists():
            console.print(Line(str(path)), soft_wrap=True)


def print_rejudged(result: Rejudged) -> None:
    """Whose grade changed and why; what has to be run again."""
    console = Console()
    students = len({(change.student, change.number) for change in result.changes})
    console.print(Line(f"{result.judged} judged again, grades changed: {students}"))
    for change in result.changes:
        said = f"{change.student} #{change.number} {change.task}: {change.before} → {change.after}"
        console.print(Line(clean(f"{said}: {change.why}")), soft_wrap=True)
    for name in result.stale:
        console.print(Line(clean(f"needs a new run: {name}")), soft_wrap=True)
    if result.index is not None:
        console.print(Line(str(result.index)), soft_wrap=True)
