"""How much an archive may ask for, and the checks that every kind of archive has to pass."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

from grader.model import Text

from . import names, reasons


@dataclass(frozen=True)
class Limits:
    """Sizes are bytes as unpacked. What is larger is refused, not cut short."""

    members: int = 100_000
    parts: int = 1_000_000
    """Of the members' paths, in pieces of ``_PIECE`` characters: each may be a folder to keep."""
    total: int = 4 * 2**30
    file: int = 256 * 2**20
    """One notebook, or one archive inside another."""
    ratio: float = 200.0
    """Unpacked to packed; a notebook of nothing but repeated outputs stays well below."""
    ratio_from: int = 10 * 2**20
    """What unpacks to less is harmless whatever its ratio."""
    directory: int = 32 * 2**20
    """A zip file's own list of its members, which is read into memory as a whole."""
    depth: int = 2
    """An archive inside an archive is opened, one inside that is not."""
    share: int = 4
    """All archives of one student together may ask for this part of members, parts and total."""


class Budget:
    """What is left for the archives that are opened under it, all together."""

    def __init__(self, bound: Limits) -> None:
        self.bound = bound
        self._members = self._parts = self._bytes = 0

    @classmethod
    def of_student(cls, bound: Limits) -> Budget:
        """For one student's archives, those inside others too."""
        most = {name: getattr(bound, name) // bound.share for name in ("members", "parts", "total")}
        return cls(replace(bound, **most))

    def count(self, members: int) -> None:
        """Raises ``Refused`` where there are more members than are looked at."""
        self._members += members
        if self._members > self.bound.members:
            raise Refused(reasons.too_many(self.bound.members))

    def name(self, member: str) -> None:
        """Raises ``Refused`` where paths are too long, in sum, to be kept."""
        folders = member.count("/") + member.count("\\") + 1
        self._parts += folders * (1 + len(member) // _PIECE)
        if self._parts > self.bound.parts:
            raise Refused(reasons.too_many(self.bound.members))

    def unpack(self, size: int) -> None:
        """Raises ``Refused`` where members are larger, in sum, than what is unpacked."""
        self._bytes += size
        if self._bytes > self.bound.total:
            raise Refused(reasons.too_large(self.bound.total))


class Refused(Exception):
    """An archive, or a file in one, that is not taken; ``reason`` says why.

    A verdict on a file and no error: it is caught inside the package and becomes a problem.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


# What damaged archives make their readers raise, depending on where they are damaged.
DAMAGE = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
)

_CHUNK = 2**20
_LONGEST_NAME = 255
_DEEPEST = 40
_PIECE = 64


def parts_of(member: str) -> tuple[str, ...]:
    """The parts of a member's path, with either slash.

    Raises:
        Refused: it is absolute, leads outside, or has parts that no disk could hold.
    """
    path = member.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    drive = len(path) > 1 and path[1] == ":" and path[0].isalpha()
    if path.startswith("/") or drive or ".." in (part.strip() for part in parts):
        raise Refused(reasons.unsafe_path(member))
    if len(parts) > _DEEPEST:
        raise Refused(reasons.TOO_DEEP)
    if any(len(part) > _LONGEST_NAME for part in parts) or "\0" in path:
        raise Refused(reasons.BAD_NAME)
    return tuple(parts)


def swells(size: int, packed: int, limits: Limits) -> bool:
    """Whether that much from that little is what bombs are made of."""
    return size > limits.ratio_from and size > limits.ratio * max(packed, 1)


def collisions(paths: Iterable[Sequence[str]]) -> set[tuple[str, ...]]:
    """The paths, in the form of :func:`key`, that several files would be written to.

    A file where another has a folder collides too.
    """
    files = Counter(key(path) for path in paths)
    folders = {path[:depth] for path in files for depth in range(1, len(path))}
    return {path for path, count in files.items() if count > 1 or path in folders}


def key(path: Sequence[str]) -> tuple[str, ...]:
    """A path as file systems compare it that know no case."""
    return tuple(names.folded(part).rstrip(". ") for part in path)


def chunks(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    """The stream's bytes.

    Raises:
        Refused: there are more than ``limit``, or the stream is damaged.
    """
    count = 0
    while chunk := _read(stream):
        count += len(chunk)
        if count > limit:
            raise Refused(reasons.too_large(limit))
        yield chunk


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_CHUNK)
    except DAMAGE as error:
        raise Refused(reasons.unreadable(error)) from error
