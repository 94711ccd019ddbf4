"""Judge a graded class again, without running a notebook: after a change of points or thresholds.

Observations come from the cache. A submission whose trainings stopped before they could answer a
raised threshold, or whose observations are gone, is listed for a new run and keeps its grade.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import course, environment, remembered
from .errors import GraderError, UsageError
from .executors import jobs_here
from .gradebook import Gradebook, Material
from .grading import verdict
from .judge import failing
from .model import Grade, Observations
from .observe import known_reference, known_variants
from .parcel import course_digest, data_digest, grade_key, pack_course
from .preparing import Job, Options, prepare
from .progress import silent
from .report import gradefile, html
from .report.deliver import write_student
from .settling import BOOK, settle, write_index
from .standing import Policy


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
    index: Path | None = None
    """The class's page as it is now, where anybody is graded."""


def rejudge(
    out: Path, course_folder: Path | None, *, policy: Policy = "latest", given: Path | None = None
) -> Rejudged:
    """Judge every grade in ``out/grades.sqlite`` by the course as it stands now.

    ``policy`` and ``given`` (the file of hand-given marks) are for the class's page.

    Raises:
        UsageError: there is no gradebook, or no course.
        GradingFailed: the results cannot be written.
    """
    path = out / BOOK
    if not path.exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    root = course.find(course_folder, out, Path.cwd())
    book = Gradebook(path)
    try:
        writer = _Writer(book, out, root)
        changes: list[Change] = []
        stale: list[str] = []
        materials = list(book.material())
        for material, judged in _all(root, materials):
            if isinstance(judged, str):
                stale.append(f"{material.name} ({material.source}): {judged}")
            else:
                changes += writer.keep(material, judged)
        writer.finish()
    finally:
        book.close()
    settled = settle(out, root, policy=policy, given=given)
    index = write_index(settled, out)
    return Rejudged(len(materials) - len(stale), tuple(changes), tuple(stale), index)


MANY = 40
"""Submissions that are worth the start of more processes."""

_TOO_LITTLE = "what was observed of it is gone from the cache, or does not answer this rubric"


@dataclass(frozen=True)
class _Judged:
    """A grade as its file, and as a page where it is not what it was."""

    text: str
    page: str


def _all(root: Path, materials: Sequence[Material]) -> Iterator[tuple[Material, _Judged | str]]:
    """Each submission with its grade, or with why there is none; on all cores where many are."""
    if len(materials) < MANY:
        bench = _Bench(root)
        for material in materials:
            yield material, _judged(bench, material)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs_here(None), mp_context=context, initializer=_begin, initargs=(root,)
    ) as pool:
        yield from zip(materials, pool.map(_work, materials, chunksize=5), strict=True)


_own: _Bench | None = None


def _begin(root: Path) -> None:
    """In a new process."""
    global _own
    _own = _Bench(root)


def _work(material: Material) -> _Judged | str:
    assert _own is not None
    return _judged(_own, material)


def _judged(bench: _Bench, material: Material) -> _Judged | str:
    try:
        grade = bench.judge(material)
    except GraderError as error:
        return str(error)
    if grade is None:
        return _TOO_LITTLE
    text = gradefile.to_json(grade)
    same = _bare(json.loads(text)) == _bare(material.grade)
    return _Judged(text, "" if same else html.page(grade))


class _Bench:
    """Judges one submission after the other; what they share is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._load = functools.cache(course.load)
        self._expected: dict[tuple[str, ...], Observations | None] = {}
        self._mistaken: dict[tuple[str, ...], dict[str, Observations]] = {}

    def judge(self, material: Material) -> Grade | None:
        """The grade by today's course; ``None`` where the observations do not suffice for it."""
        with tempfile.TemporaryDirectory(prefix="grade-rejudge-") as folder:
            path = Path(folder) / "submission.ipynb"
            path.write_bytes(material.notebook)
            options = replace(_options(material), course=self._root, lab=material.grade["lab"])
            job = prepare(path, options, silent, self._load)
        named = replace(job.submission, name=material.grade["submission"]["name"])
        job = replace(job, submission=named)
        expected = self._reference(job)
        observations = remembered.recall(job)
        if expected is None or observations is None:
            return None
        first = verdict(job, observations, expected, {})
        known: dict[str, Observations] = {}
        for task in failing(first):
            known |= self._variants(job, task)
        return verdict(job, observations, expected, known) if known else first

    def _reference(self, job: Job) -> Observations | None:
        place = _place(job)
        if place not in self._expected:
            self._expected[place] = known_reference(job.lab, job.order)
        return self._expected[place]

    def _variants(self, job: Job, task: str) -> dict[str, Observations]:
        place = (*_place(job), task)
        if place not in self._mistaken:
            self._mistaken[place] = known_variants(job.lab, job.order, (task,))
        return self._mistaken[place]


class _Writer:
    """Keeps what came out differently; of what did not, it notes that it still stands."""

    def __init__(self, book: Gradebook, out: Path, root: Path) -> None:
        self._book, self._out, self._root = book, out, root
        self._digest = course_digest(pack_course(root))
        self._images: dict[str, str] = {}
        self._runs: dict[str, int] = {}

    def keep(self, material: Material, judged: _Judged) -> tuple[Change, ...]:
        key = self._key(material)
        if not judged.page:
            self._book.confirm(material.student, material.number, key)
            return ()
        tree = json.loads(judged.text)
        write_student(self._out, material.student, material.number, judged.page, judged.text)
        self._book.record(
            self._run(material),
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
            grade=tree,
            observations=material.observations,
            seconds=material.seconds,
        )
        return tuple(_changes(material, tree))

    def finish(self) -> None:
        for run in self._runs.values():
            self._book.finish_run(run)

    def _key(self, material: Material) -> str:
        """What a grading by today's course would be known by."""
        options = _options(material)
        place = str(options.data_dir)
        if place not in self._images:
            self._images[place] = data_digest(self._root, options)
        return grade_key(material.sha256, self._digest, options, self._images[place])

    def _run(self, material: Material) -> int:
        """One for each set of options: a later rejudge needs to know how a grade came about."""
        options = {**material.options, "versions": environment.versions()}
        name = json.dumps(options, sort_keys=True)
        if name not in self._runs:
            self._runs[name] = self._book.start_run("rejudge", material.grade["lab"], "", options)
        return self._runs[name]


def _place(job: Job) -> tuple[str, ...]:
    return job.lab.name, job.lab.language, str(job.order.seed)


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
