"""The benchmarks' own parts; what they measure takes minutes and is not run here."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import pytest


@pytest.fixture
def bench(bench_folder: None) -> ModuleType:
    """``bench/grade_one.py``."""
    return importlib.import_module("grade_one")


def test_everything_is_measured_unless_named(bench: ModuleType) -> None:
    """No option means three runs of every scenario; a number of runs below 1 is refused."""
    asked = bench.parse([])
    assert (asked.runs, asked.only) == (3, ["cold", "quick", "full"])
    assert bench.parse(["--only", "quick", "--runs", "5"]).only == ["quick"]
    with pytest.raises(SystemExit):
        bench.parse(["--runs", "0"])


def test_the_table_has_a_row_for_each_scenario_with_its_aim(bench: ModuleType) -> None:
    """Figures stand beside their aims, under a line that tells the machine and the versions."""
    rows = [(scenario, bench.Measured(7.5, 12.25, 2**31)) for scenario in bench.SCENARIOS]
    head, empty, *lines = bench.table(rows, 3, "real CIFAR-10").split("\n")
    assert "cores" in head
    assert "tensorflow" in head
    assert "Medians of 3 runs." in head
    assert empty == ""
    assert lines[2].endswith("| 7.5 | 12.2 | 2.00 | — |")
    assert lines[3] == "| `--quick` | 7.5 | 12.2 | 2.00 | < 8 |"
    assert lines[4].endswith("| < 180 |")


def test_each_figure_has_its_own_median(bench: ModuleType) -> None:
    """One odd run does not move a figure."""
    runs = [bench.Measured(1.0, 9.0, 5.0), bench.Measured(2.0, 7.0, 50.0), bench.Measured(90, 8, 6)]
    assert bench.medians(runs) == bench.Measured(2.0, 8.0, 6.0)


def test_cpu_and_memory_are_those_of_the_whole_tree(bench: ModuleType) -> None:
    """What a child of the command uses counts for the command, though it was killed."""
    burn = "import time; b = b'x' * 2**26; t = time.process_time()\n"
    burn += "while time.process_time() < t + 0.7: pass\n"
    burn += "import os; os.kill(os.getpid(), 9)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    measured = bench.measure([sys.executable, "-c", child])
    assert measured.cpu >= 0.5
    assert measured.memory >= 2**26
    assert measured.wall > 0
    assert not measured.stopped


def test_a_command_that_is_stopped_gives_lower_bounds(bench: ModuleType) -> None:
    """When its time is up the command and its children are killed, and the figures say so."""
    child = "import time; time.sleep(600)"
    call = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    measured = bench.measure([sys.executable, "-c", call], limit=1.0)
    assert measured.stopped
    assert 1.0 <= measured.wall < 300.0
    assert bench.medians([measured, bench.Measured(2.0, 1.0, 1.0)]).stopped


def test_a_command_that_makes_no_grade_is_an_error(bench: ModuleType) -> None:
    """A crash is no measurement: its own words are told."""
    with pytest.raises(RuntimeError, match="no such thing"):
        bench.measure([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"])
