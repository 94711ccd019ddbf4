"""Train a lab's reference several times as its accuracy rule would, and keep what it reached.

Usage::

    python bench/calibrate_rules.py cifar_classifier network
    python bench/calibrate_rules.py cifar_classifier classifier --set fashion_mnist
    python bench/calibrate_rules.py cifar_classifier classifier --set caltech101 --data-dir DIR
    python bench/calibrate_rules.py cifar_classifier classifier --set cifar100 --classes 3 42 88

Each run has a seed of its own and goes to the end of the rule's budget. Accuracies are fractions of
the sealed validation images. The pass mark is three standard deviations below the mean, three per
cent at least, rounded down to a whole per cent: a right network meets it whatever the seed, and one
that is a little weaker too. The outcome is written into ``reference/<lab>/calibration.yaml``; the
rule in the rubric is yours to set, by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from grader import course, environment
from grader.checks import accuracy
from grader.course import Lab
from grader.model import Observed, Submission
from grader.observe import observe, reference
from grader.preparing import Job, Options, plan
from grader.progress import silent
from grader.rubric import Accuracy, Rule

ROOT = Path(__file__).parents[1]
LEAST_MARGIN = 0.03
OUT_OF_REACH = Rule.model_validate({"at_least": 0.9999})


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    lab = _unruly(course.load(asked.course, asked.lab, "en"), asked.task)
    submission = _answer(lab, asked.set, asked.classes)
    options = Options(course=asked.course, tasks=[asked.task], data_dir=asked.data_dir)
    runs, seconds = [], []
    job = plan(submission, lab, options, silent)
    for seed in range(asked.runs):
        started = time.monotonic()
        observed = asyncio.run(_trained(submission, lab, replace(options, seed=seed), asked.task))
        if observed.fault or any(run.fault for run in observed.runs):
            print(f"the reference did not train: {observed}", file=sys.stderr)
            return 1
        runs.append(accuracy.reached_by(observed.runs[0], OUT_OF_REACH))
        seconds.append(time.monotonic() - started)
        print(f"seed {seed}: {100 * runs[-1]:.1f} % in {seconds[-1]:.0f} s", flush=True)
    entry = _entry(asked, job, runs, seconds)
    path = asked.course / "reference" / asked.lab / "calibration.yaml"
    _keep(path, entry)
    print(f"pass mark {entry['mark']:.2f}; kept in {path}")
    return 0


def mark(runs: Sequence[float]) -> float:
    """The pass mark for these accuracies."""
    margin = max(3 * statistics.stdev(runs), LEAST_MARGIN)
    return math.floor(100 * (statistics.mean(runs) - margin) + 1e-9) / 100


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("lab")
    parser.add_argument("task")
    parser.add_argument("--set", help="which of the rubric's `choice`")
    parser.add_argument("--classes", nargs="+", type=int, help="numbers of the classes to take")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--runs", type=int, default=5)
    return parser


def _unruly(lab: Lab, task: str) -> Lab:
    """The lab with a rule that no run meets, so that each goes to the end of its budget."""

    def changed(check: Any) -> Any:
        if not isinstance(check, Accuracy):
            return check
        return check.model_copy(update={"rule": OUT_OF_REACH, "rules": {}, "seeds": 1})

    tasks = tuple(
        each.model_copy(update={"checks": tuple(changed(check) for check in each.checks)})
        if each.id == task
        else each
        for each in lab.rubric.tasks
    )
    return replace(lab, rubric=lab.rubric.model_copy(update={"tasks": tasks}))


def _answer(lab: Lab, chosen: str | None, classes: list[int] | None) -> Submission:
    """The reference, as somebody with this data set hands it in."""
    choice = lab.rubric.choice
    if choice is None or chosen is None:
        return lab.solved()
    said = f"{choice.variable} = {chosen!r}"
    if choice.classes:
        said += f"\n{choice.classes} = {classes!r}"
    return lab.solved({choice.cell: said})


async def _trained(submission: Submission, lab: Lab, options: Options, task: str) -> Observed:
    job = plan(submission, lab, options, silent)
    expected = await reference(job.lab, job.order, silent)
    seen = await observe(submission, job.lab, job.order, expected, silent)
    return seen.probes[accuracy.key_of(job.lab.rubric.task(task))]


def _entry(
    asked: argparse.Namespace, job: Job, runs: Sequence[float], seconds: Sequence[float]
) -> dict[str, Any]:
    task = job.lab.rubric.task(asked.task)
    images = job.order.images(task)
    assert images is not None
    (check,) = (check for check in task.checks if isinstance(check, Accuracy))
    train = np.load(images.folder / "train_y.npy", mmap_mode="r")
    versions = environment.versions()
    return {
        "task": asked.task,
        "set": asked.set,
        "data": images.source.en,
        "stand_in": images.stand_in,
        "digest": images.digest[:16],
        "shape": "×".join(map(str, images.shape)),
        "classes": images.class_count,
        "train": len(train),
        "validation": len(images.val_y),
        "epochs": check.epochs,
        "batch_size": check.batch_size,
        "runs": [round(run, 4) for run in runs],
        "mark": mark(runs),
        "seconds": round(statistics.median(seconds)),
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "with": f"TensorFlow {versions['tensorflow']}, Keras {versions['keras']}",
    }


def _keep(path: Path, entry: dict[str, Any]) -> None:
    """Add the entry, in the place of an earlier one for the same data."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 100
    known = yaml.load(path.read_text(encoding="utf-8")) if path.exists() else None
    entries = [each for each in known or [] if _same(each) != _same(entry)]
    with path.open("w", encoding="utf-8") as stream:
        stream.write(
            "# What bench/calibrate_rules.py measured: runs of the reference, and their mark.\n"
        )
        yaml.dump([*entries, entry], stream)


def _same(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["task"], entry["set"], entry["digest"]


if __name__ == "__main__":
    sys.exit(main())
