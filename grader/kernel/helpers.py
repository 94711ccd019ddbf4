"""What stands in a student's kernel for functions of other tasks, so that one fault costs once.

The course writes them for this purpose, of library calls: whatever stands here can be read by the
student's code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def made(wanted: dict[str, Any] | None, called: list[str]) -> dict[str, Any]:
    """The functions named in ``wanted["names"]``, from ``wanted["source"]``; which of them the
    student's code calls is noted in ``called``."""
    if wanted is None:
        return {}
    names: dict[str, Any] = {"__name__": "stand_ins"}
    exec(compile(wanted["source"], "<stand-ins>", "exec"), names)  # noqa: S102  the course's own
    return {name: _noted(name, names[name], called) for name in wanted["names"]}


def _noted(name: str, helper: Callable[..., Any], called: list[str]) -> Callable[..., Any]:
    @functools.wraps(helper)
    def noted(*args: Any, **keywords: Any) -> Any:
        if name not in called:
            called.append(name)
        return helper(*args, **keywords)

    return noted
