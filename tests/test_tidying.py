"""The cache stays within bounds, and keeps what is of use."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from grader import store
from grader.data import datacache
from grader.model import Observations, Text
from grader.tidying import DAY, UNUSED, tidy

KEPT = Observations((), {}, {"python": "3.11"}, 0)


def aged(path: Path, days: float) -> Path:
    """``path``, last used so many days ago."""
    then = time.time() - days * DAY
    os.utime(path, (then, then))
    return path


def observed(cache: Path, name: str, days: float, size: int = 100) -> Path:
    path = cache / "observations" / name[:2] / f"{name}.wire"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    return aged(path, days)


def decoded(cache: Path, name: str, days: float) -> Path:
    """An entry of the data cache, as decoding makes it."""
    entry = cache / "data" / name
    images, labels = np.zeros((2, 4, 4, 3), np.uint8), np.zeros(2, np.int64)
    arrays = {key: labels if key.endswith("_y") else images for key in
              (*datacache.OPEN, *datacache.SEALED)}  # fmt: skip
    datacache.store(entry, "tiny", arrays, Text("набор", "a set"), stand_in=False)
    aged(entry / "about.json", days)
    return entry


def test_what_nobody_used_for_long_goes(tmp_path: Path) -> None:
    """Observations and whole data sets that were last used more than sixty days ago are removed,
    younger ones stay."""
    long = UNUSED / DAY
    old = {observed(tmp_path, "aa1", long + 1), decoded(tmp_path, "old-1", long + 1)}
    young = {observed(tmp_path, "aa2", long - 1), decoded(tmp_path, "new-1", long - 1)}
    assert set(tidy(tmp_path)) == old
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in young)


def test_above_a_size_the_oldest_goes(tmp_path: Path) -> None:
    """Of three that together are too large, the one that was used last stays longest; what was used
    within a day stays whatever its size."""
    oldest, older = observed(tmp_path, "aa1", 9), observed(tmp_path, "bb2", 8)
    newest = observed(tmp_path, "cc3", 0.5, size=1000)
    assert tidy(tmp_path, largest=1100) == [oldest]
    (tmp_path / "tidied").unlink()
    assert tidy(tmp_path, largest=10) == [older]
    assert newest.exists()


def test_once_a_day_is_enough(tmp_path: Path) -> None:
    """The second look on one day removes nothing; the next day's does."""
    assert tidy(tmp_path) == []
    old = observed(tmp_path, "aa1", 100)
    assert tidy(tmp_path) == []
    aged(tmp_path / "tidied", 1.1)
    assert tidy(tmp_path) == [old]


def test_use_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading observations or a data set counts as use, so that neither is removed after it."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    store.save("abcdef", KEPT)
    path = tmp_path / "observations" / "ab" / "abcdef.wire"
    entry = decoded(tmp_path, "tiny-1", 100)
    aged(path, 100)
    assert store.load("abcdef") == KEPT
    assert datacache.load(entry) is not None
    aged(tmp_path / "tidied", 2)
    assert tidy(tmp_path) == []


def test_saving_tidies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first observation that a process saves removes what is too old."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    old = observed(tmp_path, "aa1", 100)
    store.save("abcdef", KEPT)
    assert not old.exists()
    assert store.load("abcdef") == KEPT


def test_a_cache_that_is_not_ours_to_write_is_left(tmp_path: Path) -> None:
    """A folder that is not there is no error, and nothing is made in it."""
    assert tidy(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
