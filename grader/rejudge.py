"""Judge a graded class again, without running a notebook: after a change of points or thresholds.

Observations come from the cache. A submission whose trainings stopped before they could answer a
raised threshold, or whose observations are gone, is listed for a new run and keeps its grade.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from . import course, environment
from .again import Bench, Change, Judged, Stale
from .errors import UsageError
from .executors import cores_here
from .gradebook import Gradebook
from .parcel import course_digest, pack_course
from .report.deliver import write_student
from .settling import BOOK, settle, write_index
from .standing import Policy

__all__ = ["Change", "Rejudged", "rejudge"]

MANY = 30
"""Submissions that are worth the start of more processes."""

Place = tuple[str, int]
"""Student and number of a submission."""


@dataclass(frozen=True)
class Rejudged:
    """How a class came out of it."""

    judged: int
    changes: tuple[Change, ...]
    stale: tuple[str, ...]
    """Submissions to be run again, each with the reason."""
    index: Path | None = None
    """The class's page as it is now, where anybody is graded."""


def rejudge(
    out: Path, course_folder: Path | None, *, policy: Policy = "latest", given: Path | None = None
) -> Rejudged:
    """Judge every grade in ``out/grades.sqlite`` by the course as it stands now.

    ``policy`` and ``given`` (the file of hand-given marks) are for the class's page.

    Raises:
        UsageError: there is no gradebook, or no course.
        GradingFailed: the results cannot be written.
    """
    path = out / BOOK
    if not path.exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    root = course.find(course_folder, out, Path.cwd())
    digest = course_digest(pack_course(root))
    changes: list[Change] = []
    stale: list[str] = []
    with closing(Gradebook(path)) as book:
        writer = _Writer(book, out, digest)
        places = book.graded()
        for place, judged in _all(path, root, digest, places):
            if isinstance(judged, Stale):
                stale.append(judged.said)
            else:
                writer.keep(place, judged)
                changes += judged.changes
        writer.finish()
    settled = settle(out, root, policy=policy, given=given)
    index = write_index(settled, out)
    return Rejudged(len(places) - len(stale), tuple(changes), tuple(stale), index)


def _all(
    book: Path, root: Path, digest: str, places: Sequence[Place]
) -> Iterator[tuple[Place, Judged | Stale]]:
    """Each submission with how it came out; on all cores where there are many."""
    if len(places) < MANY:
        with closing(Bench(book, root, digest)) as bench:
            for place in places:
                yield place, bench.judge(*place)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        cores_here(), mp_context=context, initializer=_begin, initargs=(book, root, digest)
    ) as pool:
        yield from zip(places, pool.map(_judged, places, chunksize=5), strict=True)


_own: Bench | None = None


def _begin(book: Path, root: Path, digest: str) -> None:
    """In a new process."""
    global _own
    _own = Bench(book, root, digest)


def _judged(place: Place) -> Judged | Stale:
    assert _own is not None
    return _own.judge(*place)


class _Writer:
    """Keeps what came out differently; of what did not, it notes that it still stands."""

    def __init__(self, book: Gradebook, out: Path, digest: str) -> None:
        self._book, self._out, self._digest = book, out, digest
        self._runs: dict[str, int] = {}

    def keep(self, place: Place, judged: Judged) -> None:
        if not judged.page:
            self._book.confirm(*place, judged.key)
            return
        write_student(self._out, *place, judged.page, judged.text, judged.staff)
        self._book.judge_again(self._run(judged), *place, judged.key, json.loads(judged.text))

    def finish(self) -> None:
        for run in self._runs.values():
            self._book.finish_run(run)

    def _run(self, judged: Judged) -> int:
        """One for each set of options: a later rejudge needs to know how a grade came about."""
        options = {**judged.options, "versions": environment.versions()}
        name = json.dumps(options, sort_keys=True)
        if name not in self._runs:
            self._runs[name] = self._book.start_run("rejudge", "", self._digest, options)
        return self._runs[name]
