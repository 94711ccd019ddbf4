"""A folder for what a class's archives hold, which does not outlive its process, however that ends.

A process that is killed cannot remove its folder; the next one does. Which folders are in use is
told by a lock, which the system lets go with its holder.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .sandbox.remove import remove

YOUNG = 60.0
"""Seconds in which a folder may still be without its lock."""


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A new folder in the system's temporary one; those of this name that died are removed."""
    _sweep(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    handle = _locked(folder)
    try:
        yield folder
    finally:
        remove(folder)
        if handle is not None:
            os.close(handle)


def _sweep(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        try:
            young = time.time() - folder.stat().st_mtime < YOUNG
        except OSError:  # somebody else removes it
            continue
        handle = None if young else _locked(folder)
        if handle is not None:
            remove(folder)
            os.close(handle)


def _locked(folder: Path) -> int | None:
    """An open handle that holds the folder's lock; ``None`` where another holds it, or none can."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
