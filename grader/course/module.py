"""Runs a Python file of ``reference/``: the course's own code, on the trusted side."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.errors import CourseError


def functions(path: Path) -> list[tuple[str, Callable[..., Any]]]:
    """The public functions that the file defines, by name.

    Raises:
        CourseError: it cannot be imported.
    """
    name = f"{path.stem}_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(
            f"{path}: cannot be imported: {type(error).__name__}: {error}; mend it"
        ) from error
    return [
        (name, value)
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
