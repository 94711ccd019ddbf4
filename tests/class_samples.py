"""Whole classes made by hand: good and bad, late, by hand, unreadable, with hostile names."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from class_files import (
    MISTAKES,
    TASKS,
    Tree,
    by_hand,
    check,
    comparison,
    curve,
    grade_file,
    row,
    standing,
    task,
)

from grader.gradebook import Row
from grader.model import CheckStatus, Language, Status, Text
from grader.overview import ClassOverview, overview
from grader.similarity import Likeness, Similarity
from grader.standing import Standing

WHEN = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
FIRST = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Инна", "Лёва")
LAST = ("Иваненко", "Петренко", "Ковальчук", "Лысенко", "Мороз", "Шевчук", "Бондарь", "Гончар")
HOSTILE = [
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
    "</script></style><b>{{ 7 * 7 }}{% raw %}",
    '=HYPERLINK("http://evil.example";"x")',
    "\u202eгнуро\u202c מרים כהן محمد",
    "Очень" + "длинное" * 80,
    "👩‍🔬🧪 Zoë O’Neil & Søn <i>",
    "' onmouseover='window.hacked = 3",
    "\x1b[31mкрасный\x1b[0m\x00",
    "",
]


def one_grade(draw: random.Random, language: Language) -> Tree:
    """A grade file of the convnets lab, drawn: well or badly done, with usual mistakes."""
    skill = min(1.0, max(0.05, draw.gauss(0.72, 0.24)))
    tasks = [_drawn(draw, name, skill, language) for name in TASKS]
    times = {name: draw.uniform(9, 18) if name in _TRAINED else draw.random() for name in TASKS}
    return grade_file(tasks, language=language, provisional=draw.random() < 0.03, times=times)


def _drawn(draw: random.Random, name: str, skill: float, language: Language) -> Tree:
    points = TASKS[name][0]
    curves = [curve()] if name in _TRAINED else []
    trained = check("accuracy", CheckStatus.PASSED, points / 4, kind="accuracy", curves=curves)
    if name == "experiments":
        written = check("text", CheckStatus.UNGRADED, 0, kind="text")
        return task(name, Status.UNGRADED, [written], language=language)
    titles = Text("Значения", "Values"), Text("Форма", "Shape")
    shape = check("shape", CheckStatus.PASSED, points / 4, title=titles[1][language])
    luck = draw.random()
    if luck < skill:
        good = check("values", CheckStatus.PASSED, points / 2, title=titles[0][language])
        return task(name, Status.PASSED, [shape, good, trained], language=language)
    if luck > 0.9:
        blank = check("values", CheckStatus.NOT_ATTEMPTED, points)
        return task(name, Status.NOT_ATTEMPTED, [blank, trained], language=language)
    mistake = draw.choice([None, *MISTAKES.get(name, ())])
    got = draw.choice(["1.346, 0.842", "0.5676, -1.408", f"{draw.random():.4g}, 2.5"])
    bad = check(
        "values",
        CheckStatus.FAILED,
        points / 2,
        title=titles[0][language],
        comparisons=[comparison("random", got, 2.89)],
    )
    status = Status.PARTIAL if luck < 0.8 else Status.FAILED
    said = Text("наибольшая ошибка 2.89 в позиции (0,)", "the largest error is 2.89 at (0,)")
    return task(
        name,
        status,
        [shape, bad, trained],
        language=language,
        misconception=mistake,
        message=said[language],
    )


_TRAINED = ("three_layer_convnet_init", "part3_model", "part4_model", "CustomConvNet")


def group(count: int, *, hostile: bool = False, language: Language = "ru") -> ClassOverview:
    """A class of ``count``: mostly graded, some late, by hand, ungraded, unreadable, missing."""
    draw = random.Random(count)
    rows, standings = [], []
    for place in range(count):
        student = f"student-{place:03}"
        name = f"{draw.choice(LAST)} {draw.choice(FIRST)}"
        if hostile and place % 6 == 0:
            name = HOSTILE[place // 6 % len(HOSTILE)]
            student = f"{student} {name[:40]}" if place % 12 else student
        rows.append(_row(draw, student, name, place, language))
        standings.append(_stands(rows[-1], place))
    alike = _likenesses([one.student for one in rows]) if count > 10 else None
    return overview(standings, rows, when=WHEN, similarity=alike)


def _likenesses(students: Sequence[str]) -> Similarity:
    found = (
        Likeness(tuple(students[2:5]), (), 1.0, 1900, tuple(TASKS)[:6]),
        Likeness((students[7],), (students[9],), 0.913, 1200, ("CustomConvNet",)),
    )
    return Similarity(found, compared=len(students) - 9, short=5, common=4, threshold=0.8)


def _stands(found: Row, place: int) -> Standing:
    made = standing(found)
    if made.points is None:
        return made
    if place % 17 == 5:
        points = round(0.9 * made.points, 1)
        late = timedelta(days=1, hours=7)
        return replace(made, points=points, passed=points >= 60, late=late, kept=0.9)
    if place % 23 == 7:
        return by_hand(made, "CustomConvNet", 20.0, "Устно: <b>всё</b> верно")
    return made


def _row(draw: random.Random, student: str, name: str, place: int, language: Language) -> Row:
    if place % 40 == 11:
        return row(student, None, name=name, status="missing")
    if place % 50 == 12:
        reason = f"{name}: lab.ipynb: строка 1: это не JSON; сдайте блокнот ещё раз"
        return row(student, None, name=name, status="unreadable", reason=reason)
    if place % 60 == 13:
        reason = "KernelUnavailable: ядро не запустилось за 60 с"
        return row(student, None, name=name, status="ungraded", reason=reason)
    found = row(student, one_grade(draw, language), name=name, seconds=draw.uniform(80, 260))
    return replace(found, number=1 + place % 3)
