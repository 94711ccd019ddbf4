"""Students check themselves, with the program and one file, on their own machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_course
from conftest import Grade, command
from fresh_environment import BARE, fresh_python
from released import lab, released

SCRIPT = """
from IPython.core.interactiveshell import InteractiveShell
import grader
print(grader.__file__)
shell = InteractiveShell.instance()
shell.run_cell("def double(x):\\n    return 3 * x")
for _ in range(2):
    done = shell.run_cell("from grader import check\\ncheck('double')")
    print('PANEL', done.result._repr_html_())
    shell.run_cell("def double(x):\\n    return x + x")
"""


def handed_in(folder: Path, body: str) -> Path:
    """A student's notebook beside the file for self-checks, and nothing of the course."""
    made = released(lab(folder / "course"), folder / "student")
    blank = tiny_course.BLANK.replace("    pass", f"    {body}")
    path = made / "mine.ipynb"
    path.write_text(tiny_course.notebook(given=tiny_course.GIVEN, double=blank), encoding="utf-8")
    return path


def test_a_wrong_answer_is_told_with_its_reason(grade: Grade, tmp_path: Path) -> None:
    """The public check says what differs, the hidden ones are counted, and the exit code is 1."""
    done = grade("check", handed_in(tmp_path, "return 3 * x"))
    assert done.returncode == 1, done.stderr
    assert "✗ Values: numbers: largest error" in done.stdout
    assert "public checks: 1, hidden: 1" in done.stdout
    assert "This is no grade" in done.stdout


def test_what_is_missing_is_said(grade: Grade, tmp_path: Path) -> None:
    """Without a bundle, or for a task that it has not, the message says what to do."""
    path = handed_in(tmp_path, "return 2 * x")
    unknown = grade("check", path, "--task", "triple")
    assert (unknown.returncode, "it has: double" in unknown.stderr) == (2, True)
    (path.parent / "tiny.en.check").unlink()
    missing = grade("check", path)
    assert missing.returncode == 2
    assert "no file for self-checks (*.check)" in missing.stderr


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_python(tmp_path_factory.mktemp("fresh"))


@pytest.mark.labs
def test_wheel_and_bundle_are_enough(fresh: Path, tmp_path: Path) -> None:
    """In a fresh environment, with the wheel and the bundle alone, a right notebook passes."""
    path = handed_in(tmp_path, "return x + x")
    (tmp_path / "course").rename(tmp_path / "elsewhere")
    code = "from grader.cli import main; main()"
    done = command([fresh, "-c", code, "check", path], cwd=path.parent, environment=BARE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ Values" in done.stdout


@pytest.mark.labs
def test_a_running_notebook_checks_itself(fresh: Path, tmp_path: Path) -> None:
    """``check("double")`` shows a panel on the names as they stand: wrong, then mended."""
    path = handed_in(tmp_path, "pass")
    done = command([fresh, "-c", SCRIPT], cwd=path.parent, environment=BARE)
    assert done.returncode == 0, done.stderr
    where, *_ = done.stdout.splitlines()
    assert Path(where).is_relative_to(fresh.parents[1])
    wrong, mended = [line for line in done.stdout.splitlines() if line.startswith("PANEL")]
    assert "largest error" in wrong
    assert "hidden: 1" in wrong
    assert "All public checks pass." in mended
