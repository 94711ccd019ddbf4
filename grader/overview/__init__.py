"""The class at a glance, computed from the gradebook: decide here, render elsewhere."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from grader.clusters import clusters, text
from grader.gradebook import Row
from grader.model import Status, Text
from grader.similarity import Similarity
from grader.standing import Standing

from .figures import checks, distribution, tasks
from .values import (
    OUTCOMES,
    Bin,
    CheckFigures,
    ClassOverview,
    Distribution,
    Mark,
    Outcome,
    StudentRow,
    TaskFigures,
)

__all__ = [
    "OUTCOMES",
    "Bin",
    "CheckFigures",
    "ClassOverview",
    "Distribution",
    "Mark",
    "Outcome",
    "StudentRow",
    "TaskFigures",
    "overview",
]

_WITHOUT_POINTS: dict[str, Outcome] = {"unreadable": "unreadable", "missing": "missing"}


def overview(
    standings: Sequence[Standing],
    rows: Iterable[Row],
    *,
    when: datetime,
    title: Text | None = None,
    similarity: Similarity | None = None,
) -> ClassOverview:
    """The class as its page shows it.

    Args:
        standings: what counts for each student (see :func:`grader.standing.standings`).
        rows: the gradebook's, of at least the attempts that count; other attempts are left out.
        when: the time that the page is to name.
        title: the lab's title; that of the grade files where it is not given.
        similarity: what :func:`grader.similarity.similar` found, where it was asked.
    """
    attempts = {(row.student, row.number): row for row in rows}
    counted = [attempts.get((s.student, s.number)) for s in standings]
    graded = [row for row in counted if row is not None and row.grade is not None]
    grades = {row.student: row.grade for row in graded if row.grade is not None}
    ids = tuple(dict.fromkeys(task["id"] for g in grades.values() for task in g["tasks"]))
    students = tuple(_student(s, ids, grades.get(s.student)) for s in _in_order(standings))
    outcomes = Counter(student.outcome for student in students)
    most = _usual([s.max_points for s in standings if s.max_points is not None])
    return ClassOverview(
        lab=_usual([grade["lab"] for grade in grades.values()]) or "",
        title=title or text((grade["language"], grade["title"]) for grade in grades.values()),
        when=when,
        counts={outcome: outcomes[outcome] for outcome in OUTCOMES},
        provisional=sum(student.provisional for student in students),
        distribution=distribution(students, most or 0.0, _share_to_pass(grades.values())),
        seconds=statistics.median(row.seconds for row in graded) if graded else None,
        tasks=tasks(ids, tuple(grades.values()), students),
        checks=checks(tuple(grades.values())),
        clusters=clusters(grades.items()),
        similarity=similarity,
        students=students,
    )


def _in_order(standings: Iterable[Standing]) -> list[Standing]:
    """By what people read, as an index has it."""

    def place(one: Standing) -> tuple[str, str]:
        return (one.name or one.student).casefold().replace("ё", "е"), one.student

    return sorted(standings, key=place)


def _usual(values: Sequence[Any]) -> Any:
    """The most frequent value: a class may hold grades of two editions of a rubric."""
    return Counter(values).most_common(1)[0][0] if values else None


def _share_to_pass(grades: Iterable[Mapping[str, Any]]) -> float:
    shares = [g["pass_mark"] / g["max_points"] for g in grades if g["max_points"]]
    return _usual(shares) or 0.0


def _student(standing: Standing, ids: Sequence[str], grade: Mapping[str, Any] | None) -> StudentRow:
    outcome: Outcome = _WITHOUT_POINTS.get(standing.status, "ungraded")
    if standing.points is not None:
        outcome = "passed" if standing.passed else "failed"
    by_hand = [task.why for task in standing.tasks if task.by_hand]
    by_hand += [standing.why] if standing.by_hand else []
    return StudentRow(
        student=standing.student,
        name=standing.name,
        number=standing.number,
        outcome=outcome,
        reason=standing.reason,
        points=standing.points,
        max_points=standing.max_points,
        provisional=standing.provisional,
        late=standing.late,
        kept=standing.kept,
        by_hand=bool(by_hand),
        why="; ".join(filter(None, by_hand)),
        marks=_marks(standing, ids),
        anchors=_anchors(grade) if grade is not None else {},
        suspected=grade is not None and bool(grade.get("suspicions")),
    )


def _anchors(grade: Mapping[str, Any]) -> dict[str, int]:
    return {task["id"]: place for place, task in enumerate(grade["tasks"], 1)}


def _marks(standing: Standing, ids: Sequence[str]) -> tuple[Mark | None, ...]:
    found = {
        task.id: Mark(Status(task.status), task.points, task.max_points, task.by_hand)
        for task in standing.tasks
    }
    return tuple(found.get(task_id) for task_id in ids)
