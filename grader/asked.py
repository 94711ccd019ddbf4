"""What a lab asks of a notebook, and a digest of it: what observations depend on, and no more.

Points, thresholds and messages are not in the digest: they change verdicts, not observations.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from .checks import kinds
from .checks.evidence import Probe
from .course import Lab
from .kernel.wire import Leaf, encode, file_tree
from .model import GraphCase
from .rubric import Accuracy

TRAINED = {"kind", "style", "batch_size", "optimizer", "own_optimizer", "partner"}
TRAINED |= {"training", "every", "data", "size", "arguments", "steps"}
"""Epochs may follow from the data set at hand: they count where observations are kept by name."""
OBSERVING = (
    "desk.py", "salvage.py", "training.py", "unseen.py", "disguise.py", "secret.py", "given.py",
    "decoys.py",
)  # fmt: skip


@functools.lru_cache(maxsize=8)
def probes_of(lab: Lab, seed: int) -> dict[str, Probe]:
    """Every probe of the lab's rubric, by key; checks that ask the same share one."""
    return {
        probe.key: probe
        for task in (*lab.rubric.tasks, *lab.rubric.scaffold)
        for check in task.checks
        for probe in kinds.plan(check, task, lab, seed)
    }


def case_tree(case: Any) -> dict[str, Any]:
    """One case as it goes over the wire."""
    fields: dict[str, Any] = {"id": case.id, "args": tuple(case.args)}
    if isinstance(case, GraphCase):
        return {
            **fields,
            "keywords": dict(case.keywords),
            "outputs": list(case.outputs),
            "updates": case.updates,
            "gradients": case.gradients,
            "steps": None if case.steps is None else Leaf("ndarray", case.steps),
            "run": case.run,
            **({"trace": True} if case.trace else {}),
        }
    for name in ("cotangent", "input", "gradients"):
        value = getattr(case, name, None)
        if value is not None:
            fields[name] = Leaf("ndarray", value)
    for name in ("setup", "graph", "trace"):
        if getattr(case, name, None):
            fields[name] = getattr(case, name)
    if getattr(case, "files", None):
        fields["files"] = file_tree(case.files)
    if hasattr(case, "weights"):
        fields["weights"] = [Leaf("ndarray", weight) for weight in case.weights]
    return fields


@functools.lru_cache(maxsize=8)
def asked(lab: Lab, seed: int) -> str:
    """A digest of the handout, of every probe and training, and of the code that observes."""
    total = hashlib.sha256(_code().encode())
    for cell in lab.handout.cells:
        total.update(f"{cell.id} {cell.source}".encode())
    for probe in probes_of(lab, seed).values():
        total.update(f"{probe.key} {probe.kind} {probe.object!r} {probe.stand_in!r}".encode())
        total.update(f"{probe.calls} {probe.traced} {probe.aside} {probe.helpers!r}".encode())
        for case in probe.cases:
            total.update(encode(case_tree(case)))
    for task in lab.rubric.tasks:
        for check in task.checks:
            if isinstance(check, Accuracy):
                total.update(f"{task.id} {check.model_dump_json(include=TRAINED)}".encode())
    rubric = lab.rubric
    total.update(repr((rubric.drivers, rubric.data, rubric.given, rubric.runtime)).encode())
    total.update(repr(rubric.choice).encode())
    total.update(repr((rubric.recorded_modules, rubric.packages)).encode())
    total.update(repr([(s.id, s.fingerprints) for s in rubric.scaffold]).encode())
    total.update(encode(file_tree(lab.files)))
    return total.hexdigest()


@functools.cache
def _code() -> str:
    """A digest of the modules that observe: what they bring back may change with them."""
    here = Path(__file__).parent
    files = [here / name for name in OBSERVING]
    for folder in ("observe", "kernel", "sandbox", "matching", "quiz"):
        files += sorted((here / folder).glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
