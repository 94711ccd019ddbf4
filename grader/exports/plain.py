"""Marks as CSV: one row a student, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from grader.standing import Standing

from .cells import cell, line, number

COLUMNS = (
    "student", "name", "status", "points", "max_points", "passed", "provisional", "judged",
    "late_hours", "kept_percent", "by_hand", "comment", "reason", "attempt", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a program wants its CSV. Excel needs the ``bom`` to know UTF-8, and in Russian the ``;``.

    With ``;`` numbers have a decimal comma: Russian Excel reads 7.5 as the seventh of May.
    """

    delimiter: Literal[",", ";"] = ","
    bom: bool = False

    @property
    def mark(self) -> str:
        return "," if self.delimiter == ";" else "."


def export(standings: Sequence[Standing], dialect: Dialect = Dialect()) -> bytes:
    """The table: :data:`COLUMNS`, then the points of each task by its id, in the lab's order.

    ``by_hand`` lists the tasks whose points a person gave (``*``: the whole submission).
    """
    tasks = list(dict.fromkeys(task.id for one in standings for task in one.tasks))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(cell(line(task)) for task in tasks)])
    for standing in standings:
        writer.writerow(_row(standing, tasks, dialect.mark))
    return out.getvalue().encode("utf-8-sig" if dialect.bom else "utf-8")


def _row(standing: Standing, tasks: Sequence[str], mark: str) -> list[str]:
    points = {task.id: task.points for task in standing.tasks}
    by_hand = ["*"] * standing.by_hand + [task.id for task in standing.tasks if task.by_hand]
    hours = None if standing.late is None else standing.late / timedelta(hours=1)
    return [
        cell(line(standing.student)),
        cell(line(standing.name)),
        standing.status,
        number(standing.points, mark),
        number(standing.max_points, mark),
        _truth(standing.passed),
        _truth(standing.provisional),
        number(standing.judged, mark),
        number(hours, mark),
        number(100 * standing.kept, mark),
        cell(line(" ".join(by_hand))),
        cell(_comments(standing)),
        cell(standing.reason),
        str(standing.number or ""),
        cell(line(standing.source)),
        *(number(points.get(task), mark) for task in tasks),
    ]


def _comments(standing: Standing) -> str:
    """What a person wrote: of the whole, then of each task, with the reasons for overrides."""
    whole = [standing.why, standing.comment]
    each = [(f"{task.id}: ", text) for task in standing.tasks for text in (task.why, task.comment)]
    return "\n".join(f"{of}{text}" for of, text in [*(("", text) for text in whole), *each] if text)


def _truth(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
