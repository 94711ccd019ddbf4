"""Watches a process tree from outside: resident memory and the number of processes and threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psutil

from .room import Limits

INTERVAL = 0.2


async def watch(pid: int, limits: Limits, over: Callable[[str], None]) -> None:
    """Until cancelled, measure the tree under ``pid``; call ``over("memory" | "processes")`` once."""
    while True:
        try:
            tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        memory = threads = 0
        for process in tree:
            try:
                memory += process.memory_info().rss
                threads += process.num_threads()
            except psutil.Error:  # it ended while we looked
                continue
        if memory > limits.memory:
            over("memory")
            return
        if threads > limits.processes:
            over("processes")
            return
        await asyncio.sleep(INTERVAL)


def kill_tree(pid: int) -> None:
    """SIGKILL for ``pid`` and everything below it."""
    try:
        tree = psutil.Process(pid).children(recursive=True)
        tree.append(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
