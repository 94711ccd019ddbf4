"""Small CIFAR-10 files in the real formats, and what must come out of them."""

from __future__ import annotations

import functools
import hashlib
import io
import socket
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from grader import data
from grader.data import archives
from grader.data.datasets import CIFAR10, Download, Entry

TRAIN, VALIDATION, TEST = 15, 5, 10


def _images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 32, 32, 3), np.uint8), rng.integers(0, 10, count)


BATCHES = {
    "data_batch_1": _images(10, 1),
    "data_batch_2": _images(10, 2),
    "test_batch": _images(TEST, 3),
}
TRAIN_X = np.concatenate([BATCHES["data_batch_1"][0], BATCHES["data_batch_2"][0]])
TRAIN_Y = np.concatenate([BATCHES["data_batch_1"][1], BATCHES["data_batch_2"][1]])
TEST_X, TEST_Y = BATCHES["test_batch"]


def python2_pickle(x: np.ndarray, y: np.ndarray) -> bytes:
    """The bytes that Python 2 wrote for a batch, as the published archive holds them."""
    rows = x.transpose(0, 3, 1, 2).tobytes()
    return b"".join(
        [
            b"\x80\x02}(U\x04datacnumpy.core.multiarray\n_reconstruct\n",
            b"cnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K" + bytes([len(x)]) + b"M\x00\x0c\x86",
            b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNN",
            b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
            b"T" + len(rows).to_bytes(4, "little") + rows + b"tb",
            b"U\x06labels](" + b"".join(b"K" + bytes([label]) for label in y) + b"eu.",
        ]
    )


PICKLES = {name: python2_pickle(*batch) for name, batch in BATCHES.items()}


def archive_of(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def official(path: Path) -> Path:
    return archive_of(path, {f"cifar-10-batches-py/{name}": PICKLES[name] for name in PICKLES})


def unpacked(path: Path) -> Path:
    path.mkdir(parents=True)
    for name, content in PICKLES.items():
        (path / name).write_bytes(content)
    return path


def packed(path: Path, **changes: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, np.ndarray] = {}
    for part, x, y in (("train", TRAIN_X, TRAIN_Y), ("test", TEST_X, TEST_Y)):
        files = [jpeg(image) for image in x]
        arrays[f"{part}_jpeg"] = np.frombuffer(b"".join(files), np.uint8)
        arrays[f"{part}_offsets"] = np.cumsum([0, *map(len, files)])
        arrays[f"{part}_labels"] = y.astype(np.uint8)
    np.savez(path, **(arrays | changes))
    return path


def jpeg(image: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def small(tar: Path | None = None, url: str | None = None, pickles: object = None) -> Entry:
    """CIFAR-10's own entry with fewer images, and the checksums of the files made here."""
    named = {name: _md5(content) for name, content in dict(pickles or PICKLES).items()}
    batches = archives.Batches(
        train={name: named[name] for name in named if name != "test_batch"},
        test={"test_batch": named["test_batch"]},
    )
    md5 = _md5(tar.read_bytes()) if tar else "0" * 32
    npz, official, folder = CIFAR10.forms
    official = replace(
        official, read=functools.partial(archives.read_tar, batches=batches, md5=md5)
    )
    folder = replace(folder, read=functools.partial(archives.read_folder, batches=batches))
    return replace(
        CIFAR10,
        train=TRAIN,
        validation=VALIDATION,
        test=TEST,
        forms=(npz, official, folder),
        download=Download(url, md5, official) if url else None,
    )


def read(found: data.DataSet, name: str) -> np.ndarray:
    array: np.ndarray = np.load(found.folder / f"{name}.npy", mmap_mode="r")
    return array


def check_whole(found: data.DataSet) -> None:
    """The official images, bit for bit, each in its part."""
    np.testing.assert_array_equal(read(found, "train_x"), TRAIN_X[:TRAIN])
    np.testing.assert_array_equal(read(found, "train_y"), TRAIN_Y[:TRAIN])
    np.testing.assert_array_equal(read(found, "val_x"), TRAIN_X[TRAIN:])
    np.testing.assert_array_equal(read(found, "test_x"), TEST_X)
    np.testing.assert_array_equal(found.val_y, TRAIN_Y[TRAIN:])
    np.testing.assert_array_equal(found.test_y, TEST_Y)
    assert not found.stand_in


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
