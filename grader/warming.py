"""Before a class is graded here: one submission's lab, options and reference are tried.

What is wrong with these is then said at once, instead of once for each submission. The rest of
what a class shares is observed by whichever grading needs it first (see
:mod:`grader.observe.reference`).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .errors import UnknownLab, UnreadableNotebook
from .observe import reference
from .parcel import Parcel
from .preparing import Job, Options, prepare
from .progress import Event, OnEvent


def warm(root: Path, parcels: Iterable[Parcel], options: Options, on_event: OnEvent) -> None:
    """Observe the reference for the first of ``parcels`` that can be read.

    Raises:
        UsageError: an option cannot be used, or the course is wrong.
        GradingFailed: the reference, or a kernel for it, does not work: nothing could be graded.
    """
    for parcel in parcels:
        job = _job(root, parcel, options, on_event)
        if job is not None:
            asyncio.run(reference(job.lab, job.order, on_event))
            on_event(Event("report", 1, 1))
            return


def _job(root: Path, parcel: Parcel, options: Options, on_event: OnEvent) -> Job | None:
    """The grading of this notebook; ``None`` where it cannot be read, or is of no lab."""
    with tempfile.TemporaryDirectory(prefix="grade-warm-") as folder:
        path = Path(folder) / "submission.ipynb"
        path.write_bytes(parcel.notebook)
        try:
            return prepare(path, replace(options, course=root), on_event)
        except (UnreadableNotebook, UnknownLab):
            return None
