"""What students of this course get: searched for anything of the reference, and put to use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Grade, command
from fresh_environment import BARE, fresh_python

from grader import course, notebook
from grader.course import Lab
from grader.model import LANGUAGES

LABS = course.labs(ROOT)
LONG = 20
"""Characters (without spaces) from which a line of code stands nowhere by chance."""
WITHOUT_CHECKS = {"keras_quiz"}
PROGRAM = "from grader.cli import main; main()"

pytestmark = [pytest.mark.labs, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_python(tmp_path_factory.mktemp("fresh"))


@pytest.mark.parametrize("lab", LABS)
def test_a_release_holds_nothing_of_the_reference_and_works(
    lab: str, grade: Grade, fresh: Path, tmp_path: Path
) -> None:
    """Both languages, no line of a solution, no key and no message of a known mistake in any file;
    with the wheel and the bundle alone a right notebook passes and the blank one does not."""
    out = tmp_path / "out"
    done = grade("release", lab, "--out", out)
    assert done.returncode == 0, done.stderr
    ends = ("ipynb",) if lab in WITHOUT_CHECKS else ("check", "ipynb")
    wanted = {f"{lab}.{language}.{end}" for language in LANGUAGES for end in ends}
    assert {path.name for path in out.iterdir() if path.is_file()} >= wanted
    texts = {path.name: _bare(path.read_bytes().decode(errors="ignore")) for path in _files(out)}
    for language in LANGUAGES:
        made = course.load(ROOT, lab, language)
        for secret in _secrets(made):
            found = [name for name, text in texts.items() if secret in text]
            assert not found, f"{found}: {secret}"
    if lab not in WITHOUT_CHECKS:
        _checked(lab, fresh, out)


def _checked(lab: str, python: Path, out: Path) -> None:
    solved, blank = out / "mine.en.ipynb", out / f"{lab}.en.ipynb"
    notebook.write(course.load(ROOT, lab, "en").solved(), solved)
    bundle = out / f"{lab}.en.check"
    for path, code in ((solved, 0), (blank, 1)):
        call = [python, "-c", PROGRAM, "check", path, "--bundle", bundle]
        done = command(call, cwd=out, environment=BARE)
        assert done.returncode == code, f"{path.name}: {done.stdout} {done.stderr}"
        assert "hidden" in done.stdout


def _secrets(lab: Lab) -> Iterator[str]:
    """Lines that only the solution has, and every message of a misconception, without spaces."""
    given = _bare("\n".join(cell.source for cell in lab.handout.cells))
    for source in lab.solution.values():
        for line in source.splitlines():
            bare = _bare(line)
            if len(bare) >= LONG and bare not in given and not bare.startswith(("#", '"')):
                yield bare
    for mistake in lab.misconceptions:
        yield _bare(mistake.message.ru)
        yield _bare(mistake.message.en)
    yield from (cell for cell in _keys(lab) if cell not in given)


def _keys(lab: Lab) -> Iterator[str]:
    """The cells of questions as they are with their keys filled in."""
    before = {cell.id: cell.source for cell in lab.handout.cells}
    for cell in lab.solved().cells:
        if cell.source != before[cell.id] and cell.id not in lab.solution:
            yield _bare(cell.source)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _bare(text: str) -> str:
    return re.sub(r"(?:\s|\\n|\\(?=\"))+", "", text)
