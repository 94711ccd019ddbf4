"""Other graders beside ours: the same notebook, data, machine and versions; medians and ratios.

Usage::

    python bench/side_by_side.py                        # everything: an hour and a half
    python bench/side_by_side.py --full-limit 540       # the others' trainings: lower bounds
    python bench/side_by_side.py --only quick otter-trivial nbgrader-trivial --repeats 5
    python bench/side_by_side.py --repeats 0            # only the table of what was measured

otter-grader and nbgrader are installed from PyPI into environments of their own, with our versions
of TensorFlow and Keras, in the folder ``--cache``, where the next run finds them. All grade the lab
`convnets`, the reference's solution in the handout. Theirs has one more cell (it finds the data set
without a network and notes the accuracies that are printed) and, behind each task, a test that
asserts what our rubric asks (`beside/asserted.py`); the accuracy rules are asserted of the
notebook's own trainings. Where ours is called with ``--quick`` they are given the notebook
*without* its trainings, which a teacher would have to take out by hand: they have no such way.
Every grade is looked at: a measurement where a right answer lost a point is an error.

Repetitions are interleaved. Each measurement is kept in ``side_by_side.jsonl`` in the cache as it
is made, and a run that was killed goes on; measurements with other versions do not count. Exits
with 1 where an aim was missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from beside import kept, ours, peers
from beside.call import Timing
from beside.environments import PACKAGES, SHOWN, installed, python_of
from beside.notebooks import ROOT
from beside.table import aims, aims_table, table
from measuring import Measured, machine, measure, say, today

from grader import data, environment, store


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not measured yet, and print two Markdown tables. Returns the exit code."""
    asked = parse(arguments)
    images = data.find("cifar10", folders=data.search_folders(asked.data_dir, ROOT), progress=say)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        bench = peers.Bench(asked.cache.resolve(), Path(name))
        timings = [*ours.timings(bench, asked.data_dir), *peers.timings(bench, images)]
        chosen = _chosen(timings, asked.only)
        about = {timing.name: _about(timing.who, asked.cache, images.digest) for timing in timings}
        path = asked.cache / "side_by_side.jsonl"
        _measure_all(chosen, asked, bench, path, about)
    found = {t.name: kept.load(path, about[t.name]).get(t.name, []) for t in timings}
    reached = aims(timings, found)
    print(
        _head(asked.cache, images.stand_in), table(timings, found), aims_table(reached), sep="\n\n"
    )
    return int(any(aim.met is False for aim in reached))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line: ``repeats``, ``full_repeats``, ``full_limit``, ``only``, ``cache``,
    ``data_dir``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="of what takes seconds (3)")
    parser.add_argument("--full-repeats", type=int, help="of what takes minutes (--repeats, or 1)")
    parser.add_argument("--full-limit", type=float, metavar="SECONDS",
                        help="stop what takes longer: a lower bound")  # fmt: skip
    parser.add_argument("--only", nargs="+", metavar="NAME", help="what to measure")
    parser.add_argument("--cache", type=Path, default=store.folder() / "bench",
                        help="folder of the environments and measurements")  # fmt: skip
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    asked = parser.parse_args(arguments)
    if asked.full_repeats is None:
        asked.full_repeats = min(asked.repeats, 1)
    return asked


def _chosen(timings: Sequence[Timing], only: Sequence[str] | None) -> list[Timing]:
    names = [timing.name for timing in timings]
    unknown = set(only or ()) - set(names)
    if unknown:
        raise SystemExit(f"--only {' '.join(sorted(unknown))}: choose from {', '.join(names)}")
    return [t for t in timings if (t.name in only if only else not t.optional)]


def _measure_all(
    timings: Sequence[Timing],
    asked: argparse.Namespace,
    bench: peers.Bench,
    path: Path,
    about: Mapping[str, Mapping[str, str]],
) -> None:
    """Round after round, until each has its repetitions."""
    warmed: set[str] = set()
    for number in range(max(asked.repeats, asked.full_repeats)):
        for timing in timings:
            wanted = asked.full_repeats if timing.long else asked.repeats
            done = len(kept.load(path, about[timing.name]).get(timing.name, []))
            if done > number or number >= wanted:
                continue
            if not timing.long and timing.name not in warmed:
                warmed.add(timing.name)
                _once(timing, bench, None)  # not counted: files come into memory, caches are made
            measured = _once(timing, bench, asked.full_limit if timing.long else None)
            kept.add(path, timing.name, measured, about[timing.name])
            say(f"{timing.name}: {measured.wall:.1f} s, CPU {measured.cpu:.1f} s")


def _once(timing: Timing, bench: peers.Bench, limit: float | None) -> Measured:
    """One call in a fresh folder.

    Raises:
        RuntimeError: it failed, or its grade is not that of a right answer.
    """
    with tempfile.TemporaryDirectory(dir=bench.work) as name:
        call = timing.make(Path(name))
        measured = measure(call.command, call.environ, folder=call.folder, limit=limit)
        wrong = None if measured.stopped else call.wrong()
        if wrong:
            raise RuntimeError(f"{timing.name}: {wrong}")
    return measured


def _about(who: str, cache: Path, digest: str) -> dict[str, str]:
    """What a measurement is good for: versions, machine, data, and of ours the very code."""
    if who == "grade":
        told = environment.versions() | {"code": _code()}
    else:
        found = installed(python_of(who, cache))
        told = {name: found[name] for name in (PACKAGES[who].split("==")[0], *SHOWN)}
    return {**told, "machine": machine(), "data": digest}


def _code() -> str:
    """Git's name for what lies below ``grader/``; uncommitted changes are not seen."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD:grader"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


def _head(cache: Path, stand_in: bool) -> str:
    """Where, when, and with which versions."""
    mine = environment.versions()
    named = [f"{name} {mine[name]}" for name in ("python", "tensorflow", "keras")]
    for package in PACKAGES.values():
        named.append(package.replace("==", " "))
    images = "generated stand-in" if stand_in else "real CIFAR-10"
    return f"{today()}, {machine()}; {', '.join(named)}; {images}. Medians, interleaved."


if __name__ == "__main__":
    sys.exit(main())
