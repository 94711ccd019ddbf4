"""A Python that knows nothing of this repository but the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from conftest import ROOT, command

BARE = {"PYTHONPATH": "", "GRADER_CACHE": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}


def fresh_python(folder: Path) -> Path:
    """A virtual environment with the wheel in it, and the packages that it needs, from here."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv/bin/python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(command([python, "-c", where], environment={"PYTHONPATH": ""}).stdout.strip())
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Not `site.addsitedir`: the packages are importable so, and an editable install is not.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python
