"""Writes a finished grade as files beside the submission, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.errors import UsageError
from grader.model import Grade, Level

from . import gradefile, html
from .audience import seen


def check(folder: Path) -> None:
    """See that a report can be written to ``folder`` before minutes go into it; leaves nothing.

    Raises:
        UsageError: it cannot.
    """
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise UsageError(
            f"{folder}: the report cannot be written there ({error.strerror}: {existing}), so "
            "nothing was graded; choose another folder with --out"
        ) from error


def write(grade: Grade, folder: Path, stem: str, level: Level | None = None) -> tuple[Path, Path]:
    """``<stem>.report.html`` and ``<stem>.grade.json`` in ``folder``, which is made if need be.

    The page shows what ``level`` shows, by default what the rubric lets students see; the grade
    file is for programs and holds everything.

    Raises:
        UsageError: the folder cannot be written to.
    """
    page, record = folder / f"{stem}.report.html", folder / f"{stem}.grade.json"
    shown, recorded = html.page(seen(grade, level)), gradefile.to_json(grade)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole(page, shown)
        whole(record, recorded)
    except OSError as error:
        raise UsageError(
            f"{folder}: cannot write the report there: {error}; choose another folder with --out"
        ) from error
    return page, record


def whole(path: Path, text: str) -> None:
    """Write ``text``, or leave what was there: no reader ever sees half of it."""
    whole_bytes(path, text.encode())


def whole_bytes(path: Path, content: bytes) -> None:
    """The same for bytes. What is no plain file (a pipe, a link such as ``/dev/stdout``) is written
    to, and stays what it is."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(content)
        return
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def write_student(
    out: Path, student: str, number: int, page: str, grade_file: str, staff: str = ""
) -> tuple[Path, Path]:
    """One attempt's page and grade file: ``students/<student>/<number>.…`` in ``out``.

    ``page`` is the student's; ``staff`` is the teacher's, beside it, where there is one.
    """
    folder = out / "students" / student
    folder.mkdir(parents=True, exist_ok=True)
    if staff:
        whole(folder / f"{number}.staff.html", staff)
    paths = folder / f"{number}.report.html", folder / f"{number}.grade.json"
    whole(paths[0], page)
    whole(paths[1], grade_file)
    return paths
