"""Data sets are found, verified, decoded once, split and sealed; what is broken is named."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import json
import multiprocessing
import os
import pickle
import shutil
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader import archives, data, standin
from grader.datasets import CIFAR10, Download, Entry, Form
from grader.errors import DataUnavailable, UsageError
from grader.model import Text

REAL = Path(__file__).parents[2] / "shared" / "data" / "cifar10_jpeg.npz"
TRAIN, VALIDATION, TEST = 15, 5, 10


# ----------------------------------------------------------- small files in the real formats


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


def _python2_pickle(x: np.ndarray, y: np.ndarray) -> bytes:
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


PICKLES = {name: _python2_pickle(*batch) for name, batch in BATCHES.items()}


def _tar(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def _official(path: Path) -> Path:
    return _tar(path, {f"cifar-10-batches-py/{name}": PICKLES[name] for name in PICKLES})


def _unpacked(path: Path) -> Path:
    path.mkdir(parents=True)
    for name, content in PICKLES.items():
        (path / name).write_bytes(content)
    return path


def _packed(path: Path, **changes: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, np.ndarray] = {}
    for part, x, y in (("train", TRAIN_X, TRAIN_Y), ("test", TEST_X, TEST_Y)):
        files = [_jpeg(image) for image in x]
        arrays[f"{part}_jpeg"] = np.frombuffer(b"".join(files), np.uint8)
        arrays[f"{part}_offsets"] = np.cumsum([0, *map(len, files)])
        arrays[f"{part}_labels"] = y.astype(np.uint8)
    np.savez(path, **(arrays | changes))
    return path


def _jpeg(image: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _small(tar: Path | None = None, url: str | None = None, pickles: object = None) -> Entry:
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


def _read(found: data.DataSet, name: str) -> np.ndarray:
    array: np.ndarray = np.load(found.folder / f"{name}.npy", mmap_mode="r")
    return array


def _check_whole(found: data.DataSet) -> None:
    """The official images, bit for bit, each in its part."""
    np.testing.assert_array_equal(_read(found, "train_x"), TRAIN_X[:TRAIN])
    np.testing.assert_array_equal(_read(found, "train_y"), TRAIN_Y[:TRAIN])
    np.testing.assert_array_equal(_read(found, "val_x"), TRAIN_X[TRAIN:])
    np.testing.assert_array_equal(_read(found, "test_x"), TEST_X)
    np.testing.assert_array_equal(found.val_y, TRAIN_Y[TRAIN:])
    np.testing.assert_array_equal(found.test_y, TEST_Y)
    assert not found.stand_in


# ------------------------------------------------------------------------------ forms


@pytest.mark.parametrize(
    "name",
    [
        "cifar-10-python.tar.gz",
        "cifar-10-batches-py.tar.gz",
        "cifar-10-batches-py-target_archive",
    ],
)
def test_official_archive(tmp_path: Path, name: str) -> None:
    """The official archive is read under every name that it goes by."""
    tar = _official(tmp_path / "in" / name)
    _check_whole(data.find(_small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"))


@pytest.mark.parametrize(
    "name", ["cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py", "."]
)
def test_unpacked_archive(tmp_path: Path, name: str) -> None:
    """The unpacked archive is read as it lies in a folder, in Keras's cache, or as the folder."""
    home = tmp_path / "in"
    _unpacked(home / name)
    _check_whole(data.find(_small(), folders=[home], cache=tmp_path / "cache"))


def test_packed_jpegs(tmp_path: Path) -> None:
    """A packed file gives the pixels that Pillow decodes, in the order of its offsets."""
    _packed(tmp_path / "in" / "cifar10_jpeg.npz")
    found = data.find(_small(), folders=[tmp_path / "in"], cache=tmp_path / "cache")
    expected = np.stack([np.asarray(Image.open(io.BytesIO(_jpeg(image)))) for image in TRAIN_X])
    np.testing.assert_array_equal(_read(found, "train_x"), expected[:TRAIN])
    np.testing.assert_array_equal(_read(found, "val_x"), expected[TRAIN:])
    np.testing.assert_array_equal(found.val_y, TRAIN_Y[TRAIN:])
    np.testing.assert_array_equal(found.test_y, TEST_Y)


