"""Values across the wall: a tree as JSON, its arrays as npy, never a pickle.

The one module that both sides load. A tree is made of ``None``, ``bool``, ``int``, ``float``,
``str``, lists, tuples, dicts with string keys, and :class:`Leaf` arrays. A frame is::

    4 bytes   length of the header, big-endian
    header    JSON: {"tree": …, "sizes": [bytes of each array]}
    arrays    npy files, end to end, in the header's order

Whoever carries a frame bounds its length first; ``numpy`` then reads each array with
``allow_pickle=False``, and only where the bytes hold what the array's header promises.
"""

from __future__ import annotations

import io
import json
import math
import struct
from typing import Any, NamedTuple

import numpy as np

MAX_DEPTH = 40
_LENGTH = struct.Struct(">I")


class WireError(ValueError):
    """A frame that breaks the format or a limit: from a student's kernel, that is data."""


class Leaf(NamedTuple):
    """An array and what it was: ``tensor``, ``variable``, ``ndarray`` or ``scalar``."""

    kind: str
    array: np.ndarray[Any, Any]


def encode(tree: Any) -> bytes:
    """One frame holding ``tree``.

    Raises:
        TypeError: the tree holds something that has no place on the wire.
    """
    arrays: list[bytes] = []
    packed = _pack(tree, arrays)
    data = json.dumps({"tree": packed, "sizes": [len(array) for array in arrays]}).encode()
    return b"".join([_LENGTH.pack(len(data)), data, *arrays])


def decode(frame: bytes) -> Any:
    """The tree that ``frame`` holds. The caller has bounded the frame's length.

    Raises:
        WireError: the frame is malformed.
    """
    try:
        (length,) = _LENGTH.unpack_from(frame)
        body = memoryview(frame)[_LENGTH.size :]
        header = json.loads(bytes(body[:length]))
        tree, sizes = header["tree"], [int(size) for size in header["sizes"]]
    except (ValueError, KeyError, TypeError, struct.error, RecursionError) as error:
        raise WireError(f"the header is malformed: {error}") from error
    if any(size < 0 for size in sizes) or sum(sizes) != len(body) - length:
        raise WireError("the arrays do not add up to the frame")
    arrays, start = [], length
    for size in sizes:
        arrays.append(_array(bytes(body[start : start + size])))
        start += size
    try:
        return _unpack(tree, arrays, 0)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise WireError(f"the tree is malformed: {error}") from error


def _array(data: bytes) -> np.ndarray[Any, Any]:
    """An npy file's array; a header that promises more than the bytes hold is refused unread."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        reader = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = reader(stream, max_header_size=4096)
        if dtype.hasobject or math.prod(shape) * dtype.itemsize > len(data):
            raise WireError("an array's header promises what its bytes do not hold")
        stream.seek(0)
        array: np.ndarray[Any, Any] = np.lib.format.read_array(stream, allow_pickle=False)
        return array
    except WireError:
        raise
    except Exception as error:  # numpy raises half a dozen kinds on malformed bytes
        raise WireError(f"an array is malformed: {type(error).__name__}: {error}") from error


def _pack(value: Any, arrays: list[bytes]) -> Any:
    if isinstance(value, Leaf):
        array = np.asarray(value.array)
        if array.dtype.hasobject:
            raise TypeError(f"an array of {array.dtype} has no place on the wire")
        stream = io.BytesIO()
        np.lib.format.write_array(stream, array, allow_pickle=False)
        arrays.append(stream.getvalue())
        return {"$": value.kind, "a": len(arrays) - 1}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return {"$": "tuple", "v": [_pack(item, arrays) for item in value]}
    if isinstance(value, list):
        return [_pack(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"$": "dict", "v": {str(k): _pack(v, arrays) for k, v in value.items()}}
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def _unpack(node: Any, arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("the tree is too deep")
    if isinstance(node, list):
        return [_unpack(item, arrays, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    kind = node["$"]
    if kind == "tuple":
        return tuple(_unpack(item, arrays, depth + 1) for item in node["v"])
    if kind == "dict":
        return {k: _unpack(v, arrays, depth + 1) for k, v in node["v"].items()}
    return Leaf(str(kind)[:20], arrays[node["a"]])
