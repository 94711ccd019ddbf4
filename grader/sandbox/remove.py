"""Removes a room whatever a student's code has made of it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path


def remove(folder: Path) -> None:
    """``folder`` and all in it: locked folders, and trees nested deeper than Python recurses."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(  # noqa: S603  two commands of our own, on our own folder
                    [*command, "--", str(folder)], capture_output=True, check=False, timeout=60
                )
