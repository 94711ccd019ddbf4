"""Grades a folder of attacks as a teacher does, and looks at what they left behind.

``grade FOLDER --jobs 3`` runs in a process of its own, in a home with canaries, with a
folder of its own for temporary files. Whatever it starts, and whatever that starts, becomes a
descendant of this process (``PR_SET_CHILD_SUBREAPER``), however it detaches itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from attack import Attack
from conftest import LONG, ROOT, command

from grader.gradebook import Gradebook
from grader.parcel import FOLDERS

SECRET = "canary-7f3a91"
"""Stands in every file that no submission may read; it must not show up in any result."""
BROKEN = "wall-is-broken"
OUCH = "raise SystemError('wall-is-' + 'broken')"
"""What code does that did what it must not be able to do: the grade file tells its exception. The
word itself is not in the source, which reports show."""
INJECTED = ("<script>window.owned", "<img src=x onerror", "<svg onload", "\x1b", "\x9b", "\u202e")
"""What no result may hold unescaped."""
PORT = 20_000 + os.getpid() % 20_000
ABSTRACT = f"grader-siege-{os.getpid()}"
"""Where the host's own servers listen meanwhile, which no submission may reach."""
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Aftermath:
    """What a class of attacks came to."""

    folder: Path
    done: subprocess.CompletedProcess[str]
    changed: list[str]
    """Files of the host that are not what they were."""
    left: list[str]
    """Processes, temporary files and mounts that are still there."""
    callers: int
    """Connections that came to the host's own servers."""
    seconds: float
    rows: dict[str, Any] = field(default_factory=dict)

    def grade(self, attack: Attack) -> dict[str, Any]:
        file = self.folder / "_grades/students" / attack.name / "1.grade.json"
        read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return read

    def leaked(self) -> list[str]:
        """Results in which a secret, a cry of triumph or live markup can be read."""
        found = [f"the terminal shows {word!r}" for word in INJECTED if word in self.done.stdout]
        for path in sorted((self.folder / "_grades").rglob("*")):
            if path.suffix in (".html", ".json"):
                text = path.read_text(encoding="utf-8")
                markup = INJECTED if path.suffix == ".html" else ()
                found += [f"{path}: {w!r}" for w in (SECRET, BROKEN, *markup) if w in text]
        return found


def besiege(
    attacks: Sequence[Attack], course: Path, place: Path, *options: str, sandbox: str = "auto"
) -> Aftermath:
    """Grade ``attacks`` as one class on ``course``; ``place`` is an empty folder for all of it."""
    folder, home = place / "class", place / "home"
    folder.mkdir()
    _canaries(home)
    places = {"@HOME@": home, "@CLASS@": folder, "@COURSE@": course}
    for attack in attacks:
        data = attack.file
        for word, path in places.items():
            data = data.replace(word.encode(), str(path).encode())
        (folder / f"{attack.name}.ipynb").write_bytes(data)
    # The path of a Unix socket is short, and so is the folder that it lies in.
    with tempfile.TemporaryDirectory(prefix="siege-") as scratch, listening() as callers:
        environment = {
            "HOME": str(home),
            "TMPDIR": scratch,
            "MPLCONFIGDIR": str(place / "fonts"),  # the grader's own, not the students'
            "TEACHERS_TOKEN": SECRET,
            "GRADER_SECRET": f"{SECRET}, of which trials are drawn",
        }
        host = [folder, home, ROOT / "grader", *(course / name for name in FOLDERS)]
        before, mounts = _hashes(*host), _mounts()
        started = time.monotonic()
        with adopting() as orphans:
            arguments = (folder, "--course", course, "--jobs", "3", "--sandbox", sandbox, *options)
            program = (sys.executable, "-c", "from grader.cli import main; main()")
            done = command([*program, *arguments], environment=environment, timeout=LONG)
            left = [f"process {name}" for name in orphans()]
        left += [f"file {path}" for path in Path(scratch).rglob("*")]
        left += [f"mount {line}" for line in sorted(_mounts() - mounts)]
        after = _hashes(*host)
    changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    seconds = time.monotonic() - started
    result = Aftermath(folder, done, sorted(changed), left, len(callers), seconds)
    result.rows = _rows(folder)
    return result


@contextmanager
def adopting() -> Iterator[Any]:
    """Meanwhile orphans become our children. Yields a function that ends and names those left."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    known = set(psutil.Process().children(recursive=True))

    def orphans() -> list[str]:
        time.sleep(0.5)  # what was killed takes a moment to go
        found = []
        for process in set(psutil.Process().children(recursive=True)) - known:
            try:
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline())[:200])
                    process.kill()
                os.waitpid(process.pid, 0)
            except (psutil.Error, ChildProcessError):
                continue
        return found

    try:
        yield orphans
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextmanager
def listening() -> Iterator[list[Any]]:
    """A server on this machine, on TCP and on an abstract Unix socket, that nobody may reach."""
    callers: list[Any] = []
    over = threading.Event()
    tcp, unix = socket.create_server(("127.0.0.1", PORT)), socket.socket(socket.AF_UNIX)
    unix.bind(f"\0{ABSTRACT}")
    unix.listen()
    doors = [threading.Thread(target=_answer, args=(s, callers, over)) for s in (tcp, unix)]
    for door in doors:
        door.start()
    try:
        yield callers
    finally:
        over.set()
        for door in doors:
            door.join()


def _answer(server: socket.socket, callers: list[Any], over: threading.Event) -> None:
    server.settimeout(0.2)  # a socket that somebody waits at stays bound after it was closed
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            line, address = server.accept()
            callers.append(address)
            line.close()
    server.close()


def _canaries(home: Path) -> None:
    """A teacher's home: keys, a shell's start file, and the marks of another course."""
    for name in (".ssh/id_ed25519", ".bashrc", "marks/grades.csv", ".netrc"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(f"# {SECRET}\n", encoding="utf-8")


def _hashes(*folders: Path) -> dict[str, str]:
    """Digests of all files, and the targets of all links; results are no part of the host."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if "_grades" in path.relative_to(folder).parts or "__pycache__" in path.parts:
                continue
            if path.is_symlink():
                found[str(path)] = f"link to {path.readlink()}"
            elif path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                found[str(path)] = "folder"
    return found


def _mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines())


def _rows(folder: Path) -> dict[str, Any]:
    book = folder / "_grades/grades.sqlite"
    if not book.exists():
        return {}
    opened = Gradebook(book)
    try:
        return {row.student: row for row in opened.rows()}
    finally:
        opened.close()
