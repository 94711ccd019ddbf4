"""Replaying a recorded training to the grader's own decision when to stop."""

from __future__ import annotations

import importlib
import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader import course, training
from grader.course import Lab
from grader.model import CurvePoint

STEPS, EVERY = 766, 128


@pytest.fixture
def replaying(bench_folder: None) -> ModuleType:
    return importlib.import_module("replaying")


@pytest.fixture(scope="module")
def lab(root: Path) -> Lab:
    return course.load(root, "convnets", "en")


def whole(replaying: ModuleType, *reached: float, task: str = "part3_model") -> Any:
    """A run of one epoch that was at these accuracies when it was looked at."""
    looks = [*range(0, STEPS, EVERY), STEPS]
    points = tuple(
        CurvePoint(step, step / STEPS, accuracy, 1.0)
        for step, accuracy in zip(looks, reached, strict=True)
    )
    return replaying.Whole("part", "convnets", task, 1, 0, points)


@pytest.mark.parametrize(
    ("reached", "stopped", "looks", "changed"),
    [
        ((0.1, 0.3, 0.4, 0.5, 0.55, 0.56, 0.57), "rule_met", 6, False),
        ((0.1, 0.3, 0.4, 0.45, 0.48, 0.52, 0.52), "budget", 7, False),
        ((0.1, 0.3, 0.4, 0.45, 0.48, 0.49, 0.495), "budget", 7, False),
        ((0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2), "budget", 7, False),
        ((0.1, 0.6, 0.6, 0.4, 0.4, 0.4, 0.4), "rule_met", 3, True),
    ],
)
def test_a_replayed_run_stops_where_the_grader_would(
    replaying: ModuleType, lab: Lab, reached: Any, stopped: str, looks: int, changed: bool
) -> None:
    """Twice clear of the rule ends a run; a verdict that this changes would be told."""
    recorded = whole(replaying, *reached)
    run = replaying.replayed(recorded, lab)
    assert (run.stopped, len(run.points)) == (stopped, looks)
    assert run.points == recorded.points[:looks]
    assert replaying.changed(recorded, run, lab) is changed


def test_the_decision_is_the_graders_own(
    replaying: ModuleType, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the grader's training wants fewer sure looks, a replayed run stops earlier."""
    recorded = whole(replaying, 0.1, 0.3, 0.4, 0.5, 0.55, 0.56, 0.57)
    monkeypatch.setattr(training, "SURE_LOOKS", 1)
    assert len(replaying.replayed(recorded, lab).points) == 5


def test_curves_are_kept_as_they_were(replaying: ModuleType, tmp_path: Path) -> None:
    """What was recorded is read back unchanged."""
    recorded = whole(replaying, 0.1, 0.3, 0.4, 0.5, 0.55, 0.56, 0.57)
    path = tmp_path / "curves.jsonl"
    path.write_text(json.dumps(asdict(recorded)) + "\n")
    assert replaying.load(path) == [recorded]
