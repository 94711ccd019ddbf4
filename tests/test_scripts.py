"""Notebooks that come as scripts, in archives, or with modules that are gone."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from grader import gone
from grader.errors import UnreadableNotebook
from grader.model import Cell, Submission
from grader.notebook import read

PERCENT = (
    "# %% [markdown]\n# # Title\n# text\n\n# %%\nimport math\n\n# %%\ndef f(x):\n\n    return x\n"
)
NBCONVERT = """#!/usr/bin/env python
# coding: utf-8

# # Title
# text

# In[1]:


import math


# In[ ]:


def f(x):

    return x
"""
COLAB = '''# -*- coding: utf-8 -*-
"""lab.ipynb

# Title
text
"""

import math

def f(x):

    return x
'''
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "from net import f"}
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]})


@pytest.mark.parametrize("script", [PERCENT, NBCONVERT, COLAB])
def test_scripts_become_notebooks(tmp_path: Path, script: str) -> None:
    """Texts and code cells of a script are those of the notebook that it was exported from."""
    path = tmp_path / "lab.py"
    path.write_text(script, encoding="utf-8")
    found = read(path)
    assert [cell.source.strip() for cell in found.code_cells()] == [
        "import math",
        "def f(x):\n\n    return x",
    ]
    (text,) = [cell.source for cell in found.cells if cell.kind == "markdown"]
    assert "# Title" in text
    assert ".py" in found.notes[0].en
    assert read(path) == found


def test_a_marker_stays_with_its_code(tmp_path: Path) -> None:
    """A cell of nothing but a marker of the handout is no text."""
    path = tmp_path / "lab.py"
    path.write_text("# %%\n# *****START OF YOUR CODE*****\n\n# %%\nx = 1\n", encoding="utf-8")
    assert [cell.kind for cell in read(path).cells] == ["code", "code"]


def test_what_is_no_script_is_refused(tmp_path: Path) -> None:
    """Prose under the name of a script gets a clear word."""
    path = tmp_path / "lab.py"
    path.write_text("Здравствуйте, вот моя работа", encoding="utf-8")
    with pytest.raises(UnreadableNotebook, match="does not look like Python"):
        read(path)


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return path


def test_a_notebook_in_an_archive(tmp_path: Path) -> None:
    """The one notebook of an archive is graded with the modules beside it, and both are said."""
    members = {"hw__lab.ipynb": NOTEBOOK, "hw__net.py": "def f(): ...", "other__x.py": "1"}
    path = archive(tmp_path / "hw.zip", **members)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("__MACOSX/hw/._lab.ipynb", "\0")
    found = read(path)
    assert [cell.source for cell in found.cells] == ["from net import f"]
    assert found.modules == (("net.py", b"def f(): ..."),)
    assert found.name == "hw"
    assert ["lab.ipynb" in found.notes[0].en, "net.py" in found.notes[1].en] == [True, True]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a.txt": ""}, "without a notebook"),
        ({"a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK}, "which one"),
    ],
)
def test_archives_that_do_not_say_what_to_grade(
    tmp_path: Path, members: dict[str, str], said: str
) -> None:
    """No notebook, or several: the message names what is there and what to do."""
    with pytest.raises(UnreadableNotebook, match=said):
        read(archive(tmp_path / "x.zip", **members))


def test_broken_archives_and_bombs(tmp_path: Path) -> None:
    """A cut archive is refused, and one that grows past the limit is not unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("lab.ipynb", b"0" * 2**22)
    path = tmp_path / "x.zip"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableNotebook, match="larger than"):
        read(path, max_bytes=2**20)
    path.write_bytes(buffer.getvalue()[:-30])
    with pytest.raises(UnreadableNotebook, match="damaged"):
        read(path)


def test_modules_that_are_gone() -> None:
    """Only what is imported, is known to be gone and is not there has its calls recorded."""
    source = "from google.colab import drive\nimport tensorflow_addons as tfa, json\nimport numpy"
    beside = (("wandb.py", b""),)
    cells = (Cell(0, "code", source), Cell(1, "code", "import wandb"), Cell(2, "code", "import ("))
    made = Submission(Path("x.ipynb"), "x", "", cells, "en", modules=beside)
    assert gone.missing(made) == ("google.colab", "tensorflow_addons")
    assert "google.colab" in gone.note(gone.missing(made)).ru
