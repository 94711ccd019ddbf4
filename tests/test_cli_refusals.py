"""What the command line refuses: what it says, the exit code, and that nothing is written."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Grade

SAMPLE = "examples/convnets_sample.ipynb"
CODE = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "print(1)"}
PROSE = {"cell_type": "markdown", "metadata": {}, "source": "# Дневник"}

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed"
)


def notebook(*cells: object) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    """A course of the test's own: a copy of ours."""
    course = tmp_path / "course"
    for folder in ("assignments", "reference", "rubrics"):
        shutil.copytree(root / folder, course / folder)
    return course


# ---------------------------------------------------------------- unreadable input


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"the file is empty \(0 bytes\).* save the notebook and hand it in again"),
        (b"hello", r"line 1, column 1: the file is not JSON.* Hand in the \.ipynb file"),
        (notebook(CODE)[:40], r"breaks off in the middle.* save it and hand it in again"),
        (b'{"a": 1}', r"valid JSON but no notebook.* Give the \.ipynb file"),
        (notebook(PROSE), r"none of them with code.* nothing to grade\. Check"),
        (notebook(), r"has no cells.* nothing to grade"),
        (notebook(CODE, PROSE), r"no notebook of the course.* convnets.* --lab .* --course"),
    ],
    ids=["empty", "no_json", "truncated", "no_notebook", "no_code", "no_cells", "wrong_lab"],
)
def test_an_unreadable_submission_is_refused_in_one_line(
    grade: Grade, tmp_path: Path, content: bytes, said: str
) -> None:
    """Whatever is no submission ends with 2, one line that says what to do, and no grade file."""
    path = tmp_path / "lab.ipynb"
    path.write_bytes(content)
    done = grade(path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}")
    assert re.search(said, line)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_told_from_its_neighbours(grade: Grade, tmp_path: Path) -> None:
    """A name mistyped by a letter is answered with the right one."""
    (tmp_path / "lab_ivanov.ipynb").write_bytes(notebook(CODE))
    done = grade(tmp_path / "lab_ivanow.ipynb")
    assert done.returncode == 2
    assert "no such file. Did you mean lab_ivanov.ipynb?" in done.stderr


