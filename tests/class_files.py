"""Grade files, gradebook rows and standings made by hand, one part at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.gradebook import Row
from grader.model import CheckStatus, Language, Status, Text
from grader.standing import Standing, TaskStanding

Tree = dict[str, Any]

TASKS = {
    "three_layer_convnet": (15, Text("Трёхслойная сеть: прямой проход", "Three-layer network")),
    "three_layer_convnet_init": (12, Text("Трёхслойная сеть: начальные веса", "Initial weights")),
    "ThreeLayerConvNet": (15, Text("Класс ThreeLayerConvNet", "The class ThreeLayerConvNet")),
    "part3_model": (12, Text("Часть III: модель", "Part III: the model")),
    "part3_optimizer": (6, Text("Часть III: оптимизатор", "Part III: the optimizer")),
    "part4_model": (14, Text("Часть IV: Sequential", "Part IV: Sequential")),
    "part4_optimizer": (6, Text("Часть IV: оптимизатор", "Part IV: the optimizer")),
    "CustomConvNet": (20, Text("Своя сеть", "Your own network")),
    "experiments": (0, Text("Что вы попробовали", "What you tried")),
}
MISTAKES = {
    "three_layer_convnet": ("first_relu_missing", "padding_one"),
    "part4_model": ("valid_padding", "filters_swapped"),
}
HINTS = {
    "first_relu_missing": Text(
        "После первой свёртки нет ReLU: отрицательные значения проходят дальше.",
        "There is no ReLU after the first convolution: negative values pass.",
    ),
    "padding_one": Text(
        "Первая свёртка дополнена одним нулём с каждой стороны, а нужно двумя.",
        "The first convolution is padded by one zero on each side; two were asked for.",
    ),
    "valid_padding": Text(
        "Свёртки не дополняют картинку нулями, и карта признаков сжимается.",
        "The convolutions do not pad with zeros, and the feature map shrinks.",
    ),
    "filters_swapped": Text("Числа фильтров перепутаны местами.", "The filter counts are swapped."),
}


def comparison(case: str, got: str, error: float | None, **shapes: str) -> Tree:
    """One failed case of a check."""
    return {
        "case": case,
        "title": f"case {case}",
        "passed": False,
        "expected_shape": shapes.get("expected_shape", "(2,)"),
        "got_shape": shapes.get("got_shape", "(2,)"),
        "expected": "-1.549, 1.413",
        "got": got,
        "error": error,
        "where": "(0,)",
        "tolerance": "0.001",
        "note": None,
    }


def check(
    name: str,
    status: CheckStatus,
    points: float,
    *,
    kind: str = "values",
    title: str = "",
    comparisons: Sequence[Tree] = (),
    faults: Sequence[Tree] = (),
    curves: Sequence[Tree] = (),
    expected: Any = None,
    got: Any = None,
) -> Tree:
    """One check of a grade file."""
    return {
        "id": name,
        "kind": kind,
        "title": title or name,
        "status": status,
        "points": points if status is CheckStatus.PASSED else 0,
        "max_points": points,
        "message": "",
        "expected": expected,
        "got": got,
        "comparisons": list(comparisons),
        "curves": list(curves),
        "faults": list(faults),
        "public": True,
    }


def fault(message: str, line: int = 3) -> Tree:
    return {
        "kind": "exception",
        "message": message,
        "type": "ValueError",
        "cell": 5,
        "line": line,
        "source": "x",
    }


def curve(runs: int = 1) -> Tree:
    run = {"seed": 0, "stopped": "rule_met", "compiled": True, "points": [], "fault": None}
    title = {"title": "", "rule": 0.5, "strict": True, "epochs": 1, "interval": None}
    return {**title, "runs": [run] * runs}


def task(
    name: str,
    status: Status,
    checks: Sequence[Tree],
    *,
    language: Language = "ru",
    misconception: str | None = None,
    message: str = "",
) -> Tree:
    """One task of a grade file."""
    most, title = TASKS.get(name, (sum(c["max_points"] for c in checks), Text(name, name)))
    share = {Status.PASSED: 1.0, Status.PARTIAL: 0.4}.get(status, 0.0)
    hint = HINTS[misconception][language] if misconception else None
    return {
        "id": name,
        "title": title[language],
        "status": status,
        "points": round(most * share, 1),
        "max_points": most,
        "message": hint or message,
        "follows_from": None,
        "misconception": misconception,
        "hint": hint,
        "notes": [],
        "checks": list(checks),
    }


def grade_file(
    tasks: Sequence[Tree],
    *,
    language: Language = "ru",
    provisional: bool = False,
    times: Mapping[str, Any] | None = None,
    pass_mark: float = 60.0,
) -> Tree:
    """A whole grade file of these tasks."""
    points = sum(t["points"] for t in tasks)
    title = Text("Свёрточные сети на TensorFlow", "Convolutional networks in TensorFlow")
    return {
        "schema_version": 1,
        "lab": "convnets",
        "title": title[language],
        "submission": {"name": "lab", "sha256": "0" * 64},
        "points": points,
        "max_points": sum(t["max_points"] for t in tasks),
        "pass_mark": pass_mark,
        "passed": points >= pass_mark,
        "provisional": provisional,
        "provisional_reasons": ["quick"] if provisional else [],
        "language": language,
        "environment": {},
        "limits": {},
        "seed": 0,
        "notes": [],
        "tasks": list(tasks),
        "cells": [],
        "seconds": {"stages": {}, "cells": {}, "runs": [], "tasks": dict(times or {})},
    }


def row(
    student: str,
    grade: Mapping[str, Any] | None,
    *,
    name: str | None = None,
    number: int = 1,
    status: str = "graded",
    reason: str = "",
    seconds: float = 90.0,
) -> Row:
    """A row of the gradebook."""
    return Row(
        student=student,
        name=student if name is None else name,
        source=f"{student}.ipynb",
        number=number,
        handed_in=None,
        status=status if grade is None else "graded",
        reason=reason,
        points=grade["points"] if grade else None,
        max_points=grade["max_points"] if grade else None,
        grade=grade,
        seconds=seconds,
    )


def standing(found: Row, **changes: Any) -> Standing:
    """The row as it stands where there is no late policy and no hand-given point."""
    grade = found.grade
    made = Standing(
        found.student, found.name, found.status, reason=found.reason, number=found.number
    )
    if grade is not None:
        made = replace(
            made,
            points=grade["points"],
            max_points=grade["max_points"],
            passed=grade["passed"],
            provisional=grade["provisional"],
            tasks=tuple(_standing(task) for task in grade["tasks"]),
        )
    return replace(made, **changes)


def _standing(found: Tree) -> TaskStanding:
    return TaskStanding(
        found["id"],
        found["title"],
        found["status"],
        found["points"],
        found["max_points"],
        found["message"],
    )


def by_hand(made: Standing, name: str, points: float, why: str) -> Standing:
    """The standing with one task's points given by a person."""
    tasks = tuple(
        replace(one, points=points, by_hand=True, why=why) if one.id == name else one
        for one in made.tasks
    )
    total = sum(one.points for one in tasks)
    return replace(made, tasks=tasks, points=total, passed=total >= 60)
