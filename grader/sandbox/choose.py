"""Which sandbox to use, and a clear word where the asked-for one cannot be had."""

from __future__ import annotations

from grader.errors import SandboxUnavailable, UsageError

from .bubblewrap import Bubblewrap
from .process import PlainProcess
from .room import Sandbox

NAMES = ("auto", "bubblewrap", "process")


def choose(name: str = "auto") -> Sandbox:
    """The sandbox called ``name``; ``auto`` is bubblewrap, never quietly something weaker.

    Raises:
        UsageError: there is no sandbox of that name.
        SandboxUnavailable: it cannot be used on this machine.
    """
    if name not in NAMES:
        raise UsageError(f"unknown sandbox {name!r}; choose one of {', '.join(NAMES)}")
    sandbox: Sandbox = PlainProcess() if name == "process" else Bubblewrap()
    reason = sandbox.unavailable()
    if reason is not None:
        raise SandboxUnavailable(
            f"the {sandbox.name} sandbox cannot be used: {reason}. "
            "Other people's code is not run without it; to grade code that you trust as your own, "
            "say --sandbox process"
        )
    return sandbox
