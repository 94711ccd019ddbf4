"""Watches a process tree from outside: resident memory, processes and threads, files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil

from .room import Limits

INTERVAL = 0.2
MAX_FILES = 20_000
MAX_DEPTH = 100
UNCOUNTED = 2**62


async def watch(pid: int, folder: Path, limits: Limits, over: Callable[[str], None]) -> None:
    """Until cancelled, measure the tree under ``pid`` and the room in ``folder``.

    Calls ``over("memory" | "processes" | "files")`` once, and ends.
    """
    while True:
        try:
            tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        which = _exceeded(tree, limits)
        if which is not None:
            over(which)
            return
        if _bytes_in(folder) > limits.file_size:
            over("files")
            return
        await asyncio.sleep(INTERVAL)


def kill_tree(pid: int) -> None:
    """SIGKILL for the process group that ``pid`` leads, all at once: nothing forks meanwhile.

    What left the group is ended by :func:`end_marked`, or by its process namespace.
    """
    with contextlib.suppress(OSError):  # it has ended already
        os.killpg(pid, signal.SIGKILL)


def end_children() -> None:
    """SIGKILL for everything that this process started, whichever groups it is in."""
    for child in psutil.Process().children(recursive=True):
        kill_tree(child.pid)
        _kill(child)


def end_marked(mark: str) -> None:
    """SIGKILL for every process of ours whose environment holds ``mark``: what left its tree.

    Again until none is found, as one may fork while we look.
    """
    for _ in range(20):
        found = [process for process in psutil.process_iter() if _holds(process, mark)]
        if not found:
            return
        for process in found:
            _kill(process)
        psutil.wait_procs(found, timeout=1)


def _exceeded(tree: list[psutil.Process], limits: Limits) -> str | None:
    if len(tree) > limits.processes:
        return "processes"
    memory = threads = 0
    for process in tree:
        try:
            memory += process.memory_info().rss
            threads += process.num_threads()
        except psutil.Error:  # it ended while we looked
            continue
    if threads > limits.processes:
        return "processes"
    if memory > limits.memory and sum(map(_share, tree)) > limits.memory:
        return "memory"
    return None


def _share(process: psutil.Process) -> int:
    """Resident bytes, those that forks have in common divided among them."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.uss))
    except psutil.NoSuchProcess:
        return 0
    except psutil.AccessDenied:  # then without dividing
        return _resident(process)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it ended while we looked
        return 0


def _holds(process: psutil.Process, mark: str) -> bool:
    try:
        return process.pid != os.getpid() and mark in process.environ().values()
    except (psutil.Error, OSError):
        return False


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:  # it has ended already
        return


def _bytes_in(folder: Path) -> int:
    """Bytes on disk below ``folder``; one more than any limit where the files cannot be counted:
    they are too many, too deep, or in a folder that was locked so that nobody sees them."""
    total = seen = 0
    todo = [(str(folder), 0)]
    while todo:
        path, depth = todo.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    seen += 1
                    if entry.is_dir(follow_symlinks=False):
                        todo.append((entry.path, depth + 1))
                    else:
                        total += _on_disk(entry)
        except (FileNotFoundError, NotADirectoryError):  # gone while we looked
            continue
        except OSError:
            return UNCOUNTED
        if seen > MAX_FILES or depth > MAX_DEPTH:
            return UNCOUNTED
    return total


def _on_disk(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:  # others in its folder may still be there
        return 0
