"""A course folder, and the labs in it: handout + rubric + reference, loaded as one value.

The only module that reads ``reference/``. A course is any folder with ``rubrics/`` and
``assignments/``; what students get (``grade release``) is one without ``reference/``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from . import matching, notebook, rubric
from .errors import CourseError, UnknownLab, UsageError
from .model import LANGUAGES, CallCase, Language, ModelCase, Submission
from .rubric import Rubric, Words

Case = CallCase | ModelCase
LIKELY = 0.25
"""Below this likeness to a handout, a notebook is of another course."""


class Edit(BaseModel):
    """One replacement in the reference's cell; ``old`` occurs there exactly once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    old: str
    new: str


class Misconception(BaseModel):
    """A plausible wrong version of the reference, and what to say to whoever wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    task: str
    edits: tuple[Edit, ...]
    message: Words
    language: Language | None = None


@dataclass(frozen=True)
class Lab:
    """One lab in the language of one notebook."""

    name: str
    root: Path
    rubric: Rubric
    language: Language
    handout: Submission
    solution: Mapping[str, str]
    """Reference source by handout cell id."""
    misconceptions: tuple[Misconception, ...]
    generators: Mapping[str, Callable[[np.random.Generator, Language], Sequence[Case]]]
    digest: str
    """sha256 over rubric, handout and reference."""

    def solved(self, changes: Mapping[str, str] | None = None) -> Submission:
        """The handout with the reference (and ``changes`` by cell id) filled in."""
        sources = {**self.solution, **(changes or {})}
        cells = tuple(replace(c, source=sources.get(c.id, c.source)) for c in self.handout.cells)
        return replace(self.handout, cells=cells, name=f"reference of {self.name}")

    def mistaken(self, misconception: Misconception) -> dict[str, str]:
        """The cell, by id, as somebody with this misconception writes it."""
        cell = self.rubric.task(misconception.task).home
        source = self.solution[cell]
        for edit in misconception.edits:
            source = source.replace(edit.old, edit.new)
        return {cell: source}

    def draw(self, generator: str, seed: int) -> tuple[Case, ...]:
        """The cases of one generator: the same for the same seed."""
        rng = np.random.default_rng([seed, zlib.crc32(generator.encode())])
        return tuple(self.generators[generator](rng, self.language))


def find(explicit: Path | None, *starts: Path) -> Path:
    """The course: ``explicit``, ``GRADER_COURSE``, or upward from ``starts``.

    Raises:
        UsageError: there is none.
    """
    named = explicit or (
        Path(os.environ["GRADER_COURSE"]) if "GRADER_COURSE" in os.environ else None
    )
    if named is not None:
        if _is_course(named):
            return named.resolve()
        raise UsageError(
            f"{named} is no course: a course has the folders rubrics/ and assignments/; "
            "check --course or GRADER_COURSE"
        )
    for start in starts:
        for folder in (start.resolve(), *start.resolve().parents):
            if _is_course(folder):
                return folder
    looked = ", ".join(str(start) for start in starts)
    raise UsageError(
        f"no course found upward from {looked}: a course has the folders rubrics/ and "
        "assignments/; name one with --course or GRADER_COURSE"
    )


def labs(root: Path) -> tuple[str, ...]:
    """Names of the course's labs."""
    return tuple(sorted(path.stem for path in (root / "rubrics").glob("*.yaml")))


