"""Values across the wall: a tree as JSON, its arrays as npy, never a pickle.

The one module that both sides load. A tree is made of ``None``, ``bool``, ``int``, ``float``,
``str``, lists, tuples, dicts with string keys, and :class:`Leaf` arrays. A frame is::

    4 bytes   length of the header, big-endian
    header    JSON: {"tree": …, "sizes": [bytes of each array]}
    arrays    npy files, end to end, in the header's order

Whoever carries a frame bounds its length first; ``numpy`` then reads each array with
``allow_pickle=False``, and only where the bytes hold exactly what the array's header promises.
"""

from __future__ import annotations

import functools
import io
import json
import math
import re
import struct
import warnings
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

MAX_DEPTH = 40
MAX_HEADER = 64 * 2**20
"""Bytes of JSON: a tree of Python objects takes many times the room of its text."""
REPLY_DEPTH, REPLY_HEADER = 28, 8 * 2**20
"""Of a kernel's reply: less, since it is kept beside others in a larger tree."""
REPLY_NODES = 200_000
"""Of a kernel's reply: its lists, dicts, arrays, texts and numbers, each of which is an object."""
_LENGTH = struct.Struct(">I")
_SURROGATE = re.compile("[\ud800-\udfff]")


class WireError(ValueError):
    """A frame that breaks the format or a limit: from a student's kernel, that is data."""


class TooLarge(TypeError):
    """A tree over a limit of the format."""


class Leaf(NamedTuple):
    """An array and what it was: ``tensor``, ``variable``, ``ndarray`` or ``scalar``."""

    kind: str
    array: np.ndarray[Any, Any]


def file_tree(files: Mapping[str, bytes]) -> dict[str, Leaf]:
    """Files by relative path, each as an array of its bytes."""
    return {
        name: Leaf("ndarray", np.frombuffer(content, np.uint8)) for name, content in files.items()
    }


def encode(tree: Any, *, deepest: int = MAX_DEPTH, header: int = MAX_HEADER) -> bytes:
    """One frame holding ``tree``, within the bounds that it will be read with.

    Raises:
        TypeError: the tree holds something that has no place on the wire.
        TooLarge: it is too deep, or too much of it is no array.
    """
    arrays: list[bytes] = []
    packed = _pack(tree, arrays, deepest)
    data = json.dumps({"tree": packed, "sizes": [len(array) for array in arrays]}).encode()
    if len(data) > header:
        raise TooLarge(f"a tree of {len(data)} bytes without its arrays is too large for the wire")
    return b"".join([_LENGTH.pack(len(data)), data, *arrays])


def decode(
    frame: bytes,
    *,
    deepest: int = MAX_DEPTH,
    header: int = MAX_HEADER,
    nodes: int | None = None,
) -> Any:
    """The tree that ``frame`` holds. The caller has bounded the frame's length.

    ``deepest`` bounds how far it is nested, ``header`` the bytes of its JSON, ``nodes`` of how
    many values it is made. Lone surrogates, which no UTF-8 file can hold, come back as U+FFFD.

    Raises:
        WireError: the frame is malformed.
    """
    head, start = _header(frame, header)
    sizes = head["sizes"]
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise WireError("the sizes of the arrays are no list of sizes")
    if nodes is not None and (len(sizes) > nodes or _more_than(nodes, head["tree"])):
        raise WireError(f"more than {nodes} values in one answer")
    if sum(sizes) != len(frame) - start:
        raise WireError("the arrays do not add up to the frame")
    body, arrays = memoryview(frame), []
    for size in sizes:
        arrays.append(_array(body[start : start + size]))
        start += size
    return _unpack(head["tree"], arrays, deepest)


def _more_than(most: int, tree: Any) -> bool:
    """Whether a packed tree has more nodes."""
    left, seen = [tree], 0
    while left and seen <= most:
        node = left.pop()
        seen += 1
        held = node.get("v") if isinstance(node, dict) else node
        if isinstance(held, list | dict):
            left.extend(held.values() if isinstance(held, dict) else held)
    return seen > most


