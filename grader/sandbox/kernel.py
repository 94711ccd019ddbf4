"""One student's kernel, seen from the trusted side: run a cell, ask a probe, end it.

nbclient drives an ipykernel that a :class:`~grader.sandbox.room.Sandbox` confines; probes and their
answers travel over a Unix socket of our own (:mod:`grader.kernel.wire`), which is what the limits on
an answer's size are enforced on. Whatever the kernel says is data; it is believed in nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import struct
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import KernelUnavailable
from grader.kernel.wire import WireError, decode, encode
from grader.model import Cell, Fault, FaultKind

from .client import CellClient, KernelGone, start_client
from .room import Limits, Room, Sandbox
from .watch import kill_tree, watch

START_SECONDS = 120.0
GRACE_SECONDS = 5.0
SERVE = "__import__('builtins')._grader_serve.one()"
_LENGTH = struct.Struct(">Q")

Answer = dict[str, Any]
OnMessage = Callable[[Answer], Awaitable[dict[str, Any]]]


class Kernel:
    """A booted kernel in its room. Made by :meth:`start`; always :meth:`close` it."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        self._limits = limits
        self._folder = folder
        self._client: CellClient | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._server: asyncio.AbstractServer | None = None
        self._over: str | None = None

    # ---------------------------------------------------------------- start, end

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
    ) -> Kernel:
        """Boot a kernel that knows ``cells`` (to number them) and records calls of ``drivers``.

        Raises:
            KernelUnavailable: it did not start, before any student code ran.
        """
        folder = Path(tempfile.mkdtemp(prefix="grade-"))
        kernel = cls(limits, folder)
        try:
            room = kernel._furnish(data, environment or {}, gpu)
            connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            await kernel._listen(room.shared / "grader", connected)
            confined = sandbox.confine(
                ("-s", "-c", _boot(sandbox, room), "-f", "{connection_file}"), room
            )
            kernel._client = await start_client(confined, room.shared, START_SECONDS, connected)
            settings = {
                "cells": [[c.index, c.source] for c in cells],
                "drivers": list(drivers),
                "given": list(given),
                "datasets": [name for name in data if not name.endswith("-standardised")],
                "data": dict(confined.data),
                "seed": seed,
                "threads": threads,
                "as_submitted": as_submitted,
            }
            await kernel._send(settings)
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
        kernel._watcher = asyncio.create_task(watch(kernel._client.pid, limits, kernel._over_limit))
        return kernel

    async def close(self) -> None:
        """End the kernel and everything it started, and remove its room."""
        if self._watcher is not None:
            self._watcher.cancel()
        if self._client is not None:
            kill_tree(self._client.pid)
            await self._client.close()
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def alive(self) -> bool:
        return self._client is not None and self._client.alive and self._over is None

    # ------------------------------------------------------------------- cells

    async def run(self, cell: Cell, seconds: float) -> tuple[str, Fault | None]:
        """Run one cell. Returns what it printed, and a fault only if the *kernel* had to be stopped.

        An exception in the cell is no fault here: the recorder inside keeps it (see ``notes``).
        """
        assert self._client is not None
        task = asyncio.create_task(self._client.execute(cell.source))
        stopped = await self._bounded(task, seconds)
        printed = self._client.printed()
        if stopped is None and not task.cancelled() and task.exception() is not None:
            stopped = self._death()
        if self._client.flooded:
            stopped = Fault(FaultKind.OUTPUT, f"more than {self._limits.output} characters printed")
            self._kill()
        return printed, stopped

    # ------------------------------------------------------------------ probes

    async def ask(
        self, request: Mapping[str, Any], seconds: float, on_message: OnMessage | None = None
    ) -> Answer | Fault:
        """One probe's answer, or the fault that kept it from coming."""
        assert self._client is not None
        if not self.alive:
            return self._death()
        execution = asyncio.create_task(self._client.execute(SERVE))
        exchange = asyncio.create_task(self._exchange(request, on_message))
        stopped = await self._bounded(exchange, seconds)
        if stopped is None and exchange.exception() is not None:
            error = exchange.exception()
            stopped = (
                Fault(FaultKind.UNUSABLE, f"the answer cannot be read: {error}")
                if isinstance(error, WireError)
                else self._death()
            )
            self._kill()
        if stopped is not None:  # by now the kernel is dead, and no reply will come
            execution.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await asyncio.wait_for(execution, GRACE_SECONDS)
        if exchange.done() and not exchange.cancelled() and exchange.exception() is None:
            return exchange.result()
        return stopped or self._death()

    async def _exchange(self, request: Mapping[str, Any], on_message: OnMessage | None) -> Answer:
        await self._send(request)
        while True:
            message = await self._receive()
            if not isinstance(message, dict):
                raise WireError("an answer is a dict")
            if message.get("final") is True:
                return message
            if on_message is None:
                raise WireError("a message came where only an answer may")
            await self._send(await on_message(message))

    # ----------------------------------------------------------------- plumbing

    def _furnish(self, data: Mapping[str, Path], environment: Mapping[str, str], gpu: bool) -> Room:
        shared = self._folder / "io"
        code = self._folder / "code"
        shared.mkdir(mode=0o700)
        source = Path(__file__).resolve().parent.parent / "kernel"
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, code / "kernel", ignore=ignore)
        variables = {**environment, "GRADER_SOCKET": str(shared / "grader")}
        return Room(shared, code, data, variables, self._limits, gpu)

    async def _listen(self, path: Path, connected: asyncio.Future[None]) -> None:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if connected.done():  # one kernel, one channel: whoever comes later is refused
                writer.close()
                return
            self._reader, self._writer = reader, writer
            connected.set_result(None)

        self._server = await asyncio.start_unix_server(accept, path)

    async def _send(self, tree: Mapping[str, Any]) -> None:
        assert self._writer is not None
        frame = encode(dict(tree))
        self._writer.write(_LENGTH.pack(len(frame)) + frame)
        await self._writer.drain()

    async def _receive(self) -> Any:
        assert self._reader is not None
        (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
        if length > self._limits.answer:
            raise WireError(f"an answer of {length} bytes is over the limit")
        return decode(await self._reader.readexactly(length))

    async def _bounded(self, task: asyncio.Task[Any], seconds: float) -> Fault | None:
        """Wait for ``task``; interrupt it when the time is up, and kill the kernel if that fails."""
        assert self._client is not None
        done, _ = await asyncio.wait(
            {task, self._client.gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if task in done:
            return None
        if self._client.gone in done:
            task.cancel()
            return self._death()
        await self._client.interrupt()
        done, _ = await asyncio.wait({task}, timeout=GRACE_SECONDS)
        late = Fault(FaultKind.TIME, f"{seconds:g} s")
        if not done:
            self._kill()
            task.cancel()
            return late
        return None

    def _over_limit(self, which: str) -> None:
        self._over = which
        self._kill()

    def _kill(self) -> None:
        if self._client is not None:
            kill_tree(self._client.pid)
            self._client.mark_gone()

    def _death(self) -> Fault:
        if self._over == "memory":
            return Fault(FaultKind.MEMORY, f"{self._limits.memory / 2**30:.1f} GiB")
        if self._over == "processes":
            return Fault(FaultKind.DIED, f"more than {self._limits.processes} processes")
        return Fault(FaultKind.DIED, "")


def _boot(sandbox: Sandbox, room: Room) -> str:
    code = sandbox.confine((), room).code
    return f"import sys; sys.path.insert(0, {code!r}); from kernel.boot import main; main()"
