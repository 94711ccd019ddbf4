"""Generated images stand in where no data can be had, and are marked."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cifar_files import TEST, TRAIN, VALIDATION, check_whole, official, read, small

from grader import data
from grader.data import standin
from grader.errors import DataUnavailable


def test_stand_in(tmp_path: Path) -> None:
    """Where no data can be had, generated images stand in, are marked, and are made once."""
    told: list[str] = []
    find = functools.partial(
        data.find, small(), cache=tmp_path, download=False, progress=told.append
    )
    found = find()
    assert found.stand_in
    assert any("provisional" in line for line in told)
    assert read(found, "train_x").shape == (TRAIN, 32, 32, 3)
    assert (found.val_y.shape, found.test_y.shape) == ((VALIDATION,), (TEST,))
    made = (found.folder / "train_x.npy").stat().st_mtime_ns
    assert find().digest == found.digest
    assert (found.folder / "train_x.npy").stat().st_mtime_ns == made


def test_real_data_comes_before_the_stand_in(tmp_path: Path) -> None:
    """A stand-in in the cache gives way as soon as real data is there."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    entry = small(tar)
    assert data.find(entry, cache=tmp_path / "cache", download=False).stand_in
    check_whole(data.find(entry, folders=[tar.parent], cache=tmp_path / "cache"))


def test_no_stand_in(tmp_path: Path) -> None:
    """A data set without a stand-in that cannot be had is the grader's failure, with a remedy."""
    with pytest.raises(DataUnavailable, match="GRADER_DATA"):
        data.find(replace(small(), stand_in=None), cache=tmp_path, download=False)


def test_stand_in_bytes() -> None:
    """The generated images are the same on every machine, to the last byte."""
    x, y = standin.images(1_200, 0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((1200, 32, 32, 3), np.uint8, (1200,), np.int64)
    digest = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
    assert digest == "8cac56343d9ee87467dbbfacb4d0a53b30dd6a0d4117324441b0ef27a05d78ce"


def test_stand_in_parts() -> None:
    """Classes are about equally frequent, and no image of one part is in another."""
    x, y = standin.images(3_000, 0)
    other, _ = standin.images(1_000, 1)
    assert np.all(np.bincount(y, minlength=10) > 240)
    assert len({image.tobytes() for image in np.concatenate([x, other])}) == 4_000
