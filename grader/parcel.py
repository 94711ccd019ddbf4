"""One submission's grading as a parcel: everything travels with it, so any machine can do the work.

A worker needs the program and its data sets; notebook and course are in the parcel, and the
finished page and grade file are in the outcome.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import hashlib
import io
import json
import re
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from . import course, data, environment, gone, remembered, rubric, supplies
from .errors import GraderError, UnknownLab, UnreadableNotebook
from .grading import Options, grade_job, prepare
from .progress import Event, silent
from .report import gradefile, html
from .report.audience import seen
from .store import key

FOLDERS = ("rubrics", "assignments", "reference")


@dataclass(frozen=True)
class Parcel:
    """What a worker gets. ``course`` is a tar archive (see :func:`pack_course`)."""

    student: str
    number: int
    file_name: str
    notebook: bytes
    course: bytes
    options: Options
    label: str = ""
    """What its progress is reported as."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.notebook).hexdigest()

    def key(self, images: str) -> str:
        """A digest of all that the grade depends on; ``images`` is :func:`data_digest`."""
        return grade_key(self.sha256, course_digest(self.course), self.options, images)


@dataclass(frozen=True)
class Outcome:
    """What comes back. ``reason`` says why there is no grade, where there is none."""

    status: Literal["graded", "unreadable", "ungraded"]
    reason: str = ""
    grade_file: str = ""
    page: str = ""
    """For the student: what the rubric lets them see."""
    staff: str = ""
    """For the teacher: everything."""
    observations: str = ""
    seconds: float = 0.0
    broken: tuple[str, ...] = ()
    """Tasks of a grade on which the grader itself failed."""


def grade_key(sha256: str, course: str, options: Options, images: str) -> str:
    """A digest of all that a grade depends on: the file, the course, the options, the data."""
    told = {**asdict(options), "course": None, "data_dir": None, "fresh": None}
    del told["ahead"], told["beside"], told["secret"]
    return key("grade", sha256, course, told, images, gone.lacking(), environment.versions())


@functools.lru_cache(maxsize=4)
def course_digest(packed: bytes) -> str:
    """Of all in the course that a grade depends on.

    When work was due, and what late work keeps, is no part of it: that is settled after grading.
    """
    total = hashlib.sha256()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            content = stream.read() if stream is not None else b""
            if member.name.startswith("rubrics/") and member.name.endswith(".yaml"):
                content = _LATENESS.sub(b"", content)
            total.update(f"{member.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


_LATENESS = re.compile(
    rb"^(?:deadline|late|keep_after)[ ]*:.*\n?"
    rb"(?:[ \t-].*\n?|[ \t]*#.*\n|[ \t]*\n(?=(?:[ \t]*\n)*[ \t-]))*",
    re.MULTILINE,
)
"""These keys of a rubric, at its top level, with what is indented below them."""


def data_digest(root: Path, options: Options) -> str:
    """Which data sets the course's labs would be graded on here."""
    folders = data.search_folders(options.data_dir, root)
    rubrics = [rubric.load(root / "rubrics" / f"{name}.yaml") for name in course.labs(root)]
    names = sorted({rules.data for rules in rubrics if rules.data})
    found = [data.find(name, folders=folders, data_dir=options.data_dir) for name in names]
    chosen = [supplies.whereabouts(rules, options.data_dir, root) for rules in rubrics]
    return json.dumps([[[images.name, images.digest] for images in found], chosen])


def pack_course(root: Path) -> bytes:
    """The course as an uncompressed tar: the same bytes for the same files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    member = tarfile.TarInfo(path.relative_to(root).as_posix())
                    content = path.read_bytes()
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def work(parcel: Parcel, on_event: Callable[[Event], None] = silent) -> Outcome:
    """Grade one parcel. Whatever is wrong with the submission is an outcome, not an exception.

    Raises:
        GradingFailed: the grader could not do its job; the caller may try once more.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="grade-parcel-") as name:
        folder = Path(name)
        notebook = folder / "submission" / Path(parcel.file_name).name
        notebook.parent.mkdir()
        notebook.write_bytes(parcel.notebook)
        options = replace(parcel.options, course=_unpacked(parcel.course))
        try:
            job = prepare(notebook, options, on_event, _load)
        except (UnreadableNotebook, UnknownLab) as error:
            reason = (
                str(error).replace(f"{notebook.parent}/", "").replace(f" in {options.course}", "")
            )
            return Outcome("unreadable", reason, seconds=time.monotonic() - started)
        grade = asyncio.run(grade_job(job, on_event))
        return Outcome(
            "graded",
            grade_file=gradefile.to_json(grade),
            page=html.page(seen(grade)),
            staff=html.page(grade),
            observations=remembered.key_of(job),
            seconds=time.monotonic() - started,
            broken=grade.broken,
        )


def describe(error: BaseException) -> str:
    """A failed grading in words, for its *ungraded* entry."""
    if isinstance(error, GraderError):
        return str(error)
    return f"{type(error).__name__}: {error}"


_load = functools.lru_cache(maxsize=16)(course.load)


@functools.lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Path:
    """The course in a folder of this process, which is removed when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="grade-course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder
