"""Data sets that are published whole: MNIST and its likes, CIFAR-100; and parts cut of them."""

from __future__ import annotations

import functools
import gzip
import hashlib
import pickle
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cifar_files import archive_of, read

from grader import data
from grader.data import archives, datacache, idx
from grader.data.datasets import Entry, Form
from grader.data.derived import Cut, derive
from grader.data.places import SYSTEM, entry_of
from grader.data.published import CIFAR100, ENTRIES, FASHION_MNIST, MNIST
from grader.errors import DataUnavailable, UsageError

Array = np.ndarray[Any, Any]
RNG = np.random.default_rng(5)
TRAIN_X, TEST_X = (RNG.integers(0, 256, (n, 28, 28), np.uint8) for n in (20, 6))
TRAIN_Y, TEST_Y = (np.arange(n, dtype=np.uint8) % 10 for n in (20, 6))
FASHION = SYSTEM / "fashion-mnist" / "train-images-idx3-ubyte.gz"


def packed(array: Array) -> bytes:
    axes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + axes + array.tobytes()


CONTENT = {
    "train-images-idx3-ubyte": packed(TRAIN_X),
    "train-labels-idx1-ubyte": packed(TRAIN_Y),
    "t10k-images-idx3-ubyte": packed(TEST_X),
    "t10k-labels-idx1-ubyte": packed(TEST_Y),
}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def small_mnist() -> Entry:
    """MNIST's own entry with 26 images, and the checksums of the files made here."""
    files = idx.IdxFiles(*((name, md5(content)) for name, content in CONTENT.items()))
    forms = tuple(
        replace(form, read=functools.partial(idx.read_idx, files=files)) if form.marker else form
        for form in MNIST.forms
    )
    return replace(MNIST, train=15, validation=5, test=6, forms=forms, download=None)


def written(folder: Path, zipped: bool, **changes: bytes) -> Path:
    folder.mkdir(parents=True)
    for name, content in {**CONTENT, **changes}.items():
        if zipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("zipped", [True, False], ids=["gzipped", "plain"])
def test_idx_files(tmp_path: Path, zipped: bool) -> None:
    """The four IDX files give grey images with one channel, split and sealed like any others."""
    written(tmp_path / "in" / "mnist", zipped)
    found = data.find(small_mnist(), folders=[tmp_path / "in"], cache=tmp_path / "cache")
    np.testing.assert_array_equal(read(found, "train_x"), TRAIN_X[:15, ..., None])
    np.testing.assert_array_equal(found.val_y, TRAIN_Y[15:])
    np.testing.assert_array_equal(read(found, "test_x"), TEST_X[..., None])
    assert (found.shape, found.class_count, found.stand_in) == ((28, 28, 1), 10, False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"train-labels-idx1-ubyte": packed(TEST_Y)}, "MD5 of its train-labels"),
        ({"t10k-images-idx3-ubyte": b""}, "MD5 of its t10k-images"),
    ],
)
def test_other_idx_files(tmp_path: Path, changes: dict[str, bytes], reason: str) -> None:
    """A file of another checksum is refused by name."""
    folder = written(tmp_path / "mnist", True, **changes)
    with pytest.raises(UsageError, match=reason):
        data.find(small_mnist(), data_dir=folder.parent, cache=tmp_path / "cache")


def test_an_idx_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """A gzip bomb is not unpacked to its end."""
    folder = written(tmp_path / "mnist", True)
    files = idx.IdxFiles(*((name, md5(content)) for name, content in CONTENT.items()), largest=99)
    with pytest.raises(DataUnavailable, match="unpacks to more than 99 bytes"):
        idx.read_idx(folder, files)


def test_keras_npz(tmp_path: Path) -> None:
    """The file of Keras's cache is read once its checksum is the published one."""
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=TRAIN_X, y_train=TRAIN_Y, x_test=TEST_X, y_test=TEST_Y)
    pools = idx.read_keras_npz(path, md5(path.read_bytes()))
    assert pools.train_x.shape == (20, 28, 28, 1)
    assert pools.test_y.tolist() == TEST_Y.tolist()
    with pytest.raises(DataUnavailable, match="its MD5 is"):
        idx.read_keras_npz(path, "0" * 32)


