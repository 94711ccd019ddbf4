"""Notebooks of the convolution lecture: the handout filled in, right or as the lecture has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import nbformat

from grader import course
from grader.course import Lab
from grader.model import Language

ROOT = Path(__file__).parents[1]
RIGHT = "$(K^2 \\times in + 1) \\times out$"
LECTURE = (
    "conv2d_one_filter/stride_ignored",
    "max_pooling/valid_drops_last_and_same_right_bottom",
    "le_net/dense_without_relu",
    "batch_norm/statistics_per_pixel",
    "conv_block_with_bn/relu_on_convolution",
    "alex_net/dense_without_relu",
    "InceptionV1Network/five_by_five_built_three_pool_too",
)
"""Versions, wrong and right, that make the reference what the lecture's notebook computes."""
DRAFT = (
    "conv2d_one_filter/stride_ignored",
    "max_pooling/valid_drops_last_and_same_right_bottom",
    "conv_layer/padding_always_same",
    "le_net/dense_without_relu",
    "le_net/shuffled_indices_unused",
)
"""The same for its earlier draft, which ends with LeNet."""
DRAFT_CELLS = (
    "conv2d-one-filter", "max-pooling", "conv-layer", "max-pool", "avg-pool", "flatten", "dense",
    "conv-block", "le-net", "iterate-batches",
)  # fmt: skip


@cache
def lab(language: Language = "en") -> Lab:
    return course.load(ROOT, "cnn_lecture", language)


def with_versions(names: Sequence[str]) -> dict[str, str]:
    """The reference's cells, some of them as these versions have them."""
    known = {version.id: version for version in lab().variants()}
    cells = dict(lab().solution)
    for name in names:
        cells |= lab().mistaken(known[name])
    return cells


def write(
    folder: Path, cells: Mapping[str, str], formula: str = "", language: Language = "en"
) -> Path:
    """The handout with these cells, and with a formula behind the question's “answer”."""
    book = nbformat.read(ROOT / f"assignments/cnn_lecture/handout.{language}.ipynb", 4)
    for cell in book.cells:
        cell.source = cells.get(cell.id, cell.source)
        if cell.id == "parameters":
            cell.source += formula
    path = folder / "lecture.ipynb"
    nbformat.write(book, path)
    return path
