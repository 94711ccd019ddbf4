"""Data sets made of others: some of the classes, another size. Kept as if they had been read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.data import datacache
from grader.data.archives import Array
from grader.data.datacache import DataSet
from grader.errors import UsageError


@dataclass(frozen=True)
class Cut:
    """What is taken of a data set: ``classes`` by name or number (all when empty), a ``size``."""

    size: tuple[int, int] | None = None
    classes: tuple[int | str, ...] = ()


def derive(base: DataSet, cut: Cut, kept: Path) -> DataSet:
    """``base`` cut to some of its classes (numbered anew, in their order) and another size.

    A stand-in has no such classes: as many of its own are taken.

    Raises:
        UsageError: there is no such class, or one stands there twice.
        OSError: it cannot be written.
    """
    size = None if cut.size == base.shape[:2] else cut.size
    if size is None and not cut.classes:
        return base
    classes = numbers(base, cut.classes)
    name = _name(base, size, classes if cut.classes else ())
    described = f"{base.digest} {size} {classes}"
    place = kept / f"{name}-of-{hashlib.sha256(described.encode()).hexdigest()[:16]}"
    if known := datacache.load(place):
        return known
    arrays = _arrays(base, classes if cut.classes else None, size)
    names = tuple(base.classes[n] for n in classes) if base.classes else ()
    datacache.store(place, name, arrays, base.source, base.stand_in, names)
    made = datacache.load(place)
    if made is None:
        raise OSError(f"{place} was damaged as it was written")
    return made


def numbers(base: DataSet, classes: Sequence[int | str]) -> tuple[int, ...]:
    """The classes' numbers in ``base``; all of them where none is named.

    Raises:
        UsageError: there is no such class, or one stands there twice.
    """
    count = base.class_count
    if base.stand_in and classes:
        return tuple(range(min(len(classes), count)))
    known = {name.casefold(): number for number, name in enumerate(base.classes)}
    found = [_number(each, known, count) for each in classes] or list(range(count))
    if len(set(found)) != len(found):
        raise UsageError(
            f"{base.name}: a class is named twice among {', '.join(map(str, classes))}"
        )
    return tuple(found)


def _number(wanted: int | str, known: dict[str, int], count: int) -> int:
    number = known.get(wanted.casefold().strip(), -1) if isinstance(wanted, str) else wanted
    if not 0 <= number < count:
        raise UsageError(f"there is no class {wanted!r} among the {count} of the data set")
    return number


def _name(base: DataSet, size: tuple[int, int] | None, classes: tuple[int, ...]) -> str:
    """As the kernel's room knows it: letters, digits and hyphens."""
    what = "" if size is None else f"-{size[0]}x{size[1]}"
    if classes:
        digest = hashlib.sha256(repr(classes).encode()).hexdigest()[:6]
        what += f"-{len(classes)}classes-{digest}"
    return base.name + what


def _arrays(
    base: DataSet, classes: tuple[int, ...] | None, size: tuple[int, int] | None
) -> dict[str, Array]:
    labels = {
        "train": np.load(base.folder / "train_y.npy"),
        "val": base.val_y,
        "test": base.test_y,
    }
    arrays: dict[str, Array] = {}
    for part, y in labels.items():
        x = np.load(base.folder / f"{part}_x.npy", mmap_mode="r")
        if classes is not None:
            rows = np.flatnonzero(np.isin(y, classes))
            renamed = np.zeros(max(base.class_count, int(y.max()) + 1), np.int64)
            renamed[list(classes)] = np.arange(len(classes))
            x, y = x[rows], renamed[y[rows]]
        arrays[f"{part}_x"] = np.ascontiguousarray(x if size is None else _resized(x, size))
        arrays[f"{part}_y"] = np.ascontiguousarray(y)
    return arrays


def _resized(images: Array, size: tuple[int, int]) -> Array:
    """Each image squeezed into ``size`` (height, width), with Pillow's bilinear filter."""
    from PIL import Image

    height, width = size
    made = np.empty((len(images), height, width, images.shape[-1]), np.uint8)
    for row, image in enumerate(images):
        plain = image[..., 0] if image.shape[-1] == 1 else image
        fitted = Image.fromarray(plain).resize((width, height), Image.Resampling.BILINEAR)
        made[row] = np.asarray(fitted).reshape(height, width, -1)
    return made