def test_file_by_hand(tmp_path: Path) -> None:
    """A file that the user names may be called anything with the right ending."""
    tar = _official(tmp_path / "my copy.tgz")
    _check_whole(data.find(_small(tar), data_dir=tar, cache=tmp_path / "cache"))


def test_batches_of_python_3(tmp_path: Path) -> None:
    """A batch that Python 3 and today's NumPy pickled is read too."""
    written = {
        name: pickle.dumps(
            {b"data": x.transpose(0, 3, 1, 2).reshape(len(x), -1), b"labels": y.tolist()}, 2
        )
        for name, (x, y) in BATCHES.items()
    }
    tar = _tar(tmp_path / "in" / "cifar-10-python.tar.gz", written)
    entry = _small(tar, pickles=written)
    _check_whole(data.find(entry, folders=[tmp_path / "in"], cache=tmp_path / "cache"))


# ------------------------------------------------------------------------------- seal


def test_sealed(tmp_path: Path) -> None:
    """The folder that the sandbox sees holds no label of the validation and test images."""
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    found = data.find(_small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache")
    files = sorted(path.name for path in found.folder.rglob("*"))
    assert files == ["test_x.npy", "train_x.npy", "train_y.npy", "val_x.npy"]
    assert _read(found, "train_y").shape == (TRAIN,)
    assert found.val_y.dtype == found.test_y.dtype == _read(found, "train_y").dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        found.val_y[0] = 1


# ------------------------------------------------------------------------------ cache


def test_decoded_once(tmp_path: Path) -> None:
    """What was decoded once is found without a word, even when its file has gone."""
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    entry, told = _small(tar), list[str]()
    find = functools.partial(data.find, entry, folders=[tmp_path / "in"], cache=tmp_path / "cache")
    first = find(progress=told.append)
    assert [str(tar) in line for line in told] == [True]
    assert find(progress=told.append).digest == first.digest
    tar.unlink()
    again = find(progress=told.append)
    assert (again.folder, again.digest, len(told)) == (first.folder, first.digest, 1)
    _check_whole(again)


def test_changed_file(tmp_path: Path) -> None:
    """A file that changed is decoded anew, and the digest tells the two apart."""
    npz = _packed(tmp_path / "in" / "cifar10_jpeg.npz")
    find = functools.partial(
        data.find, _small(), folders=[tmp_path / "in"], cache=tmp_path / "cache"
    )
    before = find()
    _packed(npz, test_labels=((TEST_Y + 1) % 10).astype(np.uint8))
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
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    find = functools.partial(
        data.find, _small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"
    )
    entry = find().folder.parent
    _damage(entry, how)
    found = find()
    assert found.folder.parent == entry
    _check_whole(found)


def test_leftovers(tmp_path: Path) -> None:
    """What a killed process left is not read, and goes when it is old; work in progress stays."""
    kept = tmp_path / "cache" / "data"
    for name, age in ((".draft-old", 86_400), (".draft-new", 0)):
        (kept / name / "open").mkdir(parents=True)
        (kept / name / "open" / "train_x.npy").write_bytes(b"half")
        os.utime(kept / name, (time.time() - age, time.time() - age))
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    _check_whole(data.find(_small(tar), folders=[tmp_path / "in"], cache=tmp_path / "cache"))
    assert [path.name for path in kept.glob(".draft-*")] == [".draft-new"]


def _find_in_process(home: str, cache: str) -> str:
    found = data.find(_small(), folders=[Path(home)], cache=Path(cache))
    return f"{found.digest} {found.stand_in} {_read(found, 'train_x').shape}"


def test_two_processes(tmp_path: Path) -> None:
    """Processes that start at once on a cold cache all get the same whole data set."""
    _packed(tmp_path / "in" / "cifar10_jpeg.npz")
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
        data.find(_small(), cache=tmp_path / "cache", download=False)


# ----------------------------------------------------------------------------- broken


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _bad_offsets(path: Path) -> Path:
    return _packed(path, train_offsets=np.arange(21))


def _bad_image(path: Path) -> Path:
    return _packed(path, test_jpeg=np.zeros(10, np.uint8), test_offsets=np.arange(11))


def _pickled(path: Path) -> Path:
    return _packed(path, train_labels=np.array([print] * 20, dtype=object))


def _no_labels(path: Path) -> Path:
    np.savez(path, train_jpeg=np.zeros(3, np.uint8))
    return path


def _too_few(path: Path) -> Path:
    return _packed(path, test_labels=TEST_Y[:-1].astype(np.uint8))


def _strange_label(path: Path) -> Path:
    return _packed(path, test_labels=np.full(TEST, 10, np.uint8))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: _cut(_packed(path)), "zip"),
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
        data.find(_small(), data_dir=path, cache=tmp_path / "cache")
    assert str(path) in str(caught.value)
    assert "--data-dir" in str(caught.value)


