"""What is installed: the lock, the scripts, the schema, and no word about one machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Grade, command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from grader import rubric

SCRIPTS = [
    "scripts/setup",
    "scripts/demo",
    "scripts/test",
    "scripts/lock",
    "scripts/schemas",
    ".ci/run",
]
PIN = re.compile(r"^(\S+)==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)
Pins = dict[str, list[Version]]


def wanted() -> Iterator[Requirement]:
    """Everything that pyproject.toml asks for, its development tools included."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for line in [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]:
        yield Requirement(line)


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pins(lock: str) -> Pins:
    found: Pins = {}
    for name, version, _ in PIN.findall(lock):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


@pytest.mark.parametrize("requirement", list(wanted()), ids=lambda found: found.name)
def test_lock_satisfies_pyproject(requirement: Requirement, pins: Pins) -> None:
    """Each requirement is pinned, for every platform, to a version that pyproject.toml allows."""
    versions = pins.get(canonicalize_name(requirement.name), [])

    assert versions, f"{requirement.name} is not in requirements.lock: run scripts/lock"
    assert all(version in requirement.specifier for version in versions)


def test_lock_has_hashes_and_no_addresses(lock: str) -> None:
    """The lock holds pins and hashes alone: it says nothing about where packages come from."""
    pinned = PIN.findall(lock)
    hashes = re.findall(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$", lock, re.MULTILINE)

    assert len(pinned) + len(hashes) == len(lock.splitlines())
    assert len(hashes) >= len(pinned) > 100
    assert "://" not in lock


@pytest.mark.skipif(not os.environ.get("CI"), reason="only CI installs from the lock by its rule")
def test_environment_is_the_lock(pins: Pins) -> None:
    """CI tests the very versions that the lock names."""
    listed = command([sys.executable, "-m", "pip", "list", "--format=json"])
    installed = {
        canonicalize_name(entry["name"]): Version(entry["version"])
        for entry in json.loads(listed.stdout)
    }

    strange = {
        name: version
        for name, version in installed.items()
        if name not in {"grader", "pip", "setuptools"} and version not in pins.get(name, [])
    }
    assert strange == {}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_bash(script: str) -> None:
    """Each script can be executed and is correct bash."""
    path = ROOT / script

    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert command(["bash", "-n", path]).stderr == ""


def test_setup_without_python_says_what_to_install(tmp_path: Path) -> None:
    """Without a fitting Python the set-up ends with one message that names the remedy."""
    for tool in ("bash", "dirname", "uname", "id", "env"):
        (tmp_path / tool).symlink_to(_which(tool))
    (tmp_path / "bwrap").symlink_to(_which("env"))
    old = '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\n'
    (tmp_path / "python3").write_text(old, encoding="utf-8")
    (tmp_path / "python3").chmod(0o755)
    copy = tmp_path / "copy" / "scripts"
    copy.mkdir(parents=True)
    script = (ROOT / "scripts/setup").read_text(encoding="utf-8").replace("/usr/bin/python3", "")
    (copy / "setup").write_text(script, encoding="utf-8")

    done = command(
        [_which("bash"), copy / "setup", "--no-browser"], environment={"PATH": str(tmp_path)}
    )

    assert done.returncode == 3
    assert "no Python 3.11, 3.12 or 3.13 found (python3 is Python 3.9.2)" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_rubric_schema_is_published(root: Path) -> None:
    """docs/rubric.schema.json is what the code accepts: an editor that uses it tells the truth."""
    published = json.loads((root / "docs/rubric.schema.json").read_text(encoding="utf-8"))

    assert published == rubric.schema(), "run scripts/schemas"


def test_version_is_the_packages(grade: Grade, root: Path) -> None:
    """`grade --version` says the version that pyproject.toml declares."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))

    assert grade("--version").stdout == f"grade, version {settings['project']['version']}\n"


def test_wheel_holds_the_program_and_no_lab(tmp_path: Path, root: Path) -> None:
    """`pip install` of the program gives away no reference solution, no rubric and no test."""
    done = command([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path])
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")

    listing = command([sys.executable, "-m", "zipfile", "-l", wheel]).stdout.splitlines()[1:]

    names = [line.split()[0] for line in listing]
    assert {name.split("/")[0] for name in names} == {"grader", "grader-0.1.0.dist-info"}
    assert "grader/model.py" in names
    assert {name for name in names if name.startswith("grader/report/templates/")}


def _which(tool: str) -> str:
    return subprocess.run(
        ["bash", "-c", f"command -v {tool}"], capture_output=True, text=True, check=True
    ).stdout.strip()
