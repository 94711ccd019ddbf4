"""What this machine has for a grading: cores, memory for trainings, GPUs."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from .errors import UsageError

ABREAST = 2
"""Trainings at a time where nothing else is graded."""


def abreast(memory: int) -> int:
    """How many trainings this machine has the cores for, and the memory at ``memory`` bytes each:
    one of small pictures keeps little more than one core busy."""
    enough = psutil.virtual_memory().available >= ABREAST * memory
    return ABREAST if enough and cores_here() >= ABREAST else 1


def cores_here() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def gpu(device: str, nodes: Path = Path("/dev")) -> str | None:
    """Which of the GPUs in ``nodes`` the kernel sees, as CUDA numbers it; ``None`` for the CPU.

    Raises:
        UsageError: a GPU was asked for and there is none.
    """
    there = sorted(int(node.name[6:]) for node in nodes.glob("nvidia[0-9]*"))
    if device == "cpu" or (device == "auto" and not there):
        return None
    if device in ("auto", "gpu"):
        wanted = there[:1]
    elif device.startswith("gpu:") and device[4:].isdigit():
        wanted = [n for n in there if n == int(device[4:])]
    else:
        raise UsageError(f"--device {device}: choose auto, cpu, gpu or gpu:N")
    if not wanted:
        found = ", ".join(f"gpu:{n}" for n in there) or "none"
        raise UsageError(
            f"--device {device}: no such GPU on this machine (found: {found}); use --device cpu"
        )
    return str(wanted[0])
