"""Observations on disk, by content: the key says what they depend on, the file holds no pickle."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import platformdirs

from .kernel.wire import Leaf, TooLarge, WireError, decode, encode
from .model import (
    Answer,
    Bait,
    Caught,
    CellRun,
    CurvePoint,
    Fault,
    FaultKind,
    Observations,
    Observed,
    Run,
    Step,
    Text,
    Trial,
)
from .tidying import tidy, used

PASSING = {
    FaultKind.TIME,
    FaultKind.MEMORY,
    FaultKind.DIED,
    FaultKind.OUTPUT,
    FaultKind.TOO_LARGE,
}
FORMAT = 3
MOST = 256 * 2**20
"""Bytes of arrays that are kept under one name: no honest notebook gives nearly as many."""


def folder() -> Path:
    """``GRADER_CACHE``, or the user's cache folder."""
    named = os.environ.get("GRADER_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("grader"))


def key(*parts: Any) -> str:
    """A file name for observations that depend on ``parts``, on the code that runs in the kernel
    and on nothing else."""
    text = json.dumps([FORMAT, _code(), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def load(name: str) -> Observations | None:
    """What was saved under ``name``; ``None`` where nothing was, or where it cannot be read."""
    try:
        found = _observations(decode(_path(name).read_bytes()))
    except (OSError, WireError, KeyError, TypeError, ValueError, AttributeError):
        return None
    used(_path(name))
    return found


def save(name: str, value: Observations) -> None:
    """Keep ``value`` under ``name``: whole or not at all, whoever else is writing.

    What cannot be kept (no room, no right to, too large) costs time later and no grade now.
    """
    if _bytes([[a.value for a in seen.answers] for seen in value.probes.values()]) > MOST:
        return
    with contextlib.suppress(OSError, TooLarge):
        _write(_path(name), encode(_plain(asdict(value))))
        _tidied(folder())


def known(name: str) -> bool:
    """Whether anything was saved under ``name``."""
    return _path(name).exists()


@contextlib.contextmanager
def claim(name: str) -> Iterator[bool]:
    """True for whoever may make what is saved under ``name``, False while somebody else is at it.

    Held for the length of the block, and let go by the system where its holder is killed. Where
    there are no locks (no right to write, another system), it is everybody's: then work is done
    twice, and nothing else.
    """
    path = folder() / "claims" / name
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = stack.enter_context(path.open("wb"))
        except OSError:
            yield True
            return
        ours = _locked(stream.fileno()) and _there(stream.fileno(), path)
        try:
            yield ours
        finally:
            if ours:
                path.unlink(missing_ok=True)


def _there(handle: int, path: Path) -> bool:
    """False where its last holder took the file away between our opening and locking it: a new one
    may be another's by now."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def packed(value: Observations) -> dict[str, Any]:
    """``value`` as a tree for the wire; :func:`unpacked` reads it again."""
    tree: dict[str, Any] = _plain(asdict(value))
    return tree


def unpacked(tree: dict[str, Any]) -> Observations:
    """The observations that :func:`packed` made a tree of."""
    return _observations(tree)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@functools.cache
def _tidied(cache: Path) -> None:
    """Once in the life of a process."""
    tidy(cache)


@functools.cache
def _code() -> str:
    """Of the files that make observations: other code, other observations."""
    total = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "kernel").glob("*.py")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def lasting(observations: Observations) -> bool:
    """False where a limit was hit: that may be the machine's fault of that day, and is not kept."""
    faults = [cell.fault for cell in observations.cells]
    stopped: set[str] = set()
    for observed in observations.probes.values():
        faults += [observed.fault, *(answer.fault for answer in observed.answers)]
        faults += [run.fault for run in observed.runs]
        stopped.update(run.stopped for run in observed.runs)
    return "time_limit" not in stopped and not any(f and f.kind in PASSING for f in faults)


def _bytes(value: Any) -> int:
    """Of all arrays in a tree."""
    if isinstance(value, Leaf):
        return value.array.nbytes
    if isinstance(value, dict):
        return sum(map(_bytes, value.values()))
    return sum(map(_bytes, value)) if isinstance(value, list | tuple) else 0


def _path(name: str) -> Path:
    return folder() / "observations" / name[:2] / f"{name}.wire"


def _plain(value: Any) -> Any:
    """Enums as their values; a leaf, which is a tuple too, stays what it is."""
    if isinstance(value, FaultKind | Bait):
        return value.value
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if type(value) is tuple:
        return tuple(_plain(item) for item in value)
    return value


def _observations(tree: dict[str, Any]) -> Observations:
    return Observations(
        cells=tuple(_cell(cell) for cell in tree["cells"]),
        probes={k: _observed(v) for k, v in tree["probes"].items()},
        environment=tree["environment"],
        seed=tree["seed"],
        notes=tuple(Text(**note) for note in tree["notes"]),
        seconds=tree["seconds"],
        caught=tuple(Caught(**{**c, "bait": Bait(c["bait"])}) for c in tree["caught"]),
    )


def _observed(tree: dict[str, Any]) -> Observed:
    return Observed(
        answers=tuple(_answer(answer) for answer in tree["answers"]),
        runs=tuple(_run(run) for run in tree["runs"]),
        fault=_fault(tree["fault"]),
        found=tree["found"],
        cell=tree["cell"],
    )


def _answer(tree: dict[str, Any]) -> Answer:
    steps = tuple(Step(**step) for step in tree.get("steps", ()))
    return Answer(**{**tree, "fault": _fault(tree["fault"]), "steps": steps})


def _run(tree: dict[str, Any]) -> Run:
    points = tuple(CurvePoint(**point) for point in tree["points"])
    trial = None if tree["trial"] is None else Trial(**tree["trial"])
    return Run(**{**tree, "points": points, "fault": _fault(tree["fault"]), "trial": trial})


def _cell(tree: dict[str, Any]) -> CellRun:
    return CellRun(**{**tree, "fault": _fault(tree["fault"])})


def _fault(tree: dict[str, Any] | None) -> Fault | None:
    return None if tree is None else Fault(**{**tree, "kind": FaultKind(tree["kind"])})
