"""Class folders and archives for the tests of the intake, good ones and hostile ones."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from grader.intake import Entry, Intake, Limits, take_in

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
WHEN = datetime(2025, 3, 31, 20, 59, 58, tzinfo=UTC)
"""When files of these tests were changed, if nothing else is said."""

SMALL = Limits(
    members=20, total=2**20, file=2**19, ratio=100, ratio_from=2**16, directory=2**13, share=1
)


def lay(root: Path, *names: str, content: bytes = NOTEBOOK, when: datetime = WHEN) -> Path:
    """Put files of one content below ``root``; a name with ``/`` at its end is an empty folder."""
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (when.timestamp(), when.timestamp()))
    return root


def zipped(
    path: Path, members: Mapping[str, bytes] | Iterable[str], encoding: str | None = None
) -> Path:
    """A zip file. Without ``encoding`` names are UTF-8 and say so; with it they are raw bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = members if isinstance(members, Mapping) else dict.fromkeys(members, NOTEBOOK)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(_info(name, encoding), data)
    return path


def zip_bytes(members: Iterable[str]) -> bytes:
    """A zip file's bytes, each member a notebook."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in members:
            archive.writestr(_info(name, None), NOTEBOOK)
    return stream.getvalue()


def tarred(path: Path, members: Mapping[str, bytes | tarfile.TarInfo], mode: str = "w:gz") -> Path:
    """A tar file of files (bytes) and of whatever a ``TarInfo`` is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, value in members.items():
            info = value if isinstance(value, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.mtime = int(WHEN.timestamp())
            data = value if isinstance(value, bytes) else b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def tar_member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of a tar file that is no plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def intake(folder: Path, **options: object) -> Intake:
    """``take_in`` with its scratch folder beside the class."""
    return take_in(folder, scratch=folder.parent / "scratch", **options)  # type: ignore[arg-type]


def told(found: Intake) -> dict[str, list[str]]:
    """Each student's sources, from the first attempt to the last."""
    return {entry.student: [a.source for a in entry.attempts] for entry in found.entries}


def of(found: Intake, student: str) -> Entry:
    """The one entry of that student."""
    (entry,) = [entry for entry in found.entries if entry.student == student]
    return entry


def said(entry: Entry) -> str:
    """All that an entry's problems say in English."""
    return "\n".join(problem.reason.en for problem in entry.problems)


class _RawName(zipfile.ZipInfo):
    """A member whose name is written in an encoding that the archive does not tell."""

    encoding = "cp866"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


def _info(name: str, encoding: str | None) -> zipfile.ZipInfo:
    local = WHEN.astimezone().timetuple()[:6]
    info = _RawName(name, local) if encoding else zipfile.ZipInfo(name, local)
    if isinstance(info, _RawName) and encoding:
        info.encoding = encoding
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
