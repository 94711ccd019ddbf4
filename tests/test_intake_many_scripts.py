"""Scripts without end, and texts made to be slow: the intake takes no longer than there is text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from intake_files import intake, lay, of, said, told, zipped

from grader.notebook.beside import MAX_LOOKED_AT, imported

SECONDS = 5


@pytest.mark.parametrize("line", [b"x = 1\n", b"import m1, m2\n", b"exec(open('m3.py').read())\n"])
def test_more_scripts_than_are_looked_at_are_refused(tmp_path: Path, line: bytes) -> None:
    """An archive of 2,000 scripts is refused with a reason, at once, and the class goes on."""
    folder = lay(tmp_path / "class", "Ivan Petrov/lab.ipynb", "Anna Smirnova/")
    zipped(folder / "Anna Smirnova/hw.zip", {f"m{i}.py": line for i in range(2_000)})
    started = time.monotonic()
    found = intake(folder)
    assert time.monotonic() - started < SECONDS
    assert told(found) == {"Anna Smirnova": [], "Ivan Petrov": ["Ivan Petrov/lab.ipynb"]}
    assert f"more than {MAX_LOOKED_AT} .py files" in said(of(found, "Anna Smirnova"))


def test_as_many_scripts_as_are_looked_at_take_a_moment(tmp_path: Path) -> None:
    """A chain of a thousand scripts that import each other is gone through once: the first is the
    work, and it is taken with its modules."""
    folder = lay(tmp_path / "class", "Ivan Petrov/lab.ipynb", "Anna Smirnova/")
    chain = {f"m{i}.py": f"import m{i + 1}\n".encode() for i in range(MAX_LOOKED_AT)}
    zipped(folder / "Anna Smirnova/hw.zip", chain)
    started = time.monotonic()
    found = intake(folder)
    assert time.monotonic() - started < SECONDS
    assert told(found)["Anna Smirnova"] == ["Anna Smirnova/hw.zip!m0.py"]


def test_scripts_that_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    """What several scripts hold together is bounded, as each of them is read."""
    folder = lay(tmp_path / "class", "Ivan Petrov/lab.ipynb", "Anna Smirnova/")
    large = b"x = 1\n" * 500_000
    zipped(folder / "Anna Smirnova/hw.zip", {f"m{i}.py": large for i in range(8)})
    assert "more than 16 MiB of them" in said(of(intake(folder), "Anna Smirnova"))


@pytest.mark.parametrize(
    "text",
    ["import " * 150_000, "a-" * 500_000, "import a," + "b," * 500_000, "import" + " " * 10**6],
)
def test_no_text_is_slow_to_look_for_imports_in(text: str) -> None:
    """A megabyte that is nearly an import all through takes no longer than another megabyte."""
    modules = {f"nets {i}.py": "" for i in range(900)} | {"nets.py": ""}
    started = time.monotonic()
    assert imported(f"{text}\n%run nets.py", modules) == ["nets.py"]
    assert time.monotonic() - started < SECONDS
