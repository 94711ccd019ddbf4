"""Tar archives, packed or not: unpacked to one plain tar under limits, then listed and checked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from grader.model import Text

from . import encodings, limits, reasons
from .limits import Budget, Refused
from .tree import File

_HEADER = 2**20
"""The longest name or extended header that is read: tar files may announce any length."""

Parts = tuple[str, ...]


def unpacked(stream: IO[bytes], target: Path, budget: Budget) -> Path | None:
    """The plain tar in ``target``, so that members can be read in any order; None: it is plain.

    Raises:
        Refused: it grows beyond the limits, or is damaged.
    """
    magic = stream.read(6)
    packed = stream.seek(0, 2)
    stream.seek(0)
    plain = _decompressed(stream, magic)
    if plain is None:
        return None
    size = 0
    with plain, target.open("wb") as out:
        for chunk in limits.chunks(plain, budget.bound.total):
            size += len(chunk)
            budget.unpack(len(chunk))
            if limits.swells(size, packed, budget.bound):
                raise Refused(reasons.bomb("", budget.bound.ratio))
            out.write(chunk)
    return target


def opened(stream: IO[bytes]) -> tarfile.TarFile:
    """The plain tar in ``stream``.

    Raises:
        Refused: it is damaged.
    """
    try:
        return tarfile.open(fileobj=cast("IO[bytes]", _Wary(stream)), mode="r:")
    except limits.DAMAGE as error:
        raise Refused(reasons.unreadable(error)) from error


def members(
    archive: tarfile.TarFile, source: str, depth: int, budget: Budget, home: Path
) -> Iterator[tuple[Parts, File | None]]:
    """Path parts and file of each member (None: a folder); a file's fault is in its ``fault``.

    ``home`` is an empty folder, for tarfile's own filter to imagine the members in.

    Raises:
        Refused: a path leads outside, members are too many or too large, or it is damaged.
    """
    infos = _listed(archive, budget)
    called = encodings.file_names(info.name.encode("utf-8", "surrogateescape") for info in infos)
    found = [(info, limits.parts_of(name)) for info, name in zip(infos, called, strict=True)]
    twice = limits.collisions(parts for info, parts in found if parts and not info.isdir())
    for info, parts in found:
        if not parts:  # "./", the folder that was packed
            continue
        path = "/".join(parts)
        if info.isdir():
            yield parts, None
            continue
        fault = _fault(info, path, home)
        if limits.key(parts) in twice:
            fault = fault or reasons.collision(path)
        yield (
            parts,
            File(
                parts[-1],
                f"{source}!{path}",
                _time(info),
                None,
                _opener(archive, info),
                depth,
                fault,
            ),
        )


class _Wary:
    """A stream that refuses to read as much at once as a damaged or hostile header may ask for."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, count: int = -1) -> bytes:
        if not 0 <= count <= _HEADER:
            raise tarfile.ReadError(f"a header of {count} bytes")
        return self._stream.read(count)


def _decompressed(stream: IO[bytes], magic: bytes) -> IO[bytes] | None:
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if magic.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.BZ2File(stream))
    if magic.startswith((b"\xfd7zXZ\0", b"\x5d\0\0")):
        return cast("IO[bytes]", lzma.LZMAFile(stream))
    return None


def _listed(archive: tarfile.TarFile, budget: Budget) -> list[tarfile.TarInfo]:
    found: list[tarfile.TarInfo] = []
    total = 0
    try:
        for info in archive:
            found.append(info)
            info.pax_headers = {}  # any number of megabytes that nobody looks at
            total += info.size
            budget.count(1)
            budget.name(info.name)
            if total > budget.bound.total:
                raise Refused(reasons.too_large(budget.bound.total))
            if info.size < 0:
                raise tarfile.ReadError("a member of negative size")
    except limits.DAMAGE as error:
        raise Refused(reasons.unreadable(error)) from error
    return found


def _fault(info: tarfile.TarInfo, path: str, home: Path) -> Text | None:
    if info.issym() or info.islnk():
        return reasons.is_link(path)
    if not info.isreg():
        return reasons.is_device(path)
    try:
        tarfile.data_filter(info, str(home))
    except tarfile.FilterError:
        return reasons.unsafe_path(path)
    return None


def _opener(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def start() -> IO[bytes]:
        try:
            stream = archive.extractfile(info)
        except limits.DAMAGE as error:
            raise Refused(reasons.unreadable(error)) from error
        if stream is None:
            raise Refused(reasons.is_device(info.name))
        return stream

    return start


def _time(info: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(info.mtime, UTC) if info.mtime > 0 else None
    except (OSError, OverflowError, ValueError):
        return None
