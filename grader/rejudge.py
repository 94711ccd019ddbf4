"""Judge a graded class again, without running a notebook: after a change of points or thresholds.

Observations come from the cache. A submission whose trainings stopped before they could answer a
raised threshold, or whose observations are gone, is listed for a new run and keeps its grade.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import sys
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from . import course, environment
from .again import Bench, Change, Judged, Stale
from .errors import UsageError
from .gradebook import Gradebook, Reader
from .machine import cores_here
from .parcel import course_digest, pack_course
from .report.deliver import write_student
from .settling import BOOK, alone, settle, write_index
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
        UsageError: there is no gradebook, or no course, or the class is being graded.
        GradingFailed: the results cannot be written.
    """
    path = out / BOOK
    if not path.exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    root = course.find(course_folder, out, Path.cwd())
    with alone(out):
        return _rejudge(out, root, policy, given)


def _rejudge(out: Path, root: Path, policy: Policy, given: Path | None) -> Rejudged:
    path, digest = out / BOOK, course_digest(pack_course(root))
    changes: list[Change] = []
    stale: list[str] = []
    with closing(Reader(path)) as reader:
        places = reader.graded()
    with _judged(path, root, digest, places) as results, closing(Gradebook(path)) as book:
        writer = _Writer(book, out, digest)
        for place, judged in results:
            if isinstance(judged, Stale):
                stale.append(judged.said)
            else:
                writer.keep(place, judged)
                changes += judged.changes
        writer.finish()
    settled = settle(out, root, policy=policy, given=given)
    index = write_index(settled, out)
    return Rejudged(len(places) - len(stale), tuple(changes), tuple(stale), index)


@contextmanager
def _judged(
    book: Path, root: Path, digest: str, places: Sequence[Place]
) -> Iterator[Iterator[tuple[Place, Judged | Stale]]]:
    """Each submission with how it came out; by a process for each core where there are many.

    What all of them share (course, reference, known mistakes) is read for the first one. Where
    processes can be forked, as on Linux, the others find it read.
    """
    global _bench
    with closing(Bench(book, root, digest)) as bench:
        first = [bench.judge(*place) for place in places[:1]]
        rest = places[1:]
        if len(places) < MANY:
            yield zip(places, chain(first, (bench.judge(*place) for place in rest)), strict=True)
            return
        bench.close()  # no process may use a connection that another one opened
        _bench = bench
        gc.freeze()  # what was read stays: no process need look through it, or copy it, or end it
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        with ProcessPoolExecutor(
            cores_here(), mp_context=context, initializer=_begin, initargs=(book, root, digest)
        ) as pool:
            try:
                with warnings.catch_warnings():
                    # Python 3.12 warns of forks beside threads. OpenBLAS's are the only ones, and
                    # it makes them anew in a child.
                    warnings.simplefilter("ignore", DeprecationWarning)
                    others = pool.map(_judge, rest, chunksize=2)
            finally:
                _bench = None
            yield zip(places, chain(first, others), strict=True)


_bench: Bench | None = None
"""Of this process, or of the one that it was forked from."""


def _begin(book: Path, root: Path, digest: str) -> None:
    """In a new process."""
    global _bench
    _bench = _bench or Bench(book, root, digest)


def _judge(place: Place) -> Judged | Stale:
    assert _bench is not None
    return _bench.judge(*place)


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
