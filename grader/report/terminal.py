"""The grade as a table for the terminal: a line a task, and the reason beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text as Line

from grader.model import Grade, Status, TaskGrade
from grader.report.phrases import Phrases
from grader.report.tame import clean, tame

MAX_REASON = 200

MARKS = {
    Status.PASSED: ("✓", "+", "green"),
    Status.PARTIAL: ("◐", "~", "yellow"),
    Status.FAILED: ("✗", "x", "red"),
    Status.NOT_ATTEMPTED: ("○", "o", "bright_black"),
    Status.UNGRADED: ("–", "-", "blue"),
}
"""Each status's sign, its sign where the terminal lacks that character, and its colour."""


def table(grade: Grade) -> RenderableType:
    """Tasks with their points and one reason each, then the total and what is provisional.

    Nothing in it is read as markup, so no text can colour, link or break the output.
    """
    return _GradeTable(tame(grade))


def print_grade(grade: Grade, written: Sequence[Path]) -> None:
    """The table on stdout, and below it where the report and the grade file are."""
    console = Console()
    console.print(table(grade))
    for path in written:
        console.print(Line(clean(str(path)), style="cyan"), soft_wrap=True)


@dataclass(frozen=True)
class _GradeTable:
    grade: Grade

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = _Pen(Phrases(self.grade.language), options.encoding)
        words, language = pen.phrases.words(), self.grade.language
        rows = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        rows.add_column(pen.line(words["status"]), no_wrap=True)
        rows.add_column(pen.line(words["task"]), no_wrap=True)
        rows.add_column(pen.line(words["points"]), justify="right", no_wrap=True)
        rows.add_column(pen.line(words["reason"]), overflow="fold", ratio=1)
        for task in self.grade.tasks:
            verdict = pen.mark(task.status, pen.phrases.status(task.status))
            rows.add_row(
                verdict, pen.line(task.id), pen.line(pen.points(task)), pen.line(pen.reason(task))
            )
        yield rows
        yield Line()
        yield pen.total(self.grade)
        for reason in self.grade.provisional:
            yield pen.line(f"{words['provisional']}: {_short(reason[language])}", "yellow")


@dataclass(frozen=True)
class _Pen:
    """Writes a grade's pieces in one language, with the characters that the terminal has."""

    phrases: Phrases
    encoding: str

    def line(self, text: str, style: str = "") -> Line:
        """``text`` on one line; what the terminal cannot show becomes a question mark."""
        text = " ".join(text.split())
        return Line(text.encode(self.encoding, "replace").decode(self.encoding), style=style)

    def mark(self, status: Status, word: str, style: str = "") -> Line:
        sign, plain_sign, colour = MARKS[status]
        shown = sign if self.line(sign).plain == sign else plain_sign
        return self.line(f"{shown} {word}", f"{style} {colour}".strip())

    def points(self, task: TaskGrade) -> str:
        if not task.max_points:
            return "-"
        earned = "-" if task.status is Status.UNGRADED else self.phrases.number(task.points)
        return f"{earned}/{self.phrases.number(task.max_points)}"

    def reason(self, task: TaskGrade) -> str:
        said = (task.message, *task.agreement)
        reason = _short(" ".join(text[self.phrases.language] for text in said))
        if task.follows_from and task.follows_from not in reason:
            key = "follows_from" if task.status is Status.PASSED else "follows_partly"
            cause = f"{self.phrases.words()[key]}: {_short(task.follows_from)}"
            return f"{reason} ({cause})" if reason else cause
        return reason

    def total(self, grade: Grade) -> Line:
        words, status = self.phrases.words(), Status.PASSED if grade.passed else Status.FAILED
        verdict = self.mark(status, words["passed" if grade.passed else "not_passed"], "bold")
        points = self.line(self.phrases.out_of(grade.points, grade.max_points), "bold")
        mark = self.line(f"{words['pass_mark']} {self.phrases.points(grade.pass_mark)}")
        return Line("  ").join([verdict, points, mark])


def _short(text: str) -> str:
    """The text on one line, short enough not to push the verdicts off the screen."""
    joined = " ".join(text.split())
    return joined if len(joined) <= MAX_REASON else f"{joined[:MAX_REASON]}…"
