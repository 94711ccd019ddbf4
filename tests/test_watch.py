"""What of a room is counted as its bytes on disk."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader.sandbox.watch import UNCOUNTED, _bytes_in

LARGE = 2**20


def test_bytes_on_disk_are_counted_wherever_they_lie(tmp_path: Path) -> None:
    """Files in folders in folders count; what a link leads to does not."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "large").write_bytes(os.urandom(LARGE))
    (tmp_path / "link").symlink_to("/usr")
    assert LARGE <= _bytes_in(tmp_path) < 2 * LARGE


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is locked for root")
def test_a_folder_that_nobody_can_look_into_is_over_any_limit(tmp_path: Path) -> None:
    """What can be written and not listed would hold any number of files that nobody counts."""
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "large").write_bytes(bytes(LARGE))
    locked.chmod(0o300)
    assert _bytes_in(tmp_path) == UNCOUNTED
    locked.chmod(0o700)


def test_files_that_come_and_go_hide_no_others(tmp_path: Path) -> None:
    """While names appear and vanish, what stays in the same folder is counted at each look."""
    (tmp_path / "large").write_bytes(os.urandom(LARGE))
    over = threading.Event()

    def churn() -> None:
        while not over.is_set():
            for number in range(200):
                (tmp_path / f"small{number}").touch()
            for number in range(200):
                (tmp_path / f"small{number}").unlink()

    busy = threading.Thread(target=churn)
    busy.start()
    try:
        assert all(_bytes_in(tmp_path) >= LARGE for _ in range(300))
    finally:
        over.set()
        busy.join()
