"""What a lab hands out beside its notebook: it lies in the notebook's working folder too."""

from __future__ import annotations

from pathlib import Path

from grader.errors import CourseError

MAX_BYTES = 64 * 2**20
"""All of a lab's files together; more is a data set."""


def beside(folder: Path) -> dict[str, bytes]:
    """The files of ``folder`` by relative path, without notebooks and hidden ones.

    Raises:
        CourseError: they are too large, or cannot be read.
    """
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and _goes(path, folder)]
    size = sum(path.stat().st_size for path in found)
    if size > MAX_BYTES:
        raise CourseError(
            f"{folder}: {size / 2**20:.0f} MiB of files beside the handout, more than "
            f"{MAX_BYTES / 2**20:.0f}; make a data set of them"
        )
    try:
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    except OSError as error:
        raise CourseError(f"{folder}: cannot be read: {error}") from error


def _goes(path: Path, folder: Path) -> bool:
    steps = path.relative_to(folder).parts
    return path.suffix != ".ipynb" and not any(s.startswith((".", "__pycache__")) for s in steps)
