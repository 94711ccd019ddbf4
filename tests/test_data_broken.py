"""Broken, hostile and missing files are refused by name, with the reason and a remedy."""

from __future__ import annotations

import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
from cifar_files import (
    PICKLES,
    TEST,
    TEST_Y,
    archive_of,
    check_whole,
    cut,
    official,
    packed,
    small,
    unpacked,
)

from grader import data
from grader.data import archives
from grader.errors import UsageError


def _bad_offsets(path: Path) -> Path:
    return packed(path, train_offsets=np.arange(21))


def _bad_image(path: Path) -> Path:
    return packed(path, test_jpeg=np.zeros(10, np.uint8), test_offsets=np.arange(11))


def _pickled(path: Path) -> Path:
    return packed(path, train_labels=np.array([print] * 20, dtype=object))


def _no_labels(path: Path) -> Path:
    np.savez(path, train_jpeg=np.zeros(3, np.uint8))
    return path


def _too_few(path: Path) -> Path:
    return packed(path, test_labels=TEST_Y[:-1].astype(np.uint8))


def _strange_label(path: Path) -> Path:
    return packed(path, test_labels=np.full(TEST, 10, np.uint8))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: cut(packed(path)), "zip"),
        (_bad_offsets, "do not cut"),
        (_bad_image, "identify image"),
        (_pickled, "allow_pickle=False"),
        (_no_labels, "train_offsets"),
        (_too_few, "test labels are not 10 numbers"),
        (_strange_label, "test labels are not 10 numbers below 10"),
    ],
)
def test_broken_npz(tmp_path: Path, spoil: object, reason: str) -> None:
    """Whatever is wrong with a packed file, the error names the file, the reason and a remedy."""
    path = tmp_path / "cifar10_jpeg.npz"
    assert callable(spoil)
    spoil(path)
    with pytest.raises(UsageError, match=reason) as caught:
        data.find(small(), data_dir=path, cache=tmp_path / "cache")
    assert str(path) in str(caught.value)
    assert "--data-dir" in str(caught.value)


def test_wrong_checksum_goes_on(tmp_path: Path) -> None:
    """A broken file on the way is told, and the next place is used."""
    tar = official(tmp_path / "good" / "cifar-10-python.tar.gz")
    entry = small(tar)
    bad = cut(official(tmp_path / "bad" / "cifar-10-python.tar.gz"))
    told: list[str] = []
    folders = [tmp_path / "none", bad.parent, tar.parent]
    found = data.find(entry, folders=folders, cache=tmp_path / "cache", progress=told.append)
    check_whole(found)
    assert any(f"{bad} cannot be used: its MD5 is" in line for line in told)


def test_wrong_batch(tmp_path: Path) -> None:
    """A batch of the unpacked archive that is not the published one is refused by name."""
    home = unpacked(tmp_path / "in" / "cifar-10-batches-py")
    (home / "data_batch_2").write_bytes(PICKLES["data_batch_1"])
    with pytest.raises(UsageError, match="the MD5 of its data_batch_2 is"):
        data.find(small(), data_dir=tmp_path / "in", cache=tmp_path / "cache")
    (home / "data_batch_2").unlink()
    with pytest.raises(UsageError, match="data_batch_2"):
        data.find(small(), data_dir=tmp_path / "in", cache=tmp_path / "cache")


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'touch {}'\ntR.",
        b"cbuiltins\nopen\n(S'{}'\nS'w'\ntR.",
        b"cnumpy\nload\n(S'{}'\ntR.",
    ],
)
def test_hostile_pickle(tmp_path: Path, content: bytes) -> None:
    """A pickle that asks for anything but arrays is refused, and nothing of it runs."""
    trace = tmp_path / "trace"
    hostile = PICKLES | {"data_batch_1": content.replace(b"{}", str(trace).encode())}
    tar = archive_of(tmp_path / "cifar-10-python.tar.gz", hostile)
    with pytest.raises(UsageError, match="which no data set needs"):
        data.find(small(tar, pickles=hostile), data_dir=tar, cache=tmp_path / "cache")
    assert not trace.exists()


@pytest.mark.parametrize("codec", [b"V0\nVhex\n", b"I3\nVlatin1\n"])
def test_hostile_codec(codec: bytes) -> None:
    """The one codec of old pickles works on text alone, and no other codec is looked up."""
    with pytest.raises(pickle.UnpicklingError, match="codec"):
        archives.load_pickle(io.BytesIO(b"c_codecs\nencode\n(" + codec + b"tR."))


@pytest.mark.parametrize(
    "name", ["/cifar/data_batch_1", "../data_batch_1", "a/../../data_batch_1", "..\\data_batch_1"]
)
def test_unsafe_member(tmp_path: Path, name: str) -> None:
    """An archive with a member that points outside is refused whole."""
    tar = archive_of(tmp_path / "cifar-10-python.tar.gz", {name: b"x"} | PICKLES)
    with pytest.raises(UsageError, match="unsafe path"):
        data.find(small(tar), data_dir=tar, cache=tmp_path / "cache")


def test_link_member(tmp_path: Path) -> None:
    """A link in the place of a batch is refused."""
    tar = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        member = tarfile.TarInfo("data_batch_1")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(UsageError, match="no batch of images"):
        data.find(small(tar), data_dir=tar, cache=tmp_path / "cache")


def test_empty_data_dir(tmp_path: Path) -> None:
    """A folder named by the user that holds nothing usable ends it, and says what was sought."""
    with pytest.raises(UsageError, match=r"cifar10_jpeg\.npz, cifar-10-python\.tar\.gz"):
        data.find("cifar10", data_dir=tmp_path, cache=tmp_path / "cache")


def test_unknown_name(tmp_path: Path) -> None:
    """A data set that nobody described is an error that lists the known ones."""
    with pytest.raises(UsageError, match=r"'cifar11'.*cifar10"):
        data.find("cifar11", cache=tmp_path)
