"""A class from folder to gradebook: take in, grade in parallel, judge again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from . import course, environment, marks, store
from .batch import Batch, Handed, OnTally, Tally
from .errors import UsageError
from .executors import Workers, dask, jobs_here, local
from .exports.cells import folder_name
from .gradebook import Gradebook
from .intake import Entry, Intake, chosen, take_in
from .machine import gpu
from .parcel import Parcel, course_digest, data_digest, pack_course
from .preparing import Options
from .progress import Event
from .report import deliver
from .scratch import scratch
from .secret import secret
from .settling import BOOK, alone, settle, write_index
from .warming import warm

OUT = "_grades"
SCRATCH = "grade-class-"
MANY = 10
"""Submissions of a class that will want most of what can be observed of the reference."""
Policy = Literal["latest", "best"]


@dataclass(frozen=True)
class ClassOptions:
    """What a teacher may choose about a class, besides what applies to each submission."""

    out: Path | None = None
    roster: Path | None = None
    times: Path | None = None
    jobs: int | None = None
    executor: Literal["local", "dask"] = "local"
    scheduler: str | None = None
    policy: Policy = "latest"
    marks: Path | None = None


@dataclass(frozen=True)
class ClassResult:
    """Where a batch's results are, and how it ended."""

    out: Path
    intake: Intake
    tally: Tally
    index: Path | None
    """The class's page, where anybody is graded."""


def preview(folder: Path, options: ClassOptions) -> Intake:
    """Who handed in what: what ``--dry-run`` shows."""
    with scratch(SCRATCH) as place:
        return take(folder, options, place)


def take(folder: Path, options: ClassOptions, scratch: Path) -> Intake:
    """The folder as it came; results of an earlier batch in it are left out."""
    results = {OUT}
    if options.out and options.out.resolve().is_relative_to(folder.resolve()):
        results.add(options.out.resolve().relative_to(folder.resolve()).as_posix())
    taken = take_in(
        folder, scratch=scratch, roster=options.roster, times=options.times, ignore=tuple(results)
    )
    return _as_folders(taken)


def _as_folders(taken: Intake) -> Intake:
    """Each student's id fit to be a folder's name: an LMS may give any text for one.

    An id that is fit as it is stays so: no other that looks like it takes its place.
    """
    used = {e.student for e in taken.entries if folder_name(e.student) == e.student}
    entries: list[Entry] = []
    for entry in taken.entries:
        student = folder_name(entry.student)
        if student != entry.student and student in used:
            student = f"{student}_{hashlib.sha256(entry.student.encode()).hexdigest()[:8]}"
        while student != entry.student and student in used:
            student = f"{student}_"
        used.add(student)
        attempts = tuple(replace(attempt, student=student) for attempt in entry.attempts)
        entries.append(replace(entry, student=student, attempts=attempts))
    return replace(taken, entries=tuple(entries))


def grade_class(
    folder: Path, each: Options, options: ClassOptions, on_tally: OnTally
) -> ClassResult:
    """Grade every submission in ``folder`` that the gradebook does not have yet.

    Raises:
        UsageError: folder, roster or an option cannot be used.
        GradingFailed: nothing can be graded on this machine.
    """
    out = options.out or folder / OUT
    root = course.find(each.course, folder, Path.cwd())
    deliver.check(out)
    with scratch(SCRATCH) as place, alone(out):
        taken = take(folder, options, place)
        handed = list(_handed(taken, options.policy))
        each = replace(each, course=None, ahead=len(handed) >= MANY, beside=True)
        if not each.quick:  # one for all that grade, on whatever machine
            each = replace(each, secret=each.secret or secret(store.folder()))
        with closing(Gradebook(out / BOOK)) as book:
            archive = pack_course(root)
            run = book.start_run("grade", each.lab or "", course_digest(archive), _options(each))
            with _workers(options, each, place) as workers:
                images = data_digest(root, each)
                batch = Batch(book, run, out, archive, each, images, workers, on_tally)
                tally, fresh = batch.standing(handed)
                if options.executor == "local":
                    _warm(batch, root, tally, fresh)
                tally = batch.finish(tally, fresh)
            _record_missing(book, run, taken)
            book.finish_run(run)
            anybody = any("graded" in found for found in book.statuses().values())
    index = None
    if anybody:
        given = options.marks or marks.find(folder)
        settled = settle(out, root, policy=options.policy, given=given)
        index = write_index(settled, out, each.language)
    return ClassResult(out, taken, tally, index)


def _warm(batch: Batch, root: Path, tally: Tally, fresh: Sequence[Handed]) -> None:
    """What would go wrong for all is found before any worker starts."""

    def show(event: Event) -> None:
        batch.on_tally(tally, (("reference", event),), None, None)

    def parcels() -> Iterator[Parcel]:
        for each in fresh:
            with suppress(OSError):  # said when its turn comes
                yield batch.pack(each)

    warm(root, parcels(), batch.options, show)


def _record_missing(book: Gradebook, run: int, taken: Intake) -> None:
    """Those of the roster who handed in nothing stand in the gradebook too, and those who handed in
    nothing that could be graded."""
    known = book.statuses()
    for entry in taken.entries:
        status = "unreadable" if entry.problems else "missing"
        stands = known.get(entry.student, set())
        if not entry.attempts and (not stands or stands == {"missing"} != {status}):
            book.record(
                run,
                student=entry.student,
                name=entry.name,
                source="",
                number=1,
                handed_in=None,
                notebook=None,
                sha256=None,
                key="",
                status=status,
                reason="; ".join(problem.reason.en for problem in entry.problems)
                or "nothing was handed in",
                grade=None,
                observations=None,
                seconds=0.0,
            )


def _handed(taken: Intake, policy: Policy) -> Iterator[Handed]:
    for entry in taken.entries:
        for one in chosen(entry, policy):
            yield Handed(one.student, one.name, one.number, one.source, one.path, one.handed_in)


def _workers(options: ClassOptions, each: Options, place: Path) -> AbstractContextManager[Workers]:
    if options.executor == "local":
        jobs = options.jobs or (1 if not each.quick and gpu(each.device) else None)
        return local(jobs_here(jobs, train=not each.quick), place)
    if options.scheduler is None:
        raise UsageError("--executor dask needs --scheduler tcp://HOST:PORT")
    return dask(options.scheduler, gpu=each.device.startswith("gpu"), jobs=options.jobs)


def _options(each: Options) -> dict[str, Any]:
    shown = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(each).items()}
    del shown["secret"]
    return {**shown, "versions": environment.versions()}
