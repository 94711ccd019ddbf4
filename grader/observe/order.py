"""What is to be observed, and how."""

from __future__ import annotations

from dataclasses import dataclass

from grader.data import DataSet
from grader.desk import Setting
from grader.rubric import Task


@dataclass(frozen=True)
class Order:
    """What to observe, and how."""

    setting: Setting
    seed: int
    data: DataSet | None
    train: bool = True
    tasks: frozenset[str] = frozenset()
    """Task ids; all when empty."""

    def wants(self, task: Task) -> bool:
        return not self.tasks or task.id in self.tasks
