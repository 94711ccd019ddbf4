"""The test of a rubric in the terminal: a table of tasks, then each rule and what breaks it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text as Line

from grader.validated import Rule, TaskRow, Validation

MAX_LINE = 300


def print_validation(found: Validation) -> None:
    """The outcome on stdout: coloured in a terminal, plain elsewhere."""
    Console(soft_wrap=True).print(_Shown(found))


def as_json(found: Sequence[Validation]) -> str:
    """All outcomes as one JSON array, in the fields of :class:`~grader.validated.Validation`."""
    return json.dumps(
        [{**asdict(one), "sound": one.sound} for one in found], ensure_ascii=False, indent=2
    )


@dataclass(frozen=True)
class _Shown:
    found: Validation

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found, encoding = self.found, options.encoding
        first, *_, last = (*found.seeds, found.seeds[-1])
        seeds = f"seeds {first} to {last}" if last > first else f"seed {first}"
        told = [found.title, f"{found.points:g} points", ", ".join(found.languages), seeds]
        told += ["no trainings"] * found.quick
        yield _line(f"{found.lab}: {'; '.join(told)}", encoding, "bold")
        yield _table(found.tasks)
        for rule in found.rules:
            yield _rule(rule, encoding)
            yield from (_line(f"    {p}", encoding, "red") for p in rule.problems)
            yield from (_line(f"    note: {n}", encoding, "yellow") for n in rule.notes)
        count = sum(len(rule.problems) for rule in found.rules)
        said = "sound" if found.sound else f"{count} problem{'s' * (count != 1)}"
        yield _line(f"{found.lab}: {said} ({found.seconds:.0f} s)", encoding, "bold")


def _table(tasks: Sequence[TaskRow]) -> Table:
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    rows.add_column("task", no_wrap=True)
    for title in ("points", "checks that fail", "misconceptions caught", "not tried"):
        rows.add_column(title, justify="right")
    for task in tasks:
        rows.add_row(
            Line(task.id),
            f"{task.points:g}",
            f"{task.failing}/{task.checks}",
            f"{task.caught}/{task.misconceptions}",
            f"{task.untried or '-'}",
        )
    return rows


def _rule(rule: Rule, encoding: str) -> Line:
    good = not rule.problems
    sign, plain = ("✓", "+") if good else ("✗", "x")
    shown = sign if _line(sign, encoding).plain == sign else plain
    line = _line(f"{shown} {rule.says}", encoding, "green" if good else "red")
    return line.append(f"  {rule.tried} looked at", style="dim")


def _line(text: str, encoding: str, style: str = "") -> Line:
    """``text``, cut short, on one line; what the terminal cannot show becomes a question mark."""
    indent = text[: len(text) - len(text.lstrip())]
    joined = " ".join(text.split())
    joined = joined if len(joined) <= MAX_LINE else f"{joined[:MAX_LINE]}…"
    return Line((indent + joined).encode(encoding, "replace").decode(encoding), style=style)
