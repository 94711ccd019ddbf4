"""What one command costs: wall time, CPU time and peak memory of its whole process tree.

The tree is looked at ten times a second: kernels are killed in the end, and nobody who waits for a
process is told what its killed grandchildren used. CPU time is what each process that was seen had
used in the last look, or, where that is more, what the system counted of those that were waited
for. Memory is the most that was resident at one time; pages that processes share count for each.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLING_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    """One run, or the medians of several. Seconds and bytes."""

    wall: float
    cpu: float
    memory: float
    stopped: bool = False
    """True where the time that it was given ran out: the figures are lower bounds."""


def measure(
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
    expected: Sequence[int] = (0, 1),
    limit: float | None = None,
) -> Measured:
    """Run ``command`` in ``folder`` to its end, or for ``limit`` seconds.

    Raises:
        RuntimeError: its exit code is none of ``expected``; the message is what it said.
    """
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603  our own command
            command,
            env={**os.environ, **(environ or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        watch = _Watch(child.pid)
        watch.start()
        stopped, usage = _ended(child, limit)
        wall = time.perf_counter() - started
        watch.stop()
        if not stopped and child.returncode not in expected:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
    return Measured(wall, max(watch.cpu, usage.ru_utime + usage.ru_stime), watch.peak, stopped)


def medians(runs: Sequence[Measured]) -> Measured:
    """The median of each figure by itself."""
    return Measured(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
        statistics.median(run.memory for run in runs),
        any(run.stopped for run in runs),
    )


def machine() -> str:
    """Processor, cores and system, in a few words."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def say(line: str) -> None:
    """Progress goes to stderr, so that a table can be sent to a file."""
    print(line, file=sys.stderr, flush=True)


def _ended(
    child: subprocess.Popen[bytes], limit: float | None
) -> tuple[bool, resource.struct_rusage]:
    """Wait for the command: whether the time ran out and it was killed; what it used."""
    stopped = threading.Event()

    def kill() -> None:
        stopped.set()
        with contextlib.suppress(psutil.Error):
            for process in [*psutil.Process(child.pid).children(recursive=True), child]:
                with contextlib.suppress(psutil.Error):
                    process.kill()

    clock = threading.Timer(limit or threading.TIMEOUT_MAX, kill)
    clock.daemon = True
    clock.start()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    clock.cancel()
    return stopped.is_set(), usage


class _Watch(threading.Thread):
    """Looks at the memory and the CPU time of a process tree, over and over, from a thread."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()
        self._cpu: dict[psutil.Process, float] = {}

    @property
    def cpu(self) -> float:
        """Seconds of all processes that were seen, those that have ended among them."""
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self._ended.wait(SAMPLING_SECONDS):
            self._look()

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _look(self) -> None:
        resident = 0.0
        with contextlib.suppress(psutil.Error):
            for process in (self._root, *self._root.children(recursive=True)):
                with contextlib.suppress(psutil.Error), process.oneshot():  # it may end meanwhile
                    times = process.cpu_times()
                    self._cpu[process] = times.user + times.system
                    resident += process.memory_info().rss
        self.peak = max(self.peak, resident)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
