"""Linux namespaces through bubblewrap: no network, no home, no other processes, read-only files."""

from __future__ import annotations

import functools
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from .room import Confined, Room, base_environment
from .syscalls import filter_program

HOME = "/home/student"
CODE = "/grader"
DATA = "/data"
HOME_SIZE = 2**30
SHM_SIZE = 64 * 2**20
"""As much as containers get; a file system in memory counts in no process."""


class Bubblewrap:
    """Every namespace unshared, a tmpfs home with a size cap, ids of nobody."""

    name = "bubblewrap"

    def unavailable(self) -> str | None:
        return _unavailable()

    def confine(self, arguments: tuple[str, ...], room: Room) -> Confined:
        environment = {**base_environment(room, HOME), "PATH": "/usr/bin:/bin"}
        inside = {name: f"{DATA}/{name}" for name in room.data}
        command = [
            *room.prefix,
            "bwrap",
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--uid", "1000", "--gid", "1000",
            "--hostname", "sandbox",
            "--cap-drop", "ALL",
            "--clearenv",
            "--proc", "/proc",
            "--dev", "/dev",
            *(_gpu() if room.gpu else ()),
            "--size", str(SHM_SIZE), "--tmpfs", "/dev/shm",  # noqa: S108
            # Empty folders first: the interpreter may live below one of them.
            "--size", str(HOME_SIZE), "--tmpfs", "/tmp",  # noqa: S108  inside the sandbox
            "--size", str(HOME_SIZE), "--tmpfs", HOME,
            *_system(),
            "--ro-bind", str(room.code), CODE,
        ]  # fmt: skip
        for name, folder in room.data.items():
            command += ["--ro-bind", str(folder), inside[name]]
        command += ["--bind", str(room.shared), str(room.shared), "--chdir", HOME]
        command += ["--remount-ro", "/dev", "--remount-ro", "/"]  # in memory, without a size cap
        for variable, value in environment.items():
            command += ["--setenv", variable, value]
        syscalls = filter_program()
        if syscalls:
            command += ["--seccomp", "{syscalls}"]
        limits = [f"--fsize={room.limits.file_size}", "--core=0", *_forks(room)]
        command += ["--", "/usr/bin/prlimit", *limits, "--", sys.executable, *arguments]
        return Confined(tuple(command), {"PATH": "/usr/bin:/bin"}, CODE, inside, syscalls)


@functools.cache
def _unavailable() -> str | None:
    if sys.platform != "linux":
        return "bubblewrap exists on Linux only"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
    trial = ["bwrap", "--unshare-all", "--uid", "1000", "--ro-bind", "/", "/", "--", "/bin/true"]
    done = subprocess.run(trial, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    if done.returncode != 0:
        return f"bubblewrap cannot make namespaces here: {done.stderr.strip()[:300]}"
    return None


@functools.cache
def _system() -> tuple[str, ...]:
    """Read-only system folders, the interpreter and its packages; nothing else of the machine."""
    mounts: list[str] = []
    for folder in ("/usr", "/lib", "/lib64", "/bin", "/sbin"):
        path = Path(folder)
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), folder]
        elif path.exists():
            mounts += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"):
        mounts += ["--ro-bind-try", file, file]
    for folder in _interpreter():
        if not folder.startswith("/usr/"):
            mounts += ["--ro-bind", folder, folder]
    return tuple(mounts)


def _interpreter() -> Iterator[str]:
    """Where this Python and its packages live: prefixes, and the real file behind each link."""
    found = {
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        sysconfig.get_paths()["purelib"],
        sysconfig.get_paths()["platlib"],
        str(Path(sys.executable).resolve().parent.parent),
    }
    kept: list[str] = []
    for folder in sorted(found, key=len):
        if folder not in {"/", "/usr"} and not any(folder.startswith(f"{k}/") for k in kept):
            kept.append(folder)
    return iter(kept)


def _forks(room: Room) -> Iterator[str]:
    """The system's own limit on processes, which a bomb meets before the watch looks.

    Since Linux 5.14 it counts those of the sandbox, before that all of the user's. It does not hold
    for root, who gets a fence (:mod:`.fence`).
    """
    release = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
    if release >= (5, 14):
        yield f"--nproc={2 * room.limits.processes}"


def _gpu() -> Iterator[str]:
    for node in sorted(Path("/dev").glob("nvidia*")):
        yield from ("--dev-bind", str(node), str(node))
