"""Files and folders as the intake sees them, wherever they lie: on disk or in an archive."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from grader.model import Text

from . import encodings, names, reasons
from .entries import Problem

Ignored = Callable[[Sequence[str]], bool]

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tbz")
_SCRIPTS = (".py", ".pyw")
_FOREIGN_ARCHIVES = (".rar", ".7z", ".gz", ".xz", ".bz2", ".zst", ".arj", ".cab")
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".htm", ".ipynb.txt", ".ipynb.json")
_JUNK = {"__macosx", "__pycache__", "node_modules", "site-packages", "thumbs.db", "desktop.ini"}
_MAX_DEPTH = 40


@dataclass(frozen=True)
class File:
    """A file. ``path`` is None inside an archive; ``open`` gives its bytes, wherever they are.

    ``archives`` counts the archives around it; a ``fault`` says why it must not be taken.
    """

    name: str
    source: str
    time: datetime | None
    path: Path | None
    open: Callable[[], IO[bytes]]
    archives: int = 0
    fault: Text | None = None

    @property
    def kind(self) -> str:
        return kind(self.name)


@dataclass(frozen=True)
class Folder:
    """A folder or an opened archive; ``repo``: git keeps its history in it."""

    name: str
    source: str
    folders: tuple[Folder, ...] = ()
    files: tuple[File, ...] = ()
    repo: bool = False

    def every_file(self) -> Iterator[File]:
        yield from self.files
        for folder in self.folders:
            yield from folder.every_file()


def kind(name: str) -> str:
    """``notebook``, ``script``, ``archive``, ``foreign`` (an archive of another kind), ``document``
    or ``other``."""
    lower = name.lower()
    for kinds, endings in (
        ("notebook", (".ipynb",)),
        ("script", _SCRIPTS),
        ("archive", ARCHIVES),
        ("foreign", _FOREIGN_ARCHIVES),
        ("document", _DOCUMENTS),
    ):
        if lower.endswith(endings):
            return "other" if lower.endswith(".report.html") else kinds
    return "other"


def stem(name: str) -> str:
    """The name without the ending that tells its kind (``.tar.gz`` is one)."""
    lower = name.lower()
    ending = max((e for e in ARCHIVES if lower.endswith(e)), key=len, default="")
    return name[: -len(ending)] if ending else name.rpartition(".")[0] or name


def ignoring(patterns: Sequence[str]) -> Ignored:
    """What is never looked at: hidden files, what systems leave behind, and the caller's patterns.

    A pattern (as of a shell) is compared with a name and with a path below the folder.
    """

    def ignored(parts: Sequence[str]) -> bool:
        name = parts[-1]
        junk = name.startswith((".", "~$")) or name.lower() in _JUNK
        tries = (name, "/".join(parts))
        return junk or any(fnmatch.fnmatchcase(t, p) for t in tries for p in patterns)

    return ignored


def read_folder(
    root: Path, ignored: Ignored, without: set[Path], max_files: int
) -> tuple[Folder, list[Problem]]:
    """The folder on disk with everything below it, and what could not be read of it.

    Links to folders, and links that lead out of their own folder, are problems and not followed:
    by them one student's folder could show another's work. ``without`` is left out.
    """
    return (walk := _Walk(root, ignored, without, max_files)).folder(root, ()), walk.problems


def from_members(
    name: str, source: str, members: Iterable[tuple[Sequence[str], File | None]], ignored: Ignored
) -> Folder:
    """The tree of an archive's members: path parts and file (None: a folder).

    Files with a fault stay in it even where they would be ignored, so that it is noticed.
    """
    root = _Draft()
    for parts, file in members:
        inside = next((i for i, part in enumerate(parts) if part == ".git"), None)
        if inside is not None:
            root.at(parts[:inside]).repo = True
        hidden = any(ignored(parts[: i + 1]) for i in range(len(parts)))
        if hidden and not (file and file.fault):
            continue
        place = root.at(parts if file is None else parts[:-1])
        if file is not None:
            place.files.append(file)
    return root.folder(name, source, f"{source}!")


@dataclass(slots=True)
class _Draft:
    folders: dict[str, _Draft] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    repo: bool = False

    def at(self, parts: Sequence[str]) -> _Draft:
        here = self
        for part in parts:
            here = here.folders.setdefault(part, _Draft())
        return here

    def folder(self, name: str, source: str, prefix: str) -> Folder:
        below = sorted(self.folders.items(), key=lambda item: names.natural(item[0]))
        return Folder(
            name,
            source,
            tuple(d.folder(n, f"{prefix}{n}", f"{prefix}{n}/") for n, d in below),
            tuple(sorted(self.files, key=lambda file: names.natural(file.name))),
            self.repo,
        )


class _Walk:
    def __init__(self, root: Path, ignored: Ignored, without: set[Path], max_files: int) -> None:
        self.root, self.ignored, self.without = root, ignored, without
        self.left = max_files
        self.problems: list[Problem] = []

    def folder(self, path: Path, parts: tuple[str, ...]) -> Folder:
        folders: list[Folder] = []
        files: list[File] = []
        repo = False
        for entry in self._entries(path, parts):
            name = encodings.file_name(os.fsencode(entry.name))
            here, below = path / entry.name, (*parts, name)
            repo |= name == ".git"
            if self.ignored(below) or here in self.without:
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(self.folder(here, below))
            elif self._acceptable(here, entry, "/".join(below)):
                files.append(_on_disk(here, name, "/".join(below)))
        return Folder(
            parts[-1] if parts else "", "/".join(parts), tuple(folders), tuple(files), repo
        )

    def _entries(self, path: Path, parts: tuple[str, ...]) -> list[os.DirEntry[str]]:
        if len(parts) > _MAX_DEPTH:
            self.problems.append(Problem("/".join(parts), reasons.TOO_DEEP))
            return []
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda e: (names.natural(e.name), e.name))
        except OSError as error:
            self.problems.append(Problem("/".join(parts) or ".", reasons.forbidden(error)))
            return []
        if len(entries) > self.left:
            self.problems.append(Problem("/".join(parts) or ".", reasons.TOO_MANY))
        taken = entries[: self.left]
        self.left -= len(taken)
        return taken

    def _acceptable(self, path: Path, entry: os.DirEntry[str], source: str) -> bool:
        if not entry.is_symlink():
            fine, reason = entry.is_file(), reasons.SPECIAL
        else:
            target, home = Path(os.path.realpath(path)), Path(os.path.realpath(path.parent))
            fine, reason = target.is_file() and target.is_relative_to(home), reasons.LINK
        if not fine:
            self.problems.append(Problem(source, reason))
        return fine


def _on_disk(path: Path, name: str, source: str) -> File:
    return File(name, source, _modified(path), path, lambda: path.open("rb"))


def _modified(path: Path) -> datetime | None:
    try:
        status = path.stat()
        return (
            datetime.fromtimestamp(status.st_mtime, UTC) if stat.S_ISREG(status.st_mode) else None
        )
    except (OSError, OverflowError, ValueError):
        return None


def single(path: Path) -> Folder:
    """A folder that holds this one file of the disk and nothing else."""
    name = encodings.file_name(os.fsencode(path.name))
    return Folder("", "", files=(_on_disk(path, name, name),))
