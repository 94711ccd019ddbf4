"""The files that MNIST and its likes come in: IDX (plain or gzipped), and Keras's own ``npz``.

IDX is big-endian: two zero bytes, the type, the number of axes, the sizes, the values. A file is
known by the MD5 of what it holds uncompressed: packed anew, as Debian does, it has other bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.data.archives import Array, Pools, blaming

_UNSIGNED_BYTE = 8


@dataclass(frozen=True)
class IdxFiles:
    """Names (without ``.gz``) and MD5s (of the uncompressed bytes) of the four files."""

    train_x: tuple[str, str]
    train_y: tuple[str, str]
    test_x: tuple[str, str]
    test_y: tuple[str, str]
    largest: int = 64 * 2**20
    """Bytes: what would unpack to more is no file of this data set."""


def read_idx(folder: Path, files: IdxFiles) -> Pools:
    """The four files in ``folder``, each ``.gz`` or unpacked; grey images as ``(N, H, W, 1)``.

    Raises:
        DataUnavailable: a file is missing, damaged, or not the published one.
    """
    with blaming(folder):
        parts = (files.train_x, files.train_y, files.test_x, files.test_y)
        train_x, train_y, test_x, test_y = (
            _array(_content(folder / name, files.largest), name, md5) for name, md5 in parts
        )
        return _pools(train_x, train_y, test_x, test_y)


def read_keras_npz(path: Path, md5: str) -> Pools:
    """``x_train``, ``y_train``, ``x_test``, ``y_test`` of the file that Keras keeps.

    Raises:
        DataUnavailable: it is another file, or damaged.
    """
    with blaming(path), path.open("rb") as stream:
        found = hashlib.file_digest(stream, "md5").hexdigest()
        if found != md5:
            raise ValueError(f"its MD5 is {found}, the published one is {md5}")
        stream.seek(0)
        with np.load(stream, allow_pickle=False) as packed:
            names = ("x_train", "y_train", "x_test", "y_test")
            train_x, train_y, test_x, test_y = (packed[name] for name in names)
        return _pools(train_x, train_y, test_x, test_y)


def _content(path: Path, largest: int) -> bytes:
    packed = path.with_name(path.name + ".gz")
    if not packed.is_file():
        if path.stat().st_size > largest:
            raise ValueError(f"{path.name} is too large")
        return path.read_bytes()
    with gzip.open(packed) as stream:
        content = stream.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"{packed.name} unpacks to more than {largest} bytes")
    return content


def _array(content: bytes, name: str, md5: str) -> Array:
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise ValueError(f"the MD5 of its {name} is {found}, the published one is {md5}")
    zero, kind, axes = struct.unpack_from(">HBB", content)
    if zero or kind != _UNSIGNED_BYTE or not 1 <= axes <= 3:
        raise ValueError(f"its {name} is no IDX file of bytes")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _pools(train_x: Array, train_y: Array, test_x: Array, test_y: Array) -> Pools:
    return Pools(
        train_x[..., None], train_y.astype(np.int64), test_x[..., None], test_y.astype(np.int64)
    )
