"""The command line at its job: grades, help, completion, and what the doctor says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Grade

SAMPLE = "examples/convnets_sample.ipynb"

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed"
)


# ------------------------------------------------------------------- doing its job


@needs_bubblewrap
def test_the_sample_is_graded_by_two_tasks(grade: Grade, tmp_path: Path) -> None:
    """``--task`` grades what it names and says that this is not all; page and file are written."""
    done = grade(
        SAMPLE, "--quick", "--lang", "en", "--out", tmp_path / "new" / "out",
        "--task", "three_layer_convnet", "--task", "part3_optimizer",
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    written = json.loads((tmp_path / "new/out/convnets_sample.grade.json").read_text("utf-8"))
    assert [t["id"] for t in written["tasks"]] == ["three_layer_convnet", "part3_optimizer"]
    assert done.returncode == (0 if written["passed"] else 1)
    assert written["provisional"] is True
    reasons = " ".join(written["provisional_reasons"])
    assert "Only these tasks were graded: three_layer_convnet, part3_optimizer." in reasons
    assert "three_layer_convnet" in done.stdout or "forward pass" in done.stdout
    page = (tmp_path / "new/out/convnets_sample.report.html").read_text("utf-8")
    assert "Only these tasks were graded" in page
    for suffix in ("report.html", "grade.json"):
        assert str(tmp_path / f"new/out/convnets_sample.{suffix}") in done.stdout


@needs_bubblewrap
def test_an_untouched_handout_ends_with_1(grade: Grade, root: Path, tmp_path: Path) -> None:
    """Below the pass mark is exit code 1, with a grade; its files go beside the notebook."""
    path = Path(shutil.copy(root / "assignments/convnets/handout.ru.ipynb", tmp_path))
    done = grade(path, "--quick", "--course", root)
    assert done.returncode == 1, done.stderr
    names = {"handout.ru.ipynb", "handout.ru.report.html", "handout.ru.grade.json"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert "Не выполнялось" in done.stdout or "не выполнялось" in done.stdout


def test_version_and_help(grade: Grade) -> None:
    """--version is one line; the first help names every option and what the exit codes mean."""
    assert re.fullmatch(r"grade, version \d+\.\d+\.\d+\S*\n", grade("--version").stdout)
    done = grade("--help")
    assert done.returncode == 0
    options = (
        "--lab", "--course", "--task", "--device", "--data-dir", "--lang", "--seed", "--out",
        "--time-limit", "--memory-limit", "--quick", "--as-submitted", "--sandbox", "--verbose",
        "--fresh", "--version", "doctor", "completion",
    )  # fmt: skip
    assert [name for name in options if name not in done.stdout] == []
    assert "0 passed, 1 below the pass mark" in " ".join(done.stdout.split())
    assert grade("run", "--help").stdout.count("--lab") == 1


def test_no_arguments_are_answered_with_the_help(grade: Grade) -> None:
    """``grade`` alone shows what it can do, and is not a success."""
    done = grade()
    assert done.returncode == 2
    assert "grade SUBMISSION.ipynb" in done.stdout + done.stderr


def test_help_loads_nothing_heavy(root: Path) -> None:
    """The help is there at once: no TensorFlow, no plots, no notebook tools are imported for it."""
    code = (
        "import sys; from grader import cli\n"
        "try: cli.app(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'numpy', 'matplotlib', 'nbformat', 'nbclient', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


# --------------------------------------------------------------- completion, doctor


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_load(grade: Grade, shell: str, tmp_path: Path) -> None:
    """Each shell that is here reads its script without a word and then completes ``grade``."""
    done = grade("completion", shell)
    assert done.returncode == 0
    assert "_GRADE_COMPLETE" in done.stdout
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(done.stdout, encoding="utf-8")
    ask = {"bash": "complete -p grade", "zsh": "echo $_comps[grade]", "fish": "complete -c grade"}
    first = "autoload -Uz compinit; compinit -D; " if shell == "zsh" else ""
    loaded = subprocess.run(
        [shell, "-c", f"{first}source {script} && {ask[shell]}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert "_grade_completion" in loaded.stdout


def test_completion_offers_options_commands_and_files(grade: Grade) -> None:
    """After ``grade`` come commands or files, after the notebook its options."""

    def offered(words: str, position: int) -> set[str]:
        line = {"_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": words}
        done = grade(environment={**line, "COMP_CWORD": str(position)})
        assert done.stderr == ""
        return set(done.stdout.split())

    assert offered("grade do", 1) == {"plain,doctor", "file,do"}
    assert offered("grade lab.ipynb --qu", 2) == {"plain,--quick"}
    assert offered("grade lab.ipynb --lang ", 3) == {"plain,ru", "plain,en"}


def test_doctor_says_what_is_there(grade: Grade, tmp_path: Path) -> None:
    """Each thing that grading needs has a line; a missing sandbox has its cure beside it."""
    done = grade("doctor")
    for what in ("Python", "TensorFlow", "GPU", "Sandbox", "Course", "Data: cifar10"):
        assert re.search(rf"^ *(ok|none|missing)  {what}: \S", done.stdout, re.MULTILINE), what
    assert (done.returncode == 3) == ("missing  " in done.stdout)
    done = grade("doctor", environment={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert re.search(r"missing  Sandbox: .*apt install bubblewrap", done.stdout)


def test_doctor_says_where_data_could_be_put(grade: Grade, root: Path, tmp_path: Path) -> None:
    """Where no data set is found, the places that are looked at and the stand-in are named."""
    for folder in ("assignments", "reference", "rubrics"):
        shutil.copytree(root / folder, tmp_path / "course" / folder)
    nowhere = {
        "GRADER_CACHE": str(tmp_path / "cache"),
        "KERAS_HOME": str(tmp_path / "keras"),
        "GRADER_DATA": "",
    }
    done = grade("doctor", "--course", tmp_path / "course", environment=nowhere)
    line = next(line for line in done.stdout.splitlines() if "Data: cifar10" in line)
    assert line.split()[0] == "none"
    assert "stand-in" in line
    assert str(tmp_path / "keras" / "datasets") in line
    assert "cifar-10-python.tar.gz" in line
