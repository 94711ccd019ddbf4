"""The data sets that the grader knows, each described by values alone.

An :class:`Entry` says which files a data set comes in, how they are read, where the official one
is published, and what may stand in for it. CIFAR-10 is here, the others are in
:mod:`grader.data.published`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.data import archives, standin
from grader.data.archives import Array, Pools
from grader.model import Text


@dataclass(frozen=True)
class Form:
    """One kind of file that a data set comes in.

    ``names`` are paths inside a searched folder. ``marker`` is a file that must lie inside, for
    forms that are folders. A file given by hand may have another name with one of ``endings``.
    """

    title: Text
    names: tuple[str, ...]
    read: Callable[[Path], Pools]
    endings: tuple[str, ...] = ()
    marker: str = ""


@dataclass(frozen=True)
class Download:
    """Where the official file is published, with its checksum."""

    url: str
    md5: str
    form: Form


@dataclass(frozen=True)
class Entry:
    """A data set by values: ``train + validation`` training images, then ``test`` more.

    ``stand_in(count, part)`` makes images and labels of part 0 (train, validation) or 1 (test).
    """

    name: str
    title: Text
    shape: tuple[int, int, int]
    classes: int
    train: int
    validation: int
    test: int
    forms: tuple[Form, ...]
    download: Download | None = None
    stand_in: Callable[[int, int], tuple[Array, Array]] | None = None
    stand_in_version: int = 0
    classes_named: tuple[str, ...] = ()
    """Names of the classes, where they are known."""


_CIFAR10_BATCHES = archives.Batches(
    train={
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    },
    test={"test_batch": "40351d587109b95175f43aff81a1287e"},
)
_CIFAR10_MD5 = "c58f30108f718f92721af3b95e74349a"
_CIFAR10_ARCHIVE = Form(
    Text(ru="официальный архив", en="the official archive"),
    # Keras has kept the same file under one name after another.
    (
        "cifar-10-python.tar.gz",
        "cifar-10-batches-py.tar.gz",
        "cifar-10-batches-py-target.tar.gz",
        "cifar-10-batches-py-target_archive",
        "cifar-10-batches-py_archive",
    ),
    functools.partial(archives.read_tar, batches=_CIFAR10_BATCHES, md5=_CIFAR10_MD5),
    endings=(".tar.gz", ".tgz"),
)
CIFAR10 = Entry(
    name="cifar10",
    title=Text(ru="CIFAR-10", en="CIFAR-10"),
    shape=(32, 32, 3),
    classes=10,
    train=49_000,
    validation=1_000,
    test=10_000,
    forms=(
        Form(
            Text(ru="набор, упакованный в JPEG", en="a packed set of JPEG images"),
            ("cifar10_jpeg.npz",),
            archives.read_npz,
            endings=(".npz",),
        ),
        _CIFAR10_ARCHIVE,
        Form(
            Text(ru="распакованный официальный архив", en="the official archive, unpacked"),
            (
                "cifar-10-batches-py",
                "cifar-10-batches-py-target/cifar-10-batches-py",
                "cifar-10-batches-py/cifar-10-batches-py",
                ".",
            ),
            functools.partial(archives.read_folder, batches=_CIFAR10_BATCHES),
            marker="data_batch_1",
        ),
    ),
    download=Download(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", _CIFAR10_MD5, _CIFAR10_ARCHIVE
    ),
    stand_in=standin.images,
    stand_in_version=standin.VERSION,
    classes_named=tuple(
        "airplane automobile bird cat deer dog frog horse ship truck".split()  # noqa: SIM905
    ),
)
