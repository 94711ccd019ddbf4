"""Runs the trainings of one accuracy rule: looks at the sealed labels, stops, tries other seeds.

The loop itself is in a clean kernel (:mod:`grader.kernel.training`); here are the labels and the
decision to go on. A run stops as soon as its outcome is beyond doubt, and a narrow failure is tried
again with other seeds before it counts. Where a run met its rule, it is measured whether its
accuracy comes from the training (:mod:`grader.checks.honesty` judges that).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from .checks.accuracy import decided, wilson
from .checks.compare import numeric
from .checks.evidence import Training
from .checks.honesty import learned_in_disguise, too_much
from .data import DataSet
from .desk import Desk, read_fault
from .kernel.wire import Leaf
from .model import CurvePoint, Fault, FaultKind, Observed, Run, Trial
from .progress import Event, OnEvent
from .unseen import Unseen

Stopped = Literal["rule_met", "budget", "time_limit", "diverged", "fault"]
HOPELESS_EPOCHS = 2
"""Epochs without learning anything after which more of them are wasted."""
WIDEST = 4096
"""Classes that a network may tell apart; nothing is computed of wider scores."""
OF_A_GRAPH = frozenset(["InvalidArgumentError", "OutOfRangeError"])
"""Exceptions that a network's own operations raise; any other is no fault of its author."""
SURE_LOOKS = 2
"""Looks in a row that must be clear of the rule before a run for its end is stopped early."""


async def train(
    desk: Desk,
    training: Training,
    request: Mapping[str, Any],
    data: DataSet,
    unseen: Unseen,
    seed: int,
    on_event: OnEvent,
) -> Observed:
    """The runs of one rule: one, or as many as the rule's ``seeds`` after a narrow failure.

    ``unseen`` are the images on which a run that met its rule has to show that again.
    """
    check = training.check
    runs: list[Run] = []
    for number in range(1 if training.own else check.seeds):
        asked = {**request, "seed": seed + number, "handed": number == 0}
        run, missing = await _run(desk, training, asked, data, unseen, on_event)
        if missing is not None:
            return Observed(fault=missing)
        runs.append(run)
        if decided(check, runs):
            break
    return Observed(runs=tuple(runs))


