"""A desk whose kernel is a generator, and what its kernels send: trainings without TensorFlow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import checked
import numpy as np
import pytest

from grader.checks import accuracy
from grader.checks.evidence import Evidence, Training
from grader.data import DataSet
from grader.kernel.wire import Leaf
from grader.model import CheckStatus, Fault, Observed, Text
from grader.progress import Event
from grader.rubric import Accuracy
from grader.training import train
from grader.unseen import draw

LABELS = np.random.default_rng(0).integers(0, 10, 1000)
IMAGES, BATCH = 640, 64
PER_EPOCH = IMAGES // BATCH
END, WITHIN = {"above": 0.5}, {"at_least": 0.5, "when": "within"}
Message = dict[str, Any]
Kernel = Callable[[int], Iterator[Message]]
"""What a kernel sends in the run with this seed; it gets each answer from its ``yield``."""


def scores(right: float) -> Leaf:
    """Scores of which this fraction has its largest entry at the label."""
    guessed = np.where(np.arange(1000) < right * 1000, LABELS, (LABELS + 1) % 10)
    return Leaf("ndarray", np.eye(10, dtype=np.float32)[guessed])


def look(step: Any, right: float = 0.1, **fields: Any) -> Message:
    told = {"phase": "training", "step": step, "loss": 1.0, "scores": scores(right)}
    return {**told, **fields}


def honest(*reached: float) -> Kernel:
    """A kernel that looks before training and after each step, and stops when it is told to."""

    def run(seed: int) -> Iterator[Message]:
        for step, right in enumerate((0.1, *reached)):
            if not (yield look(step, right))["go"]:  # type: ignore[func-returns-value]
                return

    return run


@dataclass
class FakeDesk:
    """A desk whose kernel is a generator: no process, no TensorFlow, nothing confined."""

    kernel: Kernel
    final: Mapping[str, Any] | Fault = field(default_factory=lambda: {"compiled": True})
    as_submitted: bool = False
    asked: list[int] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    @property
    def setting(self) -> Any:
        limits = SimpleNamespace(train_seconds=900.0)
        return SimpleNamespace(limits=limits, as_submitted=self.as_submitted)

    async def ask(self, request: Any, seconds: float, on_message: Any) -> Any:
        self.asked.append(request["seed"])
        run, answer = self.kernel(request["seed"]), None
        try:
            while True:
                answer = await on_message(run.send(answer))  # type: ignore[attr-defined]
                if "confirm" in answer:
                    self.answers.append(answer["go"])
        except StopIteration:
            return self.final


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    np.save(tmp_path / "train_y.npy", np.zeros(IMAGES, np.int64))
    np.save(tmp_path / "test_x.npy", np.zeros((1, 32, 32, 3), np.uint8))
    return DataSet("tiny", tmp_path, LABELS, LABELS, Text("тут", "here"), False, "0" * 64)


def trained(
    desk: FakeDesk,
    data: DataSet,
    rule: dict[str, Any] = END,
    own: bool = False,
    events: list[Event] | None = None,
    **fields: Any,
) -> tuple[Observed, CheckStatus]:
    """What a training brings, and the verdict on it."""
    task = checked.task(
        {"kind": "accuracy", "style": "keras", "rule": rule, "batch_size": BATCH, **fields}
    )
    (check,) = task.checks
    assert isinstance(check, Accuracy)
    training = Training("t/train", task, check, own)
    on_event = (events if events is not None else []).append
    request, unseen = {"probe": "train"}, draw(data, 5)
    done = train(desk, training, request, data, unseen, 5, on_event)  # type: ignore[arg-type]
    observed = asyncio.run(done)
    return observed, accuracy.judge(check, Evidence(task, {"t/train": observed}, {}, {})).status


def steps_of(observed: Observed) -> list[int]:
    return [point.step for point in observed.runs[0].points]
