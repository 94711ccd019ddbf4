"""A lab of no course: what a teacher writes who has read docs/teachers.md and docs/quizzes.md."""

from __future__ import annotations

import json
from pathlib import Path

NAME = "softmax_by_hand"
CELLS = {
    "title": ("markdown", "# Softmax by hand\n\nNumPy only."),
    "imports": ("code", "import numpy as np"),
    "softmax": (
        "code",
        '''def softmax(scores):
    """Each row of scores, (N, C), as probabilities."""
    # *****START OF YOUR CODE*****
    pass
    # *****END OF YOUR CODE*****''',
    ),
    "top-k": (
        "code",
        '''def top_k(scores, k):
    """Indices of the k largest of scores, (C,), the largest first."""
    # *****START OF YOUR CODE*****
    pass
    # *****END OF YOUR CODE*****''',
    ),
    "q-shift": (
        "markdown",
        "## Question shift\n<!-- question: shift -->\n\nA number is added to every score. "
        "What happens to the probabilities?\n\n- [ ] They grow.\n- [ ] They stay as they are.\n"
        "- [ ] They shrink.",
    ),
    "q-sum": ("markdown", "## Question sum\n\nWhat do 7 rows of probabilities sum to?\n\nAnswer: "),
    "essay": ("markdown", "TODO: where in a network is softmax useful, and where is it not?"),
}
RUBRIC = """\
schema_version: 1
lab: softmax_by_hand
title: {ru: Softmax вручную, en: Softmax by hand}
pass_mark: 50
tasks:
  - id: softmax
    title: {ru: Функция softmax, en: The function softmax}
    object: {name: softmax, cell: softmax}
    checks:
      - {id: shape, kind: values, compare: shape, cases: rows, points: 1, title: {ru: Форма, en: Shape}}
      - {id: values, kind: values, cases: rows, only: [small, one_row], points: 3, title: {ru: Значения, en: Values}}
      - {id: large, kind: values, cases: rows, only: [large], points: 2, title: {ru: Большие числа, en: Large scores}}
  - id: top_k
    title: {ru: Функция top_k, en: The function top_k}
    object: {name: top_k, cell: top-k}
    checks:
      - {id: indices, kind: python, cases: ties, function: any_of_equals, points: 3, title: {ru: Индексы, en: Indices}}
  - id: shift
    title: {ru: Сдвиг, en: A shift}
    cell: q-shift
    checks:
      - {id: answer, kind: answer, form: single, key: 2, points: 1, title: {ru: Ответ, en: Answer}}
  - id: sum
    title: {ru: Сумма, en: The sum}
    cell: q-sum
    checks:
      - {id: answer, kind: answer, form: number, key: {computed: rows_sum}, points: 1, title: {ru: Ответ, en: Answer}}
  - id: essay
    title: {ru: Где нужен softmax, en: Where softmax is useful}
    cell: essay
    manual_points: 3
    checks:
      - {id: text, kind: text, title: {ru: Текст есть, en: There is a text}}
"""  # noqa: E501
SOLUTION = """\
# %% [softmax]
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

# %% [top-k]
def top_k(scores, k):
    return np.argsort(-scores, kind="stable")[:k]
"""
CASES = """\
import numpy as np

from grader.kernel.wire import Leaf
from grader.model import CallCase, Text


def rows(rng, language):
    drawn = {"small": (4, 3), "one_row": (1, 5), "large": (3, 4)}
    return [
        CallCase(name, Text(f"матрица {shape}", f"a matrix {shape}"), (matrix(rng, name, shape),))
        for name, shape in drawn.items()
    ]


def matrix(rng, name, shape):
    return Leaf("ndarray", rng.normal(size=shape) + (800 if name == "large" else 0))


def ties(rng, language):
    distinct, equal = rng.permutation(np.arange(9.0)), np.repeat(rng.permutation(4), 2) + 0.5
    return [
        CallCase("distinct", Text("разные", "distinct"), (Leaf("ndarray", distinct), 3)),
        CallCase("equal", Text("равные", "equal"), (Leaf("ndarray", equal), 3)),
    ]
"""
CHECKS = """\
import numpy as np

from grader.model import Text


def any_of_equals(case, expected, got):
    scores = case.args[0]
    good = got.dtype.kind in "iu" and got.shape == expected.shape
    good = good and np.isin(got, np.arange(len(scores))).all()
    good = good and len(set(got.tolist())) == len(got)
    passed = good and np.array_equal(scores[got], scores[expected])
    return bool(passed), Text("это не наибольшие по порядку", "not the largest, in order")
"""
KEYS = """\
def rows_sum():
    return 7
"""
MISCONCEPTIONS = """\
- id: columns
  task: softmax
  edits:
    - {old: "powers.sum(axis=1", new: "powers.sum(axis=0"}
  message: {ru: "Сложены столбцы, а не строки.", en: "The sum runs over columns, not over rows."}
- id: overflow
  task: softmax
  edits:
    - {old: "scores - scores.max(axis=1, keepdims=True)", new: "scores"}
  message: {ru: "При больших числах exp переполняется.", en: "With large scores exp overflows."}
- id: sum_kept
  task: softmax
  edits:
    - {old: "return powers / powers.sum(axis=1, keepdims=True)", new: "return powers.sum(axis=1)"}
  message: {ru: "Это суммы, а не вероятности.", en: "These are the sums, not the probabilities."}
- id: smallest
  task: top_k
  edits:
    - {old: "-scores", new: "scores"}
  message: {ru: "Это наименьшие, а не наибольшие.", en: "These are the smallest, not the largest."}
- id: grows
  task: shift
  answer: {ticked: [1]}
  message: {ru: "Сократите дробь.", en: "Cancel the fraction."}
- id: one_row_only
  task: sum
  answer: {value: 1}
  message: {ru: "Столько даёт одна строка.", en: "That is what one row sums to."}
"""


def write(root: Path) -> Path:
    """The course folder, with nothing in it but this lab."""
    files = {
        f"rubrics/{NAME}.yaml": RUBRIC,
        f"reference/{NAME}/solution.py": SOLUTION,
        f"reference/{NAME}/cases.py": CASES,
        f"reference/{NAME}/checks.py": CHECKS,
        f"reference/{NAME}/keys.py": KEYS,
        f"reference/{NAME}/misconceptions.yaml": MISCONCEPTIONS,
        f"assignments/{NAME}/handout.en.ipynb": notebook({}),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def notebook(sources: dict[str, str]) -> str:
    """The handout with some cells written anew, as its file's text."""
    code = {"outputs": [], "execution_count": None}
    cells = [
        {
            "cell_type": kind,
            "id": cell,
            "metadata": {},
            "source": sources.get(cell, source),
            **(code if kind == "code" else {}),
        }
        for cell, (kind, source) in CELLS.items()
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
