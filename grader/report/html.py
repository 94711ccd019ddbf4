"""The page that a student opens: one file, no script, nothing fetched from anywhere."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.model import CheckGrade, Curve, Excerpt, Grade, Run, Status, TaskGrade
from grader.report.listing import listing
from grader.report.phrases import Phrases
from grader.report.plots import drawable, svg
from grader.report.tame import tame

OPENED = (Status.FAILED, Status.PARTIAL)
"""Tasks that lie open when the page is loaded: those with something to learn from."""

MAX_CELLS = 50
"""Failed cells shown on the page; the grade file has all of them."""

BRIEF = 6
"""Characters of the longest task id up to which the overview's columns are narrow."""

MAX_ROWS = 12
"""Rows of a curve's text alternative for each seed."""


def page(grade: Grade) -> str:
    """The whole report as one self-contained HTML document in the grade's language."""
    grade = tame(grade)
    phrases = Phrases(grade.language)
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            grade=grade,
            lang=grade.language,
            w=phrases.words(),
            say=phrases,
            style=style(),
            counts=_counts(grade),
            opened=OPENED,
            failed_cells=[cell for cell in grade.cells if cell.fault],
            max_cells=MAX_CELLS,
            highlight=_highlighter(phrases),
            draw=_drawer(phrases),
            rows=_rows,
            tabled=_tabled,
            asked=_asked,
            brief=BRIEF,
            spelled=spelled,
            thinned=_thinned,
        )
    )


def spelled(value: Any) -> str:
    """A plain value as a Python programmer writes it, floats in six significant digits."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {spelled(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(spelled(item) for item in value) + "]"
    return str(value)


@functools.cache
def templates() -> Environment:
    """Where all pages come from: everything put into a template is escaped."""
    return Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def style() -> Markup:
    """The style sheet that all pages begin with."""
    sheet = resources.files("grader.report") / "templates" / "style.css"
    return Markup(sheet.read_text(encoding="utf-8"))  # noqa: S704  our own file


def _counts(grade: Grade) -> list[tuple[Status, int]]:
    """How many tasks have each status, in the order of the enumeration; absent ones left out."""
    found = [(status, sum(task.status is status for task in grade.tasks)) for status in Status]
    return [(status, count) for status, count in found if count]


def _highlighter(phrases: Phrases) -> Callable[[Excerpt, TaskGrade], Markup]:
    def highlighted(excerpt: Excerpt, task: TaskGrade) -> Markup:
        faults = [fault for check in task.checks for fault in check.faults]
        lines = (fault.line for fault in faults if fault.cell == excerpt.cell and fault.line)
        return listing(excerpt, frozenset(lines), phrases.words()["faulty_line"])

    return highlighted


def _drawer(phrases: Phrases) -> Callable[[Curve], Markup]:
    """Draws the curves of one page: each gets ids of its own there."""
    numbers = itertools.count(1)

    def drawn(curve: Curve) -> Markup:
        return Markup(svg(curve, phrases, f"curve-{next(numbers)}"))  # noqa: S704  our own drawing

    return drawn


def _tabled(check: CheckGrade) -> bool:
    """Whether expected and got of the whole check add to what its cases and curves show."""
    if isinstance(check.expected, Mapping):
        return True
    return check.expected is not None and not check.comparisons and not check.curves


def _asked(task: TaskGrade) -> CheckGrade | None:
    """The one check of a question, which is shown plainly: the answer, and what was made of it."""
    return task.checks[0] if [check.kind for check in task.checks] == ["answer"] else None


def _rows(expected: Any, got: Any) -> list[tuple[str, str, str]]:
    """Expected beside got: a row a setting where they have settings, else a single row."""
    if not isinstance(expected, Mapping) and not isinstance(got, Mapping):
        return [("", spelled(expected), spelled(got))]
    left = expected if isinstance(expected, Mapping) else {"": expected}
    right = got if isinstance(got, Mapping) else {"": got}
    keys = [*left, *(key for key in right if key not in left)]
    return [(key, _at(left, key), _at(right, key)) for key in keys]


def _at(values: Mapping[str, Any], key: str) -> str:
    return spelled(values[key]) if key in values else "—"


def _thinned(run: Run) -> list[Any]:
    """At most ``MAX_ROWS`` points of a run, evenly spread, the last one among them."""
    points = drawable(run)
    step = -(-len(points) // MAX_ROWS) or 1
    return points[::-1][::step][::-1]
