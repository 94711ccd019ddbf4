"""What a person gave by hand: points, overrides and comments, in a file beside the class.

``marks.csv`` (or ``marks.yaml``: a list of the same fields) has the columns ``student``, ``task``
(empty: the whole submission), ``points``, ``comment`` and ``reason``. The file is read anew each
time that marks are put together and is never written into the record of attempts, so it survives
any number of re-gradings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

from . import lines as file_lines
from .lines import Line

if TYPE_CHECKING:
    from grader.rubric import Rubric, Task

NAMES = ("marks.csv", "marks.yaml", "marks.yml")


@dataclass(frozen=True)
class Mark:
    """One line of the file. ``points`` are all that the task (or the submission) then has."""

    student: str
    task: str
    points: float | None
    comment: str
    reason: str


@dataclass(frozen=True)
class Marks:
    """All of them, by student and task (an empty task is the whole submission)."""

    given: Mapping[tuple[str, str], Mark] = field(default_factory=dict)

    def of(self, student: str, task: str = "") -> Mark | None:
        return self.given.get((student, task))


def find(folder: Path) -> Path | None:
    """The class's file of marks, if there is one.

    Raises:
        UsageError: there are several, so nobody knows which counts.
    """
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise UsageError(f"{folder} has both {names}: keep one of them, or name it")
    return found[0] if found else None


def load(path: Path, rubric: Rubric, students: Mapping[str, str]) -> Marks:
    """The marks in ``path``. ``students`` has the names by id; a line may give either.

    Raises:
        UsageError: it cannot be read, or is wrong; the message lists every problem with its line.
    """
    lines, wrong = file_lines.read(path)
    reader = _Reader(rubric, students)
    marks = [reader.mark(line) for line in lines]
    wrong = sorted([*wrong, *reader.wrong])
    if wrong:
        count = f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''}"
        told = [f"{path}:{line}: {what}" for line, what in wrong]
        raise UsageError("\n".join([f"the marks given by hand have {count}:", *told]))
    return Marks({(mark.student, mark.task): mark for mark in marks})


class _Reader:
    """Turns lines into marks and keeps what is wrong with them."""

    def __init__(self, rubric: Rubric, students: Mapping[str, str]) -> None:
        self.wrong: list[tuple[int, str]] = []
        self._tasks = {task.id: task for task in rubric.tasks}
        self._most = sum(most_points(task) for task in rubric.tasks)
        self._students = students
        self._by_name = _unique((_folded(name), student) for student, name in students.items())
        self._seen: dict[tuple[str, str], int] = {}

    def mark(self, line: Line) -> Mark:
        student = self._student(line)
        task = self._tasks.get(line.of("task"))
        if line.of("task") and task is None:
            known = ", ".join(self._tasks)
            self._say(line, f"there is no task {line.of('task')!r}; the lab has {known}")
        else:
            self._check_points(line, task)
        self._check_repeated(line, student)
        return Mark(student, line.of("task"), _number(line), line.of("comment"), line.of("reason"))

    def _student(self, line: Line) -> str:
        said = line.of("student")
        if not said:
            self._say(line, "`student` is empty: give the id or the name as the class shows it")
        elif said not in self._students:
            found = self._by_name.get(_folded(said), "")
            if found is None:
                self._say(line, f"several students are called {said!r}: give the id instead")
            elif not found:
                self._say(line, f"there is no student {said!r} in this class")
            return found or said
        return said

    def _check_points(self, line: Line, task: Task | None) -> None:
        points, said, reason = _number(line), line.of("points"), line.of("reason")
        if not said:
            if reason:
                self._say(line, "there is a reason, but there are no points that it would be for")
            elif not line.of("comment"):
                self._say(line, "nothing is given: write points or a comment")
            return
        most = most_points(task) if task else self._most
        what = f"task {task.id}" if task else "the whole submission"
        if points is None:
            self._say(line, f"`points` must be a number, not {said!r}")
        elif task and not most:
            self._say(
                line,
                f"{what} has no points: give it `manual_points` in the rubric, or only comment",
            )
        elif not 0 <= points <= most:
            self._say(line, f"{what} has 0 to {most:g} points, not {points:g}")
        if not reason and (task is None or task.points):
            self._say(line, f"points for {what} override the grader's: say why in `reason`")

    def _check_repeated(self, line: Line, student: str) -> None:
        place = (student, line.of("task"))
        first = self._seen.setdefault(place, line.number)
        if student and first != line.number:
            self._say(line, f"the same student and task as in line {first}: keep one of them")

    def _say(self, line: Line, what: str) -> None:
        self.wrong.append((line.number, what))


def most_points(task: Task) -> float:
    """What a task can earn: by its checks and by hand."""
    return task.points + task.manual_points


def _number(line: Line) -> float | None:
    try:
        value = float(line.of("points").replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # NaN is not smaller either


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Names with their student; None where several students have the name."""
    found: dict[str, str | None] = {}
    for name, student in pairs:
        found[name] = None if name in found else student
    return found