def test_cifar100_has_fine_labels(tmp_path: Path) -> None:
    """CIFAR-100's archive is read as CIFAR-10's, by its fine labels."""
    rows = RNG.integers(0, 256, (10, 3072), np.uint8)
    labels = [99, 0, 5, 7, 9, 11, 13, 15, 17, 19]
    batch = pickle.dumps(
        {b"data": rows, b"fine_labels": labels, b"coarse_labels": [0] * 10}, protocol=2
    )
    batches = archives.Batches({"train": md5(batch)}, {"test": md5(batch)}, labels="fine_labels")
    members = {f"cifar-100-python/{name}": batch for name in ("train", "test")}
    tar = archive_of(tmp_path / "cifar-100-python.tar.gz", members)
    form = replace(
        CIFAR100.forms[0],
        read=functools.partial(archives.read_tar, batches=batches, md5=md5(tar.read_bytes())),
    )
    entry = replace(CIFAR100, train=8, validation=2, test=10, forms=(form,), download=None)
    found = data.find(entry, folders=[tmp_path], cache=tmp_path / "cache")
    assert read(found, "train_y").tolist() == labels[:8]
    assert (found.class_count, found.classes[99]) == (100, "worm")
    apples = derive(found, Cut(classes=("worm", "Apple")), tmp_path / "cut")
    assert read(apples, "train_y").tolist() == [0, 1]
    assert apples.classes == ("worm", "apple")
    with pytest.raises(UsageError, match="no class 'wurm'"):
        derive(found, Cut(classes=("wurm",)), tmp_path / "cut")
    with pytest.raises(UsageError, match="named twice"):
        derive(found, Cut(classes=(0, "apple")), tmp_path / "cut")


def small_set(folder: Path, *, stand_in: bool = False) -> data.DataSet:
    x = RNG.integers(0, 256, (12, 8, 8, 3), np.uint8)
    y = np.arange(12) % 3
    arrays = {f"{part}_{what}": v for part in ("train", "val", "test") for what, v in
              (("x", x), ("y", y))}  # fmt: skip
    datacache.store(folder, "tiny", arrays, CIFAR100.title, stand_in)
    made = datacache.load(folder)
    assert made is not None
    return made


def test_another_size(tmp_path: Path) -> None:
    """Images are squeezed into the size that is asked for, once; labels and seal stay."""
    base = small_set(tmp_path / "base")
    smaller = derive(base, Cut(size=(4, 6)), tmp_path / "cut")
    assert smaller.shape == (4, 6, 3)
    assert smaller.val_y.tolist() == base.val_y.tolist()
    assert not (smaller.folder / "val_y.npy").exists()
    assert derive(base, Cut(size=(4, 6)), tmp_path / "cut").folder == smaller.folder
    assert derive(base, Cut(size=(8, 8)), tmp_path / "cut") is base


def test_classes_of_a_stand_in(tmp_path: Path) -> None:
    """A stand-in gives as many of its own classes as were chosen."""
    base = small_set(tmp_path / "base", stand_in=True)
    chosen = derive(base, Cut(classes=("worm", 77)), tmp_path / "cut")
    assert chosen.class_count == 2
    assert chosen.stand_in


def test_every_entry_has_a_stand_in_of_its_own_shape() -> None:
    """Whatever data set a lab names, generated images of its shape can stand in for it."""
    for entry in ENTRIES:
        assert entry.stand_in is not None
        x, y = entry.stand_in(20, 1)
        assert x.shape == (20, *entry.shape)
        assert y.max() < entry.classes
        assert len(entry.classes_named) in (0, entry.classes)
        assert entry_of(entry.name) is entry


def test_stated_forms_are_forms() -> None:
    """Each entry says how each of its files is read."""
    assert all(isinstance(form, Form) for entry in ENTRIES for form in entry.forms)


@pytest.mark.skipif(not FASHION.exists(), reason="Debian's dataset-fashion-mnist is not here")
def test_the_real_fashion_mnist(tmp_path: Path) -> None:
    """Debian's copy of Fashion-MNIST is found by itself, and is the published one."""
    found = data.find(
        FASHION_MNIST, folders=data.search_folders(None, None), cache=tmp_path, download=False
    )
    assert read(found, "train_x").shape == (59_000, 28, 28, 1)
    assert np.bincount(found.test_y).tolist() == [1000] * 10
    assert found.classes[9] == "Ankle boot"
    assert not found.stand_in