def test_a_folder_is_no_single_notebook(grade: Grade, tmp_path: Path) -> None:
    """``grade run`` takes one notebook: of a folder it lists what could be given."""
    done = grade("run", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a folder without notebooks. Give the path of an .ipynb file." in done.stderr
    for name in ("b.ipynb", "a.ipynb"):
        (tmp_path / name).write_bytes(notebook(CODE))
    done = grade("run", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a folder with 2 notebooks: a.ipynb, b.ipynb." in done.stderr
    assert f"`grade class {tmp_path}`" in done.stderr


# -------------------------------------------------------------------- wrong options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lab", "triplets"], "no lab 'triplets'; it has: "),
        (["--task", "part5"], "--task part5: the lab has no such task; it has: three_layer_convn"),
        (["--device", "tpu"], "--device tpu: choose auto, cpu, gpu or gpu:N"),
        (["--lang", "de"], "'--lang': 'de' is not one of 'ru', 'en'"),
        (["--sandbox", "docker"], "'docker' is not one of 'auto', 'bubblewrap', 'process'"),
        (["--seed", "-1"], "'--seed': -1 is not in the range"),
        (["--time-limit", "0"], "'--time-limit': 0.0 is not in the range"),
        (["--memory-limit", "much"], "'--memory-limit': 'much' is not a valid float"),
        (["--data-dir", "nowhere"], "--data-dir nowhere does not exist"),
        (["--course", "nowhere"], "nowhere is no course"),
        (["--out", SAMPLE], "is a file"),
        (["--out", f"{SAMPLE}/reports"], "so nothing was graded; choose another folder with --out"),
        (["--qick"], "No such option '--qick'. Did you mean '--quick'?"),
    ],
    ids=lambda value: value[0].strip("-") if isinstance(value, list) else "",
)
def test_a_wrong_option_is_refused_before_anything_runs(
    grade: Grade, arguments: list[str], said: str
) -> None:
    """A value that cannot be used ends with 2, and the message says which can."""
    done = grade(SAMPLE, "--quick", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in " ".join(done.stderr.split())
    assert "running" not in done.stderr


@pytest.mark.skipif(any(Path("/dev").glob("nvidia[0-9]*")), reason="this machine has a GPU")
@pytest.mark.parametrize("device", ["gpu", "gpu:3"])
def test_a_gpu_that_is_not_there_is_not_replaced(grade: Grade, device: str) -> None:
    """Whoever asks for a GPU does not quietly get the CPU."""
    done = grade(SAMPLE, "--device", device)
    assert done.returncode == 2
    assert f"--device {device}: no such GPU on this machine (found: none)" in done.stderr


def test_a_misspelt_command_is_not_taken_for_a_file(grade: Grade, tmp_path: Path) -> None:
    """``grade docter`` asks whether ``grade doctor`` was meant."""
    done = grade("docter", cwd=tmp_path)
    assert done.returncode == 2
    assert "docter: no such file and no such command. Did you mean `grade doctor`?" in done.stderr


# -------------------------------------------------------------------------- courses


def test_without_a_course_the_message_says_how_to_name_one(
    grade: Grade, root: Path, tmp_path: Path
) -> None:
    """A program that came without a course does not grade a submission against a guess."""
    path = shutil.copy(root / SAMPLE, tmp_path)
    shutil.copytree(root / "grader", tmp_path / "packages" / "grader")
    done = grade(path, cwd=tmp_path, environment=_importable(tmp_path / "packages"))
    assert done.returncode == 2
    assert "no course found upward from" in done.stderr
    assert "--course or GRADER_COURSE" in done.stderr


def test_grader_course_names_the_course(
    grade: Grade, root: Path, copied: Path, tmp_path: Path
) -> None:
    """GRADER_COURSE holds where --course does not; a wrong one is an error, not a fallback."""
    path = shutil.copy(root / SAMPLE, tmp_path)
    named = {**_importable(root), "GRADER_COURSE": str(copied)}
    done = grade(path, "--lab", "x", cwd=tmp_path, environment=named)
    assert f"the course in {copied} has no lab 'x'" in done.stderr
    done = grade(path, "--lab", "x", "--course", root, cwd=tmp_path, environment=named)
    assert f"the course in {root} has no lab 'x'" in done.stderr
    done = grade(root / SAMPLE, environment={"GRADER_COURSE": str(tmp_path / "gone")})
    assert done.returncode == 2
    assert "gone is no course" in done.stderr


def test_a_broken_rubric_is_told_whole_with_its_lines(
    grade: Grade, root: Path, copied: Path
) -> None:
    """Every problem of a rubric comes in one message, each with file and line."""
    rubric = copied / "rubrics/convnets.yaml"
    text = rubric.read_text(encoding="utf-8")
    for old, new in (
        ("pass_mark: 60", "pass_mark: sixty"),
        ("kind: text", "kind: txt"),
        ("{above: 0.45}", "{above: 45}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    rubric.write_text(text, encoding="utf-8")
    wrong = {n + 1 for n, line in enumerate(text.split("\n")) if re.search("sixty|: 45}", line)}
    done = grade(root / SAMPLE, "--course", copied)
    assert done.returncode == 2
    assert done.stderr.count("error:") == 1
    told = {int(n) for n in re.findall(rf"{re.escape(str(rubric))}:(\d+): ", done.stderr)}
    assert wrong <= told
    assert "'txt'" in done.stderr


def test_a_rubric_that_is_no_yaml_is_told_with_its_line(
    grade: Grade, root: Path, copied: Path
) -> None:
    """A slip in YAML is an error of the rubric, not a crash."""
    rubric = copied / "rubrics/convnets.yaml"
    rubric.write_text("lab: [convnets\npass_mark: 60\n", encoding="utf-8")
    done = grade(root / SAMPLE, "--course", copied)
    assert done.returncode == 2
    assert f"{rubric}:2: not YAML" in done.stderr


# ------------------------------------------------------- the grader cannot do its job


def test_without_bubblewrap_nothing_runs(grade: Grade, root: Path, tmp_path: Path) -> None:
    """No sandbox, no grade: exit 3, how to install it or do without, and no file is written."""
    done = grade(SAMPLE, "--quick", "--out", tmp_path / "out", environment={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = done.stderr.splitlines()
    assert "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)" in line
    assert "--sandbox process" in line
    assert not (tmp_path / "out").exists()


@needs_bubblewrap
def test_a_reference_that_fails_is_no_fault_of_the_student(
    grade: Grade, root: Path, copied: Path, tmp_path: Path
) -> None:
    """Where the course's own solution breaks there is exit 3, its place, and no grade."""
    solution = copied / "reference/convnets/solution.py"
    text = solution.read_text(encoding="utf-8")
    sign = "def three_layer_convnet(x, params):\n"
    assert text.count(sign) >= 1
    solution.write_text(text.replace(sign, f"{sign}    raise ValueError('oh')\n"), encoding="utf-8")
    out = tmp_path / "out"
    done = grade(root / SAMPLE, "--quick", "--course", copied, "--out", out)
    assert (done.returncode, done.stdout) == (3, "")
    assert "the reference of convnets fails its own probe three_layer_convnet/" in done.stderr
    assert "ValueError oh" in done.stderr
    assert "mend reference/convnets/solution.py" in done.stderr
    assert not out.exists()


def test_a_cache_that_cannot_be_written_is_the_graders_own_trouble(
    grade: Grade, tmp_path: Path
) -> None:
    """Without a place for decoded data there is exit 3 and the variable that names another."""
    (tmp_path / "file").touch()
    done = grade(SAMPLE, "--quick", environment={"GRADER_CACHE": str(tmp_path / "file" / "x")})
    assert done.returncode == 3
    assert "GRADER_CACHE" in done.stderr


@needs_bubblewrap
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_ends_without_a_grade(root: Path, tmp_path: Path) -> None:
    """An interrupt ends the kernels too; the exit code is neither 0 nor 1, and nothing stays."""
    command = [sys.executable, "-c", "from grader.cli import main; main()", SAMPLE, "--quick"]
    with subprocess.Popen(
        [*command, "--fresh", "--out", str(tmp_path / "out")],
        cwd=root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as running:
        assert running.stderr is not None
        line = next((line for line in running.stderr if "starting a kernel" in line), "")
        assert line
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate(timeout=120)
    assert running.returncode == 130
    assert out == ""
    assert errors.rstrip().endswith("error: interrupted; what was written before stays")
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def _importable(root: Path) -> dict[str, str]:
    """For a command that runs elsewhere: where the program is."""
    return {"PYTHONPATH": str(root)}
