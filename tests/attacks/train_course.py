"""The meadow: a course of one small lab in which a network is trained, in a second or two.

Its images are 600 pictures of 16 × 16 whose class is the place of a bright square, in a folder that
the student chooses; the rule wants 80 % of the 90 validation pictures.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import range_course
from PIL import Image

POINTS = {"double": 4, "model": 10}
PICTURES, SIDE, CLASSES = 600, 16, 4
RUBRIC = """\
schema_version: 1
lab: meadow
title: {ru: Луг, en: The meadow}
limits: {cell_seconds: 8, probe_seconds: 20, train_seconds: 60, memory_gib: 3}
choice:
  cell: choice
  variable: DATASET
  sets: [{id: squares, title: {ru: Квадраты, en: Squares}, folder: [squares], size: 16}]
tasks:
  - id: double
    title: {ru: Удвоить, en: Double}
    object: {name: double, cell: double}
    checks:
      - {id: values, kind: values, cases: double, points: 4, title: {ru: Значения, en: Values}}
  - id: model
    title: {ru: Модель, en: The model}
    object: {name: make_model, cell: model}
    checks:
      - id: accuracy
        kind: accuracy
        style: keras
        data: chosen
        arguments: [input_shape, num_classes]
        rule: {at_least: 0.8, when: within}
        rules: {squares: {at_least: 0.8, when: within}}
        epochs: 6
        every: 7
        optimizer: {name: Adam, learning_rate: 0.01}
        training: true
        points: 10
        title: {ru: Точность, en: Accuracy}
"""
HONEST = """\
def make_model(shape, classes):
    return tf.keras.Sequential([
        tf.keras.Input(shape), tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(classes, activation='softmax')])
"""
TRAINING = """\
def train(model, epochs=6, batch_size=64):
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])

def check_accuracy(model):
    print('no images here')
"""
BLANKS = {
    "double": range_course.HEADS["double"] + "\n    # TODO\n    pass\n",
    "model": "def make_model(shape, classes):\n    # TODO\n    pass\n",
}


def write(root: Path) -> Path:
    """The course's folder, with the pictures in ``data/squares``."""
    given = {"given": range_course.GIVEN, "training": TRAINING}
    blank = {**given, "choice": "DATASET = None  # TODO", **BLANKS}
    files = {
        "rubrics/meadow.yaml": RUBRIC,
        "reference/meadow/solution.py": f"# %% [double]\n{_double()}\n\n# %% [model]\n{HONEST}",
        "reference/meadow/misconceptions.yaml": range_course.MISCONCEPTIONS,
        "reference/meadow/cases.py": range_course.CASES,
        "assignments/meadow/handout.en.ipynb": json.dumps(range_course.notebook(blank)),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    pixels, labels = pictures()
    for number, (image, label) in enumerate(zip(pixels, labels, strict=True)):
        folder = root / "data" / "squares" / f"class{label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.png")
    return root


def filled(model: str = HONEST, training: str = TRAINING) -> dict[str, Any]:
    """The lab with everything right, but for the cells ``model`` and ``training``."""
    return range_course.notebook(
        {
            "given": range_course.GIVEN,
            "training": training,
            "choice": "DATASET = 'squares'",
            "double": _double(),
            "model": model,
            "trained": "model = make_model((16, 16, 3), 4)\ntrain(model)\ncheck_accuracy(model)",
        }
    )


@functools.cache
def pictures() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """uint8 (N, 16, 16, 3) and labels (N,): noise, and four brighter rows of the label's own."""
    rng = np.random.default_rng(11)
    labels = np.arange(PICTURES) % CLASSES
    pixels = rng.integers(0, 120, (PICTURES, SIDE, SIDE, 3), dtype=np.uint8)
    for image, label in zip(pixels, labels, strict=True):
        image[4 * label : 4 * label + 4, 4:12] += 100
    return pixels, labels


def _double() -> str:
    return f"{range_course.HEADS['double']}\n    {range_course.ANSWERS['double']}\n"
