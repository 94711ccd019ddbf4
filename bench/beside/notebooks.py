"""The notebooks that are graded: the solved lab as each grader wants it, and a trivial one.

A notebook is its list of cells here, as nbformat's JSON has them.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader import course, notebook

ROOT = Path(__file__).resolve().parents[2]
Cells = list[dict[str, Any]]
TASKS = {
    "three_layer_convnet": "three-layer-convnet",
    "three_layer_convnet_init": "three-layer-convnet-init",
    "ThreeLayerConvNet": "three-layer-class",
    "part3_model": "part3-training",
    "part3_optimizer": "part3-training",
    "part4_model": "part4-training",
    "part4_optimizer": "part4-training",
    "CustomConvNet": "custom",
}
"""The tasks with points, and the cell behind which otter and nbgrader test each: further down the
notebook their names mean something else."""
ASSERTED = (Path(__file__).parent / "asserted.py").read_text(encoding="utf-8")
TRIVIAL = "def double(x):\n    return 2 * x"
TRIVIAL_TEST = "assert {env}['double'](3) == 6"
_NOTED = '''
import re

import numpy as np
import tensorflow as tf

NOTED, TRAINED = [], {trained}


def print(*said, print=print):
    """Prints, and notes the accuracies at the ends of lines: the tests ask for them."""
    print(*said)
    line = " ".join(map(str, said))
    NOTED.extend(float(found) / 100 for found in re.findall(r"([\\d.]+)%\\W*$", line))


def load_data():
    """CIFAR-10 as Keras gives it, from this machine's copy."""
    x, y, x_test, y_test = [np.load({folder!r} + f"/{{n}}.npy") for n in ("x", "y", "xt", "yt")]
    return (x, y), (x_test, y_test)


tf.keras.datasets.cifar10.load_data = load_data
'''
_TRAINING = re.compile(r"^(train_part\w+\(|model\.(?:fit|evaluate)\()", re.MULTILINE)


def solved(student: int = 0) -> Cells:
    """The handout with the reference's solution; each student's has a line of their own."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "solved.ipynb"
        notebook.write(course.load(ROOT, "convnets", "en").solved(), path)
        cells: Cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        source = cell["source"]
        cell["source"] = source if isinstance(source, str) else "".join(source)
        if cell["id"] == "three-layer-convnet":
            cell["source"] = f"# {student}\n{cell['source']}"
    return cells


def untrained(cells: Cells) -> Cells:
    """Without its trainings: their calls at top level become ``print`` of what was not done.

    What our ``--quick`` leaves out, the others then need not do either.
    """
    return [
        {**cell, "source": _TRAINING.sub(r"0 and \1", cell["source"])}
        if cell["cell_type"] == "code"
        else cell
        for cell in cells
    ]


def with_data(cells: Cells, folder: Path, *, trained: bool) -> Cells:
    """With a first cell that finds the data set, and notes the accuracies for the tests."""
    return [code("noted", _NOTED.format(trained=trained, folder=str(folder)).strip()), *cells]


def for_otter(cells: Cells, homes: dict[str, str]) -> Cells:
    """With otter's call of each test behind the cell that it is about."""
    made = [code("otter", "import otter\ngrader = otter.Notebook()")]
    for cell in cells:
        checks = [name for name, home in homes.items() if home == cell["id"]]
        made += [cell, *(code(f"check-{n.lower()}", f"grader.check({n!r})") for n in checks)]
    return made


def for_nbgrader(cells: Cells, homes: dict[str, str], tests: dict[str, str]) -> Cells:
    """With nbgrader's locked and scored cell of each test behind the cell that it is about."""
    made: Cells = []
    for cell in cells:
        made.append(cell)
        for name in (name for name, home in homes.items() if home == cell["id"]):
            about = {"grade": True, "solution": False, "locked": True, "task": False}
            about |= {"grade_id": name, "points": 1, "schema_version": 3}
            made.append(
                code(f"check-{name.lower()}", tests[name]) | {"metadata": {"nbgrader": about}}
            )
    return made


def code(name: str, source: str) -> dict[str, Any]:
    """A code cell that has not run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def save(cells: Sequence[dict[str, Any]], path: Path) -> Path:
    """Write a notebook of format 4.5 for the kernel ``python3``."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    tree = {"cells": list(cells), "metadata": {"kernelspec": kernel}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**tree, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path
