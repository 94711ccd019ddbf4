"""Computed keys: the functions of ``reference/<lab>/keys.py``, each of which says one key.

A number, or several: numbers of boxes, the two bounds of an interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.quiz import options_of
from grader.rubric import Answer, Computed, Task
from grader.rubric.answers import unfit

from . import module
from .lab import Lab, Misconception

Values = tuple[float, ...]


def load(path: Path) -> dict[str, Values]:
    """What each public function of ``path`` computes; nothing where there is no such file.

    Raises:
        CourseError: the file cannot be imported, or a function fails or says no numbers.
    """
    if not path.exists():
        return {}
    return {name: _computed(path, name, function) for name, function in module.functions(path)}


def problems(lab: Lab) -> Iterator[str]:
    """Keys that do not fit their questions, and wrong answers that are none."""
    for task in lab.rubric.tasks:
        for check in task.checks:
            if isinstance(check, Answer):
                for what in _about(lab, task, check):
                    yield f"rubrics/{lab.name}.yaml: task {task.id}: {what}"
    for mistake in lab.misconceptions:
        if mistake.answer is not None:
            for what in _about_mistake(lab, mistake):
                yield f"misconception {mistake.id}: {what}"


def _about(lab: Lab, task: Task, check: Answer) -> Iterator[str]:
    boxes = len(options_of(lab.handout, task.home))
    if check.form in ("single", "multiple", "done") and not boxes:
        yield f"the handout's cell {task.home!r} ({lab.language}) has no boxes `- [ ]`"
    for key in (check.key, *(other.key for other in check.also)):
        if isinstance(key, Computed) and key.computed not in lab.keys:
            yield f"reference/{lab.name}/keys.py has no function {key.computed!r}"
        elif key is not None:
            values = lab.key(key)
            what = unfit(check.form, values)
            if not what and check.form in ("single", "multiple") and max(values) > boxes:
                what = f"there is no box {max(values):g}: the handout has {boxes}"
            if what:
                yield what


def _about_mistake(lab: Lab, mistake: Misconception) -> Iterator[str]:
    assert mistake.answer is not None
    task = next((task for task in lab.rubric.tasks if task.id == mistake.task), None)
    if task is None:
        return  # said already
    if not any(isinstance(check, Answer) for check in task.checks):
        yield f"task {task.id} has no check of kind `answer`: describe the mistake by `edits`"
    elif mistake.answer.computed is not None and mistake.answer.computed not in lab.keys:
        yield f"reference/{lab.name}/keys.py has no function {mistake.answer.computed!r}"


def _computed(path: Path, name: str, function: Any) -> Values:
    try:
        value = function()
        listed = value if isinstance(value, tuple | list) else (value,)
        values = tuple(float(item) for item in listed)
    except Exception as error:
        raise CourseError(
            f"{path}: {name}: {type(error).__name__}: {error}; a key is a number or several"
        ) from error
    if not values or not all(math.isfinite(value) for value in values):
        raise CourseError(f"{path}: {name}: a key is a finite number or several, not {value!r}")
    return values
