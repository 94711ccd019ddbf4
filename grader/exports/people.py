"""Who in the class a row of another system's table is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from grader.standing import Standing

from .cells import line

T = TypeVar("T")
OfRow = Callable[[int], str]
OfStudent = Callable[[Standing], str]

_PLACE = re.compile(r"([^/!\\]+)([/!\\]?)")
"""A part of a source, and what it is followed by: a folder's name by a slash."""
_MOODLE = re.compile(
    r"(?P<name>.*?\S)(?P<rest>_(?P<id>[0-9]+)_assignsubmission_[a-z]+(?:_|$))", re.DOTALL
)
_CANVAS = re.compile(r"[^_]+(?:_LATE)?_(?P<id>[0-9]+)_[0-9]+_.", re.IGNORECASE | re.DOTALL)
_GRADESCOPE = re.compile(r"submission_[0-9]+")
_SYSTEMS = re.compile("(?:moodle|canvas)-(?=[0-9]+$)")
"""What the intake puts before an id that two learning systems share."""


def student_id(standing: Standing) -> str:
    return standing.student


class MoodleFolder(NamedTuple):
    """``Full name``, ``_12345_assignsubmission_file_`` and ``12345`` of a folder's name."""

    name: str
    rest: str
    id: str


def moodle_folder(standing: Standing) -> MoodleFolder | None:
    """The folder (or the start of a file's name) in which Moodle gave the submission."""
    found = _label(standing, _MOODLE)
    return MoodleFolder(found["name"], found["rest"], found["id"]) if found else None


def moodle_id(standing: Standing) -> str:
    found = moodle_folder(standing)
    return found.id if found else ""


def canvas_id(standing: Standing) -> str:
    found = _label(standing, _CANVAS)
    return found["id"] if found else ""


def _label(standing: Standing, of_system: re.Pattern[str]) -> re.Match[str] | None:
    """What the learning system called the place of the student's work, if it was this system.

    It is the outermost part of the source that names somebody, and names who the student is to the
    intake. All below it is the student's own, who may call it whatever another's place is called.
    """
    own = _SYSTEMS.sub("", standing.student)
    by_itself = re.compile(rf"(?:.*-)?{re.escape(own)}(?:[\s_(.].*)?", re.DOTALL | re.IGNORECASE)
    for part, following in _PLACE.findall(standing.source):
        canvas = None if following == "/" else _CANVAS.match(part)
        if label := canvas or _MOODLE.match(part):
            return label if label.re is of_system and label["id"] == own else None
        if _GRADESCOPE.fullmatch(part) or by_itself.fullmatch(part):
            return None
    return None


def matched(
    rows: Sequence[int],
    standings: Sequence[Standing],
    ids: Sequence[tuple[OfRow, OfStudent]],
    name: OfRow,
) -> Mapping[int, Standing]:
    """Rows of a table with their student.

    Each of ``ids`` (a row's, and a student's) is tried in turn, then names, whose words may stand
    in any order. What fits several rows or several students tells nobody apart and matches none.
    """
    found: dict[int, Standing] = {}
    for of_row, of_student in ids:
        found |= _fitting(rows, standings, found, of_row, of_student, _folded)
    return found | _fitting(rows, standings, found, name, _name, _words)


def _fitting(
    rows: Sequence[int],
    standings: Sequence[Standing],
    found: Mapping[int, Standing],
    of_row: OfRow,
    of_student: OfStudent,
    form: Callable[[str], str],
) -> dict[int, Standing]:
    """What fits, by one way to tell, of the rows and students that are not ``found`` yet."""
    taken = {standing.student for standing in found.values()}
    left = [standing for standing in standings if standing.student not in taken]
    students = _unique((form(of_student(standing)), standing) for standing in left)
    open_rows = _unique((form(of_row(row)), row) for row in rows if row not in found)
    return {row: students[key] for key, row in open_rows.items() if key in students}


def _name(standing: Standing) -> str:
    return standing.name


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """What has a key of its own; empty keys are nobody's."""
    listed = [(key, value) for key, value in pairs if key]
    count = Counter(key for key, _ in listed)
    return {key: value for key, value in listed if count[key] == 1}


def _folded(text: str) -> str:
    return line(text).casefold()


def _words(name: str) -> str:
    """The words of a name in alphabetical order, so that «Иванов, Иван» is «Иван Иванов»."""
    return " ".join(sorted(re.findall(r"[^\W_]+", _folded(name).replace("ё", "е"))))
