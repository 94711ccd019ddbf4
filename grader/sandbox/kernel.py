"""One student's kernel, seen from the trusted side: run a cell, ask a probe, end it.

nbclient drives an ipykernel that a :class:`~grader.sandbox.room.Sandbox` confines; probes and
their answers travel over a Unix socket of our own (:mod:`grader.sandbox.line`), where the limits on
an answer's size are enforced. Whatever the kernel says is data; it is believed in nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import KernelUnavailable
from grader.kernel.wire import WireError, file_tree
from grader.model import Cell, Fault, FaultKind, Runtime

from .client import CellClient, KernelGone, start_client
from .fence import PREFIX, Fence, fence
from .line import Budget, Line
from .remove import remove
from .room import DECOY, Limits, Room, Sandbox, furnish
from .tripwire import Tripwire
from .watch import end_marked, kill_tree, watch

START_SECONDS = 120.0
GRACE_SECONDS = 5.0
MARK = "GRADER_ROOM"
"""A variable that whatever a kernel starts inherits; its value tells them from other processes."""
SERVE = "__import__('builtins')._grader_serve.one()"

Answer = dict[str, Any]
OnMessage = Callable[[Answer], Awaitable[dict[str, Any]]]


class Kernel:
    """A booted kernel in its room. Made by :meth:`start`; always :meth:`close` it."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        self._limits = limits
        self._folder = folder
        self._client: CellClient | None = None
        self._line = Line(limits.answer)
        self._watcher: asyncio.Task[None] | None = None
        self._tripwire = Tripwire()
        self._fence = Fence()
        self._over: str | None = None

    @classmethod
    async def start(
        cls,
        sandbox: Sandbox,
        *,
        cells: Sequence[Cell],
        drivers: Sequence[str],
        given: Sequence[str],
        data: Mapping[str, Path],
        limits: Limits,
        seed: int,
        threads: int,
        as_submitted: bool = False,
        gpu: bool = False,
        environment: Mapping[str, str] | None = None,
        runtime: Runtime = "keras3",
        files: Mapping[str, bytes] | None = None,
        recorded: Sequence[Mapping[str, Any]] = (),
        decoy: bytes = b"",
    ) -> Kernel:
        """Boot a kernel that knows ``cells`` (to number them), records calls of ``drivers`` and of
        the modules ``recorded``, has ``files`` in its working folder, and a ``decoy`` to open.

        Raises:
            KernelUnavailable: it did not start, before any student code ran.
        """
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        kernel = cls(limits, folder)
        try:
            variables = {**(environment or {}), MARK: str(folder), "GRADER_RUNTIME": runtime}
            kernel._fence = fence(folder.name, 2 * limits.processes)
            prefix = kernel._fence.prefix
            room = furnish(folder, data, variables, limits, gpu, decoy, prefix)
            if decoy:
                kernel._tripwire.lay(room.code / DECOY)
            await kernel._line.listen(room.shared / "grader")
            boot = ("-s", "-c", _boot(sandbox, room), "-f", "{connection_file}")
            confined = sandbox.confine(boot, room)
            kernel._client = await start_client(
                confined, room.shared, 2 * limits.output, kernel._over_limit
            )
            await kernel._client.until(kernel._line.connected, START_SECONDS)
            settings = {
                "cells": [[c.index, c.source] for c in cells],
                "drivers": list(drivers),
                "given": list(given),
                "datasets": [name for name in data if not name.endswith("-standardised")],
                "data": dict(confined.data),
                "seed": seed,
                "threads": threads,
                "gpu": gpu,
                "as_submitted": as_submitted,
                "output": limits.output,
                "files": file_tree(files or {}),
                "recorded": [dict(module) for module in recorded],
            }
            await kernel._line.send(settings)
            await kernel._client.ready(START_SECONDS)
        except BaseException as error:
            said = kernel._client.boot_log() if kernel._client else ""
            await kernel.close()
            if isinstance(error, OSError | TimeoutError | RuntimeError | KernelGone):
                raise KernelUnavailable(
                    f"the student's kernel did not start in the {sandbox.name} sandbox: "
                    f"{error or type(error).__name__}. It said: {said[-800:] or 'nothing'}. "
                    "Try `grade doctor`"
                ) from error
            raise
        kernel._watcher = asyncio.create_task(
            watch(kernel._client.pid, folder, limits, kernel._over_limit)
        )
        return kernel

    async def close(self) -> None:
        """End the kernel and everything it started, and remove its room."""
        if self._watcher is not None:
            self._watcher.cancel()
        try:
            if self._client is not None:
                kill_tree(self._client.pid)
                await self._client.close()
            await self._line.close()
        finally:  # whoever cancels this while it waits leaves nothing behind either
            end_marked(str(self._folder))
            self._tripwire.close()
            self._fence.remove()
            remove(self._folder)

    @property
    def alive(self) -> bool:
        return self._client is not None and self._client.alive and self._over is None

    def tripped(self) -> bool:
        """Whether the decoy was opened since this was asked last."""
        return self._tripwire.tripped()

    async def run(self, cell: Cell, seconds: float) -> tuple[str, Fault | None]:
        """Run one cell. Returns what it printed, and a fault only if the *kernel* was stopped.

        An exception in the cell is no fault here: the recorder inside keeps it (see ``notes``).
        """
        assert self._client is not None
        if not self.alive:
            return "", self._death()
        execution = asyncio.create_task(self._client.execute(cell.source))
        stopped = await self._bounded(execution, {execution}, seconds)
        if stopped is None and (execution.exception() is not None or not self.alive):
            stopped = self._unreadable("the kernel's own messages cannot be read")
        return self._client.printed(), stopped

    async def ask(
        self,
        request: Mapping[str, Any],
        seconds: float,
        on_message: OnMessage | None = None,
        budget: Budget | None = None,
    ) -> Answer | Fault:
        """One probe's answer, which takes its bytes from ``budget``, or why none came."""
        assert self._client is not None
        if not self.alive:
            return self._death()
        execution = asyncio.create_task(self._client.execute(SERVE))
        exchange = asyncio.create_task(self._exchange(request, on_message, budget))
        stopped = await self._bounded(exchange, {exchange, execution}, seconds)
        if stopped is not None:  # by now the kernel is dead, and no reply will come
            _drop(execution)
            return stopped
        error = exchange.exception()
        if error is None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(execution, GRACE_SECONDS)
            return exchange.result()
        _drop(execution)
        if isinstance(error, WireError):
            return self._unreadable(f"the answer cannot be read: {error}")
        if isinstance(error, EOFError | ConnectionError):
            self._kill()
            return self._death()
        raise error  # the grader's own

    async def _exchange(
        self, request: Mapping[str, Any], on_message: OnMessage | None, budget: Budget | None
    ) -> Answer:
        await self._line.send(request)
        while True:
            message = await self._line.receive(budget)
            if message.get("final") is True:
                return message
            if on_message is None:
                raise WireError("a message came where only an answer may")
            await self._line.send(await on_message(message))

    async def _bounded(
        self, task: asyncio.Task[Any], any_of: set[asyncio.Task[Any]], seconds: float
    ) -> Fault | None:
        """Wait until one of ``any_of`` ends; ``task`` then ends too, or the kernel is killed.

        When the time is up, the kernel is interrupted first.
        """
        assert self._client is not None
        await asyncio.wait(
            {*any_of, self._client.gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        in_time = any(t.done() for t in any_of)
        if not task.done() and not self._client.gone.done():
            if not in_time:
                await self._client.interrupt()
            await asyncio.wait(
                {task, self._client.gone},
                timeout=GRACE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
        if task.done():
            return None
        _drop(task)
        if self._client.gone.done():
            return self._death()
        if in_time:
            return self._unreadable("no answer came")
        self._kill()
        return Fault(FaultKind.TIME, f"{seconds:g} s")

    def _over_limit(self, which: str) -> None:
        self._over = which
        self._kill()

    def _kill(self) -> None:
        if self._client is not None:
            kill_tree(self._client.pid)
            self._client.mark_gone()

    def _unreadable(self, why: str) -> Fault:
        if not self.alive:
            return self._death()
        self._kill()
        return Fault(FaultKind.UNUSABLE, why)

    def _death(self) -> Fault:
        return self._limits.exceeded(self._over or "")


def _drop(task: asyncio.Task[Any]) -> None:
    """End a task whose outcome is nobody's any more, its exception included."""
    task.cancel()
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


def _boot(sandbox: Sandbox, room: Room) -> str:
    code = sandbox.confine((), room).code
    return f"import sys; sys.path.insert(0, {code!r}); from kernel.boot import main; main()"
