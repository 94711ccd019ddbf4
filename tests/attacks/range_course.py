"""The range: a course of one small lab, with a task for each way in which the grader asks.

Attacks are graded on it because it is quick: one graded notebook costs a kernel's start and little
more. What stands against them is the same code for every lab.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]

POINTS = {"double": 4, "mix": 3, "net": 5, "weights": 2, "descent": 6}

RUBRIC = """\
schema_version: 1
lab: range
title: {ru: Полигон, en: The range}
limits: {cell_seconds: 8, probe_seconds: 9, submission_seconds: 120, memory_gib: 3}
tasks:
  - id: double
    title: {ru: Удвоить, en: Double}
    object: {name: double, cell: double}
    checks:
      - {id: values, kind: values, cases: double, points: 4, title: {ru: Значения, en: Values}}
  - id: mix
    title: {ru: Смешать, en: Mix}
    object: {name: mix, cell: mix}
    checks:
      - {id: gradients, kind: values, compare: gradients, cases: mix, points: 3,
         title: {ru: Градиенты, en: Gradients}}
  - id: net
    title: {ru: Сеть, en: The network}
    object: {name: Net, cell: net}
    checks:
      - {id: variables, kind: layers, compare: variables, cases: net, points: 2,
         title: {ru: Веса, en: Weights}}
      - {id: outputs, kind: layers, compare: outputs, cases: net, points: 3,
         title: {ru: Выходы, en: Outputs}}
  - id: weights
    title: {ru: Начальные веса, en: Initial weights}
    object: {name: weights, cell: weights}
    checks:
      - {id: shapes, kind: variables, compare: shapes, cases: weights, points: 1,
         title: {ru: Формы, en: Shapes}}
      - {id: scale, kind: variables, compare: scale, cases: weights, points: 1,
         title: {ru: Масштаб, en: Scale}}
  - id: descent
    title: {ru: Спуск, en: Descent}
    object: {name: descent, cell: descent}
    checks:
      - {id: learning_rate, kind: optimizer, compare: learning_rate, points: 2,
         title: {ru: Скорость, en: Learning rate}}
      - {id: momentum, kind: optimizer, compare: momentum, points: 2,
         title: {ru: Момент, en: Momentum}}
      - {id: nesterov, kind: optimizer, compare: nesterov, points: 2,
         title: {ru: Нестеров, en: Nesterov}}
"""
ANSWERS = {
    "double": "return 2 * x + 1",
    "mix": "return tf.matmul(x, w) * 3",
    "net": "super().__init__()\n"
    "self.hidden = tf.keras.layers.Dense(width, activation='relu')\n"
    "self.last = tf.keras.layers.Dense(3)",
    "weights": "return [tf.Variable(tf.random.normal((50, 40), stddev=0.2))]",
    "descent": "return tf.keras.optimizers.SGD(0.07, momentum=0.8)",
}
HEADS = {
    "double": "def double(x):",
    "mix": "def mix(x, w):",
    "net": "class Net(tf.keras.Model):\n    def __init__(self, width):",
    "weights": "def weights():",
    "descent": "def descent():",
}
TAILS = {"net": "\n\n    def call(self, x):\n        return self.last(self.hidden(x))"}
GIVEN = "import numpy as np\nimport tensorflow as tf"
CASES = """\
import numpy as np

from grader.kernel.wire import Leaf
from grader.model import CallCase, ModelCase, Text


def _normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def double(rng, language):
    cases = []
    for number, shape in enumerate([(3,), (2, 5), (40, 7)]):
        title = Text(f"числа {shape}", f"numbers {shape}")
        cases.append(CallCase(f"numbers {number}", title, (Leaf("ndarray", _normal(rng, *shape)),)))
    return cases


def mix(rng, language):
    x, w = Leaf("tensor", _normal(rng, 4, 6)), Leaf("variable", _normal(rng, 6, 5))
    title = Text("смесь", "a mix")
    return [CallCase("mix", title, (x, w), cotangent=_normal(rng, 4, 5))]


def net(rng, language):
    cases = []
    for width in (11, 17):
        title = Text(f"ширина {width}", f"width {width}")
        shapes = [(9, width), (width,), (width, 3), (3,)]
        weights = tuple(_normal(rng, *shape) for shape in shapes)
        cases.append(ModelCase(f"width {width}", title, _normal(rng, 8, 9), (width,), weights))
    return cases


def weights(rng, language):
    return [CallCase("init", Text("вызов", "a call"), ())]
"""


def write(root: Path) -> Path:
    """The course's folder."""
    files = {
        "rubrics/range.yaml": RUBRIC,
        "reference/range/solution.py": "\n\n".join(
            f"# %% [{name}]\n{_cell(name, ANSWERS[name])}" for name in HEADS
        ),
        "reference/range/misconceptions.yaml": MISCONCEPTIONS,
        "reference/range/cases.py": CASES,
        "assignments/range/handout.en.ipynb": json.dumps(handout()),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


MISCONCEPTIONS = """\
- id: no_one
  task: double
  edits:
    - {old: "2 * x + 1", new: "2 * x"}
  message: {ru: Единица потеряна., en: The one is lost.}
"""


def handout() -> Notebook:
    """The blank lab."""
    return notebook(
        {"given": GIVEN, **{name: _cell(name, blank=True) for name in HEADS}},
    )


def filled(answers: Mapping[str, str] | None = None) -> Notebook:
    """The lab with every task right, but for ``answers``: bodies, by task."""
    bodies = {**ANSWERS, **(answers or {})}
    return notebook({"given": GIVEN, **{name: _cell(name, bodies[name]) for name in HEADS}})


def notebook(cells: Mapping[str, str]) -> Notebook:
    """A notebook of these code cells, by id."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [code_cell(name, source) for name, source in cells.items()],
    }


def code_cell(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def inserted(lab: Notebook, source: str, before: str = "double") -> Notebook:
    """A copy of ``lab`` with one more code cell in front of the cell ``before`` (``end``: last)."""
    changed = copy.deepcopy(lab)
    ids = [cell["id"] for cell in changed["cells"]]
    place = len(ids) if before == "end" else ids.index(before)
    changed["cells"].insert(place, code_cell("inserted", source))
    return changed


def _cell(name: str, body: str = "", *, blank: bool = False) -> str:
    indent = " " * (8 if name == "net" else 4)
    start, end = "# *****START OF YOUR CODE*****", "# *****END OF YOUR CODE*****"
    lines = ["pass"] if blank else body.split("\n")
    inner = "\n".join(indent + line if line else "" for line in [start, *lines, end])
    return f"{HEADS[name]}\n{inner}{TAILS.get(name, '')}\n"
