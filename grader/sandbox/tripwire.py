"""Notices that a file is opened, by whomever and through whichever mount: Linux's inotify."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

IN_OPEN = 0x20
_EVENTS = 4096
"""Bytes of events that are read at once: each of a single file takes sixteen."""


class Tripwire:
    """Lies on one file until it is closed. Where the system has no inotify, it never trips."""

    def __init__(self) -> None:
        self._events = -1

    def lay(self, file: Path) -> None:
        """Watch ``file``, which is there, from now on."""
        if sys.platform == "linux":
            libc = ctypes.CDLL(None)
            self._events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
            if self._events >= 0:
                libc.inotify_add_watch(self._events, os.fsencode(file), IN_OPEN)

    def tripped(self) -> bool:
        """Whether the file was opened since this was asked last."""
        if self._events < 0:
            return False
        try:
            return bool(os.read(self._events, _EVENTS))
        except BlockingIOError:
            return False

    def close(self) -> None:
        if self._events >= 0:
            os.close(self._events)
            self._events = -1
