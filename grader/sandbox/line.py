"""The trusted end of the socket to one kernel: one connection, frames of bounded size."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.kernel.wire import REPLY_DEPTH, REPLY_HEADER, REPLY_NODES, WireError, decode, encode

_LENGTH = struct.Struct(">Q")


@dataclass
class Budget:
    """Bytes of answers that are kept side by side, whichever kernels they come from."""

    total: int = 2**30
    spent: int = 0

    def take(self, length: int) -> None:
        """Raises: WireError when this answer would be too much."""
        if self.spent + length > self.total:
            raise WireError(f"more than {self.total} bytes of answers in all")
        self.spent += length


class Line:
    """Accepts the first who connects, and nobody after. ``limit``: bytes of one answer."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._server: asyncio.AbstractServer | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def listen(self, path: Path) -> None:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self.connected.done():
                writer.transport.abort()
                return
            self._reader, self._writer = reader, writer
            self.connected.set_result(None)
            self._stop_listening()
            path.unlink(missing_ok=True)

        self._server = await asyncio.start_unix_server(accept, path)

    async def send(self, tree: Mapping[str, Any]) -> None:
        """Raises: ConnectionError when the kernel hung up."""
        assert self._writer is not None
        frame = encode(dict(tree))
        self._writer.write(_LENGTH.pack(len(frame)) + frame)
        await self._writer.drain()

    async def receive(self, budget: Budget | None = None) -> dict[str, Any]:
        """The next message, always a dict; its bytes are taken from ``budget`` before it is read.

        Raises:
            WireError: what came is malformed, over the limit or more than the budget has.
            EOFError: the kernel hung up.
        """
        assert self._reader is not None
        (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
        if length > self._limit:
            raise WireError(f"an answer of {length} bytes is over the limit of {self._limit}")
        if budget is not None:
            budget.take(length)
        frame = await self._reader.readexactly(length)
        message = decode(frame, deepest=REPLY_DEPTH, header=REPLY_HEADER, nodes=REPLY_NODES)
        if not isinstance(message, dict):
            raise WireError("an answer is a dict")
        return message

    async def close(self) -> None:
        self._stop_listening()
        if self._writer is not None:
            self._writer.transport.abort()  # whatever waits to be sent, nobody will read it
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
