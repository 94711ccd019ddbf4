"""Data is decoded once; what is half made, damaged or old is never trusted."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import shutil
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from cifar_files import TEST_Y, check_whole, official, packed, read, small

from grader import data
from grader.data import datacache
from grader.errors import DataUnavailable
from grader.model import Text


def test_decoded_once(tmp_path: Path) -> None:
    """What was decoded once is found without a word, even when its file has gone."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    entry, told = small(tar), list[str]()
    find = functools.partial(data.find, entry, folders=[tmp_path / "in"], cache=tmp_path / "cache")
    first = find(progress=told.append)
    assert [str(tar) in line for line in told] == [True]
    assert find(progress=told.append).digest == first.digest
    tar.unlink()
    again = find(progress=told.append)
    assert (again.folder, again.digest, len(told)) == (first.folder, first.digest, 1)
    check_whole(again)


def test_changed_file(tmp_path: Path) -> None:
    """A file that changed is decoded anew, and the digest tells the two apart."""
    npz = packed(tmp_path / "in" / "cifar10_jpeg.npz")
    find = functools.partial(
        data.find, small(), folders=[tmp_path / "in"], cache=tmp_path / "cache"
    )
    before = find()
    packed(npz, test_labels=((TEST_Y + 1) % 10).astype(np.uint8))
    after = find()
    np.testing.assert_array_equal(after.test_y, (TEST_Y + 1) % 10)
    assert after.digest != before.digest


def _damage(entry: Path, how: str) -> None:
    if how == "no about":
        (entry / "about.json").unlink()
    elif how == "cut about":
        (entry / "about.json").write_text('{"version": 1,', encoding="utf-8")
    elif how == "other version":
        about = json.loads((entry / "about.json").read_text(encoding="utf-8"))
        (entry / "about.json").write_text(json.dumps(about | {"version": 0}), encoding="utf-8")
    elif how == "cut images":
        os.truncate(entry / "open" / "train_x.npy", 1000)
    elif how == "no labels":
        shutil.rmtree(entry / "sealed")


@pytest.mark.parametrize(
    "how", ["no about", "cut about", "other version", "cut images", "no labels"]
)
def test_damaged_cache(tmp_path: Path, how: str) -> None:
    """A half-made or damaged entry of the cache is never trusted, but made again."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    find = functools.partial(
        data.find, small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"
    )
    entry = find().folder.parent
    _damage(entry, how)
    found = find()
    assert found.folder.parent == entry
    check_whole(found)


def test_leftovers(tmp_path: Path) -> None:
    """What a killed process left is not read, and goes when it is old; work in progress stays."""
    kept = tmp_path / "cache" / "data"
    for name, age in ((".draft-old", 86_400), (".draft-new", 0)):
        (kept / name / "open").mkdir(parents=True)
        (kept / name / "open" / "train_x.npy").write_bytes(b"half")
        os.utime(kept / name, (time.time() - age, time.time() - age))
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    check_whole(data.find(small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"))
    assert [path.name for path in kept.glob(".draft-*")] == [".draft-new"]


def _find_in_process(home: str, cache: str) -> str:
    found = data.find(small(), folders=[Path(home)], cache=Path(cache))
    return f"{found.digest} {found.stand_in} {read(found, 'train_x').shape}"


def test_two_processes(tmp_path: Path) -> None:
    """Processes that start at once on a cold cache all get the same whole data set."""
    packed(tmp_path / "in" / "cifar10_jpeg.npz")
    where = (str(tmp_path / "in"), str(tmp_path / "cache"))
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(_find_in_process, *where) for _ in range(3)]
        answers = [job.result() for job in jobs]
    assert len(set(answers)) == 1
    assert not list((tmp_path / "cache").rglob(".draft-*"))


def test_cache_not_writable(tmp_path: Path) -> None:
    """A cache that cannot be written is an error that says how to move it."""
    (tmp_path / "cache").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(DataUnavailable, match="GRADER_CACHE"):
        data.find(small(), cache=tmp_path / "cache", download=False)


class _Deadly(dict[str, np.ndarray]):
    """Arrays that kill the process which writes them, halfway."""

    def __getitem__(self, key: str) -> np.ndarray:
        if key == "test_x":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(key)


def _store_and_die(entry: str) -> None:
    names = (*datacache.OPEN, *datacache.SEALED)
    arrays = _Deadly({name: np.zeros(9, np.uint8) for name in names})
    datacache.store(Path(entry), "cifar10", arrays, Text(ru="", en=""), stand_in=False)


def test_killed_while_writing(tmp_path: Path) -> None:
    """A process killed halfway leaves no entry, only a draft that nothing reads."""
    tar = official(tmp_path / "in" / "cifar-10-python.tar.gz")
    where = tmp_path / "cache" / "data" / "cifar10-file-0123456789abcdef"
    process = multiprocessing.get_context("spawn").Process(target=_store_and_die, args=[str(where)])
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (draft,) = where.parent.iterdir()
    assert (draft / "open" / "val_x.npy").exists()
    check_whole(data.find(small(tar), folders=[tar.parent], cache=tmp_path / "cache"))
