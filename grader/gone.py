"""Modules that notebooks import and that are not to be had where they are graded.

Colab's own, helpers of other courses, packages that nobody keeps any more, loggers and plots: their
calls are recorded and lead nowhere, so that the cells after them still run.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from importlib.util import find_spec

from .eras import parsed
from .model import Submission, Text

MODULES = (
    "comet_ml",
    "cs231n",
    "google.colab",
    "keras_adabound",
    "keras_contrib",
    "keras_radam",
    "keras_tuner",
    "kerastuner",
    "livelossplot",
    "neptune",
    "plotly",
    "prettytensor",
    "seaborn",
    "tensorflow_addons",
    "tensorflow_docs",
    "wandb",
)


def missing(submission: Submission) -> tuple[str, ...]:
    """Those of ``MODULES`` that the notebook imports and that are not installed here."""
    wanted = set(_imported(submission))
    beside = {name.removesuffix(".py") for name, _ in submission.modules}
    return tuple(
        name
        for name in MODULES
        if any(found == name or found.startswith(f"{name}.") for found in wanted)
        and name.split(".")[0] not in beside
        and not _installed(name)
    )


def lacking() -> tuple[str, ...]:
    """Those of ``MODULES`` that are not installed here: on others, a notebook does other things."""
    return tuple(name for name in MODULES if not _installed(name))


def note(names: tuple[str, ...]) -> Text:
    """What was done about them, for the report."""
    listed = ", ".join(names)
    return Text(
        f"При проверке этих модулей нет: {listed}. Их вызовы записаны и ничего не делают.",
        f"These modules are not there when grading: {listed}. Their calls were recorded and do "
        "nothing.",
    )


def _imported(submission: Submission) -> Iterator[str]:
    for cell in submission.code_cells():
        yield from _imported_by(cell.source)


@functools.lru_cache(maxsize=2**10)
def _imported_by(source: str) -> tuple[str, ...]:
    """Of one cell; most cells of a class are the same."""
    found: list[str] = []
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found += (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += (f"{node.module}.{name.name}" for name in node.names)
    return tuple(found)


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # its parent package is not there, or is half there
        return False
