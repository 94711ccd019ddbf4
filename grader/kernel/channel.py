"""The kernel's end of the socket to the grader: one tree there, one tree back."""

from __future__ import annotations

import socket
import struct
from typing import Any

from .wire import REPLY_DEPTH, REPLY_HEADER, decode, encode

_LENGTH = struct.Struct(">Q")


class Channel:
    """A Unix socket that carries length-prefixed wire frames."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)

    def send(self, tree: Any) -> None:
        frame = encode(tree, deepest=REPLY_DEPTH, header=REPLY_HEADER)
        self._socket.sendall(_LENGTH.pack(len(frame)) + frame)

    def receive(self) -> Any:
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return decode(self._exactly(length))

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = self._socket.recv(min(count - len(data), 1 << 20))
            if not piece:
                raise ConnectionError("the grader closed the channel")
            data += piece
        return bytes(data)
