"""What students get to check themselves with: public checks, public cases, and their answers.

One file a language, ``<lab>.<language>.check``. It holds no reference, no hidden case and no
misconception, because it is made of what is public and of nothing else: the handout's cells, the
rubric with its public checks, the public cases (drawn with a seed of their own), and what those
checks read of the reference's answers. It is data alone, in listed fields: see :mod:`.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.asked import probes_of
from grader.checks import kinds
from grader.course import Lab
from grader.course.lab import Case
from grader.errors import UsageError
from grader.kernel.wire import WireError, decode, encode
from grader.model import LANGUAGES, Cell, Language, Observations, Observed, Submission, Text
from grader.rubric import AnyCheck, Rubric, Task

from . import answers, fields
from .cases import fits, packed, unpacked
from .fields import Refused

FORMAT = 2
SUFFIX = ".check"
KINDS = {"values", "variables", "layers", "optimizer", "distribution", "batches"}
"""Checks that need nothing but the student's own functions and a few arrays."""
FIELDS = {
    "format", "lab", "language", "seed", "rubric", "handout", "cases", "expected", "titles",
    "hidden",
}  # fmt: skip
RUBRIC = {
    "schema_version", "lab", "title", "runtime", "drivers", "recorded_modules", "tasks",
}  # fmt: skip
"""Of a rubric: nothing about grading, or about the grader's own machine."""
TASK = {"id", "title", "object", "checks"}


@dataclass(frozen=True)
class Bundle:
    """``lab`` has public checks and cases only; ``hidden`` counts each task's other checks."""

    lab: Lab
    expected: Mapping[str, Observed]
    seed: int
    tasks: Mapping[str, Text]
    hidden: Mapping[str, int]


def offers(lab: Lab, seed: int) -> bool:
    """Whether any check of the lab is public: a quiz, say, has none."""
    return bool(_tasks(lab, _drawn(lab, seed)))


def make(lab: Lab, observations: Observations, seed: int) -> bytes:
    """The bundle of ``lab``; ``observations`` are its reference's, of the cases of ``seed``."""
    cases = _drawn(lab, seed)
    tasks = _tasks(lab, cases)
    if not tasks:
        raise UsageError(f"{lab.name}: no check of it is public, so there is nothing to hand out")
    handed = replace(lab, rubric=_rubric(lab.rubric, tasks), generators=_generators(cases))
    return encode(
        {
            "format": FORMAT,
            "lab": lab.name,
            "language": lab.language,
            "seed": seed,
            "rubric": handed.rubric.model_dump_json(by_alias=True, exclude_defaults=True),
            "handout": [[cell.id, cell.kind, cell.source] for cell in lab.handout.cells],
            "cases": {name: [packed(case) for case in drawn] for name, drawn in cases.items()},
            "expected": _expected(handed, observations, seed),
            "titles": {task.id: [task.title.ru, task.title.en] for task in lab.rubric.tasks},
            "hidden": {task.id: _hidden(task, tasks) for task in lab.rubric.tasks},
        }
    )


