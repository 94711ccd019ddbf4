"""Exceptions of a student's code as plain data: type, message, and the student's own line."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Mapping
from typing import Any

MAX_MESSAGE = 1000


def describe(error: BaseException, files: Mapping[str, int]) -> dict[str, Any]:
    """The fault that ``error`` is. ``files`` maps the file names of compiled cells to cell indices."""
    kind = "exception"
    if isinstance(error, KeyboardInterrupt):
        kind = "time_limit"
    elif isinstance(error, SyntaxError) and error.filename in files:
        kind = "syntax_error"
    elif isinstance(error, MemoryError):
        kind = "memory_limit"
    cell, line, source = _place(error, files)
    return {
        "kind": kind,
        "type": type(error).__name__[:100],
        "message": _message(error),
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


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001  a hostile __str__ is the student's own loss
        return "(the exception's own text cannot be read)"


def _place(error: BaseException, files: Mapping[str, int]) -> tuple[int | None, int | None, str]:
    if isinstance(error, SyntaxError) and error.filename is not None and error.filename in files:
        return files[error.filename], error.lineno, (error.text or "").strip()[:300]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in files:
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return files[frame.filename], frame.lineno, line[:300]
    return None, None, ""
