"""The files that image data sets come in, read without trusting them.

Three forms, each a function from a path to :class:`Pools`: a packed ``npz`` of JPEG bytes, the
official ``tar.gz`` of pickled batches, and the folder that this archive unpacks to. Pickles are
read by an unpickler that knows NumPy arrays and plain containers and refuses everything else.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

from grader.errors import DataUnavailable

Array = np.ndarray[Any, Any]

_MAX_BATCH = 256 * 2**20
_MAX_SIDE = 4096
_JPEGS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Pools:
    """A data set before it is split: images uint8 ``(N, H, W, C)``, labels int64 ``(N,)``."""

    train_x: Array
    train_y: Array
    test_x: Array
    test_y: Array


@dataclass(frozen=True)
class Batches:
    """The files of a CIFAR archive: name → MD5 in the order of the images, and their shape."""

    train: Mapping[str, str]
    test: Mapping[str, str]
    shape: tuple[int, int, int] = (32, 32, 3)
    labels: str = "labels"


def read_npz(path: Path) -> Pools:
    """Decode ``{train,test}_jpeg`` (bytes end to end), ``…_offsets`` and ``…_labels``.

    Raises:
        DataUnavailable: the file is truncated, lacks a key, or an image in it is damaged.
    """
    # np.load would leave a file that it opened itself open when it is no whole zip
    with (
        blaming(path),
        path.open("rb") as stream,
        np.load(stream, allow_pickle=False) as packed,
    ):
        parts = [
            (_jpegs(packed[f"{part}_jpeg"], packed[f"{part}_offsets"]), packed[f"{part}_labels"])
            for part in ("train", "test")
        ]
    (train_x, train_y), (test_x, test_y) = parts
    return Pools(train_x, train_y.astype(np.int64), test_x, test_y.astype(np.int64))


def read_tar(path: Path, batches: Batches, md5: str) -> Pools:
    """Read the official archive, once its MD5 is the published one.

    Raises:
        DataUnavailable: another checksum, a member with an unsafe path, or a damaged batch.
    """
    with blaming(path):
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "md5").hexdigest()
        if found != md5:
            raise ValueError(f"its MD5 is {found}, the published one is {md5}")
        wanted = {*batches.train, *batches.test}
        with tarfile.open(path, "r:gz") as archive:
            content = dict(_members(archive, wanted))
        return _pools(content.__getitem__, batches)


def read_folder(path: Path, batches: Batches) -> Pools:
    """Read the folder that the official archive unpacks to, each batch checked by its MD5.

    Raises:
        DataUnavailable: a batch is missing, or not the published one.
    """
    with blaming(path):
        return _pools(lambda name: _read(path / name), batches)


def load_pickle(stream: IO[bytes]) -> Any:
    """What a pickle of arrays and plain containers holds; nothing in it is called or imported.

    Raises:
        pickle.UnpicklingError: the pickle asks for anything else.
    """
    return _Unpickler(stream, encoding="bytes").load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"a pickle in it asks for {module}.{name}, which no data set needs"
            ) from None


def _latin1(text: object, encoding: object) -> bytes:
    """What Python 3 writes for ``bytes`` in protocol 2, with the one codec that it uses."""
    if not isinstance(text, str) or encoding != "latin1":
        raise pickle.UnpicklingError("a pickle in it asks for a codec that no data set needs")
    return text.encode("latin1")


_RECONSTRUCT = np.zeros(0).__reduce__()[0]
_ALLOWED: Mapping[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _latin1,
}


@contextlib.contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes its reader raise into one error that names the file."""
    try:
        yield
    except _DAMAGE as error:
        missing = type(error) is KeyError
        reason = f"{error.args[0]} is missing from it" if missing else str(error)
        raise DataUnavailable(
            f"{path} cannot be used: {reason or type(error).__name__}. "
            "Delete it and fetch it again, or give --data-dir another copy."
        ) from error


# A damaged pickle, zip, gzip or JPEG raises any of these, depending on where it is damaged.
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


def _members(archive: tarfile.TarFile, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    """The wanted files of an archive; nothing is ever written to disk under a member's name."""
    for member in archive:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or "\\" in member.name:
            raise ValueError(f"it holds a member with the unsafe path {member.name!r}")
        if path.name not in wanted:
            continue
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None or member.size > _MAX_BATCH:
            raise ValueError(f"its member {member.name!r} is no batch of images")
        yield path.name, stream.read()


def _read(path: Path) -> bytes:
    if path.stat().st_size > _MAX_BATCH:
        raise ValueError(f"{path.name} is too large for a batch of images")
    return path.read_bytes()


def _pools(read: Callable[[str], bytes], batches: Batches) -> Pools:
    train = [_batch(name, read(name), md5, batches) for name, md5 in batches.train.items()]
    test = [_batch(name, read(name), md5, batches) for name, md5 in batches.test.items()]
    parts = [np.concatenate(arrays) for part in (train, test) for arrays in zip(*part, strict=True)]
    return Pools(*parts)


def _batch(name: str, content: bytes, md5: str, batches: Batches) -> tuple[Array, Array]:
    """Images and labels of one batch, whose rows hold the planes of one image each."""
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise ValueError(f"the MD5 of its {name} is {found}, the published one is {md5}")
    values = load_pickle(io.BytesIO(content))
    height, width, channels = batches.shape
    planes = np.asarray(values[b"data"]).reshape(-1, channels, height, width)
    labels = np.array(values[batches.labels.encode()], np.int64)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels


def _jpegs(data: Array, offsets: Array) -> Array:
    """Decode JPEG images that lie end to end, on all cores (Pillow lets go of Python's lock)."""
    if data.dtype != np.uint8 or data.ndim != 1 or offsets.ndim != 1 or len(offsets) < 2:
        raise ValueError("its JPEG bytes and offsets are not rows of numbers")
    if offsets[0] != 0 or offsets[-1] != len(data) or np.any(np.diff(offsets) <= 0):
        raise ValueError("its offsets do not cut its JPEG bytes into images")
    content, count = data.tobytes(), len(offsets) - 1
    images = np.empty((count, *_jpeg(content[: offsets[1]]).shape), np.uint8)

    def decode(start: int) -> None:
        for index in range(start, min(start + _JPEGS_AT_ONCE, count)):
            image = _jpeg(content[offsets[index] : offsets[index + 1]])
            if image.shape != images.shape[1:]:
                raise ValueError(f"its image {index} has another size than the first")
            images[index] = image

    with ThreadPoolExecutor() as pool:
        list(pool.map(decode, range(0, count, _JPEGS_AT_ONCE)))
    return images


def _jpeg(content: bytes) -> Array:
    from PIL import Image  # only this form needs it

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            if max(image.size) > _MAX_SIDE:
                raise ValueError(f"an image of {image.size} pixels is over the limit")
            return np.asarray(image.convert("RGB"))
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from error
