"""Trainings beside each other: on the meadow, with a second model, in real clean kernels."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
import range_course
import train_course

from grader.machine import ABREAST, abreast
from grader.model import Observations, Observed
from grader.observe import observe, reference, trainer
from grader.preparing import Job, Options, prepare
from grader.progress import Event, silent
from grader.training import train

MODELS = ("model", "second")
TOGETHER_SECONDS = 120.0


def second(text: str) -> str:
    """What is said of the model, said of another one."""
    return text.replace("make_model", "make_second").replace("model", "second")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The grading of a right answer to a lab in which two models are trained."""
    root = train_course.write(tmp_path_factory.mktemp("meadow"))
    rubric, start = train_course.RUBRIC, train_course.RUBRIC.index("  - id: model")
    (root / "rubrics/meadow.yaml").write_text(rubric + second(rubric[start:]), encoding="utf-8")
    solution = root / "reference/meadow/solution.py"
    answer = train_course.HONEST.replace("make_model", "make_second")
    solution.write_text(f"{solution.read_text()}\n\n# %% [second]\n{answer}", encoding="utf-8")
    handout = root / "assignments/meadow/handout.en.ipynb"
    handout.write_text(json.dumps(with_second(json.loads(handout.read_text()), "    pass\n")))
    path = root / "submission.ipynb"
    path.write_text(json.dumps(with_second(train_course.filled(), answer)), encoding="utf-8")
    return prepare(path, Options(course=root, data_dir=root / "data"), silent)


def with_second(notebook: dict[str, Any], answer: str) -> dict[str, Any]:
    if answer.startswith(" "):
        answer = f"def make_second(shape, classes):\n    # TODO\n{answer}"
    (cell,) = range_course.notebook({"second": answer})["cells"]
    return {**notebook, "cells": [*notebook["cells"], cell]}


def observed(
    job: Job, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Observed], list[Event], int]:
    """What is observed with so many trainings at a time, what was said of them meanwhile, and how
    many were under way at once. None begins before as many have come as there are lanes: which of
    two short trainings a busy machine starts first, and how much later the other, is chance.
    """
    events: list[Event] = []
    gate = asyncio.Barrier(lanes)
    under_way, most = 0, 0

    async def gated(*args: Any) -> Observed:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            async with asyncio.timeout(TOGETHER_SECONDS):
                await gate.wait()
            return await train(*args)
        finally:
            under_way -= 1

    monkeypatch.setattr(trainer, "train", gated)

    async def both() -> Observations:
        expected = await reference(job.lab, job.order, silent)
        order = replace(job.order, abreast=lanes)
        return await observe(job.submission, job.lab, order, expected, events.append)

    found = asyncio.run(both()).probes
    return dict(found), [event for event in events if event.step == "train"], most


def test_trainings_beside_each_other_are_the_same(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at a time give the curves, the trials and the order of one at a time, to the last bit;
    and they do run at the same time."""
    alone, one_by_one, most_alone = observed(job, 1, monkeypatch)
    beside, mixed, most_beside = observed(job, 2, monkeypatch)
    assert (most_alone, most_beside) == (1, 2)
    assert list(alone) == list(beside)
    for name in MODELS:
        first, other = (seen[f"{name}/train"] for seen in (alone, beside))
        assert first.fault is None
        assert [run.points for run in first.runs] == [run.points for run in other.runs]
        assert [run.trial for run in first.runs] == [run.trial for run in other.runs]
        assert first.runs[-1].points[-1].accuracy >= 0.8
    ends = [place for place, event in enumerate(one_by_one) if event.accuracy is None]
    assert {event.detail for event in one_by_one[: ends[0] + 1]} == {one_by_one[0].detail}
    assert {event.detail for event in mixed} == set(MODELS)


def test_no_more_at_a_time_than_there_is_memory_for() -> None:
    """With more memory for each than a machine has, trainings run one after the other."""
    assert abreast(2**50) == 1
    assert abreast(1) in (1, ABREAST)
