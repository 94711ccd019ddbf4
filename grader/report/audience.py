"""The same grade for other eyes: what a student may see of it is what the rubric lets them see.

Pure, and applied before anything is rendered: what is not in the grade cannot be on the page.

=========  ==================================================================================
level      shows
=========  ==================================================================================
``brief``  verdicts and points, and the errors that the student's own code raised
``full``   also why: messages, known mistakes, and expected beside got for the public cases
``staff``  everything, the decoys that were taken too
=========  ==================================================================================
"""

from __future__ import annotations

from dataclasses import replace

from grader.model import (
    Audience,
    CheckGrade,
    CheckStatus,
    Comparison,
    Grade,
    Level,
    TaskGrade,
    Text,
)

NOTHING = Text("", "")


def seen(grade: Grade, level: Level | None = None) -> Grade:
    """The grade as ``level`` shows it; by default as the rubric lets students see it."""
    audience = replace(grade.audience, level=level or grade.audience.level)
    if audience.level == "staff":
        return grade
    tasks = tuple(_task(task, audience) for task in grade.tasks)
    return replace(grade, tasks=tasks, suspicions=())


def _task(task: TaskGrade, audience: Audience) -> TaskGrade:
    checks = tuple(_check(check, audience) for check in task.checks)
    known = audience.misconceptions and audience.level == "full"
    hidden = [check for check in task.checks if not check.public]
    return replace(
        task,
        checks=checks,
        message=_message(task, checks, audience),
        misconception=None,
        hint=task.hint if known else None,
        agreement=task.agreement if audience.level == "full" and not hidden else (),
    )


def _message(task: TaskGrade, checks: tuple[CheckGrade, ...], audience: Audience) -> Text:
    """The task's reason in the words of the checks as they are now."""
    said = task.message
    if task.hint is not None and not audience.misconceptions:
        wrong = [c for c in checks if c.status is CheckStatus.FAILED]
        return wrong[0].message if wrong and audience.level == "full" else NOTHING
    if audience.level == "brief":
        return NOTHING
    for before, after in zip(task.checks, checks, strict=True):
        if before.message != after.message:
            said = Text(
                said.ru.replace(before.message.ru, after.message.ru)
                if before.message.ru
                else said.ru,
                said.en.replace(before.message.en, after.message.en)
                if before.message.en
                else said.en,
            )
    return said


def _check(check: CheckGrade, audience: Audience) -> CheckGrade:
    if not check.public:
        return replace(_bare(check), title=HIDDEN, message=NOTHING, faults=(), advice=None)
    if audience.level == "brief":
        return replace(_bare(check), message=NOTHING)
    rows = tuple(_row(row, audience) for row in check.comparisons)
    if rows == check.comparisons and audience.expected:
        return check
    return replace(
        check,
        comparisons=rows,
        expected=check.expected if audience.expected and not check.comparisons else None,
        got=check.got if not check.comparisons else None,
        message=_said(check, audience),
    )


def _bare(check: CheckGrade) -> CheckGrade:
    return replace(check, expected=None, got=None, comparisons=(), curves=())


def _row(row: Comparison, audience: Audience) -> Comparison:
    if not row.public:
        return Comparison(row.case, row.title, row.passed, public=False)
    if audience.expected:
        return row
    return replace(row, expected="", error=None, where="", note=None)


def _said(check: CheckGrade, audience: Audience) -> Text:
    """The check's message, which quotes its first wrong case, without what may not be seen."""
    wrong = next((row for row in check.comparisons if not row.passed), None)
    if wrong is None or (wrong.public and audience.expected):
        return check.message
    said = Text(f"{wrong.title.ru}: {DIFFERS.ru}", f"{wrong.title.en}: {DIFFERS.en}")
    if check.advice is None:
        return said
    return Text(f"{said.ru}. {check.advice.ru}", f"{said.en}. {check.advice.en}")


HIDDEN = Text("Скрытая проверка", "A hidden check")
DIFFERS = Text("ответ не совпадает с верным", "the answer is not the right one")
