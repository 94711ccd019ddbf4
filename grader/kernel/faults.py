"""Exceptions of a student's code as plain data: type, message, and the student's own line."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Mapping
from typing import Any

MAX_MESSAGE = 1000


class OutputLimit(BaseException):
    """A cell printed more than it may; no ``Exception``, so that a loop's ``except`` lets it by."""


def describe(error: BaseException, files: Mapping[str, int]) -> dict[str, Any]:
    """The fault that ``error`` is. ``files`` maps compiled cells' file names to cell indices."""
    kind = "exception"
    if isinstance(error, KeyboardInterrupt):
        kind = "time_limit"
    elif _compiled_file(error) in files:
        kind = "syntax_error"
    elif isinstance(error, MemoryError):
        kind = "memory_limit"
    elif isinstance(error, OutputLimit):
        kind = "output_limit"
    cell, line, source = _place(error, files)
    return {
        "kind": kind,
        "type": _plain(lambda: type(error).__name__, 100),
        "message": _plain(lambda: str(error), MAX_MESSAGE),
        "cell": cell,
        "line": line,
        "source": source,
    }


def fault(kind: str, message: str, **place: Any) -> dict[str, Any]:
    """A fault that is no exception: something missing, or a value that nothing can be done with."""
    return {
        "kind": kind,
        "type": "",
        "message": message[:MAX_MESSAGE],
        "cell": None,
        "line": None,
        "source": "",
        **place,
    }


def _plain(told: Callable[[], Any], length: int) -> str:
    """What the exception says of itself, as a plain string; it may be of any make."""
    try:
        return str.__getitem__(told(), slice(length))
    except BaseException:  # noqa: BLE001  a hostile __str__ is the student's own loss
        return "(cannot be read)"


def _compiled_file(error: BaseException) -> str:
    """The file that could not be compiled; nothing for other errors."""
    name = error.filename if isinstance(error, SyntaxError) else ""
    return name if type(name) is str else ""


def _place(error: BaseException, files: Mapping[str, int]) -> tuple[int | None, int | None, str]:
    if isinstance(error, SyntaxError) and (name := _compiled_file(error)) in files:
        number = error.lineno if type(error.lineno) is int else None
        return files[name], number, _plain(lambda: (error.text or "").strip(), 300)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in files:
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return files[frame.filename], frame.lineno, line[:300]
    return None, None, ""
