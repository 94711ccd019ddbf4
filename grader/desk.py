"""One notebook at work in one kernel: its cells are run, its probes asked, whatever happens to it.

A kernel that dies is replaced: the cells run again, of the one that killed it only what defines
something, and the next probe is asked. All that a student's code does to its kernel comes back as
a fault, as data.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .model import Bait, Caught, Cell, CellRun, Fault, FaultKind, Runtime, Submission
from .progress import Event, OnEvent
from .salvage import salvaged
from .sandbox.kernel import Answer, Kernel, OnMessage
from .sandbox.line import Budget
from .sandbox.room import Limits, Sandbox

RESTARTS = 12
MUTE = 2
"""Kernels in a row that ran the notebook and then answered nothing: a third would not either."""
HANDED_ON = ("export", "train", "evaluate")
"""Probes whose answers are not kept beside the others."""
NOTES_SECONDS = 12.0
MAX_TEXT = 1000
MAX_NUMBER = 10**6
"""More than any notebook has of cells or lines."""
_CELL = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Setting:
    """What a kernel is started with, the same for each of a notebook's kernels."""

    sandbox: Sandbox
    drivers: Sequence[str]
    given: Sequence[str]
    data: Mapping[str, Path]
    limits: Limits
    seed: int
    threads: int
    gpu: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    as_submitted: bool = False
    runtime: Runtime = "keras3"
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies in the notebook's working folder, by relative path."""
    recorded: Sequence[Mapping[str, Any]] = ()
    """Modules that only note how they are called (see :mod:`grader.kernel.standins`)."""


