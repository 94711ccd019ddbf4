"""How long one notebook takes through the real command: wall time, CPU time, peak memory.

Usage::

    python bench/grade_one.py                      # everything, three runs each: about 15 minutes
    python bench/grade_one.py --runs 1 --only quick
    python bench/grade_one.py --notebook submission.ipynb --data-dir DIR

Without ``--notebook`` it is the lab's own reference, filled into the handout: a correct notebook.
Every run observes the notebook afresh; ``cold`` runs observe the reference too, as the first grade
on a machine does. The data set is decoded beforehand. CPU time and memory are those of the whole
process tree, looked at 20 times a second: the kernels are killed in the end, and nobody who waits
for a process is told what its killed grandchildren used. Memory is the most that was resident at
one time.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
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

from grader import course, data, environment, notebook, store

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from grader.cli import main; main()")
SAMPLING_SECONDS = 0.05


@dataclass(frozen=True)
class Scenario:
    """One way to call the command; ``aim`` is in seconds of wall time on two cores."""

    name: str
    title: str
    options: tuple[str, ...]
    cold: bool = False
    aim: float | None = None


@dataclass(frozen=True)
class Measured:
    """One run, or the medians of several. Seconds and bytes."""

    wall: float
    cpu: float
    memory: float


SCENARIOS = (
    Scenario("cold", "`--quick`, the reference not yet observed", ("--quick",), cold=True),
    Scenario("quick", "`--quick`", ("--quick",), aim=8.0),
    Scenario("full", "full, with all trainings", (), aim=180.0),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a Markdown table. Returns the exit code: 1 where an aim was missed."""
    asked = parse(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = asked.notebook or correct_notebook(folder)
        # Decoded once, before the clock starts, in the cache that the runs then share.
        images = data.find(
            "cifar10", folders=data.search_folders(asked.data_dir, ROOT), progress=say
        )
        rows = [
            (each, run(each, path, folder, asked)) for each in SCENARIOS if each.name in asked.only
        ]
    print(table(rows, asked.runs, "generated stand-in" if images.stand_in else "real CIFAR-10"))
    return int(any(scenario.aim and row.wall > scenario.aim for scenario, row in rows))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line: ``runs``, ``only`` (names of scenarios), ``notebook``, ``data_dir``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--runs", type=_positive, default=3, help="runs of each (default: 3)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="what to measure")
    parser.add_argument("--notebook", type=Path, help="another submission to the lab")
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    return parser.parse_args(arguments)


def correct_notebook(folder: Path) -> Path:
    """The handout with the reference's solution in it, as a file in ``folder``."""
    path = folder / "correct.ipynb"
    notebook.write(course.load(ROOT, "convnets", "en").solved(), path)
    return path


def run(scenario: Scenario, path: Path, folder: Path, asked: argparse.Namespace) -> Measured:
    """Medians of ``asked.runs`` runs; one that is not counted comes first where nothing is cold."""
    options = ["--fresh", "--course", str(ROOT), "--out", str(folder / "out"), *scenario.options]
    if asked.data_dir:
        options += ["--data-dir", str(asked.data_dir)]
    command = [*COMMAND, str(path), *options]
    if not scenario.cold:
        say(f"{scenario.name}: warming up")
        measure([*command, "--quick"], {})
    measured = []
    for number in range(asked.runs):
        with tempfile.TemporaryDirectory() as cache:
            (Path(cache) / "data").symlink_to(store.folder() / "data")
            environ = {"GRADER_CACHE": cache} if scenario.cold else {}
            measured.append(measure(command, environ))
        say(f"{scenario.name}: run {number + 1} of {asked.runs}: {measured[-1].wall:.1f} s")
    return medians(measured)


def measure(command: Sequence[str], environ: Mapping[str, str]) -> Measured:
    """Run ``command`` to its end.

    Raises:
        RuntimeError: it made no grade; the message is what it said.
    """
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603  our own command
            command, env={**os.environ, **environ}, stdout=said, stderr=subprocess.STDOUT
        )
        watch = _Watch(child.pid)
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        if child.returncode not in (0, 1):
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
    return Measured(wall, max(watch.cpu, usage.ru_utime + usage.ru_stime), watch.peak)


def medians(runs: Sequence[Measured]) -> Measured:
    """The median of each figure by itself."""
    return Measured(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
        statistics.median(run.memory for run in runs),
    )


def table(rows: Sequence[tuple[Scenario, Measured]], runs: int, images: str) -> str:
    """The figures as Markdown, under a line that says where and when they were taken."""
    versions = environment.versions()
    named = ", ".join(f"{name} {versions[name]}" for name in ("python", "tensorflow", "keras"))
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        f"{day}, {_processor()}, {os.cpu_count()} cores, {platform.system()}; {named}; {images}. "
        f"Medians of {runs} run{'s' if runs > 1 else ''}.",
        "",
        "| one correct `convnets` notebook | wall, s | CPU, s | peak memory, GiB | aim, s |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for scenario, row in rows:
        aim = f"< {scenario.aim:g}" if scenario.aim else "—"
        figures = f"{row.wall:.1f} | {row.cpu:.1f} | {row.memory / 2**30:.2f}"
        lines.append(f"| {scenario.title} | {figures} | {aim} |")
    return "\n".join(lines)


def say(line: str) -> None:
    """Progress goes to stderr, so that the table can be sent to a file."""
    print(line, file=sys.stderr)


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
        try:
            for process in (self._root, *self._root.children(recursive=True)):
                with process.oneshot():
                    times = process.cpu_times()
                    self._cpu[process] = times.user + times.system
                    resident += process.memory_info().rss
        except psutil.Error:  # a process ended while we looked: the next look will do
            return
        self.peak = max(self.peak, resident)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
