"""What an attack is: one hostile or broken notebook, and what it must not come to.

An attack is built from the filled-in notebook of a lab (it touches some tasks, every other one
keeps its points) or from the blank handout (nothing is gained).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import range_course

Grade = dict[str, Any]


@dataclass(frozen=True)
class Attack:
    """One notebook. ``story`` says in one sentence what it tries.

    ``notebook`` is the file's JSON or, where it is no JSON, its bytes. ``touches`` are the tasks
    whose answer it attacks: they must not pass. ``blank``: made from the blank handout, so that
    no task may have a point. ``says`` is a part of the message that the student reads.
    """

    name: str
    story: str
    notebook: Mapping[str, Any] | bytes
    touches: frozenset[str] = frozenset()
    says: str = ""
    blank: bool = False
    at_most: float = 0
    """Points that a touched task may have, for the part of it that is right all the same."""
    left_open: bool = False
    """A person must look at the touched task: it has no points, and no zero either."""
    unreadable: bool = False
    """The file is refused with a reason, and nobody gets a zero for it."""
    points: Mapping[str, float] = field(default_factory=lambda: range_course.POINTS)
    """What each task is worth in a quick grade."""
    trips: frozenset[str] = frozenset()
    """The decoys that it takes, of which the staff is told. Of a right answer nobody is told any;
    with a blank handout, further ones may be taken by the way."""

    @property
    def file(self) -> bytes:
        if isinstance(self.notebook, bytes):
            return self.notebook
        return json.dumps(self.notebook).encode()


def spoiled(
    name: str,
    story: str,
    task: str,
    body: str,
    says: str = "",
    *,
    at_most: float = 0,
    trips: str = "",
) -> Attack:
    """On the range: one task answered with hostile code, all others right."""
    lab = range_course.filled({task: body})
    taken = frozenset(trips.split())
    return Attack(name, story, lab, frozenset({task}), says, at_most=at_most, trips=taken)


def greedy(
    name: str, story: str, source: str, *, before: str = "double", trips: str = ""
) -> Attack:
    """On the range: the blank handout with one hostile cell that wants points for nothing."""
    lab = range_course.inserted(range_course.handout(), source, before)
    return Attack(name, story, lab, blank=True, trips=frozenset(trips.split()))


def beside(
    name: str, story: str, source: str, *, before: str = "double", touches: str = "", says: str = ""
) -> Attack:
    """On the range: every answer right, and one hostile cell beside them."""
    lab = range_course.inserted(range_course.filled(), source, before)
    return Attack(name, story, lab, frozenset(touches.split()), says)


def complaints(attack: Attack, grade: Grade) -> list[str]:
    """What is wrong with the grade that ``attack`` got; nothing, where the wall held."""
    tasks = {task["id"]: task for task in grade["tasks"]}
    found = []
    for name, worth in attack.points.items():
        task = tasks[name]
        got, status = task["points"], task["status"]
        if attack.blank or name in attack.touches:
            if (
                got > attack.at_most
                or (status == "ungraded") != attack.left_open
                or status == "passed"
            ):
                found.append(f"{name} is {status} with {got} points")
            if not task["message"]:
                found.append(f"{name} failed without a word")
        elif (got, status) != (worth, "passed"):
            found.append(f"{name} is {status} with {got} of {worth}: {task['message']}")
    said = " ".join(task["message"] for name, task in tasks.items() if name in attack.touches)
    if attack.says not in said:
        found.append(f"the student reads {said!r}")
    taken = {one["bait"] for one in grade["suspicions"]}
    if not attack.trips <= taken or (taken != attack.trips and not attack.blank):
        found.append(f"the decoys taken are {sorted(taken)}: {grade['suspicions']}")
    return found
