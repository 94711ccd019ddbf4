"""Decoded data sets on disk: written whole or not at all, mapped into memory after.

One entry is a folder::

    <name>-<key>/
    ├── open/          what the sandbox may see: train_x, train_y, val_x, test_x (npy), and
    │                  the names of the classes where they are known (classes.json)
    ├── sealed/        what it may not: val_y, test_y
    └── about.json     where it came from, its digest, the size of every file

An entry is made beside its place under another name, and moved there when it is complete.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.model import Text
from grader.tidying import used

Array = np.ndarray[Any, Any]

VERSION = 2
OPEN = ("train_x", "train_y", "val_x", "test_x")
SEALED = ("val_y", "test_y")
_STALE_SECONDS = 6 * 3600


@dataclass(frozen=True)
class DataSet:
    """A data set, split and sealed.

    ``folder`` holds ``train_x.npy`` uint8 ``(N, H, W, C)``, ``train_y.npy`` int64 ``(N,)``,
    ``val_x.npy`` and ``test_x.npy`` uint8, ``classes.json`` where the classes have names, and
    nothing else. The labels of the last two are here, int64 and read-only; on disk they lie
    outside ``folder``.
    """

    name: str
    folder: Path
    val_y: Array
    test_y: Array
    source: Text
    stand_in: bool
    digest: str
    """SHA-256 of all six decoded arrays, recorded in the grade."""
    classes: tuple[str, ...] = ()
    """Names of the classes, where they are known."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one image: height, width, channels."""
        _, height, width, channels = np.load(self.folder / "train_x.npy", mmap_mode="r").shape
        return height, width, channels

    @property
    def class_count(self) -> int:
        return len(self.classes) or int(np.load(self.folder / "train_y.npy").max()) + 1


def load(entry: Path) -> DataSet | None:
    """The data set in ``entry``, or None where there is no whole one. Opens two small files."""
    try:
        about = json.loads((entry / "about.json").read_bytes())
        if about["version"] != VERSION or about["bytes"] != _sizes(entry):
            return None
        val_y, test_y = (np.load(_file(entry, name), allow_pickle=False) for name in SEALED)
        val_y.setflags(write=False)
        test_y.setflags(write=False)
        used(entry / "about.json")
        return DataSet(
            name=about["name"],
            folder=entry / "open",
            val_y=val_y,
            test_y=test_y,
            source=Text(**about["source"]),
            stand_in=about["stand_in"],
            digest=about["digest"],
            classes=tuple(about["classes"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def store(
    entry: Path,
    name: str,
    arrays: Mapping[str, Array],
    source: Text,
    stand_in: bool,
    classes: Sequence[str] = (),
) -> None:
    """Write ``arrays`` (the names of ``OPEN`` and ``SEALED``) as ``entry``, in one step.

    Where another process was faster, its entry stays. A killed process leaves a folder under a
    temporary name, which nothing reads and a later call removes.

    Raises:
        OSError: no room, or no right to write there.
    """
    with scratch(entry.parent) as draft:
        (draft / "open").mkdir()
        (draft / "sealed").mkdir()
        for key in (*OPEN, *SEALED):
            with _file(draft, key).open("wb") as stream:
                np.save(stream, arrays[key], allow_pickle=False)
                _to_disk(stream)
        if classes:
            (draft / "open" / "classes.json").write_text(json.dumps(list(classes)), "utf-8")
        about = {
            "version": VERSION,
            "name": name,
            "source": {"ru": source.ru, "en": source.en},
            "stand_in": stand_in,
            "digest": digest(arrays),
            "classes": list(classes),
            "bytes": _sizes(draft),
        }
        with (draft / "about.json").open("w", encoding="utf-8") as text:
            json.dump(about, text, ensure_ascii=False, indent=1)
            _to_disk(text)
        _move(draft, entry)


@contextlib.contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder inside ``parent`` for one process alone, gone afterwards unless it was moved."""
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def digest(arrays: Mapping[str, Array]) -> str:
    """SHA-256 over name, type, shape and bytes of each array, in a fixed order."""
    total = hashlib.sha256()
    for key in (*OPEN, *SEALED):
        array = np.ascontiguousarray(arrays[key])
        total.update(f"{key} {array.dtype.str} {array.shape}\n".encode())
        total.update(array.data)
    return total.hexdigest()


def _move(draft: Path, entry: Path) -> None:
    """A folder takes the place of none or of an empty one; a damaged entry is moved off first."""
    if entry.exists() and load(entry) is None:
        with contextlib.suppress(OSError), scratch(entry.parent) as aside:
            entry.replace(aside / "damaged")
    try:
        draft.replace(entry)
    except OSError:
        if load(entry) is None:
            raise


def _sizes(entry: Path) -> dict[str, int]:
    return {key: _file(entry, key).stat().st_size for key in (*OPEN, *SEALED)}


def _file(entry: Path, key: str) -> Path:
    return entry / ("sealed" if key in SEALED else "open") / f"{key}.npy"


def _to_disk(stream: IO[Any]) -> None:
    """A power cut must not leave a complete-looking entry with empty files."""
    stream.flush()
    os.fsync(stream.fileno())


def _sweep(parent: Path) -> None:
    """Remove what killed processes left, unless it is fresh enough to be still in the making."""
    for draft in parent.glob(".draft-*"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)