@dataclass
class Desk:
    """A notebook and the kernel that runs it. Open it, ask it, close it."""

    submission: Submission
    setting: Setting
    on_event: OnEvent
    extra: tuple[Cell, ...] = ()
    """Other versions of its cells (same ``index``), to be run later with :meth:`rerun`."""
    decoy: bytes = b""
    """An answer key for thieves."""
    opened: list[Caught] = field(default_factory=list)
    """When the decoy was opened."""
    cells: dict[int, CellRun] = field(default_factory=dict)
    _kernel: Kernel | None = None
    _salvaged: dict[int, Cell] = field(default_factory=dict)
    """What is left of cells that killed a kernel."""
    _budget: Budget = field(default_factory=Budget)
    _starts: int = 0
    _mute: int = 0
    _deadline: float = field(default_factory=time.monotonic)

    async def open(self) -> None:
        """Start a kernel and run the notebook; again with less of a cell that killed it, as needed.

        Raises:
            KernelUnavailable: the kernel did not start.
        """
        self.afresh()
        await self._ready()

    async def ask(
        self,
        request: Mapping[str, Any],
        seconds: float | None = None,
        on_message: OnMessage | None = None,
    ) -> Answer | Fault:
        """One probe's answer, from a kernel in which the notebook has run."""
        if not await self._ready():
            return self._no_kernel()
        assert self._kernel is not None
        budget = None if request.get("probe") in HANDED_ON else self._budget
        limit = max(1.0, min(seconds or self.setting.limits.probe_seconds, self.left))
        answer = await self._kernel.ask(request, limit, on_message, budget)
        self._look(task=str(request.get("task", "")))
        return answer

    async def close(self) -> None:
        if self._kernel is not None:
            await self._kernel.close()
            self._kernel = None

    @property
    def alive(self) -> bool:
        return self._kernel is not None and self._kernel.alive

    @property
    def left(self) -> float:
        """Seconds until the submission's own time is up."""
        return self._deadline - time.monotonic()

    def afresh(self) -> None:
        """What is asked from here on is an observation of its own: its time and its bytes of
        answers are counted from nothing."""
        self._deadline = time.monotonic() + self.setting.limits.submission_seconds
        self._budget = replace(self._budget, spent=0)

    def extend(self, seconds: float) -> None:
        """Give the submission this much more time: it was spent on something else."""
        self._deadline += seconds

    async def rerun(self, cell: Cell) -> Fault | None:
        """Run one of ``extra``, or a cell again, in the namespace as it stands."""
        if not await self._ready():
            return self._no_kernel()
        assert self._kernel is not None
        _, fault = await self._kernel.run(cell, self.setting.limits.cell_seconds)
        return fault

    # ------------------------------------------------------------------ private

    def _no_kernel(self) -> Fault:
        """Why no kernel is to be had any more: the time is up, or each one died."""
        if self.left <= 0:
            return Fault(FaultKind.TIME, f"{self.setting.limits.submission_seconds:g} s")
        return Fault(FaultKind.DIED, "")

    async def _ready(self) -> bool:
        while not self.alive:
            await self.close()
            if self._starts > RESTARTS or self._mute >= MUTE or self.left < 0:
                return False
            self._starts += 1
            await self._start()
        return True

    async def _start(self) -> None:
        setting = self.setting
        self.on_event(Event("start", 0, 1))
        self._kernel = await Kernel.start(
            setting.sandbox,
            cells=(*self.submission.code_cells(), *self._salvaged.values(), *self.extra),
            drivers=setting.drivers,
            given=setting.given,
            data=setting.data,
            limits=setting.limits,
            seed=setting.seed,
            threads=setting.threads,
            as_submitted=setting.as_submitted,
            gpu=setting.gpu,
            environment=setting.environment,
            runtime=setting.runtime,
            files=setting.files,
            recorded=setting.recorded,
            decoy=self.decoy,
        )
        if await self._run_cells():
            await self._take_notes()

    async def _run_cells(self) -> bool:
        """True when all cells ran; False when one killed the kernel (next time less of it runs)."""
        assert self._kernel is not None
        whole = self.submission.code_cells()
        todo = [cell for c in whole if (cell := self._salvaged.get(c.index, c)).source.strip()]
        for done, cell in enumerate(todo):
            self.on_event(Event("cell", done, len(todo), detail=str(cell.index + 1)))
            started = time.monotonic()
            limit = min(self.setting.limits.cell_seconds, max(1.0, self.left))
            printed, fault = await self._kernel.run(cell, limit)
            self._look(cell.index)
            seconds = time.monotonic() - started
            if fault is not None:
                fault = replace(fault, cell=cell.index)
            if cell.index not in self._salvaged:  # else its first run, which was whole, is told
                self.cells[cell.index] = CellRun(cell.index, seconds, printed, fault)
            if fault is not None:
                self._blame(cell, todo[done - 1] if done else None, fault)
                return False
        return True

    def _look(self, cell: int | None = None, task: str = "") -> None:
        """Note that the decoy was opened, if it was, while ``cell`` ran or ``task`` was asked."""
        if self._kernel is not None and self._kernel.tripped():
            self.opened.append(Caught(Bait.FILE, cell, task, opened=True))

    def _blame(self, cell: Cell, before: Cell | None, fault: Fault) -> None:
        """Of a cell that killed the kernel only its definitions are run; then nothing.

        Where definitions alone seem to kill, it was what ran before them: a kernel may take a
        moment to die.
        """
        again = cell.index in self._salvaged
        if again and before is not None and before.index not in self._salvaged:
            del self._salvaged[cell.index]
            cell, again = before, False
            fault = replace(fault, cell=cell.index)
            self.cells[cell.index] = replace(self.cells[cell.index], fault=fault)
        less = "" if again else salvaged(cell.source, self.setting.drivers)
        self._salvaged[cell.index] = replace(cell, source=less)

    async def _take_notes(self) -> None:
        """The errors that cells raised, as the recorder inside kept them."""
        assert self._kernel is not None
        answer = await self._kernel.ask({"probe": "notes"}, NOTES_SECONDS)
        self._mute = self._mute + 1 if isinstance(answer, Fault) else 0
        if isinstance(answer, Fault):
            return
        for index, value in read_faults(answer.get("failures")).items():
            run = self.cells.get(index)
            if run is not None and run.fault is None:
                self.cells[index] = replace(run, fault=value)


def read_faults(value: Any) -> dict[int, Fault]:
    """Faults by cell, as a kernel tells them."""
    if not isinstance(value, dict):
        return {}
    return {int(k): read_fault(v) for k, v in value.items() if _CELL.fullmatch(k)}


def read_fault(value: Any) -> Fault:
    """A fault as a kernel tells it: untrusted, so each field is forced into its type and size."""
    fields: Mapping[str, Any] = value if isinstance(value, dict) else {}
    try:
        kind = FaultKind(str(fields.get("kind")))
    except ValueError:
        kind = FaultKind.EXCEPTION
    return Fault(
        kind,
        _text(fields.get("message")),
        _text(fields.get("type"))[:100],
        _number(fields.get("cell")),
        _number(fields.get("line")),
        _text(fields.get("source"))[:300],
    )


def _text(value: Any) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < MAX_NUMBER else None
