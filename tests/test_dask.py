"""A class on a real Dask cluster: a scheduler, two workers, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from convnets_submissions import read_handout, styles, submission, write

pytest.importorskip("distributed")
ROOT = Path(__file__).parent.parent


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the cluster, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def attempts(book: Path) -> dict[str, list[str]]:
    """Outcomes by student, in the order in which they were written."""
    if not book.exists():
        return {}
    db = sqlite3.connect(f"file:{book}?mode=ro", uri=True)
    try:
        rows = db.execute(
            "SELECT s.student, a.status FROM attempts a JOIN submissions s ON s.id = a.submission"
        ).fetchall()
    finally:
        db.close()
    found: dict[str, list[str]] = {}
    for student, status in rows:
        found.setdefault(student, []).append(status)
    return found


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_grades_nobody_twice(tmp_path: Path) -> None:
    """With one of two workers killed after the first result, everybody is graded once."""
    handout = read_handout(ROOT / "assignments/convnets/handout.ru.ipynb")
    class_ = tmp_path / "class"
    class_.mkdir()
    style = styles("ru")["same_padding"]
    students = [f"student{number}" for number in range(6)]
    for student in students:
        write(submission(handout, style), class_ / f"{student}.ipynb")
    address = f"tcp://127.0.0.1:{free_port()}"
    book = class_ / "_grades" / "grades.sqlite"
    worker = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")
    scheduler = ("distributed.cli.dask_scheduler", "--host", address, "--no-dashboard")
    with running(*scheduler), running(*worker), running(*worker) as doomed:
        grading = subprocess.Popen(
            [
                *(sys.executable, "-c", "from grader.cli import main; main()"),
                *(str(class_), "--quick", "--course", str(ROOT)),
                *("--executor", "dask", "--scheduler", address),
            ]
        )
        deadline = time.monotonic() + 300
        while not attempts(book) and grading.poll() is None and time.monotonic() < deadline:
            time.sleep(0.5)
        os.kill(doomed.pid, signal.SIGKILL)
        assert grading.wait(timeout=600) == 0
    assert attempts(book) == {student: ["graded"] for student in students}
