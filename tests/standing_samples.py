"""A tiny lab, grades of it as a batch records them, and standings made by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grade_parts import both, task

from grader.gradebook import Gradebook, Row
from grader.model import CheckGrade, CheckStatus, Grade, Language, Status, Text
from grader.report import gradefile
from grader.rubric import Rubric
from grader.standing import CheckStanding, Standing, TaskStanding

RUBRIC: dict[str, Any] = {
    "schema_version": 1,
    "lab": "tiny",
    "title": {"ru": "Лаба", "en": "Lab"},
    "pass_mark": 50,
    "tasks": [
        {
            "id": "net",
            "title": {"ru": "Сеть", "en": "Network"},
            "object": {"name": "f", "cell": "one"},
            "checks": [
                {"id": "shape", "kind": "values", "cases": "f", "points": 2,
                 "title": {"ru": "Форма", "en": "Shape"}},
                {"id": "values", "kind": "values", "cases": "f", "points": 6, "public": False,
                 "title": {"ru": "Значения", "en": "Values"}},
            ],
        },
        {
            "id": "essay",
            "title": {"ru": "Рассказ", "en": "Essay"},
            "cell": "two",
            "manual_points": 2,
            "checks": [{"id": "text", "kind": "text", "title": {"ru": "Текст", "en": "Text"}}],
        },
    ],
}  # fmt: skip


def rubric(**changes: Any) -> Rubric:
    return Rubric.model_validate({**RUBRIC, **changes})


def graded(points: float, language: Language = "en", message: str = "Wrong values.") -> Grade:
    """A grade of the tiny lab with ``points`` of 8: first those of the values, then the shape's."""
    values, shape = min(points, 6.0), max(points - 6.0, 0.0)
    checks = tuple(
        CheckGrade(
            id=name, kind="values", title=Text(*titles), points=got, max_points=most, public=public,
            status=CheckStatus.PASSED if got == most else CheckStatus.FAILED,
            message=both("" if got == most else message),
        )
        for name, titles, got, most, public in (
            ("shape", ("Форма", "Shape"), shape, 2.0, True),
            ("values", ("Значения", "Values"), values, 6.0, False),
        )
    )  # fmt: skip
    text = CheckGrade(
        id="text", kind="text", title=Text("Текст", "Text"), status=CheckStatus.PASSED,
        points=0.0, max_points=0.0, message=both("There is a text."),
    )  # fmt: skip
    status = Status.PASSED if points == 8 else Status.PARTIAL
    return Grade(
        lab="tiny", title=Text("Лаба", "Lab"), submission="lab", sha256="0" * 64, points=points,
        max_points=8.0, pass_mark=4.0, passed=points >= 4, provisional=(), environment={},
        limits={}, seed=0, language=language,
        tasks=(
            task("net", status, points, 8.0, title=Text("Сеть", "Network"),
                 message=both("" if points == 8 else message), checks=checks),
            task("essay", Status.PASSED, 0.0, 0.0, title=Text("Рассказ", "Essay"),
                 message=both("There is a text."), checks=(text,)),
        ),
    )  # fmt: skip


class Class:
    """A gradebook in ``folder`` that is filled attempt by attempt, as a batch does."""

    def __init__(self, folder: Path) -> None:
        self.book = Gradebook(folder / "grades.sqlite")
        self.run = self.book.start_run("grade", "tiny", "digest", {})

    def add(
        self,
        student: str,
        grade: Grade | None,
        *,
        name: str = "",
        number: int = 1,
        status: str = "",
        reason: str = "",
        handed_in: str | None = None,
        source: str = "",
    ) -> None:
        tree = json.loads(gradefile.to_json(grade)) if grade else None
        self.book.record(
            self.run, student=student, name=name or student, source=source or f"{student}.ipynb",
            number=number, handed_in=datetime.fromisoformat(handed_in) if handed_in else None,
            notebook=b"{}", sha256=hashlib.sha256(b"{}").hexdigest(),
            key=f"{student}{number}", status=status or ("graded" if grade else "ungraded"),
            reason=reason, grade=tree, observations=None, seconds=1.0,
        )  # fmt: skip

    def rows(self) -> Sequence[Row]:
        return list(self.book.rows())


def standing(
    student: str, name: str, points: float | None = 7.5, language: Language = "en", **fields: Any
) -> Standing:
    """A standing of the tiny lab (10 points); without points it is unreadable."""
    if points is None:
        fields = {"status": "unreadable", "reason": "not a notebook", **fields}
        return Standing(student, name, language=language, **fields)
    checks = (
        CheckStanding("shape", "Shape", "passed", 2.0, 2.0, "", True),
        CheckStanding("values", "Values", "failed", points - 4, 6.0, "Wrong values.", False),
    )
    tasks = (
        TaskStanding("net", "Network", "partial", points - 2, 8.0, "Wrong values.", checks=checks,
                     judged=points - 2),
        TaskStanding("essay", "Essay", "passed", 2.0, 2.0, "", by_hand=True),
    )  # fmt: skip
    whole = Standing(
        student, name, "graded", points, 10.0, points, passed=points >= 5, tasks=tasks,
        source=f"{student}.ipynb", number=1, language=language,
    )  # fmt: skip
    return replace(whole, **fields)


def late(one: Standing, hours: float, kept: float) -> Standing:
    """The same, handed in late."""
    points = None if one.points is None else one.points * kept
    return replace(one, late=timedelta(hours=hours), kept=kept, points=points)
