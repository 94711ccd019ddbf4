"""The wire: values cross the wall unharmed, and nothing else comes through."""

from __future__ import annotations

import contextlib
import io
import json
import math
import struct
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from grader import store
from grader.kernel import wire
from grader.kernel.wire import Leaf, TooLarge, WireError, decode, encode
from grader.model import Answer, Observations, Observed

ARRAYS = stnp.arrays(
    dtype=st.one_of(
        stnp.boolean_dtypes(),
        stnp.integer_dtypes(),
        stnp.floating_dtypes(sizes=(16, 32, 64)),
        stnp.complex_number_dtypes(sizes=(64, 128)),
        stnp.unicode_string_dtypes(min_len=1, max_len=5),
    ),
    shape=stnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
LEAVES = st.builds(Leaf, st.sampled_from(["tensor", "variable", "ndarray", "scalar"]), ARRAYS)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(
    PLAIN | LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Equal in type, in value (NaN too) and, for arrays, in shape and dtype."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Leaf):
        return a.kind == b.kind and a.array.dtype == b.array.dtype and same_array(a.array, b.array)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


def same_array(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def frame(tree: Any, *arrays: bytes, sizes: Any = None) -> bytes:
    """A frame as a hostile kernel may write it."""
    header = {"tree": tree, "sizes": [len(a) for a in arrays] if sizes is None else sizes}
    return raw(json.dumps(header).encode(), *arrays)


def raw(header: bytes, *arrays: bytes) -> bytes:
    return struct.pack(">I", len(header)) + header + b"".join(arrays)


def npy(descr: str, shape: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An npy file whose header says whatever it likes."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(10 + len(text) + 1) % 64) + b"\n"
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + length + text + data


def pickled() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return stream.getvalue()


def nested(depth: int, kind: str) -> str:
    if kind == "list":
        return "[" * depth + "]" * depth
    return f'{{"$": "{kind}", "v": [' * depth + "]}" * depth


LEAF = {"$": "ndarray", "a": 0}
GOOD = npy("'<f4'", "(2,)", b"\0" * 8)
BAD: dict[str, bytes] = {
    "empty": b"",
    "no header": b"\0\0\0\1",
    "not JSON": raw(b"{nonsense"),
    "not UTF-8": raw(b'{"tree": "\xff", "sizes": []}'),
    "not an object": raw(b"[]"),
    "a number": raw(b"5"),
    "no sizes": raw(b'{"tree": 1}'),
    "another field": raw(b'{"tree": 1, "sizes": [], "more": 1}'),
    "endless number": raw(b'{"tree": ' + b"9" * 5000 + b', "sizes": []}'),
    "header longer than the frame": struct.pack(">I", 2**32 - 1) + b"{}",
    "sizes a string": frame(1, sizes="12"),
    "sizes a dict": frame(1, sizes={"0": 1}),
    "a negative size": frame([LEAF, LEAF], GOOD, sizes=[len(GOOD) + 5, -5]),
    "a size of infinity": frame(LEAF, GOOD, sizes=[math.inf]),
    "a size of NaN": frame(LEAF, GOOD, sizes=[math.nan]),
    "a size of true": frame(LEAF, b"x", sizes=[True]),
    "a fraction of a size": frame(LEAF, GOOD, sizes=[float(len(GOOD))]),
    "a huge size": frame(LEAF, GOOD, sizes=[10**30]),
    "bytes left over": frame(LEAF, GOOD) + b"x",
    "bytes missing": frame(LEAF, GOOD)[:-1],
    "no such array": frame({"$": "ndarray", "a": 1}, GOOD),
    "an array from the end": frame({"$": "ndarray", "a": -1}, GOOD),
    "an array by name": frame({"$": "ndarray", "a": "0"}, GOOD),
    "a kind that is no name": frame({"$": [[]], "a": 0}, GOOD),
    "a node without a kind": frame({"a": 0}, GOOD),
    "a tuple of text": frame({"$": "tuple", "v": "abc"}),
    "a dict of a list": frame({"$": "dict", "v": []}),
    "a deep list": raw(f'{{"tree": {nested(60, "list")}, "sizes": []}}'.encode()),
    "a deep tuple": raw(f'{{"tree": {nested(60, "tuple")}, "sizes": []}}'.encode()),
    "a bottomless list": raw(f'{{"tree": {nested(200_000, "list")}, "sizes": []}}'.encode()),
    "an empty array file": frame(LEAF, b""),
    "not an array file": frame(LEAF, b"not an npy file"),
    "an array file cut off": frame(LEAF, GOOD[:40]),
    "a pickled array": frame(LEAF, pickled()),
    "a lying object header": frame(LEAF, npy("'|O'", "(1,)", b"\0" * 8)),
    "too few bytes": frame(LEAF, npy("'<f4'", "(3,)", b"\0" * 8)),
    "too many bytes": frame(LEAF, npy("'<f4'", "(1,)", b"\0" * 8)),
    "a shape of terabytes": frame(LEAF, npy("'<f8'", "(1000000, 1000000)")),
    "an overflowing shape": frame(LEAF, npy("'<f8'", f"({2**63}, 2)")),
    "a huge side beside none": frame(LEAF, npy("'<f8'", f"(0, {2**40})")),
    "a negative side": frame(LEAF, npy("'<f4'", "(-1,)")),
    "two negative sides": frame(LEAF, npy("'<f4'", "(-1, -2)", b"\0" * 8)),
    "a shape of true": frame(LEAF, npy("'<f4'", "(True,)", b"\0" * 4)),
    "a shape of text": frame(LEAF, npy("'<f4'", "'ab'", b"\0" * 4)),
    "items without a size": frame(LEAF, npy("'|S0'", "(1000000000,)")),
    "raw bytes without a size": frame(LEAF, npy("'|V0'", "(1000000000,)")),
    "items of gigabytes": frame(LEAF, npy("'|V2000000000'", "(0,)")),
    "records": frame(LEAF, npy("[('a', '<f4')]", "(2,)", b"\0" * 8)),
    "arrays in an array": frame(LEAF, npy("('<f4', (1000000000,))", "(0,)")),
    "no such dtype": frame(LEAF, npy("'nonsense'", "(1,)", b"\0" * 8)),
    "code for a dtype": frame(LEAF, npy("__import__('os').getcwd()", "(1,)", b"\0")),
    "numpy's future": frame(LEAF, npy("'<f4'", "(2,)", b"\0" * 8, version=b"\x09\x00")),
    "a header of megabytes": frame(
        LEAF, npy("'<f4'" + " " * 10**6, "(2,)", b"\0" * 8, version=b"\x02\x00")
    ),
}


@pytest.fixture
def peak() -> Iterator[list[int]]:
    """Python's peak memory in the test, in bytes, once it is asked for."""
    tracemalloc.start()
    yield []
    tracemalloc.stop()


@given(TREES)
def test_what_goes_in_comes_out(tree: Any) -> None:
    """A tree of plain values and arrays comes back equal, with its types, dtypes and shapes."""
    assert same(decode(encode(tree)), tree)


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    """Bytes that are no frame raise a WireError and nothing else."""
    with pytest.raises(WireError):
        decode(noise)


@given(TREES, st.data())
def test_a_damaged_frame_is_refused_or_read(tree: Any, data: st.DataObject) -> None:
    """A frame with any one byte changed is read or raises a WireError, never anything else."""
    damaged = bytearray(encode(tree))
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        decode(bytes(damaged))


@given(TREES, st.data())
def test_a_truncated_frame_is_refused(tree: Any, data: st.DataObject) -> None:
    """A frame that was cut off anywhere raises a WireError."""
    whole = encode(tree)
    with pytest.raises(WireError):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_frame_is_refused_unread(name: str, peak: list[int]) -> None:
    """A malformed frame raises a WireError before anything near its claimed size is allocated."""
    with pytest.raises(WireError):
        decode(BAD[name])
    assert tracemalloc.get_traced_memory()[1] < 10 * len(BAD[name]) + 2**22


def test_a_tree_may_not_be_of_very_many_values() -> None:
    """Lists, dicts, numbers and arrays count alike, also arrays that the tree does not name."""
    tree = {"a": [[], (1, Leaf("tensor", np.zeros(0)))], "b": {}}
    assert decode(encode(tree), nodes=7)["b"] == {}
    for frame in (encode(tree), encode([Leaf("tensor", np.zeros(0))] * 7), encode([[]] * 7)):
        with pytest.raises(WireError, match="more than 6 values in one answer"):
            decode(frame, nodes=6)


def test_a_header_may_not_be_huge() -> None:
    """A tree whose JSON is over the limit is neither sent nor read."""
    whole = encode(["x" * 50] * 10)
    with pytest.raises(WireError, match="over the limit"):
        decode(whole, header=100)
    with pytest.raises(TooLarge, match="too large"):
        encode(["x" * 50] * 10, header=100)


@pytest.mark.parametrize(
    "tree",
    [
        object(),
        {1, 2},
        b"bytes",
        [1, [2j]],
        Leaf("ndarray", np.array([object()])),
        Leaf("ndarray", np.zeros(2, [("a", "f4")])),
        Leaf("ndarray", np.zeros(2, "V0")),
        Leaf("ndarray", np.zeros(2, "M8")),
        Leaf("ndarray", np.zeros(2, "m8[s]")),
    ],
    ids=["object", "set", "bytes", "complex", "object array", "record", "nothing", "date", "time"],
)
def test_only_plain_values_are_sent(tree: Any) -> None:
    """Objects, sets, bytes, arrays of objects, records and dates have no place on the wire."""
    with pytest.raises(TypeError, match="no place on the wire"):
        encode(tree)


def test_a_list_that_holds_itself_is_not_sent() -> None:
    """A tree without an end raises a TypeError, as anything that cannot be sent does."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(TypeError, match="too deep"):
        encode(endless)


def test_depth_counts_alike_on_both_sides() -> None:
    """The deepest tree that can be sent can be read."""
    tree: Any = 1.5
    for _ in range(wire.MAX_DEPTH):
        tree = (tree,)
    assert decode(encode(tree)) == tree
    with pytest.raises(TypeError):
        encode((tree,))


def test_what_may_come_as_a_reply_may_be_kept() -> None:
    """The deepest reply that is let through, put where answers are kept, is written and read."""
    tree: Any = 1.5
    for _ in range(wire.REPLY_DEPTH - 3):
        tree = [tree]
    reply = encode({"answers": [{"value": tree}]}, deepest=wire.REPLY_DEPTH)
    told = decode(reply, deepest=wire.REPLY_DEPTH)["answers"][0]["value"]
    kept = store.packed(Observations((), {"f": Observed((Answer("a", told),))}, {}, 0))
    assert store.unpacked(decode(encode(kept))).probes["f"].answers[0].value == tree
    with pytest.raises(WireError, match="too deep"):
        decode(encode({"answers": [{"value": [tree]}]}), deepest=wire.REPLY_DEPTH)


def test_lone_surrogates_do_not_pass() -> None:
    """Text that no UTF-8 file can hold arrives with U+FFFD in its place, in keys too."""
    assert decode(encode({"a\ud800": ["\udfff b"]})) == {"a\ufffd": ["\ufffd b"]}


def test_arrays_in_any_layout_arrive_with_their_values() -> None:
    """Column-major, strided and byte-swapped arrays come back with the same values."""
    base = np.arange(24.0).reshape(4, 6)
    for array in (np.asfortranarray(base), base[::2, ::-1], base.astype(">f8")):
        np.testing.assert_array_equal(decode(encode(Leaf("ndarray", array))).array, array)


def test_an_unknown_number_format_travels_as_raw_bytes() -> None:
    """A bfloat16 array, which npy does not know, crosses as two raw bytes a value."""
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    leaf = decode(encode(Leaf("tensor", np.ones(3, bfloat16))))
    assert leaf.array.dtype == np.dtype("V2")
    np.testing.assert_array_equal(leaf.array.view(bfloat16).astype(np.float32), np.ones(3))