def test_wrong_checksum_goes_on(tmp_path: Path) -> None:
    """A broken file on the way is told, and the next place is used."""
    tar = _official(tmp_path / "good" / "cifar-10-python.tar.gz")
    entry = _small(tar)
    bad = _cut(_official(tmp_path / "bad" / "cifar-10-python.tar.gz"))
    told: list[str] = []
    folders = [tmp_path / "none", bad.parent, tar.parent]
    found = data.find(entry, folders=folders, cache=tmp_path / "cache", progress=told.append)
    _check_whole(found)
    assert any(f"{bad} cannot be used: its MD5 is" in line for line in told)


def test_wrong_batch(tmp_path: Path) -> None:
    """A batch of the unpacked archive that is not the published one is refused by name."""
    home = _unpacked(tmp_path / "in" / "cifar-10-batches-py")
    (home / "data_batch_2").write_bytes(PICKLES["data_batch_1"])
    with pytest.raises(UsageError, match="the MD5 of its data_batch_2 is"):
        data.find(_small(), data_dir=tmp_path / "in", cache=tmp_path / "cache")
    (home / "data_batch_2").unlink()
    with pytest.raises(UsageError, match="data_batch_2"):
        data.find(_small(), data_dir=tmp_path / "in", cache=tmp_path / "cache")


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'touch {}'\ntR.",
        b"cbuiltins\neval\n(S'open({!r}, chr(119))'\ntR.",
        b"cnumpy\nload\n(S'{}'\ntR.",
    ],
)
def test_hostile_pickle(tmp_path: Path, content: bytes) -> None:
    """A pickle that asks for anything but arrays is refused, and nothing of it runs."""
    trace = tmp_path / "trace"
    hostile = PICKLES | {"data_batch_1": content.replace(b"{}", str(trace).encode())}
    tar = _tar(tmp_path / "cifar-10-python.tar.gz", hostile)
    with pytest.raises(UsageError, match="which no data set needs"):
        data.find(_small(tar, pickles=hostile), data_dir=tar, cache=tmp_path / "cache")
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
    tar = _tar(tmp_path / "cifar-10-python.tar.gz", {name: b"x"} | PICKLES)
    with pytest.raises(UsageError, match="unsafe path"):
        data.find(_small(tar), data_dir=tar, cache=tmp_path / "cache")


def test_link_member(tmp_path: Path) -> None:
    """A link in the place of a batch is refused."""
    tar = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        member = tarfile.TarInfo("data_batch_1")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(UsageError, match="no batch of images"):
        data.find(_small(tar), data_dir=tar, cache=tmp_path / "cache")


def test_empty_data_dir(tmp_path: Path) -> None:
    """A folder named by the user that holds nothing usable ends it, and says what was sought."""
    with pytest.raises(UsageError, match=r"cifar10_jpeg\.npz, cifar-10-python\.tar\.gz"):
        data.find("cifar10", data_dir=tmp_path, cache=tmp_path / "cache")


def test_unknown_name(tmp_path: Path) -> None:
    """A data set that nobody described is an error that lists the known ones."""
    with pytest.raises(UsageError, match=r"'cifar11'.*cifar10"):
        data.find("cifar11", cache=tmp_path)


