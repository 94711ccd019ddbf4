"""The cache of observations: what is saved is loaded, and anything else is a miss."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from grader import store
from grader.kernel.wire import Leaf, encode
from grader.model import (
    Answer,
    Bait,
    Caught,
    CellRun,
    CurvePoint,
    Fault,
    FaultKind,
    Observations,
    Observed,
    Run,
    Text,
)

FAULTS = tuple(Fault(kind, f"said {kind}", "E", 3, 4, "x = 1") for kind in FaultKind)
SCORES = np.arange(6, dtype=np.float32).reshape(2, 3)


def observations(seed: int = 1) -> Observations:
    """One of everything that can be observed."""
    value = {"value": [Leaf("tensor", SCORES), (1, 2.5, None, True, "две")], "$": {"a": 0}}
    answers = (
        Answer("right", value, None, "printed", 0.5),
        *(Answer(fault.kind.value, fault=fault) for fault in FAULTS),
    )
    points = (CurvePoint(0, 0.0, 0.1), CurvePoint(128, 0.5, 0.4, 1.25))
    runs = (
        Run(seed, points, "rule_met", 12.5),
        Run(seed + 1, (), "fault", 0.0, compiled=False, fault=FAULTS[0]),
    )
    return Observations(
        cells=(CellRun(0, 0.1, "hello"), CellRun(2, 0.0, fault=FAULTS[1])),
        probes={
            "f/call/f": Observed(answers, found="def f", cell=2),
            "f/train": Observed(runs=runs),
            "g/call/g": Observed(fault=FAULTS[2]),
        },
        environment={"python": "3.11"},
        seed=seed,
        notes=(Text("замечание", "a note"),),
        seconds=3.25,
        caught=(Caught(Bait.FILE, 3, opened=True), Caught(Bait.CHECK, task="f")),
    )


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_too_much_is_not_kept(cache: Path) -> None:
    """Answers of more bytes than a notebook honestly gives are not written down."""
    many = tuple(
        Answer(str(i), {"value": [Leaf("tensor", np.empty(2**26, np.uint8))]}) for i in range(5)
    )
    for count, kept in ((1, True), (5, False)):
        probes = {"f/call/f": Observed(many[:count])}
        store.save(f"{count}" * 64, dataclasses.replace(observations(), probes=probes))
        assert store.known(f"{count}" * 64) is kept


def file_of(name: str, cache: Path) -> Path:
    (path,) = cache.rglob(f"{name}*")
    return path


def without_arrays(value: Observations) -> Observations:
    """The same with the one array as a list, so that ``==`` can compare."""
    first, *rest = value.probes["f/call/f"].answers
    assert isinstance(first.value, dict)
    leaf, *others = first.value["value"]
    assert isinstance(leaf, Leaf)
    plain = {**first.value, "value": [leaf.kind, str(leaf.array.dtype), leaf.array.tolist()]}
    plain["others"] = others
    probe = dataclasses.replace(
        value.probes["f/call/f"], answers=(dataclasses.replace(first, value=plain), *rest)
    )
    return dataclasses.replace(value, probes={**value.probes, "f/call/f": probe})


def test_everything_comes_back() -> None:
    """Observations are loaded as they were saved: arrays, tuples, enums, faults, runs and notes."""
    store.save("abcdef", observations())
    loaded = store.load("abcdef")
    assert loaded is not None
    assert without_arrays(loaded) == without_arrays(observations())
    kinds = [answer.fault.kind for answer in loaded.probes["f/call/f"].answers if answer.fault]
    assert kinds == list(FaultKind)
    assert all(isinstance(kind, FaultKind) for kind in kinds)


def test_nothing_saved_is_a_miss() -> None:
    """A name under which nothing was saved gives None."""
    assert store.load("abcdef") is None


@pytest.mark.parametrize("kept", [0, 1, 4, 50, 0.5, 0.99])
def test_a_truncated_file_is_a_miss(cache: Path, kept: float) -> None:
    """A file that was cut off anywhere is a miss, as if it were not there."""
    store.save("abcdef", observations())
    path = file_of("abcdef", cache)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    assert store.load("abcdef") is None


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        {},
        {"cells": 5},
        {"cells": [], "probes": [], "environment": {}, "seed": 1, "notes": [], "seconds": 0.0},
        {"cells": [{"index": 1}], "probes": {}, "environment": {}, "seed": 1, "notes": []},
        {"cells": [], "probes": {"a": {"fault": {"kind": "strange", "message": ""}}}},
    ],
)
def test_another_tree_is_a_miss(cache: Path, tree: object) -> None:
    """A well-formed file that holds no observations is a miss."""
    store.save("abcdef", observations())
    file_of("abcdef", cache).write_bytes(encode(tree))
    assert store.load("abcdef") is None


def test_garbage_is_replaced(cache: Path) -> None:
    """What cannot be read does not stay in the way of the next save."""
    store.save("abcdef", observations())
    file_of("abcdef", cache).write_bytes(b"garbage")
    store.save("abcdef", observations(seed=5))
    loaded = store.load("abcdef")
    assert loaded is not None
    assert loaded.seed == 5


def test_many_writers_leave_one_whole_file(cache: Path) -> None:
    """Concurrent saves and loads of one name never see half a file and leave no drafts."""
    store.save("abcdef", observations())

    def work(seed: int) -> bool:
        store.save("abcdef", observations(seed))
        return store.load("abcdef") is not None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))
    assert len([path for path in (cache / "observations").rglob("*") if path.is_file()]) == 1


def test_a_cache_that_cannot_be_written_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cache folder cannot be made, saving does nothing and loading is a miss."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "file" / "cache"))
    store.save("abcdef", observations())
    assert store.load("abcdef") is None


def test_a_key_depends_on_every_part() -> None:
    """Equal parts make equal keys, and a change in any part makes another."""
    parts = ("reference", "digest", "ru", 0, {"b": 1, "a": 2})
    assert store.key(*parts) == store.key(*parts[:4], {"a": 2, "b": 1})
    for place in range(len(parts)):
        changed = [*parts]
        changed[place] = "other"
        assert store.key(*changed) != store.key(*parts)


def test_the_cache_is_where_the_user_says(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GRADER_CACHE names the folder; without it, it is the user's own cache folder."""
    assert store.folder() == cache
    monkeypatch.delenv("GRADER_CACHE")
    assert store.folder().name == "grader"
