"""Counts and averages of a class."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.clusters import text
from grader.model import CheckStatus, Language, Status

from .values import Bin, CheckFigures, Distribution, StudentRow, TaskFigures

MOST_BINS = 16
Tree = Mapping[str, Any]


def distribution(
    students: Sequence[StudentRow], max_points: float, share_to_pass: float
) -> Distribution | None:
    """The points in bins of a round width, from 0 to the most that anybody can have, or has."""
    graded = [(s.points, s.outcome == "passed") for s in students if s.graded]
    known = [(points, passed) for points, passed in graded if points is not None]
    if not known:
        return None
    points = [value for value, _ in known]
    return Distribution(
        bins=tuple(_bins(known, max(max_points, *points))),
        pass_mark=round(share_to_pass * max_points, 9),
        max_points=max_points,
        mean=statistics.fmean(points),
        quartiles=_quartiles(points),
    )


def tasks(
    ids: Sequence[str], files: Sequence[Tree], students: Sequence[StudentRow]
) -> tuple[TaskFigures, ...]:
    """How the class did in each task."""
    found: dict[str, list[tuple[Language, Tree]]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    for grade in files:
        spent = grade["seconds"].get("tasks", {})
        for task in grade["tasks"]:
            found[task["id"]].append((grade["language"], task))
            if isinstance(spent.get(task["id"]), int | float):
                seconds[task["id"]].append(spent[task["id"]])
    return tuple(
        _task(place, name, found[name], students, seconds[name]) for place, name in enumerate(ids)
    )


def checks(files: Sequence[Tree]) -> tuple[CheckFigures, ...]:
    """The checks that failed, the most frequent first."""
    found: dict[tuple[str, str], list[tuple[Language, Tree, Tree]]] = defaultdict(list)
    for grade in files:
        for task in grade["tasks"]:
            for check in task["checks"]:
                found[task["id"], check["id"]].append((grade["language"], task, check))
    made = [_check(*key, entries) for key, entries in found.items()]
    return tuple(sorted((c for c in made if c.failed), key=lambda c: (-c.failed, c.task, c.id)))


def _bins(known: Sequence[tuple[float, bool]], top: float) -> Iterator[Bin]:
    width = _round_width(top)
    count = max(1, math.ceil(top / width - 1e-9))
    passed: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for points, well in known:
        place = min(count - 1, max(0, math.floor(points / width + 1e-9)))
        (passed if well else failed)[place] += 1
    for place in range(count):
        yield Bin(place * width, (place + 1) * width, passed[place], failed[place])


def _round_width(top: float) -> float:
    """The least of 1, 2, 2.5, 5 and their tenfolds that makes no more than ``MOST_BINS``."""
    if top <= 0:
        return 1.0
    tens: float = 10 ** math.floor(math.log10(top / MOST_BINS))
    return next(tens * step for step in (1, 2, 2.5, 5, 10) if top / (tens * step) <= MOST_BINS)


def _quartiles(points: Sequence[float]) -> tuple[float, float, float]:
    if len(points) == 1:
        return (points[0],) * 3
    low, middle, high = statistics.quantiles(points, n=4, method="inclusive")
    return low, middle, high


def _task(
    place: int,
    name: str,
    found: Sequence[tuple[Language, Tree]],
    students: Sequence[StudentRow],
    seconds: Sequence[float],
) -> TaskFigures:
    marks = [mark for s in students if s.marks and (mark := s.marks[place]) is not None]
    judged = [mark for mark in marks if mark.status is not Status.UNGRADED]
    pointed = [mark.points for mark in marks if mark.status is not Status.UNGRADED or mark.by_hand]
    counts = Counter(mark.status for mark in marks)
    return TaskFigures(
        id=name,
        title=text((language, task["title"]) for language, task in found),
        max_points=max((mark.max_points for mark in marks), default=0.0),
        counts=tuple((status, counts[status]) for status in Status if counts[status]),
        judged=len(judged),
        passed=sum(mark.status is Status.PASSED for mark in judged),
        mean_points=statistics.fmean(pointed) if pointed else None,
        seconds=statistics.median(seconds) if seconds else None,
        timed=len(seconds),
    )


def _check(task: str, name: str, entries: Sequence[tuple[Language, Tree, Tree]]) -> CheckFigures:
    failed = [(t, c) for _, t, c in entries if c["status"] == CheckStatus.FAILED]
    tried = (CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.FOLLOWS)
    known = Counter(t["misconception"] for t, _ in failed if t["misconception"])
    return CheckFigures(
        task=task,
        id=name,
        title=text((language, check["title"]) for language, _, check in entries),
        failed=len(failed),
        judged=sum(check["status"] in tried for _, _, check in entries),
        misconceptions=tuple(known.most_common()),
    )
