"""What the command line prints, where it quotes what untrusted people wrote."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

import pytest
import tiny_course
from conftest import ROOT, Grade

from grader.cli.say import say

HOSTILE = "h\x1b]0;owned\x07\x1b[2J\x9b31m\rAll passed\u202e"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_nothing_is_printed_past_the_cleaner() -> None:
    """`say` is the one place of the command line that prints a text by itself."""
    bare = re.compile(
        r"\b(?:click\.(?:s?echo|secho|echo_via_pager)|print|print_exc)\(|sys\.std(?:out|err)\."
    )
    found = {
        path.name
        for path in (ROOT / "grader" / "cli").glob("*.py")
        if bare.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"say.py"}


def test_what_is_said_holds_no_escape(capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes, control characters and direction overrides stay behind, line breaks do not."""
    say(f"{HOSTILE}\nnext", mark=HOSTILE, colour="red", err=True)
    said = capsys.readouterr().err
    assert not CONTROL.search(said)
    assert "h\nAll passed" in said
    assert said.endswith("\nnext\n")


def test_what_is_said_in_colour_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the mark is coloured, and what follows it brings no colour of its own."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    say("\x1b[31mred", mark="ok", colour="green")
    assert terminal.getvalue() == "\x1b[32mok\x1b[0mred\n"


def test_the_doctor_quotes_a_module_without_its_escapes(grade: Grade, tmp_path: Path) -> None:
    """The name of a module in a submitted archive neither renames nor clears the terminal."""
    course = tiny_course.write(tmp_path / "course")
    path = tmp_path / "mine.ipynb"
    with zipfile.ZipFile(path, "w") as archive:
        cells = {"given": tiny_course.GIVEN, "double": tiny_course.BLANK}
        archive.writestr("mine.ipynb", tiny_course.notebook(**cells))
        archive.writestr("h\x1b]0;owned\x07\x1b[2J\nfine.py", "x = 1")
    done = grade("doctor", "--notebook", path, "--course", course)
    assert done.returncode == 0, done.stderr
    assert "fine.py" in done.stdout
    assert not CONTROL.search(done.stdout)
    assert "owned" not in done.stdout
    assert not any(line.startswith("fine") for line in done.stdout.splitlines())


@pytest.mark.parametrize("arguments", [("doctor", "--notebook"), ("run",), ("validate", "--bogus")])
def test_an_error_quotes_a_path_without_its_escapes(
    grade: Grade, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Wrong use and unreadable files are told without the escapes in a file's name."""
    done = grade(*arguments, tmp_path / "a\x1b[2J\x1b]0;owned\x07b.ipynb")
    assert done.returncode == 2
    assert done.stderr
    assert not CONTROL.search(done.stderr)
