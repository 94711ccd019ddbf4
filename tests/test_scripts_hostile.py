"""Scripts that want more of their reader than to be read."""

from __future__ import annotations

import stat
from itertools import pairwise
from pathlib import Path

import pytest

from grader.errors import UnreadableNotebook
from grader.notebook import read
from grader.notebook.scripts import MAX_LINES

MARIMO = "import marimo\n\napp = marimo.App()\n\n@app.cell\ndef _():\n    x = 1\n    return\n"


def test_no_program_is_started_for_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that calls itself marimo's is read as a plain one, and the teacher's own ``marimo``
    stays asleep."""
    called = tmp_path / "called"
    program = tmp_path / "marimo"
    program.write_text(f"#!/bin/sh\ntouch {called}\necho 0.20.0\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    header = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n"
    header += "#       extension: .py\n#       format_name: marimo\n# ---\n\n"
    for name, text in {"a.py": MARIMO, "b.py": header + MARIMO}.items():
        (tmp_path / name).write_text(text)
        sources = [cell.source for cell in read(tmp_path / name).code_cells()]
        assert sources[:2] == ["import marimo", "app = marimo.App()"]
    assert not called.exists()


def test_a_header_is_not_read(tmp_path: Path) -> None:
    """A header in YAML whose aliases would fill the memory is left out, and the code is read."""
    names = "abcdefghijklmnop"
    lines = ["# ---", "# jupyter:", "#   a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise(names):
        lines.append(f"#   {name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    path = tmp_path / "lab.py"
    path.write_text("\n".join([*lines, "# ---", "", "x = 1", ""]))
    assert [cell.source for cell in read(path).cells] == ["x = 1"]


def test_a_script_has_so_many_lines(tmp_path: Path) -> None:
    """One with more is refused at once, with what to do."""
    path = tmp_path / "lab.py"
    path.write_text("x = 1\n\n" * MAX_LINES)
    with pytest.raises(UnreadableNotebook, match=r"more than 40000 lines. Hand in the notebook"):
        read(path)
