"""One student's notebook in a zip archive, with the modules that it imports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import UnreadableNotebook
from grader.model import Text
from grader.notebook.beside import MAX_MODULE_BYTES, MAX_MODULES

MAX_MEMBERS = 2000
_GRADED = b"graded: "
"""Begins the comment of an archive of :func:`pack`; the member's name follows."""


PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The compressions of which Python unpacks as much as is asked for, and no more."""


@dataclass(frozen=True)
class Packed:
    """A notebook's bytes, the name that it had, and the Python modules beside it."""

    name: PurePosixPath
    data: bytes
    modules: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()


def pack(name: str, data: bytes, modules: Mapping[str, bytes]) -> bytes:
    """A notebook or script and the modules beside it as one file, which :func:`unpack` reads.

    The same bytes for the same content.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in [(name, data), *sorted(modules.items())]:
            archive.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
        archive.comment = _GRADED + name.encode()
    return stream.getvalue()


def is_zip(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04")


def unpack(data: bytes, path: Path, max_bytes: int) -> Packed:
    """The one notebook in the archive; nothing of it is ever written to disk.

    Raises:
        UnreadableNotebook: there is none in it, or several, or it is damaged, locked or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist()[:MAX_MEMBERS] if _counts(m)]
            ours = _named(members, archive.comment)
            chosen = ours or _notebook(members, path)
            folder = PurePosixPath(chosen.filename).parent
            found = _read(archive, chosen, max_bytes, path)
            beside = [
                m
                for m in members
                if m is not chosen
                and PurePosixPath(m.filename).suffix == ".py"
                and PurePosixPath(m.filename).parent == folder
                and m.file_size <= MAX_MODULE_BYTES
            ][:MAX_MODULES]
            modules = {
                PurePosixPath(m.filename).name: _read(archive, m, MAX_MODULE_BYTES, path)
                for m in beside
            }
    except UnreadableNotebook:
        raise
    except Exception as error:  # its readers raise whatever comes on a damaged file
        raise UnreadableNotebook(
            f"{path}: a zip archive that cannot be read ({str(error)[:200]}): it is damaged or "
            "locked with a password. Give the .ipynb file itself."
        ) from error
    notes = _notes(chosen, modules)[1 if ours else 0 :]  # nobody handed in the archive itself
    return Packed(PurePosixPath(chosen.filename), found, modules, notes)


def _counts(member: zipfile.ZipInfo) -> bool:
    """False for folders, and for what systems and editors leave in archives."""
    steps = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(s.startswith((".", "__MACOSX")) for s in steps)


def _named(members: list[zipfile.ZipInfo], comment: bytes) -> zipfile.ZipInfo | None:
    """The member that the comment of our own archive names."""
    if not comment.startswith(_GRADED):
        return None
    name = comment.removeprefix(_GRADED).decode("utf-8", "replace")
    return next((member for member in members if member.filename == name), None)


def _notebook(members: list[zipfile.ZipInfo], path: Path) -> zipfile.ZipInfo:
    for suffix in (".ipynb", ".py"):
        found = [m for m in members if PurePosixPath(m.filename).suffix.lower() == suffix]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(repr(m.filename)[1:-1][:80] for m in found[:5])
            raise UnreadableNotebook(
                f"{path}: an archive with {len(found)} {suffix} files ({names}); which one is to "
                "be graded cannot be told. Unpack it, and give the notebook, or the folder if it "
                "is a class."
            )
    raise UnreadableNotebook(
        f"{path}: an archive without a notebook. Put the .ipynb file into it, or give that file."
    )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, path: Path) -> bytes:
    """The member's bytes; what it says of its size is not believed."""
    if member.compress_type not in PLAIN:
        raise UnreadableNotebook(
            f"{path}: {member.filename!r} in it is compressed in an unusual way. Make a plain zip "
            "archive, or give the .ipynb file itself."
        )
    with archive.open(member) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise UnreadableNotebook(
            f"{path}: {member.filename!r} in it is larger than {most / 2**20:.0f} MB, the most "
            "that is read. Clear all outputs, save, and try again."
        )
    return data


def _notes(chosen: zipfile.ZipInfo, modules: dict[str, bytes]) -> tuple[Text, ...]:
    name = repr(chosen.filename)[1:-1][:100]
    notes = [
        Text(
            ru=f"Блокнот «{name}» взят из архива zip.",
            en=f"The notebook {name!r} was taken from a zip archive.",
        )
    ]
    if modules:
        names = ", ".join(sorted(modules))[:300]
        notes.append(
            Text(
                ru=f"Рядом с ним лежат модули, он может их импортировать: {names}.",
                en=f"Modules lie beside it, and it may import them: {names}.",
            )
        )
    return tuple(notes)
