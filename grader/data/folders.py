"""A data set in a folder of pictures, one subfolder a class: read, split, sealed.

Two layouts are known::

    <folder>/<class>/…pictures…                 split here: 70 % train, 15 % validation, 15 % test
    <folder>/train/<class>/…, <folder>/test/…   the test set is the one that is given

Names of classes may be of any script. The split depends on the pictures' paths alone (by their
SHA-256), so that it is the same on every machine, and stays as it is where pictures are added.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.data.pictures import Array, is_picture, read_picture
from grader.errors import DataUnavailable
from grader.model import Text

VALIDATION = TEST = 0.15
LEAST = 10
"""Pictures of a class: fewer cannot be split."""
DAMAGED = 0.1
"""Of all pictures: more than this fraction, and the folder is no copy of anything."""
LARGEST = 2 * 2**30
"""Bytes of all pictures once they are decoded."""
_GIVEN = {"train": "train", "test": "test", "val": "val", "valid": "val", "validation": "val"}


@dataclass(frozen=True)
class FolderSet:
    """A data set that is a folder: under which names it is looked for, and in what size it is read.

    ``size`` is (height, width).
    """

    name: str
    title: Text
    names: tuple[str, ...]
    size: tuple[int, int]


@dataclass(frozen=True)
class Pictures:
    """Arrays as :mod:`grader.data.datacache` names them, the classes, and what was left out."""

    arrays: dict[str, Array]
    classes: tuple[str, ...]
    damaged: tuple[str, ...]


@dataclass(frozen=True)
class _File:
    path: Path
    place: str
    """Its path inside the folder, with slashes and composed accents."""
    label: str
    part: str


def looks_like(folder: Path) -> bool:
    """Whether there are at least two classes in it, by the names of its files."""
    return len({file.label for file in _files(folder)}) > 1


def stamp(folder: Path) -> str:
    """What tells one state of the folder from another without reading a picture."""
    states = []
    for file in _files(folder):
        about = file.path.stat()
        states.append(f"{file.place} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join([str(folder.resolve()), *sorted(states)]).encode()).hexdigest()


def read_pictures(folder: Path, size: tuple[int, int], tell: Callable[[str], None]) -> Pictures:
    """Every picture in ``folder``, resized to ``size`` and split; damaged ones are left out.

    Raises:
        DataUnavailable: fewer than two classes, too few pictures in one, too many damaged ones, or
            more than can be held.
    """
    files = sorted(_files(folder), key=lambda file: file.place)
    classes = tuple(sorted({file.label for file in files}))
    if len(classes) < 2:
        raise DataUnavailable(
            f"{folder} holds pictures of {len(classes)} classes. "
            "Put the pictures of each class into a subfolder of its name."
        )
    height, width = size
    if len(files) * height * width * 3 > LARGEST:
        raise DataUnavailable(
            f"{folder}: {len(files)} pictures of {height}×{width} are more than "
            f"{LARGEST // 2**30} GiB. Give a smaller `size` in the rubric, or fewer pictures."
        )
    tell(f"Reading {len(files)} pictures of {len(classes)} classes from {folder} (once)")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        read = list(pool.map(lambda file: read_picture(file.path, size), files))
    good = [(file, image) for file, image in zip(files, read, strict=True) if image is not None]
    damaged = tuple(f.place for f, image in zip(files, read, strict=True) if image is None)
    _refuse_bad(folder, classes, [file for file, _ in good], damaged)
    if damaged:
        tell(f"{len(damaged)} damaged pictures are left out: {', '.join(damaged[:3])}")
    return Pictures(_split(good, classes), classes, damaged)


def _files(folder: Path) -> Iterator[_File]:
    """Every picture below a class's folder; links to other places are not followed."""
    tops = _subfolders(folder)
    given = {p.name.lower() for p in tops}
    split = bool(given) and given <= set(_GIVEN) and "train" in given
    for top in tops:
        part = _GIVEN[top.name.lower()] if split else ""
        for labelled in _subfolders(top) if split else [top]:
            for base, inner, names in os.walk(labelled):
                inner[:] = sorted(name for name in inner if not name.startswith("."))
                for name in names:
                    path = Path(base) / name
                    if is_picture(path) and path.is_file():
                        place = _composed(path.relative_to(folder).as_posix())
                        yield _File(path, place, _composed(labelled.name), part)


def _subfolders(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [p for p in inside if p.is_dir() and not p.is_symlink() and p.name[0] not in "._"]


def _composed(name: str) -> str:
    """macOS writes «й» as two characters, others as one."""
    return unicodedata.normalize("NFC", name)


def _refuse_bad(
    folder: Path, classes: tuple[str, ...], good: list[_File], damaged: tuple[str, ...]
) -> None:
    count = dict.fromkeys(classes, 0)
    for file in good:
        count[file.label] += 1
    problems = [
        f"class {name} has {number} pictures, and {LEAST} are needed"
        for name, number in count.items()
        if number < LEAST
    ][:5]
    if len(damaged) > DAMAGED * (len(good) + len(damaged)):
        problems.append(f"{len(damaged)} pictures are damaged, the first is {damaged[0]}")
    if problems:
        raise DataUnavailable(
            f"{folder} cannot be used: {'; '.join(problems)}. "
            "Unpack it again, or remove what does not belong there."
        )


def _split(good: list[tuple[_File, Array]], classes: tuple[str, ...]) -> dict[str, Array]:
    labels = {name: number for number, name in enumerate(classes)}
    rows: dict[str, list[int]] = {"train": [], "val": [], "test": []}
    for name in classes:
        mine = [row for row, (file, _) in enumerate(good) if file.label == name]
        for part, chosen in _parts([good[row][0] for row in mine]).items():
            rows[part] += [mine[place] for place in chosen]
    arrays: dict[str, Array] = {}
    for part, chosen in rows.items():
        chosen.sort(key=lambda row: _lot(good[row][0]))
        arrays[f"{part}_x"] = np.stack([good[row][1] for row in chosen])
        arrays[f"{part}_y"] = np.array([labels[good[row][0].label] for row in chosen], np.int64)
    return arrays


def _parts(files: list[_File]) -> dict[str, list[int]]:
    """Which of a class's pictures belong to which part, as positions in ``files``."""
    by_lot = sorted(range(len(files)), key=lambda place: _lot(files[place]))
    chosen: dict[str, list[int]] = {
        part: [place for place in by_lot if files[place].part == part] for part in ("val", "test")
    }
    left = [place for place in by_lot if files[place].part in ("", "train")]
    for part, share in (("test", TEST), ("val", VALIDATION)):
        if not chosen[part]:
            count = max(1, round(share * len(files)))
            chosen[part], left = left[:count], left[count:]
    return {"train": left, **chosen}


def _lot(file: _File) -> bytes:
    return hashlib.sha256(file.place.encode()).digest()
