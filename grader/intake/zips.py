"""Zip archives: members listed and checked, names repaired; nothing is unpacked here."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

from grader.model import Text
from grader.notebook.packed import PLAIN

from . import encodings, limits, reasons
from .limits import Budget, Limits, Refused
from .tree import File

_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNIX_TIME, _UNICODE_PATH = 0x5455, 0x7075
_NO_TIME = (1980, 1, 1)

Parts = tuple[str, ...]


def opened(stream: IO[bytes], budget: Budget) -> zipfile.ZipFile:
    """The archive, whose list of members is small enough to be read.

    Raises:
        Refused: it is damaged, or its list is too long.
    """
    try:
        if _directory_size(stream) > budget.bound.directory:
            raise Refused(reasons.too_many(budget.bound.members))
        archive = zipfile.ZipFile(stream)
    except limits.DAMAGE as error:
        raise Refused(reasons.unreadable(error)) from error
    budget.count(len(archive.infolist()))
    return archive


def members(
    archive: zipfile.ZipFile, source: str, depth: int, budget: Budget
) -> Iterator[tuple[Parts, File | None]]:
    """Path parts and file of each member (None: a folder); a file's fault is in its ``fault``.

    Raises:
        Refused: a path leads outside, or all members together are too large.
    """
    infos = archive.infolist()
    called = list(_names(infos))
    for name in called:
        budget.name(name)
    found = [(info, limits.parts_of(name)) for info, name in zip(infos, called, strict=True)]
    budget.unpack(sum(info.file_size for info in infos))
    twice = limits.collisions(parts for info, parts in found if not _is_folder(info))
    for info, parts in found:
        if not parts:
            raise Refused(reasons.BAD_NAME)
        path = "/".join(parts)
        if _is_folder(info):
            yield parts, None
            continue
        fault = _fault(info, path, budget.bound)
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


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def start() -> IO[bytes]:
        try:
            return archive.open(info)
        except limits.DAMAGE as error:
            raise Refused(reasons.unreadable(error)) from error

    return start


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\")) and info.file_size == 0


def _fault(info: zipfile.ZipInfo, path: str, bound: Limits) -> Text | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return reasons.is_link(path)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return reasons.is_device(path)
    if info.flag_bits & _ENCRYPTED:
        return reasons.encrypted(path)
    if info.compress_type not in PLAIN:
        return reasons.compressed(path)  # Python would unpack more of it than is asked for
    if limits.swells(info.file_size, info.compress_size, bound):
        return reasons.bomb(path, bound.ratio)
    return None


def _names(infos: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """The members' names: as they say themselves in UTF-8, else in the likeliest encoding."""
    return encodings.file_names(_raw_name(info) for info in infos)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _UTF8:
        return info.orig_filename.encode("utf-8", "replace")
    raw = info.orig_filename.encode("cp437")
    said = _extra(info, _UNICODE_PATH)
    is_of_this_name = len(said) > 5 and said[0] == 1 and said[1:5] == _checksum(raw)
    return said[5:] if is_of_this_name else raw


def _checksum(raw: bytes) -> bytes:
    return struct.pack("<I", zlib.crc32(raw))


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """When it was changed: in UTC where the archive has that, else by this machine's clock."""
    said = _extra(info, _UNIX_TIME)
    try:
        if len(said) >= 5 and said[0] & 1:
            return datetime.fromtimestamp(struct.unpack("<i", said[1:5])[0], UTC)
        if info.date_time[:3] == _NO_TIME:
            return None
        return datetime(*info.date_time).astimezone(UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _extra(info: zipfile.ZipInfo, wanted: int) -> bytes:
    """The bytes of one of the extra fields that the list of members keeps; empty if not there."""
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        if kind == wanted:
            return rest[4 : 4 + size]
        rest = rest[4 + size :]
    return b""


def _directory_size(stream: IO[bytes]) -> int:
    """Bytes of the list of members, as the end of the archive says; 0 where no end is found.

    ``ZipFile`` reads that list as a whole before anyone can ask how long it is.
    """
    size = stream.seek(0, os.SEEK_END)
    start = stream.seek(max(0, size - 2**16 - 98))
    tail = stream.read()
    stream.seek(0)
    end = tail.rfind(b"PK\5\6")
    if end >= 0 and len(tail) < end + 22:  # inside the true end, which says who knows what
        return size
    if end < 0:
        return 0
    told: int = struct.unpack("<I", tail[end + 12 : end + 16])[0]
    long = end - 20 - 56
    if long >= 0 and tail[end - 20 : end - 16] == b"PK\6\7" and tail[long : long + 4] == b"PK\6\6":
        told = struct.unpack("<Q", tail[long + 40 : long + 48])[0]
    return min(told, start + end)