def load(path: Path) -> Bundle:
    """The bundle in ``path``.

    Raises:
        UsageError: it cannot be read, is none of this version, or holds what none may hold.
    """
    try:
        tree = decode(path.read_bytes())
        if tree["format"] != FORMAT:
            raise UsageError(f"{path}: made for another version of this program; ask for a new one")
        return _bundle(fields.only(tree, FIELDS, "the file"), path)
    except Refused as error:
        raise UsageError(
            f"{path}: not taken, since {error}. What such a file asks for is done on your machine, "
            "so it may hold nothing but listed fields; use the one that came from your teacher"
        ) from error
    except (OSError, WireError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: this is no bundle for self-checks ({error})") from error


def _bundle(tree: Mapping[str, Any], path: Path) -> Bundle:
    language, lab = _language(tree["language"]), fields.of_type(tree["lab"], str, "`lab`")
    drawn = fields.table(tree["cases"], "`cases`", _cases)
    handed = Lab(
        name=lab,
        root=path.parent,
        rubric=_checked(
            Rubric.model_validate_json(fields.of_type(tree["rubric"], str, "`rubric`"))
        ),
        language=language,
        handout=Submission(path, path.stem, "", _cells(tree["handout"]), language),
        solution={},
        misconceptions=(),
        generators=_generators(drawn),
        files={},
        digest="",
    )
    return Bundle(
        handed,
        fields.table(tree["expected"], "`expected`", answers.unpacked),
        fields.of_type(tree["seed"], int, "`seed`"),
        fields.table(tree["titles"], "`titles`", fields.words),
        fields.table(tree["hidden"], "`hidden`", lambda n, what: fields.of_type(n, int, what)),
    )


def _checked(rubric: Rubric) -> Rubric:
    """The rubric of a bundle, where it asks for nothing but public checks of the kinds above."""
    fields.only(dict.fromkeys(rubric.model_fields_set | RUBRIC), RUBRIC, "the rubric")
    for task in rubric.tasks:
        fields.only(dict.fromkeys(task.model_fields_set | TASK), TASK, f"the task {task.id!r}")
        for check in task.checks:
            if check.kind not in KINDS:
                raise Refused(f"the check {check.id!r} is of the kind {check.kind!r}")
    return rubric


def _cells(tree: Any) -> tuple[Cell, ...]:
    cells = []
    for place, (name, kind, source) in enumerate(fields.of_type(tree, list, "`handout`")):
        for text in (name, kind, source):
            fields.of_type(text, str, "a cell of the handout")
        cells.append(Cell(place, kind, source, name))
    return tuple(cells)


def _cases(tree: Any, what: str) -> list[Case]:
    return [unpacked(case) for case in fields.of_type(tree, list, what)]


def _language(value: Any) -> Language:
    if value not in LANGUAGES:
        raise Refused("`language` is none of this program's")
    language: Language = value
    return language


def _rubric(rubric: Rubric, tasks: Sequence[Task]) -> Rubric:
    given = {name: getattr(rubric, name) for name in RUBRIC - {"tasks"}}
    return Rubric.model_construct(**given, tasks=tuple(tasks))


def _expected(handed: Lab, observations: Observations, seed: int) -> dict[str, Any]:
    """By probe and case, what the checks that are handed out read of the reference's answers."""
    readers: dict[str, list[AnyCheck]] = {}
    for task in handed.rubric.tasks:
        for check in task.checks:
            for probe in kinds.plan(check, task, handed, seed):
                readers.setdefault(probe.key, []).append(check)
    return {
        key: answers.packed(observations.probes[key], readers[key], [c.id for c in probe.cases])
        for key, probe in probes_of(handed, seed).items()
    }


def _drawn(lab: Lab, seed: int) -> dict[str, list[Case]]:
    """The public cases of each generator that a check of the lab asks for by itself."""
    checks = [c for task in lab.rubric.tasks if task.object for c in task.checks if _open(c)]
    used = {getattr(check, "cases", "") for check in checks}
    drawn = {name: _public(lab.draw(name, seed)) for name in lab.generators if name in used}
    return {name: cases for name, cases in drawn.items() if cases}


def _tasks(lab: Lab, cases: Mapping[str, Sequence[Case]]) -> list[Task]:
    return [kept for task in lab.rubric.tasks if (kept := _task(task, cases))]


def _public(cases: Sequence[Case]) -> list[Case]:
    """Their steps are not followed: those of the reference say how it is made."""
    return [replace(case, trace=False) for case in cases if case.public and fits(case)]


def _open(check: AnyCheck) -> bool:
    return check.public and check.kind in KINDS


def _task(task: Task, cases: Mapping[str, Sequence[Case]]) -> Task | None:
    """The task with its public checks; ``None`` where it has none."""
    checks = tuple(kept for check in task.checks if (kept := _check(check, cases)))
    if not checks or task.object is None:
        return None
    return Task.model_construct(id=task.id, title=task.title, object=task.object, checks=checks)


def _check(check: AnyCheck, cases: Mapping[str, Sequence[Case]]) -> AnyCheck | None:
    if not _open(check):
        return None
    if check.kind == "optimizer":
        return check
    drawn = cases.get(getattr(check, "cases", ""), ())
    named = getattr(check, "only", ())
    left = [case for case in drawn if not named or case.id in named]
    if getattr(check, "compare", "") == "gradients":
        left = [case for case in left if getattr(case, "cotangent", None) is not None]
    if not left:
        return None
    only = {"only": tuple(case.id for case in left)} if named else {}
    return check.model_copy(update=only)


def _hidden(task: Task, kept: Sequence[Task]) -> int:
    shown = next((one for one in kept if one.id == task.id), None)
    return len(task.checks) - (len(shown.checks) if shown else 0)


def _generators(cases: Mapping[str, Sequence[Case]]) -> dict[str, Any]:
    return {name: (lambda rng, language, drawn=drawn: drawn) for name, drawn in cases.items()}