# --------------------------------------------------------------------------- download


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address where it is served."""
    home = tmp_path / "served"
    home.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nothing: the test's output is its own."""

    handler = functools.partial(Quiet, directory=str(home))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield home, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_download(tmp_path: Path, served: tuple[Path, str]) -> None:
    """Where nothing lies near, the official archive is fetched, checked, decoded and let go."""
    home, url = served
    tar = _official(home / "cifar-10-python.tar.gz")
    entry, told = _small(tar, f"{url}/{tar.name}"), list[str]()
    found = data.find(entry, cache=tmp_path / "cache", progress=told.append)
    _check_whole(found)
    assert told == [f"Downloading {url}/{tar.name}"]
    assert not list((tmp_path / "cache").rglob("*.gz"))
    assert data.find(entry, cache=tmp_path / "cache", progress=told.append).digest == found.digest
    assert len(told) == 1


@pytest.mark.parametrize("spoil", ["other content", "missing"])
def test_download_refused(tmp_path: Path, served: tuple[Path, str], spoil: str) -> None:
    """A download that is missing or has another checksum is told, and the stand-in takes over."""
    home, url = served
    tar = _official(home / "cifar-10-python.tar.gz")
    entry, told = _small(tar, f"{url}/{tar.name}"), list[str]()
    _cut(tar) if spoil == "other content" else tar.unlink()
    found = data.find(entry, cache=tmp_path / "cache", progress=told.append)
    assert found.stand_in
    reason = "hash" if spoil == "other content" else "404"
    assert any("cannot be downloaded" in line and reason in line for line in told)


def test_unreachable(tmp_path: Path) -> None:
    """A host that cannot be reached is given up within seconds, in words."""
    url = f"http://127.0.0.1:{_closed_port()}/cifar-10-python.tar.gz"
    told: list[str] = []
    began = time.monotonic()
    found = data.find(_small(url=url), cache=tmp_path / "cache", progress=told.append)
    assert time.monotonic() - began < 5
    assert found.stand_in
    assert any(f"{url} cannot be downloaded" in line and "refused" in line for line in told)


def test_silent_host(tmp_path: Path) -> None:
    """A host that takes the connection and never answers is given up within seconds too."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/cifar-10-python.tar.gz"
        told: list[str] = []
        began = time.monotonic()
        assert data.find(_small(url=url), cache=tmp_path, progress=told.append).stand_in
        assert time.monotonic() - began < 8
    assert any("cannot be downloaded" in line for line in told)


# --------------------------------------------------------------------------- stand-in


def test_stand_in(tmp_path: Path) -> None:
    """Where no data can be had, generated images stand in, are marked, and are made once."""
    told: list[str] = []
    find = functools.partial(
        data.find, _small(), cache=tmp_path, download=False, progress=told.append
    )
    found = find()
    assert found.stand_in
    assert any("provisional" in line for line in told)
    assert _read(found, "train_x").shape == (TRAIN, 32, 32, 3)
    assert (found.val_y.shape, found.test_y.shape) == ((VALIDATION,), (TEST,))
    made = (found.folder / "train_x.npy").stat().st_mtime_ns
    assert find().digest == found.digest
    assert (found.folder / "train_x.npy").stat().st_mtime_ns == made


def test_real_data_comes_before_the_stand_in(tmp_path: Path) -> None:
    """A stand-in in the cache gives way as soon as real data is there."""
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    entry = _small(tar)
    assert data.find(entry, cache=tmp_path / "cache", download=False).stand_in
    _check_whole(data.find(entry, folders=[tar.parent], cache=tmp_path / "cache"))


def test_no_stand_in(tmp_path: Path) -> None:
    """A data set without a stand-in that cannot be had is the grader's failure, with a remedy."""
    with pytest.raises(DataUnavailable, match="GRADER_DATA"):
        data.find(replace(_small(), stand_in=None), cache=tmp_path, download=False)


