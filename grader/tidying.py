"""The cache does not grow for ever: what was not used for long goes, and beyond a size the oldest.

What is kept: observations (a file each), decoded data sets (a folder each), comparisons of whole
classes (a file each). Whoever uses one says so (:func:`used`). Nothing that was used within a day
is removed, so nobody's is taken away from under them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DAY = 24 * 3600.0
UNUSED = 60 * DAY
"""Seconds after which what nobody used is removed."""
LARGEST = 20 * 2**30
"""Bytes above which the oldest is removed."""


@dataclass(frozen=True)
class _Entry:
    path: Path
    last: float
    size: int


def used(path: Path) -> None:
    """Say that ``path``, in a cache, is of use today."""
    with contextlib.suppress(OSError):
        os.utime(path)


def tidy(cache: Path, *, unused: float = UNUSED, largest: int = LARGEST) -> list[Path]:
    """Remove from ``cache`` what is older than ``unused`` seconds, and the oldest above ``largest``
    bytes; at most once a day. Returns what was removed."""
    now, stamp = time.time(), cache / "tidied"
    with contextlib.suppress(OSError):
        if now - stamp.stat().st_mtime < DAY:
            return []
    with contextlib.suppress(OSError):
        stamp.touch()
    total, gone = 0, []
    for entry in sorted(_entries(cache), key=lambda entry: entry.last, reverse=True):
        total += entry.size
        age = now - entry.last
        if age > unused or (total > largest and age > DAY):
            _remove(entry.path)
            gone.append(entry.path)
    return gone


def _entries(cache: Path) -> Iterator[_Entry]:
    for path in (*cache.glob("observations/*/*.wire"), *cache.glob("similarity/*.json")):
        with contextlib.suppress(OSError):  # somebody else removed it
            seen = path.stat()
            yield _Entry(path, seen.st_mtime, seen.st_size)
    for about in cache.glob("data/[!.]*/about.json"):
        with contextlib.suppress(OSError):
            size = sum(file.stat().st_size for file in about.parent.rglob("*"))
            yield _Entry(about.parent, about.stat().st_mtime, size)


def _remove(path: Path) -> None:
    """A folder loses first what makes it whole."""
    if path.is_dir():
        (path / "about.json").unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
