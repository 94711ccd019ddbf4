"""Students check themselves, with the program and one file, on their own machine."""

from __future__ import annotations

import functools
import shutil
import sys
from pathlib import Path

import pytest
import tiny_course
from conftest import ROOT, Grade, command
from fresh_environment import BARE, fresh_python
from released import lab, released

from grader.kernel.wire import decode, encode
from grader.selfcheck.own import own

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


def test_a_file_above_the_notebook_is_not_taken(grade: Grade, tmp_path: Path) -> None:
    """Who can write to a folder above it, as to that of all temporary files, is not asked."""
    path = handed_in(tmp_path, "return 2 * x")
    below = path.parent / "work"
    below.mkdir()
    moved = path.rename(below / path.name)
    done = grade("check", moved, cwd=below)
    assert done.returncode == 2
    assert "no file for self-checks (*.check)" in done.stderr
    assert "--bundle" in done.stderr


@pytest.mark.parametrize("name", ["open", "imported"])
def test_a_file_has_nothing_called_but_the_notebooks_own(
    name: str, grade: Grade, tmp_path: Path
) -> None:
    """Neither what every notebook has nor what it imported is called because a file says so."""
    path = handed_in(tmp_path, "return 2 * x\nfrom os import mkdir as imported")
    handed = path.with_name("tiny.en.check")
    tree = decode(handed.read_bytes())
    tree["rubric"] = tree["rubric"].replace('"name":"double"', f'"name":"{name}"')
    tree["cases"]["numbers"][0]["args"] = ("made", "w") if name == "open" else ("made",)
    handed.write_bytes(encode(tree))
    done = grade("check", path)
    assert done.returncode == 1, done.stderr
    assert f"{name} is not defined in this notebook" in done.stdout
    assert not (path.parent / "made").exists()
    assert not (ROOT / "made").exists()


def test_what_the_notebook_made_is_its_own(tmp_path: Path) -> None:
    """Functions, classes, what wraps them, layers and models, and modules beside it are."""

    def mine() -> None: ...

    class Layer:
        trainable_variables = ()

        def __call__(self) -> None: ...

    class Traced:
        python_function = staticmethod(mine)

        def __call__(self) -> None: ...

    mine.__module__ = "__main__"
    assert own(mine, tmp_path)
    assert own(functools.partial(mine), tmp_path)
    assert own(Traced(), tmp_path)
    assert own(Layer(), tmp_path)
    assert not own(Layer, tmp_path)
    assert own(Layer, Path(__file__).parent)
    for foreign in (open, print, shutil.rmtree, functools.partial(print), Path):
        assert not own(foreign, tmp_path)


def test_nothing_is_imported_to_know_what_is_installed() -> None:
    """A module is looked for without running those that it would lie in."""
    code = (
        "import sys; from grader.selfcheck.here import _installed as there; "
        "before = set(sys.modules); "
        "print([there(n) for n in ('antigravity.x', 'wsgiref.util', 'nothing', 'json', 'time')], "
        "{'antigravity', 'wsgiref'} & set(sys.modules) - before)"
    )
    done = command([sys.executable, "-c", code])
    assert done.stdout.strip() == "[False, True, False, True, True] set()", done.stderr


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
