"""A control group that bounds how many processes a kernel has, where the limit of the system's own
does not hold: for root.

Both kinds of hierarchies are known: cgroup v2, and v1's ``pids``. Where none may be written to (in
most containers), there is no fence, and the watch alone ends a bomb.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOUNTS, OWN = Path("/proc/self/mounts"), Path("/proc/self/cgroup")
PREFIX = "grade-"
"""How the names of a grader's groups begin."""
YOUNG = 60.0
"""Seconds in which a group may still be without its first process."""
PATIENCE = 5.0
"""Seconds that the last process may take to go."""


@dataclass(frozen=True)
class Fence:
    """A group, if any: what runs behind ``prefix`` is in it, and all that this starts."""

    folder: Path | None = None

    @property
    def prefix(self) -> tuple[str, ...]:
        if self.folder is None:
            return ()
        enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
        return ("/bin/sh", "-c", enter, str(self.folder))

    def remove(self) -> None:
        """Once all of its processes have been killed."""
        if self.folder is None:
            return
        until = time.monotonic() + PATIENCE
        while self.folder.exists() and time.monotonic() < until:
            with contextlib.suppress(OSError):
                (self.folder / "cgroup.kill").write_text("1", encoding="ascii")
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.02)


def fence(name: str, most: int) -> Fence:
    """A fence called ``name`` around ``most`` processes and threads; an open one for whoever is not
    root, or where none can be made."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return Fence()
    for parent in _parents():
        _sweep(parent)
        folder = parent / name
        try:
            folder.mkdir()
        except OSError:
            continue
        made = Fence(folder)
        if _limited(folder, most) and _enterable(made):
            return made
        made.remove()
    return Fence()


def _sweep(parent: Path) -> None:
    """Take down what killed graders left: a group that holds a process, or a group, stays."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > YOUNG:
                folder.rmdir()


def _limited(folder: Path, most: int) -> bool:
    try:
        # Not created: a folder that is no control group has no such file.
        with (folder / "pids.max").open("r+", encoding="ascii") as limit:
            limit.write(str(most))
    except OSError:
        return False
    return True


def _enterable(made: Fence) -> bool:
    """Whether a process may move into it, which is another right than to make it."""
    command = [*made.prefix, "/bin/true"]
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0  # noqa: S603


def _parents() -> Iterator[Path]:
    """Groups below which one may be made: our own, then those above it, of each hierarchy."""
    for mount, controllers in _hierarchies():
        own = mount / _own(controllers).lstrip("/")
        yield from (place for place in (own, *own.parents) if place.is_relative_to(mount))


def _hierarchies() -> Iterator[tuple[Path, str]]:
    """Where v1's ``pids`` and v2 are mounted, each with the name that ``OWN`` has for it."""
    with contextlib.suppress(OSError):
        for line in MOUNTS.read_text(encoding="utf-8").splitlines():
            _, place, kind, options, *_ = line.split()
            if kind == "cgroup2":
                yield Path(place), ""
            elif kind == "cgroup" and "pids" in options.split(","):
                yield Path(place), "pids"


def _own(controllers: str) -> str:
    """Our own group's path in that hierarchy; its root where it is not told."""
    with contextlib.suppress(OSError):
        for line in OWN.read_text(encoding="utf-8").splitlines():
            _, names, path = line.split(":", 2)
            if controllers in names.split(","):
                return path
    return "/"
