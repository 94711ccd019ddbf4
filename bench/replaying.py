"""A recorded training, shown again to the grader's own decision when to stop.

:func:`grader.training.train` is called as for any training, with a desk that plays the curve back.
What it decides depends on nothing but the looks that it is given, so this is what it would have
decided while that network trained.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from grader import training
from grader.checks import accuracy
from grader.checks.evidence import Training
from grader.course import Lab
from grader.data import DataSet
from grader.kernel.wire import Leaf
from grader.model import CurvePoint, Run, Text
from grader.progress import silent
from grader.rubric import Accuracy
from grader.unseen import draw

LABELS = np.arange(accuracy.VALIDATION) % 10


@dataclass(frozen=True)
class Whole:
    """One recorded run to the end, and what it answers to."""

    part: str
    lab: str
    task: str
    epochs: int
    seed: int
    points: tuple[CurvePoint, ...]


def load(path: Path) -> list[Whole]:
    """The curves that were recorded before."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines]
    return [
        Whole(**{**each, "points": tuple(CurvePoint(**point) for point in each["points"])})
        for each in told
    ]


def replayed(whole: Whole, lab: Lab) -> Run:
    """The run that the grader makes of this curve, under the rule as it is."""
    task = lab.rubric.task(whole.task)
    check = rule_of(lab, whole.task).model_copy(update={"epochs": whole.epochs, "seeds": 1})
    told = Training(accuracy.key_of(task), task, check)
    with tempfile.TemporaryDirectory() as name:
        data = _data(Path(name), whole, check)
        unseen = draw(data, 0)
        done = training.train(_Desk(whole), told, {}, data, unseen, whole.seed, silent)  # type: ignore[arg-type]
        return asyncio.run(done).runs[0]


def rule_of(lab: Lab, task: str) -> Accuracy:
    """The accuracy check of a task."""
    return next(c for c in lab.rubric.task(task).checks if isinstance(c, Accuracy))


def changed(whole: Whole, stopped: Run, lab: Lab) -> bool:
    """Whether the run that may have stopped has another verdict than the whole one."""
    rule = rule_of(lab, whole.task).rule
    return accuracy.meets(stopped, rule) != accuracy.meets(as_it_ended(whole), rule)


def as_it_ended(whole: Whole) -> Run:
    """The whole run, which nothing stopped."""
    return Run(whole.seed, whole.points, "budget", 0.0)


class _Desk:
    """Plays a curve back: for each look the scores of as many right images, until told to stop."""

    setting = SimpleNamespace(limits=SimpleNamespace(train_seconds=900.0), as_submitted=False)

    def __init__(self, whole: Whole) -> None:
        self._whole = whole

    async def ask(self, request: Any, seconds: float, on_message: Any) -> dict[str, Any]:
        for point in self._whole.points:
            right = np.arange(len(LABELS)) < round(point.accuracy * len(LABELS))
            guessed = np.where(right, LABELS, (LABELS + 1) % 10)
            scores = Leaf("ndarray", np.eye(10, dtype=np.float32)[guessed])
            told = {"phase": "training", "step": point.step, "loss": point.loss, "scores": scores}
            if not (await on_message(told))["go"]:
                break
        return {"compiled": True}


def _data(folder: Path, whole: Whole, check: Accuracy) -> DataSet:
    """As many training images as the run had, and the labels that :class:`_Desk` answers to."""
    images = whole.points[-1].step // whole.epochs * check.batch_size
    np.save(folder / "train_y.npy", np.zeros(images, np.int64))
    np.save(folder / "test_x.npy", np.zeros((1, 8, 8, 3), np.uint8))
    return DataSet("replayed", folder, LABELS, LABELS, Text("", ""), False, "0" * 64)
