"""Measurements on disk, a line of JSON each, written as they are made."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from measuring import Measured


def load(path: Path, about: Mapping[str, str]) -> dict[str, list[Measured]]:
    """What was measured before, by name; nothing where it was with other versions or elsewhere."""
    found: dict[str, list[Measured]] = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:  # the line that was being written when it was killed
            continue
        if told["about"] == dict(about):
            found.setdefault(told["name"], []).append(Measured(**told["measured"]))
    return found


def add(path: Path, name: str, measured: Measured, about: Mapping[str, str]) -> None:
    """Append one measurement, on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"name": name, "measured": asdict(measured), "about": dict(about)})
    with path.open("ab") as stream:
        if stream.tell() and not path.read_bytes().endswith(b"\n"):
            stream.write(b"\n")
        stream.write(line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
