"""Runs the trainings of one accuracy rule: looks at the sealed labels, stops, tries other seeds.

The loop itself is in the kernel (:mod:`grader.kernel.training`); here are the labels and the
decision to go on. A run stops as soon as its outcome is beyond doubt, and a narrow failure is tried
again with other seeds before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from .checks.accuracy import reached_by, wilson
from .checks.evidence import Training
from .data import DataSet
from .desk import Desk, read_fault
from .kernel.wire import Leaf
from .model import CurvePoint, Fault, FaultKind, Observed, Run
from .progress import Event, OnEvent
from .rubric import Accuracy

Stopped = Literal["rule_met", "budget", "time_limit", "diverged", "fault"]
HOPELESS_EPOCHS = 2
SURE_LOOKS = 2
"""Looks in a row that must be clear of the rule before a run for its end is stopped early."""


async def train(
    desk: Desk,
    training: Training,
    request: Mapping[str, Any],
    data: DataSet,
    seed: int,
    on_event: OnEvent,
) -> Observed:
    """The runs of one rule: one, or as many as the rule's ``seeds`` after a narrow failure."""
    check = training.check
    runs: list[Run] = []
    for number in range(1 if training.own else check.seeds):
        run, missing = await _run(desk, training, request, data, seed + number, on_event)
        if missing is not None:
            return Observed(fault=missing)
        runs.append(run)
        if _decided(check, runs):
            break
    return Observed(runs=tuple(runs))


def accuracy_of(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """Fraction of rows of ``scores`` (N, C) whose largest entry is at the label.

    A row with a value that is not finite is wrong: NaN is no answer.
    """
    if scores.ndim != 2 or len(scores) != len(labels) or not np.issubdtype(scores.dtype, np.number):
        return 0.0
    finite = np.all(np.isfinite(scores), axis=1)
    best = np.argmax(np.where(np.isfinite(scores), scores, -np.inf), axis=1)
    return float(np.mean(finite & (best == labels)))


def _decided(check: Accuracy, runs: list[Run]) -> bool:
    """True unless the first run failed narrowly and more seeds may be tried."""
    last = runs[-1]
    if last.fault is not None or last.stopped in ("time_limit", "diverged"):
        return True
    first = reached_by(runs[0], check.rule)
    if check.rule.met_by(first):
        return True
    return first < check.rule.threshold - check.narrow


async def _run(
    desk: Desk,
    training: Training,
    request: Mapping[str, Any],
    data: DataSet,
    seed: int,
    on_event: OnEvent,
) -> tuple[Run, Fault | None]:
    judge = _Judge(training, data, seed, on_event, early=not desk.setting.as_submitted)
    limit = desk.setting.limits.train_seconds
    answer = await desk.ask({**request, "seed": seed}, limit, judge.look)
    points = tuple(judge.points)
    if isinstance(answer, Fault):
        if answer.kind is FaultKind.TIME and len(points) > 1:
            return Run(seed, points, "time_limit", limit), None
        return Run(seed, points, "fault", 0.0, fault=answer), None
    if "fault" in answer:
        fault = read_fault(answer["fault"])
        if fault.kind is FaultKind.MISSING:
            return Run(seed, (), "fault", 0.0), fault
        if fault.kind is FaultKind.TIME and len(points) > 1:
            return Run(seed, points, "time_limit", limit), None
        return Run(seed, points, "fault", 0.0, fault=fault), None
    seconds = answer.get("seconds")
    return Run(
        seed,
        points,
        judge.stopped,
        float(seconds) if isinstance(seconds, int | float) else 0.0,
        answer.get("compiled") is True,
    ), None


class _Judge:
    """Holds the labels; takes scores, keeps the curve, says whether to go on."""

    def __init__(
        self, training: Training, data: DataSet, seed: int, on_event: OnEvent, *, early: bool
    ) -> None:
        self._training = training
        self._labels = np.asarray(data.val_y)
        self._classes = int(self._labels.max()) + 1
        self._seed = seed
        self._on_event = on_event
        self._early = early
        self._clear = 0
        self.points: list[CurvePoint] = []
        self.stopped: Stopped = "budget"

    async def look(self, message: dict[str, Any]) -> dict[str, Any]:
        """Called with the scores of each look; the kernel may call it as it likes and win nothing."""
        step, total = _count(message.get("step")), _count(message.get("total"))
        scores, loss = message.get("scores"), message.get("loss")
        array = scores.array if isinstance(scores, Leaf) else np.zeros((0, 0))
        loss = float(loss) if isinstance(loss, int | float) else None
        epoch = message.get("epoch")
        point = CurvePoint(
            step,
            float(epoch) if isinstance(epoch, int | float) else 0.0,
            accuracy_of(array, self._labels),
            loss if loss is not None and np.isfinite(loss) else None,
        )
        self.points.append(point)
        self._on_event(
            Event(
                "train",
                step,
                total,
                self._training.task.id,
                point.epoch,
                point.accuracy,
                self._seed,
            )
        )
        if loss is not None and not np.isfinite(loss):
            self.stopped = "diverged"
            return {"go": False}
        if self._hopeless(point):
            self.stopped = "diverged"
            return {"go": False}
        if self._early and step > 0 and self._beyond_doubt(point.accuracy):
            self.stopped = "rule_met"
            return {"go": False}
        return {"go": True}

    def _hopeless(self, point: CurvePoint) -> bool:
        """Whole epochs at the level of guessing: it does not learn, and more epochs are wasted."""
        guessing = 1.5 / self._classes
        return point.epoch >= HOPELESS_EPOCHS and max(p.accuracy for p in self.points) < guessing

    def _beyond_doubt(self, accuracy: float) -> bool:
        """Met, for a rule that asks ``within``; clear of noise twice, for one about the end."""
        rule = self._training.check.rule
        if rule.when == "within":
            return rule.met_by(accuracy)
        lower, _ = wilson(accuracy, len(self._labels))
        self._clear = self._clear + 1 if lower > rule.threshold else 0
        return self._clear >= SURE_LOOKS


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
