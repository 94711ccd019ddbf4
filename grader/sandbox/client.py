"""nbclient and jupyter_client, with the kernel's command line confined. The only user of both."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat.v4
import zmq
from jupyter_client import KernelConnectionInfo
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError

from .room import Confined
from .syscalls import handed_over

KEPT = 20_000
"""Characters of a cell's output that are kept for the report."""
MAX_MESSAGE = 16 * 2**20
"""Bytes of one message from the kernel; after a larger one nothing more is received."""
OUTPUT_SECONDS = 20
"""How long after a cell's end its output may keep coming; then it counts as too large to come."""
MAX_WAITING = 16
"""Messages of each socket that wait in our memory; more wait in the kernel's."""
OVERHEAD = 100
"""Characters that a message counts for whatever it says, so that empty ones are a flood too."""


class KernelGone(Exception):
    """The kernel's process ended."""


class _Provisioner(LocalProvisioner):
    """Starts the confined command where jupyter_client would start the bare one."""

    confined: Confined
    log_file: Path

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        prepared = await super().pre_launch(**kwargs)
        file = prepared["cmd"][-1]
        prepared["cmd"] = [a.replace("{connection_file}", file) for a in self.confined.command]
        prepared["env"] = dict(self.confined.environment)
        return prepared

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        with self.log_file.open("wb") as log:
            streams = {**kwargs, "stdout": log, "stderr": log}
            if not self.confined.syscalls:
                return await super().launch_kernel(cmd, **streams)
            syscalls = handed_over(self.confined.syscalls)
            try:
                command = [a.replace("{syscalls}", str(syscalls)) for a in cmd]
                return await super().launch_kernel(command, pass_fds=(syscalls,), **streams)
            finally:
                os.close(syscalls)


class _Client(NotebookClient):
    """An nbclient that keeps text outputs up to a limit, and notices a flood."""

    kept: str = ""
    seen: int = 0
    limit: int = 0
    on_flood: Callable[[], None]

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> None:
        if msg["msg_type"] == "status":
            super().process_message(msg, cell, cell_index)
            return
        content = msg["content"]
        data = content.get("data")
        text = content.get("text") or (data.get("text/plain") if isinstance(data, dict) else None)
        text = text if isinstance(text, str) else ""
        self.kept += text[: max(0, KEPT - len(self.kept))]
        self.seen += len(text) + OVERHEAD
        if self.seen > self.limit:
            self.on_flood()


class CellClient:
    """One kernel's client: executes source, interrupts, and knows when the kernel is gone."""

    def __init__(
        self, manager: AsyncKernelManager, client: _Client, kc: AsyncKernelClient, log_file: Path
    ) -> None:
        self._manager = manager
        self._kc = kc
        self._client = client
        self._log_file = log_file
        process = manager.provisioner.process  # type: ignore[union-attr]
        self.pid: int = process.pid
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = asyncio.create_task(self._watch_end())

    async def until(self, connected: asyncio.Future[None], seconds: float) -> None:
        """Wait until the kernel has connected to the grader.

        Raises:
            KernelGone: its process ended first.
            TimeoutError: it took longer than ``seconds``.
        """
        await asyncio.wait(
            {connected, self.gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if not connected.done():
            raise KernelGone if self.gone.done() else TimeoutError

    async def ready(self, seconds: float) -> None:
        await self._kc.wait_for_ready(timeout=seconds)

    async def execute(self, source: str) -> None:
        self._client.kept, self._client.seen = "", 0
        cell = nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]
        self._client.nb.cells = [cell]
        try:
            await self._client.async_execute_cell(cell, 0, store_history=False)
        except CellTimeoutError:
            self._client.on_flood()

    async def interrupt(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._manager.interrupt_kernel(), 2.0)

    def printed(self) -> str:
        return self._client.kept

    @property
    def alive(self) -> bool:
        return not self.gone.done()

    def boot_log(self) -> str:
        with contextlib.suppress(OSError):
            return self._log_file.read_bytes()[-4000:].decode(errors="replace")
        return ""

    def mark_gone(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    async def close(self) -> None:
        self._poll.cancel()
        self.mark_gone()
        self._kc.stop_channels()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._manager.shutdown_kernel(now=True), 5.0)
        self._manager.context.destroy(linger=0)

    async def _watch_end(self) -> None:
        while await self._manager.is_alive():
            await asyncio.sleep(0.1)
        self.mark_gone()


async def start_client(
    confined: Confined, folder: Path, output: int, over_limit: Callable[[str], None]
) -> CellClient:
    """Launch the confined kernel; ``over_limit("output")`` is called when a cell prints too much.

    ``output`` is more than what the kernel's own side lets a cell print: this one is believed.

    Raises:
        OSError: there is no such command.
    """
    manager = AsyncKernelManager(
        transport="ipc", ip=str(folder / "k"), connection_file=str(folder / "kernel.json")
    )
    manager.log.setLevel(logging.CRITICAL)
    manager.context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
    manager.context.setsockopt(zmq.RCVHWM, MAX_WAITING)
    spec = KernelSpec(argv=["{connection_file}"], interrupt_mode="message", language="python")
    manager._kernel_spec = spec
    provisioner = _Provisioner(parent=manager, kernel_spec=spec, kernel_id="student")
    provisioner.confined = confined
    provisioner.log_file = folder.with_name("kernel.log")
    manager.provisioner = provisioner
    await manager.start_kernel()
    client = _Client(
        nbformat.v4.new_notebook(),  # type: ignore[no-untyped-call]
        km=manager,
        timeout=None,
        allow_errors=True,
        iopub_timeout=OUTPUT_SECONDS,
        raise_on_iopub_timeout=True,
    )
    client.limit, client.on_flood = output, lambda: over_limit("output")
    client.log.setLevel(logging.CRITICAL)
    client.reset_execution_trackers()
    kc = manager.client(context=manager.context)
    assert isinstance(kc, AsyncKernelClient)
    kc.start_channels()
    kc.allow_stdin = False
    client.kc = kc
    return CellClient(manager, client, kc, provisioner.log_file)
