"""Students whose wrong answers are equal: what one of them is told helps all of them.

Two answers to a task are equal when the same checks failed and what came back was the same: the
values to three digits, or the same exception. A recognised misconception is such a group by itself,
whatever else differs. Pure; works on grade files (``docs/grade-file.md``) in either language.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .model import CheckStatus, Language, Status, Text

WRONG = (Status.FAILED, Status.PARTIAL)
SMALLEST = 2
"""A single wrong answer is no group."""

Tree = Mapping[str, Any]

_NUMBER = re.compile(r"[-+−]?(?:\d++\.\d*|\.\d+|\d++(?=[eE]))(?:[eE][-+]?\d+)?")
_COUNTER = re.compile(r"(?<=_)\d+\b|(?<=\bline )\d+")
"""What differs between two notebooks with the same error: ``conv2d_17``, ``line 12``."""
_NOISE = 1e-6


@dataclass(frozen=True)
class Example:
    """One case that all students of a group got wrong in the same way."""

    title: Text
    expected: str
    got: str
    error: float | str | None


@dataclass(frozen=True)
class Cluster:
    """At least two students with one wrong answer to one task."""

    task: str
    title: Text
    misconception: str | None
    message: Text
    checks: tuple[Text, ...]
    """The checks that failed."""
    example: Example | None
    students: tuple[str, ...]


def clusters(grades: Iterable[tuple[str, Tree]]) -> tuple[Cluster, ...]:
    """The groups among ``(student, grade file)`` pairs, the largest first."""
    groups: dict[tuple[str, str], list[tuple[str, Language, Tree]]] = defaultdict(list)
    for student, grade in grades:
        for task in grade["tasks"]:
            found = fingerprint(task)
            if found is not None:
                groups[task["id"], found].append((student, grade["language"], task))
    made = [_cluster(members) for members in groups.values() if len(members) >= SMALLEST]
    return tuple(sorted(made, key=lambda c: (-len(c.students), c.task, c.students)))


def fingerprint(task: Tree) -> str | None:
    """The same text for the same wrong answer; None where nothing wrong came back to compare.

    A task that was not attempted, or whose only failure is an accuracy too low, has none.
    """
    if task["status"] not in WRONG:
        return None
    if task["misconception"]:
        return f"misconception {task['misconception']}"
    failed = _failed(task)
    said = [_values(check) for check in failed]
    if not any(said):
        return None
    tree = [[check["id"], values] for check, values in zip(failed, said, strict=True)]
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()


def text(said: Iterable[tuple[Language, str]]) -> Text:
    """Both languages of what grade files say in one; the other's words where there are none."""
    by_language: dict[Language, str] = {}
    for language, words in said:
        if words:
            by_language.setdefault(language, words)
    either = next(iter(by_language.values()), "")
    return Text(ru=by_language.get("ru", either), en=by_language.get("en", either))


def _failed(task: Tree) -> list[Tree]:
    """What follows from another task is that task's group, not this one's."""
    return [check for check in task["checks"] if check["status"] == CheckStatus.FAILED]


def _values(check: Tree) -> list[Any]:
    """What came back for a check, without words of either language."""
    faults = [*check["faults"], *_run_faults(check)]
    found: list[Any] = sorted({_fault(fault) for fault in faults})
    if check["kind"] == "accuracy":  # chance is in it: two equal networks end differently
        return found
    found += [_compared(one) for one in check["comparisons"] if not one["passed"]]
    if check["got"] is not None:
        found.append([_rounded(check["expected"]), _rounded(check["got"])])
    return [one for one in found if one]


def _compared(one: Tree) -> list[Any]:
    got = [one["got_shape"], _rounded(one["got"]), _rounded(one["error"])]
    if not any(part not in (None, "") for part in got):
        return []
    return [one["case"], one["expected_shape"], _rounded(one["expected"]), *got]


def _run_faults(check: Tree) -> Iterator[Tree]:
    for curve in check["curves"]:
        yield from (run["fault"] for run in curve["runs"] if run["fault"])


def _fault(fault: Tree) -> str:
    return f"{fault['kind']} {fault['type']} {_COUNTER.sub('N', fault['message'])}"


def _rounded(value: Any) -> Any:
    """Floats, in texts too, to three digits; what is zero but for rounding is zero."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) > _NOISE else "0"
    if isinstance(value, str):
        return _NUMBER.sub(lambda n: _rounded(float(n[0].replace("−", "-"))), value)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def _cluster(members: Sequence[tuple[str, Language, Tree]]) -> Cluster:
    tasks = [(language, task) for _, language, task in members]
    first = tasks[0][1]
    failed = _failed(first)
    return Cluster(
        task=first["id"],
        title=text((language, task["title"]) for language, task in tasks),
        misconception=first["misconception"],
        message=text((language, task["hint"] or task["message"]) for language, task in tasks),
        checks=tuple(_title(tasks, check["id"]) for check in failed),
        example=_example(tasks, failed),
        students=tuple(student for student, _, _ in members),
    )


def _title(tasks: Sequence[tuple[Language, Tree]], check: str) -> Text:
    return text(
        (language, found["title"])
        for language, task in tasks
        for found in task["checks"]
        if found["id"] == check
    )


def _example(tasks: Sequence[tuple[Language, Tree]], failed: Sequence[Tree]) -> Example | None:
    """The first failed case with something to show on both sides, as the first student had it."""
    for check in failed:
        for one in check["comparisons"]:
            if not one["passed"] and one["expected"] and one["got"]:
                return _shown(tasks, check, one)
    return None


def _shown(tasks: Sequence[tuple[Language, Tree]], check: Tree, one: Tree) -> Example:
    title = text(
        (language, other["title"])
        for language, task in tasks
        for found in task["checks"]
        if found["id"] == check["id"]
        for other in found["comparisons"]
        if other["case"] == one["case"]
    )
    sides = [
        f"{one[f'{side}_shape']} {one[side]}".strip() if _shapes_differ(one) else one[side]
        for side in ("expected", "got")
    ]
    return Example(title, sides[0], sides[1], one["error"])


def _shapes_differ(one: Tree) -> bool:
    return bool(one["expected_shape"] != one["got_shape"])
