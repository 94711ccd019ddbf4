"""What all tests share: one cache, the repository, and the command line as a user calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# A shell's background jobs ignore interrupts, and so would the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("grader", deadline=None)  # how busy a machine is proves nothing
settings.load_profile("grader")

ROOT = Path(__file__).resolve().parent.parent
LONG = 900.0
"""Seconds that one command may take on a machine with other things to do."""

Grade = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", autouse=True)
def grader_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for the whole run, so that data is decoded and the reference observed once.

    ``GRADER_CACHE`` of the caller is respected: naming a folder that stays makes the next run
    quicker. Without it nothing is read from, or left in, the user's own cache.
    """
    if named := os.environ.get("GRADER_CACHE"):
        yield Path(named)
        return
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "grader-cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(shared))
        yield shared


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository, which is a course too."""
    return ROOT


@pytest.fixture
def bench_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts in ``bench/``, which are in no package, can be imported."""
    monkeypatch.syspath_prepend(str(root / "bench"))


@pytest.fixture(scope="session")
def grade(root: Path) -> Grade:
    """``grade(*arguments)`` runs the command line in a process of its own and tells what it did."""

    def run(
        *arguments: str | Path,
        cwd: Path = root,
        environment: Mapping[str, str] | None = None,
        timeout: float = LONG,
    ) -> subprocess.CompletedProcess[str]:
        return command(_grade_itself(arguments), cwd=cwd, environment=environment, timeout=timeout)

    return run


def command(
    arguments: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    timeout: float = LONG,
) -> subprocess.CompletedProcess[str]:
    """Run a program without a terminal or input, in UTF-8, ``environment`` on top of ours."""
    plain = {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**os.environ, **plain, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def _grade_itself(arguments: Sequence[str | Path]) -> list[str | Path]:
    return [sys.executable, "-c", "from grader.cli import main; main()", *arguments]
