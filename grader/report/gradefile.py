"""``*.grade.json``: the grade as a contract that other programs read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from grader.errors import GradingFailed, UsageError
from grader.model import (
    CheckGrade,
    Comparison,
    Grade,
    Run,
    TaskGrade,
)
from grader.report import contract
from grader.report.gradecurves import curve_part, fault_part
from grader.report.tame import finite, tame

SCHEMA_VERSION: Literal[1] = 1
DIGITS = 12
"""Significant digits of a float in the file: 0.1 + 0.2 is written 0.3."""


def to_json(grade: Grade) -> str:
    """The grade file's text.

    Two grades of the same notebook and seed differ under ``seconds`` alone.

    Raises:
        GradingFailed: the grade breaks its own contract (points that are no number, say).
    """
    return text(tree(grade))


def tree(grade: Grade) -> dict[str, Any]:
    """The grade file as plain values. Raises as :func:`to_json`."""
    grade = tame(grade)
    try:
        whole = _file(grade)
    except ValidationError as error:
        raise GradingFailed(
            f"the grade of {grade.submission} cannot be written: {_problems(error)}."
            " This is a fault of the grader, not of the notebook; please report it."
        ) from error
    return dict(_canonical(whole.model_dump()))


def text(tree: Mapping[str, Any]) -> str:
    """Sorted keys, two-space indent, UTF-8, a newline at the end."""
    return json.dumps(tree, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the grade file; published as ``docs/grade.schema.json``."""
    body = contract.GradeFile.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}


def load(path: Path) -> dict[str, Any]:
    """The grade file at ``path``, checked against the contract.

    Raises:
        UsageError: there is no such file, or it is not a grade file of this version.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        raise UsageError(
            f"{path}: the grade file cannot be read: {error.strerror}. Check the path."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path}: not a grade file: its text is no valid JSON ({error})."
            " Grade the notebook again to write a new one."
        ) from error
    version = tree.get("schema_version") if isinstance(tree, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise UsageError(
            f"{path}: not a grade file of version {SCHEMA_VERSION}: `schema_version` is"
            f" {json.dumps(version)[:40]}. Grade the notebook again with this program."
        )
    try:
        contract.GradeFile.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        raise UsageError(
            f"{path}: the grade file is damaged: {_problems(error)}."
            " Grade the notebook again to write a new one."
        ) from error
    return dict(tree)


def _file(grade: Grade) -> contract.GradeFile:
    language = grade.language
    return contract.GradeFile(
        schema_version=SCHEMA_VERSION,
        lab=grade.lab,
        title=grade.title[language],
        submission=contract.SubmissionPart(name=grade.submission, sha256=grade.sha256),
        points=grade.points,
        max_points=grade.max_points,
        pass_mark=grade.pass_mark,
        passed=grade.passed,
        provisional=bool(grade.provisional),
        provisional_reasons=[reason[language] for reason in grade.provisional],
        language=language,
        environment=dict(grade.environment),
        limits=dict(grade.limits),
        seed=grade.seed,
        notes=[note[language] for note in grade.notes],
        tasks=[_task(task, grade) for task in grade.tasks],
        cells=[
            contract.CellPart(index=cell.index, fault=fault_part(cell.fault))
            for cell in grade.cells
            if cell.fault is not None
        ],
        seconds=contract.SecondsPart(
            stages={stage: finite(value) for stage, value in grade.seconds.items()},
            cells={str(cell.index): finite(cell.seconds) for cell in grade.cells},
            runs=[finite(run.seconds) for run in _runs(grade)],
            tasks={task.id: finite(task.seconds) for task in grade.tasks},
        ),
        feedback=contract.FeedbackPart(**asdict(grade.audience)),
        suspicions=[
            contract.SuspicionPart(bait=found.bait, evidence=found.evidence[language])
            for found in grade.suspicions
        ],
    )


def _task(task: TaskGrade, grade: Grade) -> contract.TaskPart:
    language = grade.language
    return contract.TaskPart(
        id=task.id,
        title=task.title[language],
        status=task.status,
        points=task.points,
        max_points=task.max_points,
        message=task.message[language],
        follows_from=task.follows_from,
        misconception=task.misconception,
        hint=task.hint[language] if task.hint else None,
        agreement=[text[language] for text in task.agreement],
        notes=[note[language] for note in task.notes],
        checks=[_check(check, grade) for check in task.checks],
    )


def _check(check: CheckGrade, grade: Grade) -> contract.CheckPart:
    return contract.CheckPart(
        id=check.id,
        kind=check.kind,
        title=check.title[grade.language],
        status=check.status,
        points=check.points,
        max_points=check.max_points,
        message=check.message[grade.language],
        expected=check.expected,
        got=check.got,
        comparisons=[_comparison(comparison, grade) for comparison in check.comparisons],
        curves=[curve_part(curve, grade.language) for curve in check.curves],
        faults=[fault_part(fault) for fault in check.faults],
        public=check.public,
    )


def _comparison(comparison: Comparison, grade: Grade) -> contract.ComparisonPart:
    return contract.ComparisonPart(
        case=comparison.case,
        title=comparison.title[grade.language],
        passed=comparison.passed,
        expected_shape=comparison.expected_shape,
        got_shape=comparison.got_shape,
        expected=comparison.expected,
        got=comparison.got,
        error=None if comparison.error is None else finite(comparison.error),
        where=comparison.where,
        tolerance=comparison.tolerance,
        note=comparison.note[grade.language] if comparison.note else None,
        public=comparison.public,
    )


def _runs(grade: Grade) -> Iterator[Run]:
    for task in grade.tasks:
        for check in task.checks:
            for curve in check.curves:
                yield from curve.runs


def _canonical(value: Any) -> Any:
    """Floats rounded to :data:`DIGITS`, whole ones as integers: one spelling for one number."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        rounded = float(f"{value:.{DIGITS}g}")
        return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded
    return value


def _problems(error: ValidationError) -> str:
    found = [
        f"`{'.'.join(str(step) for step in problem['loc'])}`: {problem['msg']}"
        for problem in error.errors()[:5]
    ]
    return "; ".join(found)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
