"""Slow functions that the handout gives: recognised by their code, served from disk.

A notebook's own loader reads, converts, slices and standardises 60,000 images each time. Where its
code is the one that the handout gave (in any of its editions: the rubric lists fingerprints), its
result is known: the kernel maps the arrays into memory instead. A changed loader runs as it is.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .data import DataSet
from .model import Submission
from .rubric import Rubric

Array = np.ndarray[Any, Any]
CHUNK = 5000
PARTS = ("train_x", "val_x", "test_x")


def fingerprint(source: str) -> str:
    """A function's code without its docstring, comments and layout, as 16 hex digits.

    Raises:
        ValueError: ``source`` is not one function.
    """
    body = ast.parse(source).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise ValueError("the source is not one function")
    return _digest(body[0])


def unchanged(submission: Submission, handout: Submission, rubric: Rubric) -> tuple[str, ...]:
    """Names of the rubric's ``given`` functions that the notebook still has as they were given."""
    original = dict(_functions(handout))
    mine = dict(_functions(submission))
    return tuple(
        given.name
        for given in rubric.given
        if mine.get(given.name) in {original.get(given.name), *given.fingerprints} - {None}
    )


def standardised(images: DataSet) -> Path:
    """A folder of the open images as float32, standardised per channel by the training images.

    Holds ``train_x.npy``, ``val_x.npy``, ``test_x.npy``; made once, whole or not at all.
    """
    folder = images.folder.parent / "standardised"
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=images.folder.parent) as name:
        draft = Path(name) / "arrays"
        draft.mkdir()
        train = np.load(images.folder / "train_x.npy", mmap_mode="r")
        mean, std = _moments(train)
        for part in PARTS:
            _standardise(images.folder / f"{part}.npy", draft / f"{part}.npy", mean, std)
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():  # somebody else may have been quicker
                raise
    return folder


def _standardise(source: Path, goal: Path, mean: Array, std: Array) -> None:
    raw = np.load(source, mmap_mode="r")
    made = np.lib.format.open_memmap(goal, "w+", np.float32, raw.shape)
    for start in range(0, len(raw), CHUNK):
        made[start : start + CHUNK] = (raw[start : start + CHUNK] - mean) / std
    made.flush()


def _moments(images: Array) -> tuple[Array, Array]:
    """Mean and standard deviation per channel, exactly, from the counts of the 256 values."""
    counts = [np.bincount(images[..., c].ravel(), minlength=256) for c in range(images.shape[-1])]
    values = np.arange(256.0)
    mean = np.array([(n * values).sum() / n.sum() for n in counts])
    square = np.array([(n * values**2).sum() / n.sum() for n in counts])
    return mean.astype(np.float32), np.sqrt(square - mean**2).astype(np.float32)


def _functions(notebook: Submission) -> Iterator[tuple[str, str]]:
    """Top-level functions and their fingerprints, in order; cells that are not Python have none."""
    for cell in notebook.code_cells():
        yield from _functions_in(cell.source)


@functools.lru_cache(maxsize=2**12)
def _functions_in(source: str) -> tuple[tuple[str, str], ...]:
    """Of one cell; most cells of a class are the same."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple((node.name, _digest(node)) for node in body if isinstance(node, ast.FunctionDef))


def _digest(function: ast.FunctionDef) -> str:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    parts = [*function.decorator_list, function.args, *body]
    code = "\n".join(ast.unparse(part) for part in parts)  # dumps differ between Pythons
    return hashlib.sha256(code.encode()).hexdigest()[:16]
