"""Notebooks in zip archives that are not what they say."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.errors import UnreadableNotebook
from grader.notebook import read


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_is_packed_as_can_be_bounded(tmp_path: Path, kind: int) -> None:
    """Of other compressions Python unpacks all before it keeps what was asked for: refused."""
    path = tmp_path / "lab.ipynb"
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("lab.ipynb", bytes(10**6))
    with pytest.raises(UnreadableNotebook, match=r"compressed in an unusual way. Make a plain zip"):
        read(path)


def test_a_member_without_a_name(tmp_path: Path) -> None:
    """It is the archive that is damaged, not the grader."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x", "{}")
    path = tmp_path / "lab.ipynb"
    path.write_bytes(stream.getvalue().replace(b"x", b"\0"))
    with pytest.raises(UnreadableNotebook, match="zip archive"):
        read(path)
