"""Gradescope's ``results.json``, one a student.

The format: gradescope-autograders.readthedocs.io, "Autograder Specifications", output format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.model import CheckStatus, Text
from grader.report.phrases import Phrases
from grader.report.tame import clean
from grader.standing import CheckStanding, Standing, TaskStanding

from . import words
from .cells import folder_name, line

VISIBILITY = {True: "visible", False: "after_published"}
"""A check that self-checks do not show is shown when the teacher publishes the marks."""

NAME = "results.json"

_STATUS = {
    CheckStatus.PASSED: "passed",
    CheckStatus.FOLLOWS: "passed",
    CheckStatus.REMARK: "failed",
    CheckStatus.FAILED: "failed",
    CheckStatus.NOT_ATTEMPTED: "failed",
}
"""What Gradescope knows; a check that was skipped or not decided has neither score nor status."""

_UNKNOWN = Text(ru="Не проверено. ", en="Not checked. ")


def files(standings: Sequence[Standing]) -> Mapping[str, bytes]:
    """``<student>/results.json`` with its content, of all students that have a mark.

    A submission without a mark has no file: Gradescope shows a missing one as a fault of the
    grader, and a file with nothing in it as a zero.
    """
    return {
        f"{folder_name(one.student)}/{NAME}": _json(results(one))
        for one in standings
        if one.points is not None
    }


def results(standing: Standing) -> dict[str, Any]:
    """One student's results. ``score`` is final and goes before the sum of the tests."""
    return {
        "score": standing.points,
        "output": "\n".join(clean(text) for text in words.summary(standing)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": list(_tests(standing)),
        "extra_data": _extra(standing),
    }


def _tests(standing: Standing) -> Iterator[dict[str, Any]]:
    phrases = Phrases(standing.language)
    for number, task in enumerate(standing.tasks, 1):
        if task.by_hand:
            yield _given(number, task, phrases)
            continue
        for place, check in enumerate(task.checks, 1):
            yield _test(f"{number}.{place}", task, check, phrases)


def _given(number: int, task: TaskStanding, phrases: Phrases) -> dict[str, Any]:
    """A task whose points a person gave: its checks no longer count."""
    return {
        "number": str(number),
        "name": line(task.title),
        "score": task.points,
        "max_score": task.max_points,
        "status": "passed" if task.points >= task.max_points else "failed",
        "output": words.about_task(task, phrases),
        "tags": [task.id, "by_hand"],
        "visibility": VISIBILITY[True],
    }


def _test(
    number: str, task: TaskStanding, check: CheckStanding, phrases: Phrases
) -> dict[str, Any]:
    status = _STATUS.get(CheckStatus(check.status))
    test: dict[str, Any] = {
        "number": number,
        "name": f"{line(task.title)}: {line(check.title)}",
        "output": ("" if status else _UNKNOWN[phrases.language]) + clean(check.message),
        "tags": [task.id],
        "visibility": VISIBILITY[check.public],
    }
    if status:
        test["status"] = status
        if check.max_points:
            test |= {"score": check.points, "max_score": check.max_points}
    return test


def _extra(standing: Standing) -> dict[str, Any]:
    """For scripts: what made the score, in numbers."""
    return {
        "judged": standing.judged,
        "max_points": standing.max_points,
        "kept": standing.kept,
        "late_seconds": standing.late.total_seconds() if standing.late is not None else 0,
        "provisional": standing.provisional,
        "by_hand": standing.by_hand or any(task.by_hand for task in standing.tasks),
    }


def _json(tree: Mapping[str, Any]) -> bytes:
    return (json.dumps(tree, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
