"""Does stopping a training early ever change its verdict? Whole runs, and the same ones stopped.

Usage::

    python bench/early_stop.py                            # about ten minutes
    python bench/early_stop.py --only convnets-good --kept curves.jsonl
    python bench/early_stop.py --only                     # only the table of what was recorded

Networks of several labs are trained by the grader to the end of the budget, with three seeds each,
once as the reference has it, once with an optimizer so slow that the rule is nearly missed or
nearly met, and once so slow that it is far from it. Each recorded curve is then shown to the
grader's own training (:func:`grader.training.train`, the code that decides when to stop) under the
rule itself, by a desk that plays the curve back: whether a run stops depends on nothing but its
looks. A row says where it stopped, and both verdicts. Exits with 1 where they differ once.

Curves are kept as they are recorded; a run that was killed goes on with the next part.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from measuring import machine, say, today
from replaying import Whole, as_it_ended, changed, load, replayed, rule_of

from grader import course, training
from grader.checks import accuracy
from grader.course import Lab
from grader.model import Run
from grader.observe import observe, reference
from grader.preparing import Options, plan
from grader.progress import silent
from grader.rubric import Accuracy, Rule

ROOT = Path(__file__).resolve().parent.parent
OUT_OF_REACH = Rule.model_validate({"at_least": 0.9999})
THREE_RUNS = 4
"""``seeds`` of a rule with which a run that misses it is followed by two more."""


@dataclass(frozen=True)
class Part:
    """Tasks of one lab, the factor of each one's learning rate, and how long it is trained."""

    name: str
    lab: str
    slower: Mapping[str, float]
    epochs: int = 1
    seeds: int = THREE_RUNS


PARTS = (
    Part("convnets-good", "convnets",
         {"three_layer_convnet_init": 1, "part3_model": 1, "part4_model": 1}),
    Part("convnets-borderline", "convnets",
         {"three_layer_convnet_init": 0.5, "part3_model": 0.25, "part4_model": 0.3}),
    Part("convnets-bad", "convnets",
         {"three_layer_convnet_init": 0.1, "part3_model": 0.02, "part4_model": 0.05}),
    Part("cifar_classifier-good", "cifar_classifier", {"network": 1}),
    Part("cifar_classifier-borderline", "cifar_classifier", {"network": 0.3}),
    Part("within-good", "convnets", {"CustomConvNet": 1}, epochs=3, seeds=1),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Record what is not recorded yet, replay all, print a table. Returns the exit code."""
    asked = parse(arguments)
    known = load(asked.kept)
    for part in PARTS:
        if part.name in asked.only and part.name not in {run.part for run in known}:
            found = record(part, asked.data_dir)
            with asked.kept.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps(asdict(run)) + "\n" for run in found)
            known += found
    labs = {name: course.load(ROOT, name, "en") for name in {run.lab for run in known}}
    rows = [(whole, replayed(whole, labs[whole.lab])) for whole in known]
    print(table(rows, labs))
    return int(any(changed(whole, run, labs[whole.lab]) for whole, run in rows))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line: ``only`` (names of parts), ``kept``, ``data_dir``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [part.name for part in PARTS]
    parser.add_argument("--only", nargs="*", choices=names, default=names, metavar="PART")
    parser.add_argument("--kept", type=Path, default=Path("early_stop.jsonl"), help="the curves")
    parser.add_argument("--data-dir", type=Path, help="where the data set is (as for `grade`)")
    return parser.parse_args(arguments)


def record(part: Part, data_dir: Path | None) -> list[Whole]:
    """Real trainings of the reference, each to the end of its budget: nothing stops them."""
    lab = _endless(course.load(ROOT, part.lab, "en"), part)
    job = plan(lab.solved(), lab, Options(tasks=list(part.slower), data_dir=data_dir), silent)
    training.HOPELESS_EPOCHS = sys.maxsize  # one that learns nothing goes on too
    seen = asyncio.run(_observed(job))
    found = []
    for name in part.slower:
        for run in seen.probes[accuracy.key_of(job.lab.rubric.task(name))].runs:
            found.append(Whole(part.name, part.lab, name, part.epochs, run.seed, run.points))
            say(f"{part.name}: {name}, seed {run.seed}: {run.points[-1].accuracy:.3f}")
    return found


def table(rows: Sequence[tuple[Whole, Run]], labs: Mapping[str, Lab]) -> str:
    """A row for each rule and kind of network; accuracies are those of validation, in percent."""
    lines = [
        f"{today()}, {machine()}: {len(rows)} trainings to the end, "
        f"{sum(len(r.points) < len(w.points) for w, r in rows)} of which stop early; "
        f"verdicts changed: {sum(changed(w, r, labs[w.lab]) for w, r in rows)}.",
        "",
        "| network | rule | at the end, % | stopped after, % | met: stopped / whole | changed |",
        "| --- | --- | --- | --- | --- | ---: |",
    ]
    for part, task in dict.fromkeys((whole.part, whole.task) for whole, _ in rows):
        chosen = [(w, r) for w, r in rows if (w.part, w.task) == (part, task)]
        lab = labs[chosen[0][0].lab]
        rule = rule_of(lab, task).rule
        ends = ", ".join(f"{100 * w.points[-1].accuracy:.1f}" for w, _ in chosen)
        where = ", ".join(_where(w, r) for w, r in chosen)
        stopped = sum(accuracy.meets(run, rule) for _, run in chosen)
        ended = sum(accuracy.meets(as_it_ended(whole), rule) for whole, _ in chosen)
        wrong = sum(changed(w, r, lab) for w, r in chosen)
        figures = f"{ends} | {where} | {stopped} / {ended} | {wrong}"
        lines.append(f"| {part}: `{task}` | {_said(rule)} | {figures} |")
    return "\n".join(lines)


def _endless(lab: Lab, part: Part) -> Lab:
    """The lab with rules that no run meets, more seeds after each, and other learning rates."""

    def of(task: str, check: Any) -> Any:
        if not isinstance(check, Accuracy) or task not in part.slower:
            return check
        update: dict[str, Any] = {"rule": OUT_OF_REACH, "seeds": part.seeds, "narrow": 1.0}
        update["epochs"] = part.epochs
        if check.optimizer is not None:
            rate = (check.optimizer.learning_rate or 0) * part.slower[task]
            update["optimizer"] = check.optimizer.model_copy(update={"learning_rate": rate})
        return check.model_copy(update=update)

    tasks = tuple(
        task.model_copy(update={"checks": tuple(of(task.id, check) for check in task.checks)})
        for task in lab.rubric.tasks
    )
    return replace(lab, rubric=lab.rubric.model_copy(update={"tasks": tasks}))


async def _observed(job: Any) -> Any:
    expected = await reference(job.lab, job.order, silent)
    return await observe(job.submission, job.lab, job.order, expected, silent)


def _where(whole: Whole, run: Run) -> str:
    share = run.points[-1].step / whole.points[-1].step
    return f"{100 * share:.0f}" if share < 1 else "—"


def _said(rule: Rule) -> str:
    sign = ">" if rule.strict else "≥"
    return f"{sign} {100 * rule.threshold:g} %{' within' if rule.when == 'within' else ''}"


if __name__ == "__main__":
    sys.exit(main())
