"""Data sets come in several forms, and are split, sealed and found the same way."""

from __future__ import annotations

import functools
import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from cifar_files import (
    BATCHES,
    TEST_Y,
    TRAIN,
    TRAIN_X,
    TRAIN_Y,
    archive_of,
    check_whole,
    closed_port,
    jpeg,
    official,
    packed,
    read,
    small,
    unpacked,
)
from PIL import Image

from grader import data
from grader.data import archives
from grader.data.datasets import Entry, Form
from grader.errors import UsageError
from grader.model import Text

REAL = Path(__file__).parents[2] / "shared" / "data" / "cifar10_jpeg.npz"


@pytest.mark.parametrize(
    "name",
    [
        "cifar-10-python.tar.gz",
        "cifar-10-batches-py.tar.gz",
        "cifar-10-batches-py-target_archive",
    ],
)
def test_official_archive(tmp_path: Path, name: str) -> None:
    """The official archive is read under every name that it goes by."""
    tar = official(tmp_path / "in" / name)
    check_whole(data.find(small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"))


@pytest.mark.parametrize(
    "name", ["cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py", "."]
)
def test_unpacked_archive(tmp_path: Path, name: str) -> None:
    """The unpacked archive is read as it lies in a folder, in Keras's cache, or as the folder."""
    home = tmp_path / "in"
    unpacked(home / name)
    check_whole(data.find(small(), folders=[home], cache=tmp_path / "cache"))


def test_packed_jpegs(tmp_path: Path) -> None:
    """A packed file gives the pixels that Pillow decodes, in the order of its offsets."""
    packed(tmp_path / "in" / "cifar10_jpeg.npz")
    found = data.find(small(), folders=[tmp_path / "in"], cache=tmp_path / "cache")
    expected = np.stack([np.asarray(Image.open(io.BytesIO(jpeg(image)))) for image in TRAIN_X])
    np.testing.assert_array_equal(read(found, "train_x"), expected[:TRAIN])
    np.testing.assert_array_equal(read(found, "val_x"), expected[TRAIN:])
    np.testing.assert_array_equal(found.val_y, TRAIN_Y[TRAIN:])
    np.testing.assert_array_equal(found.test_y, TEST_Y)


def test_file_by_hand(tmp_path: Path) -> None:
    """A file that the user names may be called anything with the right ending."""
    tar = official(tmp_path / "my copy.tgz")
    check_whole(data.find(small(tar), data_dir=tar, cache=tmp_path / "cache"))


def test_batches_of_python_3(tmp_path: Path) -> None:
    """A batch that Python 3 and today's NumPy pickled is read too."""
    written = {
        name: pickle.dumps(
            {b"data": x.transpose(0, 3, 1, 2).reshape(len(x), -1), b"labels": y.tolist()}, 2
        )
        for name, (x, y) in BATCHES.items()
    }
    tar = archive_of(tmp_path / "in" / "cifar-10-python.tar.gz", written)
    entry = small(tar, pickles=written)
    check_whole(data.find(entry, folders=[tmp_path / "in"], cache=tmp_path / "cache"))


def test_sealed(tmp_path: Path) -> None:
    """The folder that the sandbox sees holds no label of the validation and test images."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    found = data.find(small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache")
    files = sorted(path.name for path in found.folder.rglob("*"))
    arrays = ["test_x.npy", "train_x.npy", "train_y.npy", "val_x.npy"]
    assert files == ["classes.json", *arrays]
    assert read(found, "train_y").shape == (TRAIN,)
    assert found.val_y.dtype == found.test_y.dtype == read(found, "train_y").dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        found.val_y[0] = 1


def test_search_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user named comes first, then the course's own folders, Keras's cache, Debian's."""
    monkeypatch.setenv("GRADER_DATA", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    course = tmp_path / "course"
    assert data.search_folders(tmp_path, course) == (
        tmp_path,
        tmp_path / "a",
        tmp_path / "b",
        course / "data",
        tmp_path / "shared" / "data",
        tmp_path / "keras" / "datasets",
        debian := Path("/usr/share/datasets"),
    )
    monkeypatch.delenv("GRADER_DATA")
    monkeypatch.delenv("KERAS_HOME")
    assert data.search_folders(None, None) == (Path.home() / ".keras" / "datasets", debian)


def test_search_folders_missing(tmp_path: Path) -> None:
    """A --data-dir that does not exist is the user's slip, not an empty search."""
    with pytest.raises(UsageError, match="does not exist"):
        data.search_folders(tmp_path / "typo", None)


def test_survey(tmp_path: Path) -> None:
    """The survey names every place, what is there and how to fill it, and decodes nothing."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    url = f"http://127.0.0.1:{closed_port()}/cifar-10-python.tar.gz"
    entry = small(tar, url)
    survey = functools.partial(
        data.survey, entry, folders=[tmp_path / "none", tar.parent], cache=tmp_path / "cache"
    )
    places = survey()
    assert [(place.where, place.found) for place in places] == [
        (str(tmp_path / "none"), False),
        (str(tar), True),
        (str(tmp_path / "cache" / "data"), False),
        (url, False),
    ]
    assert places[0].how.en.startswith("put cifar10_jpeg.npz or")
    assert not (tmp_path / "cache").exists()
    data.find(entry, folders=[tar.parent], cache=tmp_path / "cache")
    assert survey()[2].found


def test_another_data_set(tmp_path: Path) -> None:
    """A data set is an entry of values: another shape and form need no other code."""

    def unpack(path: Path) -> archives.Pools:
        with np.load(path) as packed:
            return archives.Pools(*(packed[key] for key in ("a", "b", "c", "d")))

    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (9, 28, 28, 1), np.uint8), np.arange(9) % 3
    np.savez(tmp_path / "digits.npz", a=x[:6], b=y[:6], c=x[6:], d=y[6:])
    title = Text(ru="Цифры", en="Digits")
    form = Form(title, ("digits.npz",), unpack)
    entry = Entry("digits", title, (28, 28, 1), 3, train=4, validation=2, test=3, forms=(form,))
    found = data.find(entry, folders=[tmp_path], cache=tmp_path / "cache")
    np.testing.assert_array_equal(read(found, "val_x"), x[4:6])
    np.testing.assert_array_equal(found.test_y, y[6:])
    assert found.source.en == "Digits: Digits (digits.npz)"


@pytest.mark.skipif(not REAL.is_file(), reason="the real images are not on this machine")
def test_real_images(tmp_path: Path) -> None:
    """The real CIFAR-10 decodes to 60,000 images of ten equally frequent classes."""
    found = data.find("cifar10", folders=[REAL.parent], cache=tmp_path)
    shapes = {name: read(found, name).shape for name in ("train_x", "val_x", "test_x")}
    assert shapes == {
        "train_x": (49_000, 32, 32, 3),
        "val_x": (1_000, 32, 32, 3),
        "test_x": (10_000, 32, 32, 3),
    }
    assert np.bincount(found.test_y).tolist() == [1_000] * 10
    labels = np.concatenate([read(found, "train_y"), found.val_y])
    assert np.bincount(labels).tolist() == [5_000] * 10
    mean = read(found, "train_x")[::50].mean(axis=(0, 1, 2))
    np.testing.assert_allclose(mean, [125.3, 123.0, 113.9], atol=3)
