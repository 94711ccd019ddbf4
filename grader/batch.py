"""A class folder over any ``concurrent.futures.Executor``; killed at any point, it goes on.

Each result is written whole the moment that it exists; what stands in the gradebook with the same
key is not graded again. One submission never stops the others: a fault of the grader is tried once
more and then listed as *ungraded*.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from json import loads
from pathlib import Path

from .errors import GradingFailed
from .executors import Report, Workers, grade_parcel
from .gradebook import Gradebook
from .notebook import MAX_BYTES
from .parcel import Outcome, Parcel, course_digest, describe, grade_key
from .preparing import Options
from .report.deliver import write_student

TRIES = 2
POLL = 0.2
AHEAD = 2
"""Parcels under way for each worker: enough that none waits, few enough to be small."""


@dataclass(frozen=True)
class Handed:
    """One notebook of the class, and what the gradebook says of it. Its file is read when its
    turn comes: a whole class would not fit into memory."""

    student: str
    name: str
    number: int
    source: str
    path: Path
    handed_in: datetime | None

    @property
    def label(self) -> str:
        """What it is called while it is graded; tells the notebooks of a class apart."""
        who = self.name if self.name == self.student else f"{self.name} ({self.student})"
        return who if self.number == 1 else f"{who} #{self.number}"


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


@dataclass(frozen=True)
class _Try:
    handed: Handed
    count: int = 0
    parcel: Parcel | None = None
    """Packed when it is handed out."""


@dataclass
class Batch:
    """One call of ``grade class/``. ``course`` is packed (:func:`grader.parcel.pack_course`)."""

    book: Gradebook
    run: int
    out: Path
    course: bytes
    options: Options
    data_digest: str
    workers: Workers
    on_tally: OnTally
    work: Callable[[Parcel], Outcome] = grade_parcel
    _waiting: deque[_Try] = field(default_factory=deque)
    _under_way: dict[Future[Outcome], _Try] = field(default_factory=dict)

    def grade(self, handed: Sequence[Handed]) -> Tally:
        """Grade all that is not in the gradebook yet; returns how it ended.

        Raises:
            GradingFailed: results cannot be written; what was written before is whole.
        """
        return self.finish(*self.standing(handed))

    def standing(self, handed: Sequence[Handed]) -> tuple[Tally, list[Handed]]:
        """How the batch stands before it begins, and what is left to do."""
        tally, fresh = Tally(len(handed)), []
        for each in handed:
            key = self._key(_sha256(each.path))
            found = None if self.options.fresh else self.book.stands(each.student, each.number, key)
            if found is None:
                fresh.append(each)
                continue
            self.book.describe(each.student, each.number, each.name, each.source, each.handed_in)
            tally = _counted(tally, each, found.status, found.reason)
            if found.status == "graded":
                tally = replace(tally, reused=tally.reused + 1)
        return tally, fresh

    def finish(self, tally: Tally, fresh: Sequence[Handed]) -> Tally:
        """Grade what :meth:`standing` found left. Raises as :meth:`grade`."""
        self.on_tally(tally, (), None, None)
        self._waiting.extend(_Try(each) for each in fresh)
        executor = self.workers.make() if fresh else None
        while self._waiting or self._under_way:
            assert executor is not None
            broken = not self._fill(executor)
            done, _ = wait(self._under_way, timeout=POLL, return_when=FIRST_COMPLETED)
            self.on_tally(tally, self.workers.reports(), None, None)
            for future in done:
                if future.cancelled():
                    raise GradingFailed(
                        "the workers were taken away (the cluster's scheduler ended?): what was "
                        "graded is kept; give the same command again to go on"
                    )
                broken = broken or isinstance(future.exception(), BrokenExecutor)
                tally = self._ended(tally, future)
            if broken:
                executor = self.workers.make()
        return tally

    def pack(self, handed: Handed) -> Parcel:
        """All that a worker needs to grade it.

        Raises:
            OSError: its file cannot be read (any more).
        """
        return Parcel(
            handed.student,
            handed.number,
            handed.path.name,
            _bytes(handed.path),
            self.course,
            self.options,
            handed.label,
        )

    # ------------------------------------------------------------------ private

    def _fill(self, executor: Executor) -> bool:
        """Hand out parcels up to a few for each worker; False where the pool is broken.

        A second try is made alone: whose worker dies then has nobody else to blame, or to harm.
        """
        most = AHEAD * self.workers.width()
        while self._waiting and len(self._under_way) < most:
            following = self._waiting[0]
            second = following.count or any(one.count for one in self._under_way.values())
            if self._under_way and second:
                break
            try:
                parcel = self.pack(following.handed)
            except OSError as error:  # nobody else's trouble: this one is ungraded
                future: Future[Outcome] = Future()
                future.set_exception(error)
                self._under_way[future] = replace(self._waiting.popleft(), count=TRIES)
                continue
            try:
                future = executor.submit(self.work, parcel)
            except BrokenExecutor:
                return False
            self._under_way[future] = replace(self._waiting.popleft(), parcel=parcel)
        return True

    def _ended(self, tally: Tally, future: Future[Outcome]) -> Tally:
        """What came back is kept, or tried once more."""
        one, error = self._under_way.pop(future), future.exception()
        if error is not None and one.count + 1 < TRIES:
            self._waiting.append(_Try(one.handed, one.count + 1))
            return tally
        outcome = future.result() if error is None else _ungraded(error)
        try:
            self._keep(one.handed, one.parcel, outcome)
        except (GradingFailed, OSError):
            raise  # no place for results: nobody's could be kept
        except Exception as error:  # noqa: BLE001  whatever this one's result has in it
            outcome = _ungraded(error)
            self._keep(one.handed, None, outcome)
        tally = _counted(tally, one.handed, outcome.status, outcome.reason)
        if outcome.broken:
            tally = replace(tally, ungraded=(*tally.ungraded, _partly(one.handed, outcome)))
        self.on_tally(tally, (), one.handed, outcome)
        return tally

    def _keep(self, handed: Handed, parcel: Parcel | None, outcome: Outcome) -> None:
        """Files first, then the record: what the gradebook names is there."""
        if outcome.status == "graded":
            self._write(handed, outcome)
        self.book.record(
            self.run,
            student=handed.student,
            name=handed.name,
            source=handed.source,
            number=handed.number,
            handed_in=handed.handed_in,
            notebook=parcel.notebook if parcel else None,
            sha256=parcel.sha256 if parcel else None,
            # What the grader broke on does not stand: the next call tries it again.
            key=self._key(parcel.sha256) if parcel and not outcome.broken else "",
            status=outcome.status,
            reason=outcome.reason,
            grade=loads(outcome.grade_file) if outcome.grade_file else None,
            observations=outcome.observations or None,
            seconds=outcome.seconds,
        )

    def _key(self, sha256: str) -> str:
        return grade_key(sha256, course_digest(self.course), self.options, self.data_digest)

    def _write(self, handed: Handed, outcome: Outcome) -> None:
        try:
            place, files = (handed.student, handed.number), (outcome.page, outcome.grade_file)
            write_student(self.out, *place, *files, outcome.staff)
        except OSError as error:
            raise GradingFailed(
                f"{self.out}: the results of {handed.student} cannot be written: {error}; all that "
                "was graded before is kept: make room, then give the same command to go on"
            ) from error


def _sha256(path: Path) -> str:
    """Of a file, or nothing where it cannot be read: that is said when its turn comes."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _ungraded(error: BaseException) -> Outcome:
    return Outcome("ungraded", describe(error))


def _partly(handed: Handed, outcome: Outcome) -> str:
    return f"{handed.name} ({handed.source}): the grader failed on {', '.join(outcome.broken)}"


def _counted(tally: Tally, handed: Handed, status: str, reason: str) -> Tally:
    why = reason.removeprefix(Path(handed.source).name).lstrip(":, ")
    said = f"{handed.name} ({handed.source}): {why}"
    tally = replace(tally, done=tally.done + 1)
    if status == "ungraded":
        return replace(tally, ungraded=(*tally.ungraded, said))
    if status == "unreadable":
        return replace(tally, unreadable=(*tally.unreadable, said))
    return tally


def _bytes(path: Path) -> bytes:
    """The file's bytes; of one that is too large as many as show it, for it is refused anyway."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
