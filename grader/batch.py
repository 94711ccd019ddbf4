"""A class folder over any ``concurrent.futures.Executor``; killed at any point, it goes on.

Each result is written whole the moment that it exists; what stands in the gradebook with the same
key is not graded again. One submission never stops the others: a fault of the grader is tried once
more and then listed as *ungraded*.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime
from json import loads
from pathlib import Path

from .errors import GradingFailed
from .executors import Report, grade_parcel
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
    done: int = 0
    reused: int = 0
    """Graded by an earlier call, and unchanged since."""
    unreadable: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()

    @property
    def graded(self) -> int:
        """How many this call graded."""
        return self.done - self.reused - len(self.unreadable) - len(self.ungraded)


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
    work: Callable[[Parcel], Outcome] = grade_parcel

    def grade(self, handed: Sequence[Handed]) -> Tally:
        """Grade all that is not in the gradebook yet; returns how it ended.

        Raises:
            GradingFailed: results cannot be written; what was written before is whole.
        """
        tally, fresh = self.standing(handed)
        self.on_tally(tally, (), None, None)
        waiting = deque((each, 0) for each in fresh)
        if not waiting:
            return tally
        executor = self.make()
        under_way: dict[Future[Outcome], tuple[Handed, int]] = {}
        while waiting or under_way:
            broken = not self._fill(executor, waiting, under_way)
            done, _ = wait(under_way, timeout=POLL, return_when=FIRST_COMPLETED)
            self.on_tally(tally, self.reports(), None, None)
            for future in done:
                each, tries = under_way.pop(future)
                error = future.exception()
                broken = broken or isinstance(error, BrokenExecutor)
                if error is not None and tries + 1 < TRIES:
                    waiting.append((each, tries + 1))
                    continue
                outcome = future.result() if error is None else _ungraded(error)
                self._keep(each, outcome)
                tally = _counted(tally, each, outcome.status, outcome.reason)
                self.on_tally(tally, (), each, outcome)
            if broken:
                executor = self.make()
        return tally

    def standing(self, handed: Sequence[Handed]) -> tuple[Tally, list[Handed]]:
        """How the batch stands before it begins, and what is left to do."""
        tally, fresh = Tally(len(handed)), []
        for each in handed:
            parcel = each.parcel
            key = parcel.key(self.data_digest)
            found = self.book.stands(parcel.student, parcel.number, key)
            if found is None or parcel.options.fresh:
                fresh.append(each)
                continue
            self.book.describe(
                parcel.student, parcel.number, each.name, each.source, each.handed_in
            )
            tally = _counted(tally, each, found.status, found.reason)
            if found.status == "graded":
                tally = replace(tally, reused=tally.reused + 1)
        return tally, fresh

    def _fill(
        self,
        executor: Executor,
        waiting: deque[tuple[Handed, int]],
        under_way: dict[Future[Outcome], tuple[Handed, int]],
    ) -> bool:
        """Hand out parcels up to a few for each worker; False where the pool is broken.

        A second try is made alone: whose worker dies then has nobody else to blame, or to harm.
        """
        while waiting and len(under_way) < AHEAD * self.width:
            second = waiting[0][1] or any(tries for _, tries in under_way.values())
            if under_way and second:
                break
            try:
                future = executor.submit(self.work, waiting[0][0].parcel)
            except BrokenExecutor:
                return False
            under_way[future] = waiting.popleft()
        return True

    def _keep(self, handed: Handed, outcome: Outcome) -> None:
        """Files first, then the record: what the gradebook names is there."""
        parcel = handed.parcel
        if outcome.status == "graded":
            self._write(parcel, outcome)
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

    def _write(self, parcel: Parcel, outcome: Outcome) -> None:
        try:
            write_student(self.out, parcel.student, parcel.number, outcome.page, outcome.grade_file)
        except OSError as error:
            raise GradingFailed(
                f"{self.out}: the results of {parcel.student} cannot be written: {error}; all that "
                "was graded before is kept: make room, then give the same command to go on"
            ) from error


def _ungraded(error: BaseException) -> Outcome:
    return Outcome("ungraded", describe(error))


def _counted(tally: Tally, handed: Handed, status: str, reason: str) -> Tally:
    said = f"{handed.name} ({handed.source}): {reason}"
    tally = replace(tally, done=tally.done + 1)
    if status == "ungraded":
        return replace(tally, ungraded=(*tally.ungraded, said))
    if status == "unreadable":
        return replace(tally, unreadable=(*tally.unreadable, said))
    return tally
