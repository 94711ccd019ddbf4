"""What students get to check themselves with: public checks, public cases, and their answers.

One file a language, ``<lab>.<language>.check``. It holds no reference, no hidden case and no
misconception, because it is made of what is public and of nothing else: the handout's cells, the
rubric with its public checks, the public cases (drawn with a seed of their own), and what the
reference answers to those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import store
from .asked import probes_of
from .course import Lab
from .course.lab import Case
from .errors import UsageError
from .kernel.wire import Leaf, WireError, decode, encode
from .model import (
    Answer,
    CallCase,
    Cell,
    GraphCase,
    ModelCase,
    Observations,
    Observed,
    Submission,
    Text,
)
from .rubric import AnyCheck, Rubric, Task

FORMAT = 1
SUFFIX = ".check"
KINDS = {"values", "variables", "layers", "optimizer", "distribution", "batches"}
"""Checks that need nothing but the student's own functions and a few arrays."""
CASES: dict[str, type[Case]] = {"call": CallCase, "model": ModelCase, "graph": GraphCase}


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
    rubric = lab.rubric.model_copy(update={**_WITHOUT, "tasks": tuple(tasks)})
    handed = replace(lab, rubric=rubric, generators=_generators(cases))
    expected = {key: _answers(observations.probes[key], probe.cases)
                for key, probe in probes_of(handed, seed).items()}  # fmt: skip
    return encode(
        {
            "format": FORMAT,
            "lab": lab.name,
            "language": lab.language,
            "seed": seed,
            "rubric": rubric.model_dump_json(by_alias=True, exclude_defaults=True),
            "handout": [[cell.id, cell.kind, cell.source] for cell in lab.handout.cells],
            "cases": {name: [_packed(case) for case in drawn] for name, drawn in cases.items()},
            "expected": store.packed(Observations((), expected, {}, seed)),
            "titles": {task.id: [task.title.ru, task.title.en] for task in lab.rubric.tasks},
            "hidden": {task.id: _hidden(task, tasks) for task in lab.rubric.tasks},
        }
    )


def load(path: Path) -> Bundle:
    """The bundle in ``path``.

    Raises:
        UsageError: it cannot be read, or is none of this version.
    """
    try:
        tree = decode(path.read_bytes())
        if tree["format"] != FORMAT:
            raise UsageError(f"{path}: made for another version of this program; ask for a new one")
        return _bundle(tree, path)
    except (OSError, WireError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: this is no bundle for self-checks ({error})") from error


def _bundle(tree: Mapping[str, Any], path: Path) -> Bundle:
    cells = tuple(
        Cell(i, kind, source, name) for i, (name, kind, source) in enumerate(tree["handout"])
    )
    cases = {name: [_unpacked(case) for case in drawn] for name, drawn in tree["cases"].items()}
    handout = Submission(path, path.stem, "", cells, tree["language"])
    lab = Lab(
        name=tree["lab"],
        root=path.parent,
        rubric=Rubric.model_validate_json(tree["rubric"]),
        language=tree["language"],
        handout=handout,
        solution={},
        misconceptions=(),
        generators=_generators(cases),
        files={},
        digest="",
    )
    titles = {name: Text(*words) for name, words in tree["titles"].items()}
    expected = store.unpacked(tree["expected"]).probes
    return Bundle(lab, expected, tree["seed"], titles, tree["hidden"])


_WITHOUT: dict[str, Any] = {
    "deadline": None, "late": (), "keep_after": None, "data": None, "choice": None, "given": (),
    "scaffold": (),
}  # fmt: skip
"""Of a rubric: what is about grading, or about the grader's own machine."""


def _drawn(lab: Lab, seed: int) -> dict[str, list[Case]]:
    return {name: _public(lab.draw(name, seed)) for name in lab.generators if _used(lab, name)}


def _tasks(lab: Lab, cases: Mapping[str, Sequence[Case]]) -> list[Task]:
    return [kept for task in lab.rubric.tasks if (kept := _task(task, cases))]


def _public(cases: Sequence[Case]) -> list[Case]:
    """Their steps are not followed: those of the reference say how it is made."""
    shown = [case for case in cases if case.public and not getattr(case, "files", None)]
    return [replace(case, trace=False) for case in shown]


def _used(lab: Lab, generator: str) -> bool:
    return any(getattr(c, "cases", "") == generator for t in lab.rubric.tasks for c in t.checks)


def _task(task: Task, cases: Mapping[str, Sequence[Case]]) -> Task | None:
    """The task with its public checks; ``None`` where it has none."""
    checks = tuple(kept for check in task.checks if (kept := _check(check, cases)))
    if not checks or task.object is None:
        return None
    return task.model_copy(update={"checks": checks, "stand_in": None, "helpers": ()})


def _check(check: AnyCheck, cases: Mapping[str, Sequence[Case]]) -> AnyCheck | None:
    if not check.public or check.kind not in KINDS:
        return None
    if check.kind == "optimizer":
        return check
    drawn = cases[getattr(check, "cases", "")]
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


def _answers(observed: Observed, cases: Sequence[Any]) -> Observed:
    wanted = {case.id for case in cases}
    kept = tuple(_without_start(a) for a in observed.answers if a.case in wanted)
    return replace(observed, answers=kept)


def _without_start(answer: Answer) -> Answer:
    """A model's answer without its initial weights, which no check compares, and without steps."""
    answer = replace(answer, steps=())
    if not isinstance(answer.value, dict) or "variables" not in answer.value:
        return answer
    bare = [{**entry, "value": None} for entry in answer.value["variables"]]
    return replace(answer, value={**answer.value, "variables": bare})


def _generators(cases: Mapping[str, Sequence[Case]]) -> dict[str, Any]:
    return {name: (lambda rng, language, drawn=drawn: drawn) for name, drawn in cases.items()}


def _packed(case: Case) -> dict[str, Any]:
    kind = next(name for name, made in CASES.items() if isinstance(case, made))
    told = {
        field.name: getattr(case, field.name) for field in fields(case) if field.name != "files"
    }
    return {"kind": kind, **{name: _wire(value) for name, value in told.items()}}


def _unpacked(tree: Mapping[str, Any]) -> Case:
    kind, told = tree["kind"], {name: value for name, value in tree.items() if name != "kind"}
    return CASES[kind](**{name: _plain(value) for name, value in told.items()})


def _wire(value: Any) -> Any:
    """Bare arrays and texts marked as such: a leaf says what the *student* gets."""
    if isinstance(value, Text):
        return {"ru": value.ru, "en": value.en}
    if isinstance(value, np.ndarray):
        return {"array": Leaf("ndarray", value)}
    if isinstance(value, dict):
        return {"named": {name: _wire(item) for name, item in value.items()}}
    if isinstance(value, tuple | list) and not isinstance(value, Leaf):
        return type(value)(_wire(item) for item in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and "named" in value:
        return {name: _plain(item) for name, item in value["named"].items()}
    if isinstance(value, dict):
        return Text(value["ru"], value["en"]) if "ru" in value else value["array"].array
    if isinstance(value, tuple | list) and not isinstance(value, Leaf):
        return type(value)(_plain(item) for item in value)
    return value
