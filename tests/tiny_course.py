"""A course of one small lab, written into a folder: what tests change, others need not know."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

RUBRIC = """\
schema_version: 1
lab: tiny
title: {ru: Лаба, en: Lab}
tasks:
  - id: double
    title: {ru: Удвоить, en: Double}
    object: {name: double, cell: double}
    checks:
      - id: values
        kind: values
        cases: numbers
        only: [random]
        points: 2
        title: {ru: Значения, en: Values}
"""
SOLUTION = """\
# %% [double]
def double(x):
    return 2 * x
"""
MISCONCEPTIONS = """\
- id: triples
  task: double
  edits:
    - {old: "2 * x", new: "3 * x"}
  message: {ru: Утроено., en: Tripled.}
"""
CASES = """\
from grader.kernel.wire import Leaf
from grader.model import CallCase, Text


def numbers(rng, language):
    drawn = Leaf("ndarray", rng.normal(size=3))
    return [CallCase("random", Text("числа", "numbers"), (drawn,))]


def _hidden(rng, language):
    return []
"""
BLANK = """\
def double(x):
    \"\"\"Twice x.\"\"\"
    # *****START OF YOUR CODE*****
    pass
    # *****END OF YOUR CODE*****
"""
GIVEN = """\
import numpy as np
numbers = np.arange(12).reshape(3, 4)
print(numbers.sum(axis=0), numbers.mean())
"""


def write(root: Path, name: str = "tiny", **changed: str) -> Path:
    """The course's folder; ``changed`` replaces whole files, by the names of the constants above
    in lower case."""
    files = {
        f"rubrics/{name}.yaml": changed.get("rubric", RUBRIC.replace("tiny", name)),
        f"reference/{name}/solution.py": changed.get("solution", SOLUTION),
        f"reference/{name}/misconceptions.yaml": changed.get("misconceptions", MISCONCEPTIONS),
        f"reference/{name}/cases.py": changed.get("cases", CASES),
        f"assignments/{name}/handout.en.ipynb": notebook(
            given=changed.get("given", GIVEN), double=changed.get("blank", BLANK)
        ),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def notebook(**cells: str) -> str:
    """A notebook of these code cells, by id, as its file's text."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "cell_type": "code",
                    "id": cell,
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                    "source": dedent(source),
                }
                for cell, source in cells.items()
            ],
        }
    )