def _header(frame: bytes, most: int) -> tuple[dict[str, Any], int]:
    """The header, and where the arrays begin."""
    try:
        (length,) = _LENGTH.unpack_from(frame)
        end = _LENGTH.size + length
        if length > most or end > len(frame):
            raise WireError(f"a header of {length} bytes is over the limit or over the frame")
        header = json.loads(frame[_LENGTH.size : end].decode("utf-8"))
    except (ValueError, struct.error, RecursionError) as error:
        raise WireError(f"the header is malformed: {error}") from error
    if not isinstance(header, dict) or header.keys() != {"tree", "sizes"}:
        raise WireError("the header has other fields than `tree` and `sizes`")
    return header, end


def _array(data: memoryview) -> np.ndarray[Any, Any]:
    """An npy file's array; a header that promises other than the bytes hold is refused unread."""
    try:
        start = _npy_header_size(data)
        shape, order, dtype = _promised(bytes(data[:start]))
        if math.prod(shape) * dtype.itemsize != len(data) - start:
            raise WireError("an array's header promises what its bytes do not hold")
        return np.ndarray(shape, dtype, bytearray(data[start:]), order=order)
    except WireError:
        raise
    except Exception as error:  # numpy raises half a dozen kinds on malformed bytes
        raise WireError(f"an array is malformed: {type(error).__name__}: {error}") from error


def _npy_header_size(data: memoryview) -> int:
    """Where the array's bytes begin: after the magic string, the version, the length, the dict."""
    width = 2 if data[6] == 1 else 4
    return 8 + width + int.from_bytes(data[8 : 8 + width], "little")


@functools.lru_cache(maxsize=2**10)  # the same few shapes come over and over
def _promised(header: bytes) -> tuple[tuple[int, ...], Literal["C", "F"], np.dtype[Any]]:
    """Shape, order and dtype by an npy header, which nothing follows."""
    stream = io.BytesIO(header)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy warns where it repairs what it cannot read
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise WireError(f"an array is in npy format {version}")
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read(stream, max_header_size=4096)
    if not _has_place(dtype):
        raise WireError(f"an array of {str(dtype)[:80]} has no place on the wire")
    if any(type(size) is not int or not 0 <= size < 2**31 for size in shape):
        raise WireError("an array's shape is malformed")
    return shape, "F" if fortran else "C", dtype


def _has_place(dtype: np.dtype[Any]) -> bool:
    """Numbers, text and raw bytes; no objects, records or dates, nothing without a size."""
    plain = dtype.names is None and dtype.subdtype is None and not dtype.hasobject
    return plain and 0 < dtype.itemsize <= 2**20 and dtype.kind in "biufcSUV"


def _pack(value: Any, arrays: list[bytes], left: int) -> Any:
    if left < 0:
        raise TooLarge("the tree is too deep for the wire")
    if isinstance(value, Leaf):
        return _pack_array(value, arrays)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return {"$": "tuple", "v": [_pack(item, arrays, left - 1) for item in value]}
    if isinstance(value, list):
        return [_pack(item, arrays, left - 1) for item in value]
    if isinstance(value, dict):
        return {"$": "dict", "v": {str(k): _pack(v, arrays, left - 1) for k, v in value.items()}}
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def _pack_array(leaf: Leaf, arrays: list[bytes]) -> dict[str, Any]:
    array = np.asarray(leaf.array)
    if not _has_place(array.dtype):
        raise TypeError(f"an array of {array.dtype} has no place on the wire")
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a foreign dtype (bfloat16) travels as its raw bytes
        np.lib.format.write_array(stream, array, allow_pickle=False)
    arrays.append(stream.getvalue())
    return {"$": leaf.kind, "a": len(arrays) - 1}


def _unpack(node: Any, arrays: list[np.ndarray[Any, Any]], left: int) -> Any:
    if left < 0:
        raise WireError("the tree is too deep")
    match node:
        case list():
            return [_unpack(item, arrays, left - 1) for item in node]
        case {"$": "tuple", "v": list(items)}:
            return tuple(_unpack(item, arrays, left - 1) for item in items)
        case {"$": "dict", "v": dict(items)}:
            return {_text(k): _unpack(v, arrays, left - 1) for k, v in items.items()}
        case {"$": str(kind), "a": int(place)} if 0 <= place < len(arrays):
            return Leaf(_text(kind)[:20], arrays[place])
        case dict():
            raise WireError("the tree has a node of no known kind")
        case str():
            return _text(node)
    return node


def _text(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)
