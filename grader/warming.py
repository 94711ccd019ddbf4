"""Before a class is graded here: one submission's lab, options and reference are tried.

What is wrong with these is then said at once, instead of once for each submission. The rest of
what a class shares is observed by whichever grading needs it first (see
:mod:`grader.observe.reference`).
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .errors import GraderError, UnknownLab, UnreadableNotebook
from .observe import reference
from .parcel import Parcel
from .preparing import Job, Options, prepare
from .progress import Event, OnEvent

TRIES = 3
"""Submissions of whom each must fail before it is everybody's trouble and not their own."""


def warm(root: Path, parcels: Iterable[Parcel], options: Options, on_event: OnEvent) -> None:
    """Observe the reference for the first of ``parcels`` that can be read.

    Raises:
        UsageError: an option cannot be used, or the course is wrong.
        GradingFailed: the reference, or a kernel for it, does not work: nothing could be graded.
    """
    failed: list[GraderError] = []
    for parcel in parcels:
        try:
            job = _job(root, parcel, options, on_event)
        except GraderError as error:
            failed.append(error)
            if len(failed) == TRIES:
                break
            continue
        except Exception:
            # That submission is ungraded when its turn comes; nobody else is.
            logging.getLogger(__name__).exception("%s cannot be prepared", parcel.file_name)
            continue
        if job is not None:
            asyncio.run(reference(job.lab, job.order, on_event))
            on_event(Event("report", 1, 1))
            return
    if failed:
        raise failed[0]


def _job(root: Path, parcel: Parcel, options: Options, on_event: OnEvent) -> Job | None:
    """The grading of this notebook; ``None`` where it cannot be read, or is of no lab."""
    with tempfile.TemporaryDirectory(prefix="grade-warm-") as folder:
        path = Path(folder) / "submission.ipynb"
        path.write_bytes(parcel.notebook)
        try:
            return prepare(path, replace(options, course=root), on_event)
        except (UnreadableNotebook, UnknownLab):
            return None
