"""One submission from file to grade: ``read → observe → judge``, the whole pipeline on one page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from . import remembered
from .asked import probes_of
from .judge import failing, judge
from .model import Grade, Observations
from .observe import observe, reference, variants
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
    started = time.monotonic()
    expected = await reference(job.lab, job.order, on_event)
    compared = time.monotonic()
    observations = await _observed(job, expected, on_event)
    observed = time.monotonic()
    first = verdict(job, observations, expected, {})
    known = await variants(job.lab, job.order, failing(first), on_event)
    seconds = {
        "reference": compared - started,
        "observe": observed - compared,
        "judge": time.monotonic() - observed,
    }
    return replace(verdict(job, observations, expected, known), seconds=seconds)


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


async def _observed(job: Job, expected: Observations, on_event: OnEvent) -> Observations:
    """What was observed of this very notebook before, or a new observation."""
    if not job.fresh:
        before = remembered.recall(job)
        if before is not None:
            return before
    observations = await observe(job.submission, job.lab, job.order, expected, on_event)
    remembered.remember(job, observations)
    return observations
