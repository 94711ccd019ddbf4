"""A course folder, and the labs in it: handout + rubric + reference, loaded as one value.

The only package that reads ``reference/``. A course is any folder with ``rubrics/`` and
``assignments/``; what students get (``grade release``) is one without ``reference/``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from grader import matching, notebook, rubric
from grader.errors import CourseError, UnknownLab, UsageError
from grader.model import LANGUAGES, Language, Submission

from . import consistency, files, keys, reference
from .lab import Case, Edit, Lab, Misconception, OwnCheck, StandIns, WrongAnswer

__all__ = [
    "LIKELY",
    "Case",
    "Edit",
    "Lab",
    "Misconception",
    "OwnCheck",
    "StandIns",
    "WrongAnswer",
    "find",
    "labs",
    "load",
    "recognise",
]

LIKELY = 0.25
"""Below this likeness to a handout, a notebook is of another course."""


def find(explicit: Path | None, *starts: Path) -> Path:
    """The course: ``explicit``, ``GRADER_COURSE``, or upward from ``starts``, and at last from the
    program itself: a checkout with its own course grades submissions from anywhere.

    Raises:
        UsageError: there is none.
    """
    variable = os.environ.get("GRADER_COURSE")
    named = explicit or (Path(variable) if variable else None)
    if named is not None:
        if _is_course(named):
            return named.resolve()
        raise UsageError(
            f"{named} is no course: a course has the folders rubrics/ and assignments/; "
            "check --course or GRADER_COURSE"
        )
    for start in (*starts, Path(__file__).parent):
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
        UnknownLab: none is like it, or several are equally.
        CourseError: a lab has no handout, or one that cannot be read.
    """
    likeness = {
        name: max(matching.likeness(submission, h) for h in _handouts(root, name).values())
        for name in labs(root)
    }
    most = max(likeness.values(), default=0.0)
    best = [name for name, value in likeness.items() if value == most]
    if most < LIKELY or not best:
        known = ", ".join(likeness) or "none"
        raise UnknownLab(
            f"{submission.path}: this is no notebook of the course in {root} (its labs: {known}); "
            "name the lab with --lab if it is one, or the course with --course"
        )
    if len(best) > 1:
        raise UnknownLab(
            f"{submission.path}: it is equally like the handouts of {', '.join(best)}; "
            "name the lab with --lab"
        )
    return best[0]


def load(root: Path, name: str, language: Language) -> Lab:
    """The lab ``name``, with the handout in ``language`` where there is one.

    Raises:
        UnknownLab: the course has no such lab.
        CourseError: rubric, handout or reference is wrong.
    """
    if name not in labs(root):
        raise UnknownLab(
            f"the course in {root} has no lab {name!r}; it has: {', '.join(labs(root)) or 'none'}"
        )
    rules = rubric.load(root / "rubrics" / f"{name}.yaml")
    handouts = _handouts(root, name)
    spoken = language if language in handouts else next(iter(handouts))
    folder = root / "reference" / name
    lab = Lab(
        name=name,
        root=root,
        rubric=rules,
        language=spoken,
        handout=handouts[spoken],
        solution=reference.solution(folder / "solution.py", spoken),
        misconceptions=reference.misconceptions(folder / "misconceptions.yaml", spoken),
        generators=reference.generators(folder / "cases.py"),
        keys=keys.load(folder / "keys.py"),
        checks=reference.checks(folder / "checks.py"),
        files=files.beside(root / "assignments" / name),
        digest=_digest(root, name),
        accepted=reference.accepted(folder / "accepted.yaml", spoken),
        stand_ins=reference.stand_ins(folder / "stand_ins.py"),
    )
    consistency.check(lab)
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


def _digest(root: Path, name: str) -> str:
    """sha256 over all files of the lab, whatever they are called, but for hidden and compiled."""
    paths = [root / "rubrics" / f"{name}.yaml"]
    for folder in (root / "assignments" / name, root / "reference" / name):
        paths += sorted(path for path in folder.rglob("*") if path.is_file())
    total = hashlib.sha256()
    for path in paths:
        steps = path.relative_to(root).parts
        if any(step.startswith((".", "__pycache__")) for step in steps):
            continue
        content = path.read_bytes()
        total.update(f"{'/'.join(steps)}\0{len(content)}\0".encode() + content)
    return total.hexdigest()
