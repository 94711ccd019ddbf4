"""Which TensorFlow a notebook runs on, decided before its kernel starts.

``keras3``: today's TensorFlow as it is. ``keras2``: with ``tf_keras`` for its Keras. ``tf1``: with
the names and the graphs of version 1 (what these come to is :mod:`grader.kernel.runtimes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from . import environment, eras
from .errors import KernelUnavailable
from .model import Runtime, Submission, Text
from .rubric import Rubric

AGES: tuple[Runtime, ...] = ("keras3", "keras2", "tf1")
"""From today's to the oldest."""


@dataclass(frozen=True)
class Decision:
    """A runtime, and the reason where it is not the lab's own."""

    runtime: Runtime
    note: Text | None = None


def decide(rubric: Rubric, submission: Submission, asked: Runtime | None) -> Decision:
    """The runtime that was ``asked`` for; else the older of the lab's and the notebook's own.

    Raises:
        KernelUnavailable: it needs a package that is not installed, or one of another TensorFlow.
    """
    sign = eras.era(submission)
    if asked is not None:
        decision = Decision(asked)
    elif sign is not None and AGES.index(sign.runtime) > AGES.index(rubric.runtime):
        decision = Decision(sign.runtime, _because(sign))
    else:
        decision = Decision(rubric.runtime)
    _check(decision.runtime)
    missing = [name for name in rubric.packages if find_spec(name) is None]
    if missing:
        raise KernelUnavailable(
            f"the notebooks of {rubric.lab} import {', '.join(missing)}, not installed here: "
            "pip install it into the grader's environment"
        )
    return decision


def _because(sign: eras.Sign) -> Text:
    name = {"keras3": "Keras 3", "keras2": "Keras 2", "tf1": "TensorFlow 1"}[sign.runtime]
    if sign.cell is None:
        return Text(
            f"Блокнот написан для {name} ({sign.what}) и запущен с ним.",
            f"The notebook was written for {name} ({sign.what}), and was run with it.",
        )
    return Text(
        f"Блокнот написан для {name} (ячейка {sign.cell + 1}: `{sign.what}`) и запущен с ним.",
        f"The notebook was written for {name} (cell {sign.cell + 1}: `{sign.what}`), and was run "
        "with it.",
    )


def recorded(runtime: Runtime) -> dict[str, str]:
    """What a grade says of the runtime: its name, and the versions of what it loads."""
    versions = environment.versions()
    idle = "tf_keras" if runtime == "keras3" else "keras"
    return {"runtime": runtime} | {name: v for name, v in versions.items() if name != idle}


def _check(runtime: Runtime) -> None:
    if runtime == "keras3":
        return
    versions = environment.versions()
    old, whole = versions["tf_keras"], versions["tensorflow"]
    if old == "missing" or old.split(".")[:2] != whole.split(".")[:2]:
        series = ".".join(whole.split(".")[:2])
        raise KernelUnavailable(
            f"the runtime {runtime} needs tf-keras of the same series as TensorFlow {whole}, "
            f"and here it is {old}; install it with: pip install 'tf-keras=={series}.*'"
        )