def recognise(root: Path, submission: Submission) -> str:
    """The lab whose handout is most like the notebook.

    Raises:
        UnknownLab: none is like it.
    """
    likeness = {
        name: max(matching.likeness(submission, h) for h in _handouts(root, name).values())
        for name in labs(root)
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    if best is None or likeness[best] < LIKELY:
        known = ", ".join(labs(root)) or "none"
        raise UnknownLab(
            f"{submission.path}: this is no notebook of the course in {root} "
            f"(its labs: {known}); name the lab with --lab if it is one, or the course with --course"
        )
    return best


def load(root: Path, name: str, language: Language) -> Lab:
    """The lab ``name``, with the handout in ``language`` where there is one.

    Raises:
        UnknownLab: the course has no such lab.
        CourseError: rubric, handout or reference is wrong.
    """
    if name not in labs(root):
        raise UnknownLab(
            f"the course in {root} has no lab {name!r}; it has: {', '.join(labs(root))}"
        )
    rules = rubric.load(root / "rubrics" / f"{name}.yaml")
    handouts = _handouts(root, name)
    spoken = language if language in handouts else next(iter(handouts))
    reference = root / "reference" / name
    lab = Lab(
        name=name,
        root=root,
        rubric=rules,
        language=spoken,
        handout=handouts[spoken],
        solution=_solution(reference / "solution.py", spoken),
        misconceptions=_misconceptions(reference / "misconceptions.yaml", spoken),
        generators=_generators(reference / "cases.py"),
        digest=_digest(root, name),
    )
    _check(lab)
    return lab


def _is_course(folder: Path) -> bool:
    return (folder / "rubrics").is_dir() and (folder / "assignments").is_dir()


def _handouts(root: Path, name: str) -> dict[Language, Submission]:
    folder = root / "assignments" / name
    found = {
        language: notebook.read(folder / f"handout.{language}.ipynb")
        for language in LANGUAGES
        if (folder / f"handout.{language}.ipynb").exists()
    }
    if not found:
        raise CourseError(f"{folder}: no handout; put handout.ru.ipynb or handout.en.ipynb there")
    return found


_MARK = re.compile(r"^# %% \[([\w-]+)\](?: (ru|en))?[ \t]*$", re.MULTILINE)


def _solution(path: Path, language: Language) -> dict[str, str]:
    """Percent-format cells ``# %% [cell-id]``, or ``# %% [cell-id] en`` for one language."""
    text = _read(path)
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        mark[1]: text[mark.end() : end].strip("\n")
        for mark, end in zip(marks, ends, strict=True)
        if mark[2] in (None, language)
    }


def _misconceptions(path: Path, language: Language) -> tuple[Misconception, ...]:
    try:
        listed = YAML(typ="safe", pure=True).load(_read(path))
        every = TypeAdapter(tuple[Misconception, ...]).validate_python(listed or [])
    except (YAMLError, ValidationError) as error:
        raise CourseError(f"{path}: {error}") from error
    return tuple(m for m in every if m.language in (None, language))


def _generators(path: Path) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location(f"cases_of_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error
    return {name: value for name, value in vars(module).items() if callable(value)}


def _check(lab: Lab) -> None:
    """Rubric, handout and reference must speak of the same cells, tasks and cases."""
    cells = {cell.id for cell in lab.handout.cells}
    where = f"rubrics/{lab.name}.yaml"
    wrong = [
        f"{where}: task {task.id}: the handout ({lab.language}) has no cell {task.home!r}"
        for task in lab.rubric.tasks
        if task.home not in cells
    ]
    wrong += [
        f"{where}: task {task.id}: reference/{lab.name}/cases.py has no generator {name!r}"
        for task in lab.rubric.tasks
        for name in {getattr(check, "cases", None) for check in task.checks} - {None}
        if name not in lab.generators
    ]
    wrong += [f"reference/{lab.name}/solution.py: the handout has no cell {c!r}"
              for c in lab.solution if c not in cells]  # fmt: skip
    tasks = {task.id for task in lab.rubric.tasks}
    for mistake in lab.misconceptions:
        if mistake.task not in tasks:
            wrong.append(f"misconception {mistake.id}: the rubric has no task {mistake.task!r}")
            continue
        source = lab.solution.get(lab.rubric.task(mistake.task).home, "")
        wrong += [
            f"misconception {mistake.id}: {edit.old!r} occurs {source.count(edit.old)} times "
            "in the reference's cell, not once"
            for edit in mistake.edits
            if source.count(edit.old) != 1
        ]
    if wrong:
        raise CourseError("\n".join(["the lab is not consistent:", *wrong]))


def _digest(root: Path, name: str) -> str:
    files = [root / "rubrics" / f"{name}.yaml"]
    for folder in (root / "assignments" / name, root / "reference" / name):
        files += sorted(p for p in folder.rglob("*") if p.suffix in {".ipynb", ".py", ".yaml"})
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
