"""A class folder over any ``concurrent.futures.Executor``; killed at any point, it goes on.

Each result is written whole the moment that it exists; what stands in the gradebook with the same
key is not graded again. One submission never stops the others: a fault of the grader is tried once
more and then listed as *ungraded*.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from datetime import datetime
from json import loads
from pathlib import Path

from .executors import Report, run
from .gradebook import Gradebook
from .parcel import Outcome, Parcel, describe
from .report.deliver import write_student

TRIES = 2
POLL = 0.2
AHEAD = 2
"""Parcels under way for each worker: enough that none waits, few enough to be small."""


@dataclass(frozen=True)
class Handed:
    """One notebook of the class, with what the gradebook says of it."""

    parcel: Parcel
    name: str
    source: str
    handed_in: datetime | None


@dataclass(frozen=True)
class Tally:
    """How a batch stands."""

    total: int
    done: int
    reused: int
    ungraded: tuple[str, ...]
    running: int


OnTally = Callable[[Tally, Sequence[Report], Handed | None, Outcome | None], None]


@dataclass
class Batch:
    """One call of ``grade class/``."""

    book: Gradebook
    run: int
    out: Path
    data_digest: str
    width: int
    make: Callable[[], Executor]
    reports: Callable[[], list[Report]]
    on_tally: OnTally

    def grade(self, handed: Iterable[Handed]) -> Tally:
        """Grade all that is not in the gradebook yet; returns how it ended."""
        everything = list(handed)
        waiting = deque((h, 0) for h in everything if not self._stands(h))
        tally = Tally(
            len(everything), len(everything) - len(waiting), len(everything) - len(waiting), (), 0
        )
        executor = self.make()
        under_way: dict[Future[Outcome], tuple[Handed, int]] = {}
        self.on_tally(tally, (), None, None)
        while waiting or under_way:
            while waiting and len(under_way) < AHEAD * self.width:
                item = waiting.popleft()
                try:
                    under_way[executor.submit(run, item[0].parcel)] = item
                except BrokenExecutor:
                    waiting.appendleft(item)
                    executor = self.make()
            done, _ = wait(under_way, timeout=POLL, return_when=FIRST_COMPLETED)
            reports = self.reports()
            for future in done:
                item, tries = under_way.pop(future)
                outcome, again = _outcome(future, tries)
                if again:
                    waiting.append((item, tries + 1))
                    continue
                self._keep(item, outcome)
                tally = _counted(tally, item, outcome, len(under_way))
                self.on_tally(tally, reports, item, outcome)
            if not done:
                self.on_tally(tally, reports, None, None)
            if any(isinstance(f.exception(), BrokenExecutor) for f in done):
                executor = self.make()
        return tally

    def _stands(self, handed: Handed) -> bool:
        return self.book.graded(handed.parcel.key(self.data_digest))

    def _keep(self, handed: Handed, outcome: Outcome) -> None:
        """Files first, then the record: what the gradebook names is there."""
        parcel = handed.parcel
        if outcome.status == "graded":
            write_student(self.out, parcel.student, parcel.number, outcome.page, outcome.grade_file)
        self.book.record(
            self.run,
            student=parcel.student,
            name=handed.name,
            source=handed.source,
            number=parcel.number,
            handed_in=handed.handed_in,
            notebook=parcel.notebook,
            sha256=parcel.sha256,
            key=parcel.key(self.data_digest),
            status=outcome.status,
            reason=outcome.reason,
            grade=loads(outcome.grade_file) if outcome.grade_file else None,
            observations=outcome.observations or None,
            seconds=outcome.seconds,
        )


def _outcome(future: Future[Outcome], tries: int) -> tuple[Outcome, bool]:
    """The outcome, and whether to try once more instead of keeping it."""
    error = future.exception()
    if error is None:
        return future.result(), False
    return Outcome("ungraded", describe(error)), tries + 1 < TRIES


def _counted(tally: Tally, handed: Handed, outcome: Outcome, running: int) -> Tally:
    ungraded = tally.ungraded
    if outcome.status == "ungraded":
        ungraded = (*ungraded, f"{handed.name} ({handed.source}): {outcome.reason}")
    return Tally(tally.total, tally.done + 1, tally.reused, ungraded, running)
