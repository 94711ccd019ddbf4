"""A plain process with resource limits, for one's own code: it hides neither files nor network."""

from __future__ import annotations

import os
import shutil
import sys

from .room import Confined, Room, base_environment


class PlainProcess:
    """The same kernel without walls; what it cannot stop is listed in SECURITY.md."""

    name = "process"

    def unavailable(self) -> str | None:
        return None

    def confine(self, arguments: tuple[str, ...], room: Room) -> Confined:
        home = room.shared / "home"
        home.mkdir(exist_ok=True)
        environment = {
            **base_environment(room, str(home)),
            "PATH": os.environ.get("PATH", ""),
            "TMPDIR": str(home),
        }
        if sys.platform == "win32":
            environment["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
        prefix: list[str] = []
        if prlimit := shutil.which("prlimit"):
            prefix = [prlimit, f"--fsize={room.limits.file_size}", "--core=0", "--"]
        data = {name: str(folder) for name, folder in room.data.items()}
        command = (*room.prefix, *prefix, sys.executable, *arguments)
        return Confined(command, environment, str(room.code), data)
