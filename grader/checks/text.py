"""``text``: free text for a person to read; shown, and flagged when empty."""

from __future__ import annotations

import re

from grader.course import Lab
from grader.model import CheckGrade, CheckStatus, Text
from grader.rubric import FreeText, Task

from .evidence import Evidence, Probe, verdict


def plan(check: FreeText, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """Nothing runs for a text."""
    return ()


def judge(check: FreeText, evidence: Evidence) -> CheckGrade:
    """Passed when there are at least ``min_words`` words; nobody judges them here."""
    words = len(re.findall(r"\w+", evidence.text))
    if words >= check.min_words:
        message = Text(f"Текст есть (слов: {words}); его читает преподаватель.",
                       f"There is a text ({words} words); a person reads it.")  # fmt: skip
        return verdict(check, "text", True, message, got=words)
    message = Text(
        "Текста нет: опишите, что вы пробовали.", "There is no text: describe what you tried."
    )
    return verdict(check, "text", CheckStatus.NOT_ATTEMPTED, message, got=words)


def same(check: FreeText, evidence: Evidence, other: Evidence) -> bool:
    """Texts are not compared."""
    return True
