"""Before a class is graded here: the reference and the known mistakes, observed once for all.

Otherwise each worker would find them missing at the same moment, and observe them for itself.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from . import course, notebook
from .errors import UnknownLab, UnreadableNotebook
from .observe import reference, variants
from .parcel import Parcel
from .preparing import Job, Options, prepare
from .progress import Event, OnEvent


def warm(root: Path, parcels: Iterable[Parcel], options: Options, on_event: OnEvent) -> None:
    """Observe the reference and the misconceptions of each lab, in each language, that is there.

    Raises:
        UsageError: an option cannot be used, or the course is wrong.
        GradingFailed: a reference, or a kernel for it, does not work: nothing could be graded.
    """
    done: set[tuple[str, str]] = set()
    for parcel in parcels:
        job = _job(root, parcel, options, done, on_event)
        if job is not None:
            done.add((job.lab.name, job.submission.language))
            asyncio.run(_observed(job, on_event))
            on_event(Event("report", 1, 1))


def _job(
    root: Path, parcel: Parcel, options: Options, done: set[tuple[str, str]], on_event: OnEvent
) -> Job | None:
    """The grading of a notebook whose lab was not seen yet; what cannot be read has none."""
    with tempfile.TemporaryDirectory(prefix="grade-warm-") as folder:
        path = Path(folder) / "submission.ipynb"
        path.write_bytes(parcel.notebook)
        try:
            submission = notebook.read(path)
            name = options.lab or course.recognise(root, submission)
            if (name, submission.language) in done:
                return None
            return prepare(path, replace(options, course=root, lab=name), on_event)
        except (UnreadableNotebook, UnknownLab):
            return None


async def _observed(job: Job, on_event: OnEvent) -> None:
    await reference(job.lab, job.order, on_event)
    await variants(job.lab, job.order, [task.id for task in job.lab.rubric.tasks], on_event)
