"""What editors and students do to a whole notebook without changing any answer."""

from __future__ import annotations

import ast
import copy
import json
import re
from typing import Any

from convnets_filling import Notebook

MARKER = re.compile(r"^[ \t]*# \*{3,}.*\n", re.MULTILINE)


def without_markers(notebook: Notebook) -> Notebook:
    """No line is left that says where an answer begins or ends."""
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = MARKER.sub("", cell["source"] + "\n").rstrip("\n")
    return changed


def merged(notebook: Notebook) -> Notebook:
    """Code cells that follow each other are one cell; nothing keeps its id."""
    cells: list[dict[str, Any]] = []
    for cell in copy.deepcopy(notebook["cells"]):
        cell.pop("id", None)
        if cells and cell["cell_type"] == cells[-1]["cell_type"] == "code":
            cells[-1]["source"] += "\n\n" + cell["source"]
        else:
            cells.append(cell)
    return {**notebook, "cells": cells}


def code_alone(notebook: Notebook) -> Notebook:
    """The code cells and nothing between them."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return {**notebook, "cells": copy.deepcopy(code)}


def split(notebook: Notebook) -> Notebook:
    """Each top-level statement of a code cell is a cell of its own; nothing keeps its id."""
    cells: list[dict[str, Any]] = []
    for cell in copy.deepcopy(notebook["cells"]):
        cell.pop("id", None)
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        cells += [{**cell, "source": source} for source in _statements(cell["source"])]
    return {**notebook, "cells": cells}


def version_3(notebook: Notebook) -> Notebook:
    """The notebook in the format that IPython wrote before 2015."""
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            code = {"cell_type": "code", "language": "python", "collapsed": False, "metadata": {}}
            cells.append({**code, "input": cell["source"], "outputs": []})
        else:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": cell["source"]})
    sheet = {"cells": cells, "metadata": {}}
    return {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]}


def encoded(notebook: Notebook, encoding: str) -> bytes:
    """The notebook's file in ``encoding``."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode(encoding)


def _statements(source: str) -> list[str]:
    """The statements with the comments above them; code that is no plain Python stays whole."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return [source]
    lines = source.split("\n")
    pieces, at = [], 0
    for statement in body:
        pieces.append("\n".join(lines[at : statement.end_lineno]))
        at = statement.end_lineno or at
    rest = "\n".join(lines[at:])
    return [*pieces, rest] if rest.strip() else pieces or [source]
