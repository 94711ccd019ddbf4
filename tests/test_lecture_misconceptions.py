"""Each known mistake of the convolution lecture fails its own task, and is recognised."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lecture_answers import RIGHT, ROOT, lab, write

from grader.grading import Options, verdict
from grader.model import Observations, Status
from grader.observe import mistaken, reference
from grader.preparing import prepare
from grader.progress import silent

OPTIONS = Options(course=ROOT, sandbox="process")
BIG = {"alex_net", "resnet_block", "ResNet18", "InceptionV1Network"}
WRONG = {Status.FAILED, Status.PARTIAL}


def outcomes(folder: Path, tasks: set[str], *, mistakes: bool = True) -> dict[str, str | None]:
    """By misconception of these tasks: its name where it fails and is recognised, else what not."""
    job = prepare(write(folder, lab().solution, RIGHT), OPTIONS, silent)
    wanted = [m for m in lab().misconceptions if mistakes and m.task in tasks]
    right = [m for m in lab().accepted if m.task in tasks]

    async def observed() -> tuple[Observations, dict[str, Observations]]:
        expected = await reference(job.lab, job.order, silent)
        return expected, await mistaken(job.lab, job.order, [*wanted, *right], silent)

    expected, known = asyncio.run(observed())
    found: dict[str, str | None] = {}
    for version in (*wanted, *right):
        whole = Observations(
            (), {**expected.probes, **known[version.id].probes}, expected.environment, 0
        )
        grade = verdict(job, whole, expected, known)
        task = next(t for t in grade.tasks if t.id == version.task)
        found[version.id] = task.misconception if task.status in WRONG else task.status
    return found


def expected_of(tasks: set[str]) -> dict[str, str | None]:
    wrong: dict[str, str | None] = {m.id: m.name for m in lab().misconceptions if m.task in tasks}
    return {**wrong, **{m.id: Status.PASSED for m in lab().accepted if m.task in tasks}}


@pytest.mark.labs
@pytest.mark.timeout(1200)
def test_what_is_right_in_another_way_passes(tmp_path: Path) -> None:
    """Versions that the lab accepts beside the reference, of all tasks, pass."""
    tasks = {task.id for task in lab().rubric.tasks}
    right = {m.id: Status.PASSED for m in lab().accepted}
    assert right
    assert outcomes(tmp_path, tasks, mistakes=False) == right


@pytest.mark.slow  # in CI `grade validate` asks the same (test_validate_labs.py)
@pytest.mark.timeout(1800)
def test_mistakes_in_layers_are_caught_and_named(tmp_path: Path) -> None:
    """Every wrong version of a layer or a small network is named; what is right passes."""
    tasks = {task.id for task in lab().rubric.tasks} - BIG
    assert outcomes(tmp_path, tasks) == expected_of(tasks)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_mistakes_in_large_networks_are_caught_and_named(tmp_path: Path) -> None:
    """The same of AlexNet, ResNet and Inception, which take minutes to build so many times."""
    assert outcomes(tmp_path, BIG) == expected_of(BIG)


def test_there_are_enough_of_them() -> None:
    """Each coding task has six misconceptions at least, in both languages."""
    for language in ("ru", "en"):
        mistakes = [m.task for m in lab(language).misconceptions]  # type: ignore[arg-type]
        assert {t.id for t in lab().rubric.tasks if mistakes.count(t.id) < 6} == set()
