"""What is to be observed, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.data import DataSet
from grader.desk import Setting
from grader.model import Fault
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
    sets: Mapping[str, DataSet] = field(default_factory=dict)
    """What tasks are trained on where it is not ``data``, by task id."""
    abreast: int = 1
    """Trainings at a time, each in a clean kernel of its own. No result depends on it."""
    secret: bytes = field(default=b"", repr=False)
    """What trials after a training are drawn from (:mod:`grader.secret`)."""
    refused: Mapping[str, Fault] = field(default_factory=dict)
    """Why there is nothing to train a task on, by the student's own fault; by task id."""

    def images(self, task: Task) -> DataSet | None:
        """What the task's model is trained on."""
        return self.sets.get(task.id, self.data)

    def wants(self, task: Task) -> bool:
        return not self.tasks or task.id in self.tasks