def test_stand_in_bytes() -> None:
    """The generated images are the same on every machine, to the last byte."""
    x, y = standin.images(1_200, 0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((1200, 32, 32, 3), np.uint8, (1200,), np.int64)
    digest = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
    assert digest == "e4f19a104a1f373919055a790bf1da4136bd6f851d97d0404b28cd979c541f32"


def test_stand_in_parts() -> None:
    """Classes are about equally frequent, and no image of one part is in another."""
    x, y = standin.images(3_000, 0)
    other, _ = standin.images(1_000, 1)
    assert np.all(np.bincount(y, minlength=10) > 240)
    assert len({image.tobytes() for image in np.concatenate([x, other])}) == 4_000


# ----------------------------------------------------------------------- where it looks


def test_search_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user named comes first, then the course's own folders, then Keras's cache."""
    monkeypatch.setenv("GRADER_DATA", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    course = tmp_path / "course"
    assert data.search_folders(tmp_path, course) == (
        tmp_path,
        tmp_path / "a",
        tmp_path / "b",
        course / "data",
        tmp_path / "shared" / "data",
        tmp_path / "keras" / "datasets",
    )
    monkeypatch.delenv("GRADER_DATA")
    monkeypatch.delenv("KERAS_HOME")
    assert data.search_folders(None, None) == (Path.home() / ".keras" / "datasets",)


def test_search_folders_missing(tmp_path: Path) -> None:
    """A --data-dir that does not exist is the user's slip, not an empty search."""
    with pytest.raises(UsageError, match="does not exist"):
        data.search_folders(tmp_path / "typo", None)


def test_survey(tmp_path: Path) -> None:
    """The survey names every place, what is there and how to fill it, and decodes nothing."""
    tar = _official(tmp_path / "in" / "cifar-10-python.tar.gz")
    url = f"http://127.0.0.1:{_closed_port()}/cifar-10-python.tar.gz"
    entry = _small(tar, url)
    survey = functools.partial(
        data.survey, entry, folders=[tmp_path / "none", tar.parent], cache=tmp_path / "cache"
    )
    places = survey()
    assert [(place.where, place.found) for place in places] == [
        (str(tmp_path / "none"), False),
        (str(tar), True),
        (str(tmp_path / "cache" / "data"), False),
        (url, False),
    ]
    assert places[0].how.en.startswith("put cifar10_jpeg.npz or")
    assert not (tmp_path / "cache").exists()
    data.find(entry, folders=[tar.parent], cache=tmp_path / "cache")
    assert survey()[2].found


def test_another_data_set(tmp_path: Path) -> None:
    """A data set is an entry of values: another shape and form need no other code."""

    def read(path: Path) -> archives.Pools:
        with np.load(path) as packed:
            return archives.Pools(*(packed[key] for key in ("a", "b", "c", "d")))

    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (9, 28, 28, 1), np.uint8), np.arange(9) % 3
    np.savez(tmp_path / "digits.npz", a=x[:6], b=y[:6], c=x[6:], d=y[6:])
    title = Text(ru="Цифры", en="Digits")
    form = Form(title, ("digits.npz",), read)
    entry = Entry("digits", title, (28, 28, 1), 3, train=4, validation=2, test=3, forms=(form,))
    found = data.find(entry, folders=[tmp_path], cache=tmp_path / "cache")
    np.testing.assert_array_equal(_read(found, "val_x"), x[4:6])
    np.testing.assert_array_equal(found.test_y, y[6:])
    assert found.source.en == "Digits: Digits (digits.npz)"


@pytest.mark.skipif(not REAL.is_file(), reason="the real images are not on this machine")
def test_real_images(tmp_path: Path) -> None:
    """The real CIFAR-10 decodes to 60,000 images of ten equally frequent classes."""
    found = data.find("cifar10", folders=[REAL.parent], cache=tmp_path)
    shapes = {name: _read(found, name).shape for name in ("train_x", "val_x", "test_x")}
    assert shapes == {
        "train_x": (49_000, 32, 32, 3),
        "val_x": (1_000, 32, 32, 3),
        "test_x": (10_000, 32, 32, 3),
    }
    assert np.bincount(found.test_y).tolist() == [1_000] * 10
    labels = np.concatenate([_read(found, "train_y"), found.val_y])
    assert np.bincount(labels).tolist() == [5_000] * 10
    mean = _read(found, "train_x")[::50].mean(axis=(0, 1, 2))
    np.testing.assert_allclose(mean, [125.3, 123.0, 113.9], atol=3)
