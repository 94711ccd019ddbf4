"""Submissions for the convnets lab: a handout, its TODO regions filled in.

A :class:`Variant` says what goes into which cell; :func:`submission` puts it into a handout. The
handout may be this repo's, whose cells have readable ids, or any other copy of the lab: where an id
is unknown, the cell is found by what it defines.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Filling = str | tuple[str, ...]
"""A whole cell's source, or the code of its TODO regions, in their order."""

START = re.compile(r"^[ \t]*# \*{5}(?:НАЧАЛО ВАШЕГО КОДА|START OF YOUR CODE).*\n", re.MULTILINE)
END = re.compile(r"^([ \t]*)# \*{5}(?:КОНЕЦ ВАШЕГО КОДА|END OF YOUR CODE).*$", re.MULTILINE)

SIGNS = {
    "three-layer-convnet": r"^def three_layer_convnet\(",
    "three-layer-convnet-init": r"^def three_layer_convnet_init\(",
    "three-layer-class": r"^class ThreeLayerConvNet\(",
    "part3-training": r"^channel_1, channel_2, num_classes = 32, 16, 10",
    "part4-training": r"^learning_rate = 5e-4",
    "custom": r"^class CustomConvNet\(",
    "experiments": r"^(?:ЗАДАНИЕ|TODO): \S",
}
"""What each graded cell of the lab has at the start of some line, and no other cell."""


@dataclass(frozen=True)
class Variant:
    """One way to fill the handout in.

    ``extra`` are code cells put before the cell of the given id. ``fails`` is the one task that
    must not pass, or None where every task is right.
    """

    cells: Mapping[str, Filling]
    extra: tuple[tuple[str, str], ...] = ()
    fails: str | None = None


def read_handout(path: Path) -> Notebook:
    """The notebook at ``path``, its sources as single strings."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def submission(handout: Path | Notebook, variant: Variant) -> Notebook:
    """A copy of ``handout`` with ``variant`` filled in."""
    notebook = read_handout(handout) if isinstance(handout, Path) else copy.deepcopy(handout)
    for cell_id, filling in variant.cells.items():
        cell = find_cell(notebook, cell_id)
        cell["source"] = (
            filling if isinstance(filling, str) else fill_regions(cell["source"], filling)
        )
    for number, (before, source) in enumerate(variant.extra):
        # The cell may have lost what it is known by: look it up in the handout as it was.
        original = read_handout(handout) if isinstance(handout, Path) else handout
        anchor = find_cell(original, before)["id"]
        place = next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == anchor)
        notebook["cells"].insert(place, _code_cell(f"extra-{number}", source))
    return notebook


def find_cell(notebook: Notebook, cell_id: str) -> dict[str, Any]:
    """The cell with that id, or else the one that has the sign of it."""
    for cell in notebook["cells"]:
        if cell.get("id") == cell_id:
            return _dict(cell)
    sign = re.compile(SIGNS[cell_id], re.MULTILINE)
    (cell,) = [cell for cell in notebook["cells"] if sign.search(cell["source"])]
    return _dict(cell)


def fill_regions(source: str, bodies: tuple[str, ...]) -> str:
    """``source`` with the code between its markers replaced, one body a region, in order."""
    starts, ends = list(START.finditer(source)), list(END.finditer(source))
    assert len(starts) == len(ends) == len(bodies), f"{len(starts)} regions, {len(bodies)} bodies"
    parts, at = [], 0
    for start, end, body in zip(starts, ends, bodies, strict=True):
        indent = end.group(1)
        lines = [indent + line if line else "" for line in body.strip("\n").split("\n")]
        parts += [source[at : start.end()], "\n".join(lines), "\n"]
        at = end.start()
    return "".join([*parts, source[at:]])


def language_of(notebook: Notebook) -> str:
    """``"en"`` for the English handout, else ``"ru"``; part IV differs between them."""
    text = "".join(cell["source"] for cell in notebook["cells"])
    return "en" if "START OF YOUR CODE" in text else "ru"


def write(notebook: Notebook, path: Path) -> Path:
    """The notebook as a file, in the shape that Jupyter gives it."""
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _dict(cell: Any) -> dict[str, Any]:
    assert isinstance(cell, dict)
    return cell


def _code_cell(cell_id: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
