"""Which TensorFlow a notebook runs on, decided before its kernel starts.

``keras3``: today's TensorFlow as it is. ``keras2``: with ``tf_keras`` for its Keras. ``tf1``: with
the names and the graphs of version 1 (what these come to is :mod:`grader.kernel.runtimes`).
"""

from __future__ import annotations

from importlib.util import find_spec

from . import environment
from .errors import KernelUnavailable
from .model import Runtime
from .rubric import Rubric


def decide(rubric: Rubric) -> Runtime:
    """The runtime of a notebook of this lab.

    Raises:
        KernelUnavailable: it needs a package that is not installed, or one of another TensorFlow.
    """
    runtime = rubric.runtime
    _check(runtime)
    missing = [name for name in rubric.packages if find_spec(name) is None]
    if missing:
        raise KernelUnavailable(
            f"the notebooks of {rubric.lab} import {', '.join(missing)}, not installed here: "
            "pip install it into the grader's environment"
        )
    return runtime


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