def accuracy_of(scores: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """Fraction of rows of ``scores`` (N, C) whose largest entry is at the label.

    A row with a value that is not finite is wrong: NaN is no answer.
    """
    if scores.ndim != 2 or len(scores) != len(labels) or not 0 < scores.shape[1] <= WIDEST:
        return 0.0
    if not scores.size or not numeric(scores):
        return 0.0
    finite = np.all(np.isfinite(scores), axis=1)
    best = np.argmax(np.where(np.isfinite(scores), scores, -np.inf), axis=1)
    return float(np.mean(finite & (best == labels)))


def guessing(labels: np.ndarray[Any, Any]) -> float:
    """What naming one class for every image reaches, and two standard deviations more.

    Of few images, no more than half of what is left to learn.
    """
    share = float(np.bincount(labels).max()) / len(labels)
    return min(share + 2 * math.sqrt(share * (1 - share) / len(labels)), (1 + share) / 2)


async def _run(
    desk: Desk,
    training: Training,
    request: Mapping[str, Any],
    data: DataSet,
    unseen: Unseen,
    on_event: OnEvent,
) -> tuple[Run, Fault | None]:
    """One run, or (second) the reason why there is nothing to train at all."""
    seed, submitted = request["seed"], desk.setting.as_submitted
    judge = _Judge(training, data, unseen, seed, on_event, early=not submitted)
    started = time.monotonic()
    wanted = {**request, "unseen": unseen.request, "disguise": unseen.disguise.request}
    wanted["aside"] = unseen.seed
    answer = await desk.ask(wanted, desk.setting.limits.train_seconds, judge.look)
    seconds = time.monotonic() - started
    fault = _fault(answer) or judge.complaint()
    points = tuple(judge.points)
    if fault is None:
        assert not isinstance(answer, Fault)
        run = Run(seed, points, judge.stopped, seconds, answer.get("compiled") is True)
        assumed = request.get("network", {}).get("assumed") is True
        return replace(run, assumed=assumed, own_process=submitted, trial=judge.trial), None
    if fault.kind is FaultKind.TIME and len(points) > 1:
        return Run(seed, points, "time_limit", seconds), None
    if not submitted:
        fault = _of_ours(fault)
    if fault.kind in (FaultKind.MISSING, FaultKind.NOT_A_GRAPH, FaultKind.TOO_LARGE):
        return Run(seed, (), "fault", seconds, fault=fault), fault
    return Run(seed, points, "fault", seconds, fault=fault), None


def _of_ours(fault: Fault) -> Fault:
    """What the kernel that trains met: it runs none of the student's code."""
    match fault.kind:
        case FaultKind.DIED:
            return Fault(FaultKind.NOT_A_GRAPH, "the kernel that trains it died")
        case FaultKind.MEMORY:
            return Fault(FaultKind.TOO_LARGE, f"a step takes more memory than {fault.message}")
        case FaultKind.TIME:  # the clock is ours, and so may be what it was spent on
            return Fault(FaultKind.TOO_LARGE, f"no step was done within {fault.message}")
        case FaultKind.EXCEPTION if fault.type not in OF_A_GRAPH:
            return Fault(FaultKind.NOT_A_GRAPH, f"{fault.type}: {fault.message}")
    return fault


def _fault(answer: Mapping[str, Any] | Fault) -> Fault | None:
    if isinstance(answer, Fault):
        return answer
    return read_fault(answer["fault"]) if "fault" in answer else None


def _array(message: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    scores = message.get("scores")
    return scores.array if isinstance(scores, Leaf) else np.zeros((0, 0))


class _Judge:
    """Holds the labels; takes scores, keeps the curve, says whether to go on.

    The kernel may call it as it likes and win nothing: looks count only at later and later steps
    of the budget, the epoch follows from the step, and a run must come to the end of its budget
    unless it was told to stop.
    """

    def __init__(
        self,
        training: Training,
        data: DataSet,
        unseen: Unseen,
        seed: int,
        on_event: OnEvent,
        *,
        early: bool,
    ) -> None:
        check = training.check
        images = np.load(data.folder / "train_y.npy", mmap_mode="r")
        self._training = training
        self._labels = np.asarray(data.val_y)
        self._guessing = guessing(self._labels)
        self._unseen = unseen
        self._per_epoch = -(-len(images) // check.batch_size)
        self._total = check.epochs * self._per_epoch
        self._seed = seed
        self._on_event = on_event
        self._early = early
        self._clear = 0
        self._over = False
        self.points: list[CurvePoint] = []
        self.stopped: Stopped = "budget"
        share = float(np.bincount(self._labels).max()) / len(self._labels)
        self.trial = Trial(share, len(self._labels), len(unseen.labels))

    async def look(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Called with the scores of each look; answers what to do next: ``go`` on, ``confirm``
        what was reached, try ``again``."""
        phase = message.get("phase")
        if phase != "training":
            again = self._measure(phase, _array(message))
            return {"go": again or phase != "disguised", "again": again}
        step = message.get("step")
        if not self._over and type(step) is int and self._last < step <= self._total:
            self._keep(step, _array(message), message.get("loss"))
        ended = self._over or self._last == self._total
        return {"go": not ended, "confirm": ended and self._early and self._met}

    def complaint(self) -> Fault | None:
        """What is wrong with a run that ended by itself: only the end of the budget ends it."""
        if self._over or self._last == self._total:
            return None
        steps = max(self._last, 0)
        return Fault(FaultKind.UNUSABLE, f"the training ended at step {steps} of {self._total}")

    @property
    def _met(self) -> bool:
        return self._last > 0 and self._training.check.rule.met_by(self.points[-1].accuracy)

    def _measure(self, phase: Any, scores: np.ndarray[Any, Any]) -> bool:
        """Keep what was measured beside the training; True where it is to be measured again."""
        trial = self.trial
        if phase == "handed" and not self.points:
            self.trial = replace(trial, handed=accuracy_of(scores, self._labels))
        elif phase == "unseen" and trial.unseen is None:
            self.trial = replace(trial, unseen=accuracy_of(scores, self._unseen.labels))
        elif phase == "disguised" and self.points:
            labels = self._unseen.disguise.classes[self._labels]
            best = max(accuracy_of(scores, labels), trial.disguised or 0.0)
            self.trial = replace(trial, disguised=best)
            return not learned_in_disguise(trial, self.points[-1].accuracy, best)
        elif phase == "forgotten":
            least = min(accuracy_of(scores, self._labels), trial.forgotten or 1.0)
            self.trial = replace(trial, forgotten=least)
            return least > too_much(trial)
        return False

    @property
    def _last(self) -> int:
        return self.points[-1].step if self.points else -1

    def _keep(self, step: int, scores: np.ndarray[Any, Any], told: Any) -> None:
        loss = told if isinstance(told, float) else None
        accuracy = accuracy_of(scores, self._labels)
        epoch = step / self._per_epoch
        finite = loss if loss is not None and math.isfinite(loss) else None
        self.points.append(CurvePoint(step, epoch, accuracy, finite))
        task = self._training.task.id
        self._on_event(Event("train", step, self._total, task, epoch, accuracy, self._seed))
        if (loss is not None and finite is None) or self._hopeless(epoch):
            self._over, self.stopped = True, "diverged"
        elif self._early and step > 0 and self._beyond_doubt(accuracy):
            self._over, self.stopped = True, "rule_met"

    def _hopeless(self, epoch: float) -> bool:
        """Whole epochs at the level of guessing: it does not learn."""
        best = max(point.accuracy for point in self.points)
        return epoch >= HOPELESS_EPOCHS and best < self._guessing

    def _beyond_doubt(self, accuracy: float) -> bool:
        """Met, for a rule that asks ``within``; clear of noise twice, for one about the end."""
        rule = self._training.check.rule
        if rule.when == "within":
            return rule.met_by(accuracy)
        lower, _ = wilson(accuracy, len(self._labels))
        self._clear = self._clear + 1 if lower > rule.threshold else 0
        return self._clear >= SURE_LOOKS
