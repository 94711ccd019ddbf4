"""A download is checked, and one that cannot be had is given up within seconds."""

from __future__ import annotations

import functools
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cifar_files import check_whole, closed_port, cut, official, small

from grader import data


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


def test_download(tmp_path: Path, served: tuple[Path, str]) -> None:
    """Where nothing lies near, the official archive is fetched, checked, decoded and let go."""
    home, url = served
    tar = official(home / "cifar-10-python.tar.gz")
    entry, told = small(tar, f"{url}/{tar.name}"), list[str]()
    found = data.find(entry, cache=tmp_path / "cache", progress=told.append)
    check_whole(found)
    assert told == [f"Downloading {url}/{tar.name}"]
    assert not list((tmp_path / "cache").rglob("*.gz"))
    assert data.find(entry, cache=tmp_path / "cache", progress=told.append).digest == found.digest
    assert len(told) == 1


@pytest.mark.parametrize("spoil", ["other content", "missing"])
def test_download_refused(tmp_path: Path, served: tuple[Path, str], spoil: str) -> None:
    """A download that is missing or has another checksum is told, and the stand-in takes over."""
    home, url = served
    tar = official(home / "cifar-10-python.tar.gz")
    entry, told = small(tar, f"{url}/{tar.name}"), list[str]()
    cut(tar) if spoil == "other content" else tar.unlink()
    found = data.find(entry, cache=tmp_path / "cache", progress=told.append)
    assert found.stand_in
    reason = "hash" if spoil == "other content" else "404"
    assert any("cannot be downloaded" in line and reason in line for line in told)


def test_unreachable(tmp_path: Path) -> None:
    """A host that cannot be reached is given up within seconds, in words."""
    url = f"http://127.0.0.1:{closed_port()}/cifar-10-python.tar.gz"
    told: list[str] = []
    began = time.monotonic()
    found = data.find(small(url=url), cache=tmp_path / "cache", progress=told.append)
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
        assert data.find(small(url=url), cache=tmp_path, progress=told.append).stand_in
        assert time.monotonic() - began < 8
    assert any("cannot be downloaded" in line for line in told)
