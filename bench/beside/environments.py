"""An environment for each of the other graders, kept in a folder: made once, used again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from measuring import say

from grader import environment

PACKAGES = {"otter": "otter-grader==7.0.0", "nbgrader": "nbgrader==0.9.6"}
BESIDE = ("matplotlib", "ipykernel")
"""What the notebook itself needs beside TensorFlow."""
SHOWN = ("tensorflow", "keras", "numpy", "ipykernel")


def python_of(name: str, folder: Path) -> Path:
    """The Python of the grader ``name``, in an environment below ``folder`` that has it.

    TensorFlow and Keras are of our own versions. What was installed is in ``<name>.txt``.

    Raises:
        subprocess.CalledProcessError: it cannot be installed.
    """
    versions = environment.versions()
    same = [f"{package}=={versions[package]}" for package in ("tensorflow", "keras")]
    wanted = json.dumps([*same, *BESIDE, PACKAGES[name]])
    place, record = folder / name, folder / f"{name}.json"
    python = place / "bin/python"
    if record.exists() and record.read_text(encoding="utf-8") == wanted:
        return python
    say(f"{name}: making its environment in {place}")
    shutil.rmtree(place, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        _run(uv, "venv", "-q", "--python", sys.executable, str(place))
        install = [uv, "pip", "install", "-q", "--python", str(python)]
    else:
        _run(sys.executable, "-m", "venv", str(place))
        install = [str(python), "-m", "pip", "install", "-q"]
    _run(*install, *json.loads(wanted))
    frozen = "\n".join(f"{name}=={version}" for name, version in sorted(installed(python).items()))
    (folder / f"{name}.txt").write_text(frozen + "\n", encoding="utf-8")
    record.write_text(wanted, encoding="utf-8")
    return python


def installed(python: Path) -> dict[str, str]:
    """Every package of that Python, and its version."""
    told = (
        "import json; from importlib.metadata import distributions as d;"
        "print(json.dumps({x.metadata['Name'].lower(): x.version for x in d()}))"
    )
    done = subprocess.run([python, "-c", told], capture_output=True, check=True)  # noqa: S603
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603  our own commands
