"""How long one notebook takes through the real command: wall time, CPU time, peak memory.

Usage::

    python bench/grade_one.py                      # everything, three runs each: about 15 minutes
    python bench/grade_one.py --runs 1 --only quick
    python bench/grade_one.py --notebook submission.ipynb --data-dir DIR

Without ``--notebook`` it is the lab's own reference, filled into the handout: a correct notebook.
Every run observes the notebook afresh; ``cold`` runs observe the reference too, as the first grade
on a machine does. The data set is decoded beforehand. CPU time and memory are those of the whole
process tree (see measuring.py).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Measured, machine, measure, medians, say, today

from grader import course, data, environment, notebook, store

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from grader.cli import main; main()")


@dataclass(frozen=True)
class Scenario:
    """One way to call the command; ``aim`` is in seconds of wall time on two cores."""

    name: str
    title: str
    options: tuple[str, ...]
    cold: bool = False
    aim: float | None = None


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


def table(rows: Sequence[tuple[Scenario, Measured]], runs: int, images: str) -> str:
    """The figures as Markdown, under a line that says where and when they were taken."""
    versions = environment.versions()
    named = ", ".join(f"{name} {versions[name]}" for name in ("python", "tensorflow", "keras"))
    lines = [
        f"{today()}, {machine()}; {named}; {images}. "
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


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
