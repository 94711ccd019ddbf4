"""Who imports whom, and what is not loaded before it is needed."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import tiny_course
from conftest import ROOT, command

HEAVY = {
    "IPython",
    "PIL",
    "ipykernel",
    "jinja2",
    "jupyter_client",
    "keras",
    "matplotlib",
    "nbclient",
    "nbformat",
    "numpy",
    "pooch",
    "pydantic",
    "pygments",
    "requests",
    "ruamel",
    "tensorflow",
    "zmq",
}
LIGHT = [["--help"], ["--version"], ["run", "--help"], ["doctor", "--help"], ["completion", "bash"]]


def test_contracts() -> None:
    """Every import goes down through the layers, and past the wall by `kernel.wire` only."""
    linter = Path(sys.executable).with_name("lint-imports")

    done = command([linter, "--no-logo", "--no-cache"])

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken\.", done.stdout)


def test_every_module_has_its_layer() -> None:
    """A new module fails the layering until somebody has given it a place."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [
        contract
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]

    placed = set(re.findall(r"\w+", " ".join(layers["layers"])))

    assert layers["exhaustive"]
    assert {path.stem for path in (ROOT / "grader").glob("*.py")} - {"__init__"} <= placed
    assert {path.parent.name for path in (ROOT / "grader").glob("*/__init__.py")} <= placed


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Help, version and completion come at once, because no large package is imported for them."""
    call = "from grader.cli import main; main()"

    done = command([sys.executable, "-X", "importtime", "-c", call, *arguments])

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0, done.stderr[-2000:]
    assert "grader.cli" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_trusted_side_never_loads_tensorflow() -> None:
    """The whole grading pipeline is imported without TensorFlow, which lives in kernels only."""
    call = "import sys, grader.grading, grader.doctor, grader.report.deliver; print(*sys.modules)"

    done = command([sys.executable, "-c", call])

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert done.returncode == 0, done.stderr
    assert "nbclient" in loaded
    assert loaded & {"tensorflow", "keras", "tf_keras"} == set()


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_grading_loads_no_tensorflow_where_it_judges(tmp_path: Path) -> None:
    """A whole grading, kernels and page included, ends without TensorFlow in its own process."""
    course = tiny_course.write(tmp_path / "course")
    path = tmp_path / "mine.ipynb"
    answer = "def double(x):\n    return x + x\n"
    path.write_text(tiny_course.notebook(given=tiny_course.GIVEN, double=answer))
    call = (
        "import sys\nfrom grader.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )

    done = command([sys.executable, "-c", call, "run", path, "--course", course, "--out", tmp_path])

    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert (tmp_path / "mine.grade.json").exists()
    assert loaded & {"tensorflow", "keras", "tf_keras"} == set()
