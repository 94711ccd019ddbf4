"""Workers of this machine: they end with whoever leads them, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from grader.executors import jobs_here, local

LEADER = """\
    import os, subprocess, sys, time
    from grader.executors import local

    def work(number):
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = subprocess.Popen(sleep, start_new_session=True)  # as a kernel is
        # One write: what two workers print through their buffers may be mixed within a line.
        os.write(1, f"{os.getpid()} {child.pid}\\n".encode())
        child.wait()

    if __name__ == "__main__":
        with local(2) as workers:
            pool = workers.make()
            futures = [pool.submit(work, n) for n in range(2)]
            [future.result() for future in futures]
"""


def started(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A process that leads two workers, each with a process of its own; and the pids of these."""
    script = tmp_path / "leader.py"
    script.write_text(textwrap.dedent(LEADER))
    root = Path(__file__).parent.parent
    leader = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert leader.stdout is not None
    pids = [int(pid) for _ in range(2) for pid in leader.stdout.readline().split()]
    return leader, pids


def gone(pids: list[int], seconds: float = 20.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_workers_end_when_their_leader_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no time to say goodbye: workers, and what they started, end all the same."""
    leader, pids = started(tmp_path)
    assert len(set(pids)) == 4
    leader.kill()
    leader.communicate()
    assert gone(pids)
    assert not list(tmp_path.glob("grade-worker-*"))


def test_ctrl_c_ends_everything_at_once(tmp_path: Path) -> None:
    """An interrupt is the leader's to handle: no worker prints a traceback, and none goes on."""
    leader, pids = started(tmp_path)
    begun = time.monotonic()
    os.killpg(leader.pid, signal.SIGINT)
    _, said = leader.communicate(timeout=30)
    assert time.monotonic() - begun < 15
    assert gone(pids)
    assert said.count("Traceback") == 1
    assert "KeyboardInterrupt" in said


def test_as_many_jobs_as_are_wanted_or_fit() -> None:
    """A number that is asked for is taken; else there is at least one job, one for each core and
    a few to fill its pauses, and fewer where each trains."""
    assert jobs_here(7) == 7
    cores = os.cpu_count() or 1
    assert 1 <= jobs_here(None) <= max(cores + 1, 1.25 * cores)
    assert 1 <= jobs_here(None, train=True) <= jobs_here(None)


def test_dask_without_an_address_that_answers_says_what_to_start() -> None:
    """Where no scheduler answers, the message has the commands that start one."""
    pytest.importorskip("distributed")
    from grader.errors import UsageError
    from grader.executors import dask

    with (
        pytest.raises(UsageError, match="dask scheduler"),
        dask("tcp://127.0.0.1:1", gpu=False),
    ):
        pass


def test_reports_of_workers_arrive() -> None:
    """What a worker says of its progress is there to be shown, and an unused pool ends quietly."""
    with local(1) as workers:
        assert workers.make().submit(abs, -3).result() == 3
        assert (workers.reports(), workers.width()) == ([], 1)
