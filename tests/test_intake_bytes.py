"""File names that are bytes of an old encoding, and names that are too long for a disk."""

from __future__ import annotations

import os
from pathlib import Path

from intake_files import NOTEBOOK, intake, lay, of, told, zipped


def _put(folder: Path, name: str, encoding: str, content: bytes = NOTEBOOK) -> None:
    with open(os.path.join(os.fsencode(folder), name.encode(encoding)), "wb") as file:  # noqa: PTH118, PTH123
        file.write(content)


def test_a_name_in_an_old_encoding_becomes_text(tmp_path: Path) -> None:
    """What unpacked under a Russian name in cp1251 is handed on under that name as text."""
    folder = lay(tmp_path / "class", "Яна Яковлева.ipynb")
    _put(folder, "Иван Петров.ipynb", "cp1251", b"ivan")
    (attempt,) = of(intake(folder), "Иван Петров").attempts
    assert attempt.path.name == attempt.source == "Иван Петров.ipynb"
    assert attempt.path.read_bytes() == b"ivan"


def test_files_whose_names_become_one_stay_apart(tmp_path: Path) -> None:
    """Two files of one name in two encodings are two attempts, each with its own content."""
    folder = lay(tmp_path / "class", "Яна Яковлева.ipynb")
    _put(folder, "Иван Петров.ipynb", "cp1251", b"first")
    _put(folder, "Иван Петров.ipynb", "cp866", b"second")
    attempts = of(intake(folder), "Иван Петров").attempts
    assert {attempt.path.read_bytes() for attempt in attempts} == {b"first", b"second"}


def test_a_name_too_long_for_the_disk_is_cut(tmp_path: Path) -> None:
    """An archive's member may have a name of more bytes than a file system takes."""
    folder = lay(tmp_path / "class", "Bob Brown.ipynb")
    name = "😀" * 200 + ".ipynb"
    zipped(folder / "Anna Smith.zip", [name])
    found = intake(folder)
    assert told(found)["Anna Smith"] == [f"Anna Smith.zip!{name}"]
    assert of(found, "Anna Smith").attempts[0].path.read_bytes() == NOTEBOOK
