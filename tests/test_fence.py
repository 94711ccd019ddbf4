"""A fence holds as many processes as it is told, where the system gives one at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox.fence import PREFIX, YOUNG, Fence, fence

FORKS = """
import os, time
made = 0
for _ in range(60):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        break
    made += 1
print(made, flush=True)
time.sleep(60)
"""


def test_a_fence_that_is_open_does_nothing() -> None:
    """Where none can be made, commands start as they are."""
    assert Fence().prefix == ()
    Fence().remove()


def test_a_fence_holds_and_is_taken_down() -> None:
    """A process that forks in it is refused beyond the limit; afterwards no group is left."""
    name = f"grader-test-{os.getpid()}"
    around = fence(name, 20)
    if around.folder is None:
        pytest.skip("not root, or no control group may be written to: there is no fence")
    with subprocess.Popen(
        [*around.prefix, sys.executable, "-c", FORKS],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as bomb:
        assert bomb.stdout is not None
        made = int(bomb.stdout.readline())
        os.killpg(bomb.pid, 9)
    around.remove()
    assert 0 < made < 20
    assert not around.folder.exists()


def grown_up(around: Fence) -> Path:
    """The group's folder, made to look old enough to have had processes."""
    assert around.folder is not None
    then = time.time() - 2 * YOUNG
    os.utime(around.folder, (then, then))
    return around.folder


def test_what_a_killed_grader_left_is_taken_down() -> None:
    """The next fence removes old groups without a process; one that holds a process, and one that
    is just being made, stay."""
    names = [f"{PREFIX}test-{what}-{os.getpid()}" for what in ("left", "busy", "young", "next")]
    left, busy, young = (fence(name, 20) for name in names[:3])
    if left.folder is None or young.folder is None:
        pytest.skip("not root, or no control group may be written to: there is no fence")
    with subprocess.Popen([*busy.prefix, "/bin/sleep", "60"]) as sleeper:
        time.sleep(0.5)  # the shell moves into its group before it becomes the sleeper
        folders = [grown_up(left), grown_up(busy)]
        following = fence(names[3], 20)
        try:
            assert [folder.exists() for folder in folders] == [False, True]
            assert young.folder.exists()
        finally:
            sleeper.kill()
            sleeper.wait()
            for each in (left, busy, young, following):
                each.remove()
    assert not folders[1].exists()
