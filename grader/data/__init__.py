"""Data sets: find, verify, fetch, decode, split and seal.

:func:`find` turns a name into a :class:`DataSet`: a folder of arrays that the sandbox may see, and
the labels of the validation and test images, which it may not. :func:`survey` says where it looks.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from grader.data import datacache
from grader.data import download as network
from grader.data.archives import Array, Pools
from grader.data.datacache import DataSet
from grader.data.datasets import Entry, Form
from grader.data.places import (
    Place,
    cache_folder,
    candidates,
    decoded_before,
    entry_of,
    nothing_in,
    search_folders,
    survey,
)
from grader.errors import DataUnavailable, UsageError
from grader.model import Text

__all__ = ["DataSet", "Place", "find", "search_folders", "survey"]


def find(
    name: str | Entry,
    *,
    folders: Sequence[Path] = (),
    data_dir: Path | None = None,
    download: bool = True,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> DataSet:
    """The data set, decoded and split: from ``folders`` in their order, an earlier decoding,
    the network, or generated.

    ``data_dir`` is a folder or a file that the user named: nothing else is looked at, and it
    must do. A file is decoded once and mapped into memory after; a broken one on the way is told
    to ``progress`` and the next place is tried.

    Raises:
        UsageError: no such data set, or nothing usable in ``data_dir``.
        DataUnavailable: nothing found and no stand-in for it, or the cache cannot be written.
    """
    entry, kept = entry_of(name), cache_folder(cache)
    tell = progress or _silent
    problems: list[str] = []
    for form, path in candidates(entry, folders if data_dir is None else (data_dir,)):
        place = kept / f"{entry.name}-file-{_key(entry, _stamp(path))}"
        if known := datacache.load(place):
            return known
        tell(f"Reading {path} (once: the next time it is mapped into memory)")
        try:
            arrays = _split(entry, form.read(path), path)
        except DataUnavailable as error:
            problems.append(str(error))
            tell(f"{error} Looking further.")
            continue
        return _kept(place, entry, arrays, _source(entry, form, path.name))
    if data_dir is not None:
        raise UsageError("\n".join(problems) or nothing_in(entry, data_dir))
    return (
        decoded_before(entry, kept)
        or (_downloaded(entry, kept, tell) if download else None)
        or _generated(entry, kept, tell)
    )


def _silent(line: str) -> None:
    """Nobody asked to be told."""


def _downloaded(entry: Entry, kept: Path, tell: Callable[[str], None]) -> DataSet | None:
    if entry.download is None:
        return None
    url, md5, form = entry.download.url, entry.download.md5, entry.download.form
    with _writing(kept), datacache.scratch(kept) as folder:
        file = network.fetch(url, md5, folder, tell)
        if file is None:
            return None
        arrays = _split(entry, form.read(file), file)
    place = kept / f"{entry.name}-download-{_key(entry, md5)}"
    return _kept(place, entry, arrays, _source(entry, form, url))


def _generated(entry: Entry, kept: Path, tell: Callable[[str], None]) -> DataSet:
    if entry.stand_in is None:
        raise DataUnavailable(
            f"{entry.title.en} was not found, and nothing may stand in for it. "
            "Give --data-dir, set GRADER_DATA, or see `grade doctor`."
        )
    tell(f"{entry.title.en} was not found: generated images stand in, so the grade is provisional")
    place = kept / f"{entry.name}-standin-{_key(entry, str(entry.stand_in_version))}"
    if known := datacache.load(place):
        return known
    train, test = entry.stand_in(entry.train + entry.validation, 0), entry.stand_in(entry.test, 1)
    source = Text(
        ru=f"сгенерированная замена: настоящий {entry.title.ru} не найден",
        en=f"a generated stand-in: the real {entry.title.en} was not found",
    )
    arrays = _split(entry, Pools(*train, *test), place)
    return _kept(place, entry, arrays, source, stand_in=True)


def _source(entry: Entry, form: Form, where: str) -> Text:
    return Text(
        ru=f"{entry.title.ru}: {form.title.ru} ({where})",
        en=f"{entry.title.en}: {form.title.en} ({where})",
    )


def _kept(
    place: Path, entry: Entry, arrays: dict[str, Array], source: Text, stand_in: bool = False
) -> DataSet:
    with _writing(place.parent):
        datacache.store(place, entry.name, arrays, source, stand_in, entry.classes_named)
    made = datacache.load(place)
    if made is None:
        raise DataUnavailable(f"{place} was damaged as it was written. Delete it and try again.")
    return made


@contextlib.contextmanager
def _writing(kept: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataUnavailable(
            f"Decoded data cannot be kept in {kept}: {error}. "
            "Make room, or set GRADER_CACHE to a folder that can be written."
        ) from error


def _split(entry: Entry, pools: Pools, path: Path) -> dict[str, Array]:
    """Train, validation, test; every way in which ``pools`` is not this data set is named."""
    wanted = {
        "train": (pools.train_x, pools.train_y, entry.train + entry.validation),
        "test": (pools.test_x, pools.test_y, entry.test),
    }
    problems = []
    for part, (x, y, count) in wanted.items():
        if x.shape != (count, *entry.shape) or x.dtype != np.uint8:
            problems.append(f"{part} images are {x.dtype} {x.shape}, not {(count, *entry.shape)}")
        if y.shape != (count,) or np.any((y < 0) | (y >= entry.classes)):
            problems.append(f"{part} labels are not {count} numbers below {entry.classes}")
    if problems:
        raise DataUnavailable(
            f"{path} is not the whole {entry.title.en}: {'; '.join(problems)}. "
            "Fetch it again, or give --data-dir another copy."
        )
    cut = entry.train
    return {
        "train_x": pools.train_x[:cut],
        "train_y": pools.train_y[:cut],
        "val_x": pools.train_x[cut:],
        "val_y": pools.train_y[cut:],
        "test_x": pools.test_x,
        "test_y": pools.test_y,
    }


def _stamp(path: Path) -> str:
    """What tells one state of a file or folder from another without reading it."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    states = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return f"{path.resolve()} {states}"


def _key(entry: Entry, what: str) -> str:
    described = f"{entry.train} {entry.validation} {entry.test} {what}"
    return hashlib.sha256(described.encode()).hexdigest()[:16]
