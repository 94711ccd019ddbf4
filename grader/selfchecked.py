"""What a self-check found; :mod:`grader.selfcheck` makes it, terminal and panel show it."""

from __future__ import annotations

from dataclasses import dataclass

from .model import CheckGrade, CheckStatus, Language, Text


@dataclass(frozen=True)
class CheckedTask:
    """A task's public checks; ``hidden`` more are made when it is graded."""

    id: str
    title: Text
    checks: tuple[CheckGrade, ...]
    hidden: int

    @property
    def right(self) -> bool:
        good = (CheckStatus.PASSED, CheckStatus.REMARK)
        return all(check.status in good for check in self.checks)


@dataclass(frozen=True)
class SelfCheck:
    """The outcome for a notebook, or for a task in a running one."""

    title: Text
    language: Language
    tasks: tuple[CheckedTask, ...]

    @property
    def right(self) -> bool:
        """Whether every public check passed."""
        return all(task.right for task in self.tasks)
