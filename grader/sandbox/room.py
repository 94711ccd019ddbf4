"""What a kernel is given, and the small Protocol of whatever confines it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.model import Fault, FaultKind


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are wall seconds, sizes bytes."""

    cell_seconds: float = 30.0
    probe_seconds: float = 60.0
    train_seconds: float = 900.0
    submission_seconds: float = 3600.0
    memory: int = 8 * 2**30
    """Resident memory of the whole process tree."""
    processes: int = 256
    """Processes and threads of the whole tree."""
    file_size: int = 2**30
    output: int = 4 * 2**20
    """Characters that a cell may print; more is an error, and ends the kernel if it goes on."""
    answer: int = 512 * 2**20
    """Bytes of one answer over the channel."""

    def exceeded(self, which: str) -> Fault:
        """The fault of a kernel that was ended for it; of one that ended by itself (empty)."""
        kind, why = {
            "memory": (FaultKind.MEMORY, f"{self.memory / 2**30:.1f} GiB"),
            "processes": (FaultKind.DIED, f"more than {self.processes} processes"),
            "output": (FaultKind.OUTPUT, f"more than {self.output} characters printed"),
            "files": (FaultKind.OUTPUT, f"more than {self.file_size} bytes in files"),
        }.get(which, (FaultKind.DIED, ""))
        return Fault(kind, why)


@dataclass(frozen=True)
class Room:
    """What lies in the kernel's reach: the only folder it shares with us, and what it may read."""

    shared: Path
    """Sockets and the connection file; visible inside under the same path."""
    code: Path
    """The kernel's own file tree, read-only."""
    data: Mapping[str, Path]
    """Open arrays of each data set, read-only, by name."""
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    gpu: bool = False
    prefix: tuple[str, ...] = ()
    """What the command is started through, outside of whatever confines it."""


@dataclass(frozen=True)
class Confined:
    """A command ready to run, its whole environment, and where the room's folders are inside."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    code: str
    data: Mapping[str, str]
    syscalls: bytes = b""
    """A seccomp filter; the command reads it from the descriptor ``{syscalls}``."""


class Sandbox(Protocol):
    """Confines one command."""

    name: str

    def unavailable(self) -> str | None:
        """Why it cannot be used on this machine, in one sentence; ``None`` where it can."""

    def confine(self, arguments: tuple[str, ...], room: Room) -> Confined:
        """The command that runs Python with ``arguments`` confined to ``room``."""


DECOY = "reference/answers.json"
"""Where the decoy of an answer key lies, beside the kernel's file tree."""


def furnish(
    folder: Path,
    data: Mapping[str, Path],
    environment: Mapping[str, str],
    limits: Limits,
    gpu: bool,
    decoy: bytes = b"",
    prefix: tuple[str, ...] = (),
) -> Room:
    """A room in ``folder``: a place for sockets, the kernel's file tree as it is here, and a
    ``decoy`` of an answer key, if any."""
    shared, code = folder / "io", folder / "code"
    shared.mkdir(mode=0o700)
    source = Path(__file__).resolve().parent.parent / "kernel"
    shutil.copytree(source, code / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    if decoy:
        (code / DECOY).parent.mkdir()
        (code / DECOY).write_bytes(decoy)
    variables = {**environment, "GRADER_SOCKET": str(shared / "grader")}
    return Room(shared, code, data, variables, limits, gpu, prefix)


def base_environment(room: Room, home: str) -> dict[str, str]:
    """The variables that every kernel gets; nothing of the caller's own environment goes in."""
    return {
        "HOME": home,
        "TMPDIR": "/tmp",  # noqa: S108  the sandbox's own
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": f"{home}/.ipython",
        **room.environment,
    }
