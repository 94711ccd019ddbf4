"""One graded submission judged again, by the course as it stands now, without running it."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import course, remembered
from .errors import GraderError
from .gradebook import Material, Reader
from .grading import verdict
from .model import Grade, Observations
from .observe import known_reference, known_variants
from .parcel import data_digest, grade_key
from .preparing import Job, Options, prepare
from .progress import silent
from .report import gradefile, html
from .report.audience import seen


@dataclass(frozen=True)
class Change:
    """A task whose verdict or points are not what they were."""

    student: str
    number: int
    task: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Judged:
    """How a submission came out. Without ``page`` its grade is what it was."""

    key: str
    """What a grading by today's course would be known by."""
    options: Mapping[str, Any]
    lab: str
    text: str = ""
    page: str = ""
    staff: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Stale:
    """A submission that has to be run again, and why."""

    said: str


_TOO_LITTLE = "what was observed of it is gone from the cache, or does not answer this rubric"


class Bench:
    """Judges submissions of one gradebook; what they share is read once."""

    def __init__(self, book: Path, root: Path, digest: str) -> None:
        """``digest`` is the course's (:func:`grader.parcel.course_digest`)."""
        self._path = book
        self._reader: Reader | None = None
        self._root = root
        self._digest = digest
        self._load = functools.cache(course.load)
        self._images: dict[str, str] = {}
        self._compared: dict[tuple[str, ...], _Compared] = {}

    def close(self) -> None:
        """Let go of the gradebook; the next submission opens it again."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def judge(self, student: str, number: int) -> Judged | Stale:
        """The newest grade of this submission, as it would be now."""
        self._reader = self._reader or Reader(self._path)
        material = self._reader.material(student, number)
        try:
            grade = self._grade(material)
        except GraderError as error:
            return Stale(f"{material.name} ({material.source}): {error}")
        if grade is None:
            return Stale(f"{material.name} ({material.source}): {_TOO_LITTLE}")
        tree = gradefile.tree(grade)
        judged = Judged(self._key(material), material.options, grade.lab)
        if _bare(tree) == _bare(material.grade):
            return judged
        changes = tuple(_changes(material, tree))
        pages = replace(judged, page=html.page(seen(grade)), staff=html.page(grade))
        return replace(pages, text=gradefile.text(tree), changes=changes)

    def _grade(self, material: Material) -> Grade | None:
        """``None`` where the observations do not suffice for it."""
        with tempfile.TemporaryDirectory(prefix="grade-rejudge-") as folder:
            path = Path(folder) / "submission.ipynb"
            path.write_bytes(material.notebook)
            options = replace(_options(material), course=self._root, lab=material.grade["lab"])
            job = prepare(path, options, silent, self._load)
        named = replace(job.submission, name=material.grade["submission"]["name"])
        job = replace(job, submission=named)
        compared = self._with(job)
        observations = remembered.recall(job, stopped=True)
        if compared.reference is None or observations is None:
            return None
        return verdict(job, observations, compared.reference, compared.variants)

    def _with(self, job: Job) -> _Compared:
        place = (job.lab.name, job.lab.language, str(job.order.seed))
        if place not in self._compared:
            tasks = [task.id for task in job.lab.rubric.tasks]
            self._compared[place] = _Compared(
                known_reference(job.lab, job.order), known_variants(job.lab, job.order, tasks)
            )
        return self._compared[place]

    def _key(self, material: Material) -> str:
        options = _options(material)
        place = str(options.data_dir)
        if place not in self._images:
            self._images[place] = data_digest(self._root, options)
        return grade_key(material.sha256, self._digest, options, self._images[place])


@dataclass(frozen=True)
class _Compared:
    """What the reference and the misconceptions of a lab answer, as far as it is in the cache."""

    reference: Observations | None
    variants: Mapping[str, Observations]


def _bare(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A grade file without what differs between two runs of one notebook."""
    return {name: value for name, value in tree.items() if name != "seconds"}


def _changes(material: Material, after: Mapping[str, Any]) -> Iterator[Change]:
    before = {task["id"]: task for task in material.grade["tasks"]}
    for task in after["tasks"]:
        old = before.get(task["id"])
        was = _shown(old) if old else "—"
        if was != _shown(task) or (old and old["message"] != task["message"]):
            yield Change(
                material.student, material.number, task["id"], was, _shown(task), task["message"]
            )


def _shown(task: Mapping[str, Any]) -> str:
    return f"{task['status']} {task['points']:g}/{task['max_points']:g}"


def _options(material: Material) -> Options:
    told = {k: v for k, v in material.options.items() if k in Options.__dataclass_fields__}
    for name in ("course", "data_dir"):
        told[name] = Path(told[name]) if told.get(name) else None
    return Options(**{**told, "tasks": tuple(told.get("tasks") or ())})
