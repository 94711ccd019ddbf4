"""What a lab wants of a data set, and how it is had: by name or as a folder, whole or cut."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader.data import datacache, folders, standin
from grader.data.archives import Array
from grader.data.datacache import DataSet
from grader.data.derived import Cut, derive
from grader.data.folders import FolderSet
from grader.data.places import cache_folder
from grader.errors import DataUnavailable, UsageError
from grader.model import Text

STAND_IN = (4000, 1000, 1000)
"""Generated pictures that take the place of a folder: training, validation, test."""


def find_folder(
    wanted: FolderSet,
    *,
    places: Sequence[Path] = (),
    data_dir: Path | None = None,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> DataSet:
    """The data set in a folder of pictures; generated pictures where there is no such folder.

    ``places`` are searched for one of its names; ``data_dir`` is looked at first, and may be the
    folder itself.

    Raises:
        DataUnavailable: the folder is there and cannot be used, or the cache cannot be written.
    """
    kept, tell = cache_folder(cache), progress or _silent
    folder = locate(wanted, places, data_dir)
    with _writing(kept):
        if folder is None:
            return _generated(wanted, kept, tell)
        height, width = wanted.size
        key = hashlib.sha256(f"{folders.stamp(folder)} {wanted.size}".encode()).hexdigest()[:16]
        place = kept / f"{wanted.name}-{height}x{width}-folder-{key}"
        if known := datacache.load(place):
            return known
        read = folders.read_pictures(folder, wanted.size, tell)
        source = Text(
            ru=f"{wanted.title.ru}: папка {folder.name}, классов: {len(read.classes)}"
            + (f", повреждённых картинок: {len(read.damaged)}" if read.damaged else ""),
            en=f"{wanted.title.en}: the folder {folder.name}, {len(read.classes)} classes"
            + (f", {len(read.damaged)} damaged pictures" if read.damaged else ""),
        )
        return _stored(place, wanted.name, read.arrays, source, False, read.classes)


def locate(wanted: FolderSet, places: Sequence[Path], data_dir: Path | None) -> Path | None:
    """The folder that goes by one of the names; ``data_dir`` itself where nothing in it does."""
    names = {name.casefold() for name in (wanted.name, *wanted.names)}
    searched = [*([data_dir] if data_dir is not None else []), *places]
    for place in searched:
        for folder in [place, *_inside(place)]:
            if folder.name.casefold() in names and folders.looks_like(folder):
                return folder
    if data_dir is not None and folders.looks_like(data_dir):
        return data_dir
    return None


def cut(base: DataSet, wanted: Cut, *, cache: Path | None = None) -> DataSet:
    """``base``, or the part of it that is wanted (see :func:`grader.data.derived.derive`).

    Raises:
        UsageError: there is no such class.
        DataUnavailable: the cache cannot be written.
    """
    kept = cache_folder(cache)
    with _writing(kept):
        return derive(base, wanted, kept)


def _inside(place: Path) -> list[Path]:
    try:
        return sorted(p for p in place.iterdir() if p.is_dir())
    except OSError:  # not there, a file, or not to be entered
        return []


def _generated(wanted: FolderSet, kept: Path, tell: Callable[[str], None]) -> DataSet:
    tell(f"{wanted.title.en} was not found: generated images stand in, so the grade is provisional")
    base = kept / f"pictures-standin-{standin.VERSION}"
    made = datacache.load(base)
    if made is None:
        train, validation, test = STAND_IN
        x, y = standin.images(train + validation, 0)
        test_x, test_y = standin.images(test, 1)
        arrays = {
            "train_x": x[:train],
            "train_y": y[:train],
            "val_x": x[train:],
            "val_y": y[train:],
            "test_x": test_x,
            "test_y": test_y,
        }
        source = Text(ru="сгенерированные картинки", en="generated images")
        made = _stored(base, "pictures", arrays, source, True, ())
    return derive(made, Cut(size=wanted.size), kept)


def _stored(
    place: Path,
    name: str,
    arrays: dict[str, Array],
    source: Text,
    stand_in: bool,
    classes: Sequence[str],
) -> DataSet:
    datacache.store(place, name, arrays, source, stand_in, classes)
    made = datacache.load(place)
    if made is None:
        raise DataUnavailable(f"{place} was damaged as it was written. Delete it and try again.")
    return made


@contextlib.contextmanager
def _writing(kept: Path) -> Iterator[None]:
    try:
        yield
    except (DataUnavailable, UsageError):
        raise
    except OSError as error:
        raise DataUnavailable(
            f"Decoded data cannot be kept in {kept}: {error}. "
            "Make room, or set GRADER_CACHE to a folder that can be written."
        ) from error


def _silent(line: str) -> None:
    """Nobody asked to be told."""
