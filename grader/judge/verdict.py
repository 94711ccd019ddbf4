"""From checks to a task's verdict, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import CheckGrade, CheckStatus, Status, Text

GOOD = {CheckStatus.PASSED, CheckStatus.FOLLOWS}
WRONG = (Status.FAILED, Status.PARTIAL)
NOT_MADE = {CheckStatus.SKIPPED, CheckStatus.UNGRADED}


def status_of(checks: Sequence[CheckGrade]) -> Status:
    """A task's verdict: passed only when every scored check that was made passed."""
    made = [c for c in checks if c.status not in (CheckStatus.SKIPPED, CheckStatus.REMARK)]
    scored = [c for c in made if c.max_points > 0] or made
    found = {check.status for check in scored}
    if CheckStatus.NOT_ATTEMPTED in found:
        return Status.NOT_ATTEMPTED
    if found and found <= GOOD:
        return Status.PASSED
    if found <= GOOD | {CheckStatus.UNGRADED}:
        return Status.UNGRADED
    return Status.PARTIAL if any(check.points > 0 for check in scored) else Status.FAILED


def points_of(checks: Sequence[CheckGrade]) -> tuple[float, float]:
    """Points and the most there were: a check that was not made neither earns nor costs."""
    made = [check for check in checks if check.status not in NOT_MADE]
    return sum(check.points for check in made), sum(check.max_points for check in made)


def not_attempted(check: CheckGrade) -> CheckGrade:
    """The same check of a task whose code nobody wrote; what stands in words waits to be read."""
    words = check.kind == "formula" and check.status is CheckStatus.UNGRADED
    if check.status is CheckStatus.SKIPPED or words:
        return check
    return replace(
        check, status=CheckStatus.NOT_ATTEMPTED, points=0.0, message=NOT_ATTEMPTED, comparisons=()
    )


def message_of(status: Status, checks: Sequence[CheckGrade], hint: Text | None) -> Text:
    """One sentence for the task: what is wrong in the first failed check, or that all is well."""
    if status is Status.NOT_ATTEMPTED:
        blank = _first(checks, CheckStatus.NOT_ATTEMPTED) or NOT_ATTEMPTED
        return Text(f"{blank.ru} {hint.ru}", f"{blank.en} {hint.en}") if hint else blank
    if status is Status.PASSED:
        return _passed(checks)
    said = hint or _first(checks, CheckStatus.FAILED) or _first(checks, CheckStatus.UNGRADED)
    return said or NOTHING_MADE


def remarked(remark: Text) -> Text:
    """All is right, and this is worth saying."""
    return Text(f"Верно. Замечание: {remark.ru}", f"Right. A remark: {remark.en}")


def _passed(checks: Sequence[CheckGrade]) -> Text:
    remark = _first(checks, CheckStatus.REMARK)
    if remark is not None:
        return remarked(remark)
    return checks[0].message if len(checks) == 1 else RIGHT


def _first(checks: Sequence[CheckGrade], status: CheckStatus) -> Text | None:
    return next((check.message for check in checks if check.status is status), None)


NOT_ATTEMPTED = Text("Задание не выполнялось.", "Not attempted.")
RIGHT = Text("Всё верно.", "All right.")
NOTHING_MADE = Text("Проверки не выполнялись.", "No check was made.")
