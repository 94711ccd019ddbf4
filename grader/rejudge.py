"""Judge a graded class again, without running a notebook: after a change of points or thresholds.

Observations come from the cache. A submission whose trainings stopped before they could answer a
raised threshold, or whose observations are gone, is listed for a new run and keeps its grade.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import course, environment, remembered
from .errors import GraderError, UsageError
from .gradebook import Gradebook, Material
from .grading import verdict
from .judge import failing
from .model import Grade
from .observe import known_reference, known_variants
from .parcel import data_digest, grade_key, pack_course
from .preparing import LoadLab, Options, prepare
from .progress import silent
from .report import gradefile, html
from .report.deliver import write_student
from .settling import BOOK


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
class Rejudged:
    """How a class came out of it."""

    judged: int
    changes: tuple[Change, ...]
    stale: tuple[str, ...]
    """Submissions to be run again, each with the reason."""


def rejudge(out: Path, course_folder: Path | None) -> Rejudged:
    """Judge every grade in ``out/grades.sqlite`` by the course as it stands now.

    Raises:
        UsageError: there is no gradebook, or no course.
    """
    path = out / BOOK
    if not path.exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    root = course.find(course_folder, out, Path.cwd())
    archive = pack_course(root)
    load = functools.cache(course.load)  # each lab is read once for the whole class
    book = Gradebook(path)
    changes: list[Change] = []
    stale: list[str] = []
    judged = 0
    try:
        run = book.start_run("rejudge", "", "", {"versions": environment.versions()})
        for material in list(book.material()):
            try:
                grade = _judged(material, root, load)
            except GraderError as error:
                stale.append(f"{material.name} ({material.source}): {error}")
                continue
            if grade is None:
                stale.append(f"{material.name} ({material.source})")
                continue
            judged += 1
            found = tuple(_changes(material, json.loads(gradefile.to_json(grade))))
            if found:
                changes += found
                key = grade_key(
                    material.sha256,
                    archive,
                    _options(material),
                    data_digest(root, _options(material)),
                )
                _keep(book, run, out, material, grade, key)
        book.finish_run(run)
    finally:
        book.close()
    return Rejudged(judged, tuple(changes), tuple(stale))


def _judged(material: Material, root: Path, load: LoadLab) -> Grade | None:
    """The grade by today's course, or ``None`` where the observations do not suffice for it."""
    with tempfile.TemporaryDirectory(prefix="grade-rejudge-") as folder:
        path = Path(folder) / (material.file_name or "submission.ipynb")
        path.write_bytes(material.notebook)
        options = replace(_options(material), course=root, lab=material.grade["lab"])
        job = prepare(path, options, silent, load)
    expected = known_reference(job.lab, job.order)
    observations = remembered.recall(job)
    if expected is None or observations is None:
        return None
    first = verdict(job, observations, expected, {})
    wrong = failing(first)
    if not wrong:
        return first
    return verdict(job, observations, expected, known_variants(job.lab, job.order, wrong))


def _keep(book: Gradebook, run: int, out: Path, material: Material, grade: Grade, key: str) -> None:
    text = gradefile.to_json(grade)
    write_student(out, material.student, material.number, html.page(grade), text)
    book.record(
        run,
        student=material.student,
        name=material.name,
        source=material.source,
        number=material.number,
        handed_in=material.handed_in,
        notebook=material.notebook,
        sha256=material.sha256,
        key=key,
        status="graded",
        reason="",
        grade=json.loads(text),
        observations=material.observations,
        seconds=0.0,
    )


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
