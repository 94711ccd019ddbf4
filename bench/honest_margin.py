"""How honest networks do in the trial beside their training: what the limits are set by.

Usage::

    python bench/honest_margin.py --seeds 5                     # the lab's reference
    python bench/honest_margin.py --seeds 3 one.ipynb two.ipynb --data-dir DIR

Each notebook is graded once a seed with the real command. A row is one training that met its rule:
its accuracy on validation, how much lower it was on the unseen images, what part of the allowed
margin that is, and the accuracy of guessing of its fresh weights. See grader/checks/honesty.py.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader import course, notebook
from grader.checks.honesty import margin
from grader.model import Trial

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from grader.cli import main; main()")
SEEN, OTHERS = 1000, 2000


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade, and print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="the reference when none is given")
    parser.add_argument("--seeds", type=int, default=3, help="grades of each notebook")
    parser.add_argument("--data-dir", type=Path, help="where the data set is (as for `grade`)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = asked.notebooks or [_reference(folder)]
        graded = [
            (path.stem, seed, grade)
            for path in given
            for seed in range(asked.seeds)
            for grade in [_graded(path, seed, folder, asked.data_dir)]
        ]
    print("| notebook | seed | task | validation | lower by | of the margin | fresh weights |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    drops = []
    for stem, seed, grade in graded:
        for task, reached, trial in _trials(grade):
            drop, fresh = reached - trial["unseen"], trial["forgotten"]
            drops.append(drop)
            part = drop / margin(Trial(0.1, SEEN, OTHERS, unseen=trial["unseen"]))
            shown = f"{reached:.3f} | {drop:+.3f} | {part:.0%} | {fresh:.3f}"
            print(f"| {stem} | {seed} | {task} | {shown} |", flush=True)
    print(f"\n{len(drops)} trainings: lower by {statistics.mean(drops):.3f} on average, ", end="")
    print(f"{max(drops):.3f} at the most")
    return 0


def _reference(folder: Path) -> Path:
    path = folder / "reference.ipynb"
    notebook.write(course.load(ROOT, "convnets", "en").solved(), path)
    return path


def _graded(path: Path, seed: int, folder: Path, data: Path | None) -> Mapping[str, Any]:
    options = ["--fresh", "--course", str(ROOT), "--out", str(folder / "out"), "--seed", str(seed)]
    options += ["--data-dir", str(data)] if data else []
    done = subprocess.run(  # noqa: S603  our own command
        [*COMMAND, str(path), *options], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{path}: {done.stderr[-2000:]}")
    found: Mapping[str, Any] = json.loads((folder / "out" / f"{path.stem}.grade.json").read_text())
    return found


def _trials(grade: Mapping[str, Any]) -> Iterator[tuple[str, float, Mapping[str, Any]]]:
    for task in grade["tasks"]:
        for curve in (curve for check in task["checks"] for curve in check["curves"]):
            for run in curve["runs"]:
                trial = run["trial"]
                if trial and trial["unseen"] is not None:
                    yield task["id"], run["points"][-1]["accuracy"], trial


if __name__ == "__main__":
    sys.exit(main())
