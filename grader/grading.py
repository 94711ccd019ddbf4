"""One submission from file to grade: ``read → observe → judge``, the whole pipeline on one page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from . import remembered
from .asked import probes_of
from .judge import failing, judge
from .model import Grade, Observations
from .observe import mistaken, observe, reference, variants
from .preparing import Job, Options, prepare
from .progress import OnEvent, silent

__all__ = ["Job", "Options", "grade", "prepare"]


def grade(path: Path, options: Options, on_event: OnEvent = silent) -> Grade:
    """Grade the notebook at ``path``.

    Raises:
        UsageError: the input or an option cannot be used (see its subclasses).
        GradingFailed: the grader could not do its job; there is no grade.
    """
    return asyncio.run(grade_job(prepare(path, options, on_event), on_event))


async def grade_job(job: Job, on_event: OnEvent = silent) -> Grade:
    """Observe, judge, and name the mistakes that are known."""
    seconds: dict[str, float] = {}
    expected, observations = await _both(job, on_event, seconds)
    judging = time.monotonic()
    grade = verdict(job, observations, expected, {})
    comparing = time.monotonic()
    known = await _known(job, observations, expected, failing(grade), on_event)
    seconds["compare"] = time.monotonic() - comparing
    if known:
        grade = verdict(job, observations, expected, known)
    seconds["judge"] = time.monotonic() - judging - seconds["compare"]
    return replace(grade, seconds=seconds)


def verdict(
    job: Job,
    observations: Observations,
    expected: Observations,
    known: Mapping[str, Observations],
) -> Grade:
    """The judge's grade of one job, in the language that was asked for."""
    probes = probes_of(job.lab, job.order.seed)
    made = judge(job.submission, job.lab, observations, expected, known, probes, job.circumstances)
    return replace(made, language=job.language)


async def _known(
    job: Job,
    observations: Observations,
    expected: Observations,
    tasks: Sequence[str],
    on_event: OnEvent,
) -> dict[str, Observations]:
    """What other versions of the answers to ``tasks`` say: first those that are right too, then,
    for tasks that none of them shows to be right, the known mistakes."""
    right = [other for other in job.lab.accepted if other.task in tasks]
    accepted = await mistaken(job.lab, job.order, right, on_event)
    wrong = failing(verdict(job, observations, expected, accepted)) if accepted else tasks
    known = await variants(job.lab, job.order, wrong, on_event, ahead=job.ahead)
    return {**accepted, **known}


async def _both(
    job: Job, on_event: OnEvent, seconds: dict[str, float]
) -> tuple[Observations, Observations]:
    """What the reference and the submission answer, observed side by side; the first fault of
    either ends both."""
    expected = asyncio.create_task(
        _timed("reference", reference(job.lab, job.order, silent), seconds)
    )
    observed = asyncio.create_task(_timed("observe", _observed(job, expected, on_event), seconds))
    try:
        return await asyncio.gather(expected, observed)
    finally:
        for task in (expected, observed):
            task.cancel()
        await asyncio.gather(expected, observed, return_exceptions=True)


async def _timed(
    name: str, work: Awaitable[Observations], seconds: dict[str, float]
) -> Observations:
    started = time.monotonic()
    result = await work
    seconds[name] = time.monotonic() - started
    return result


async def _observed(job: Job, expected: Awaitable[Observations], on_event: OnEvent) -> Observations:
    """What was observed of this very notebook before, or a new observation."""
    if not job.fresh:
        before = remembered.recall(job)
        if before is not None:
            return before
    observations = await observe(job.submission, job.lab, job.order, expected, on_event)
    remembered.remember(job, observations)
    return observations
