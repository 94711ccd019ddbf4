"""From hand-ins to students: who is who, which attempt came when, who handed in nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from . import names, reasons, times
from .entries import Attempt, Entry, Problem
from .layouts import HandIn
from .picking import Draft
from .roster import Person, Roster
from .times import Said

_BY_NAME = ("flat", "folders", "google")
"""Layouts whose only id is a name; the others have ids of their own."""


@dataclass
class Student:
    """One student while everything of theirs is brought together.

    ``fitting`` are the rows of the roster that fit: one, none, or several that a name cannot tell
    apart.
    """

    fitting: tuple[Person, ...]
    handed_in: list[HandIn] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def person(self) -> Person | None:
        return self.fitting[0] if len(self.fitting) == 1 else None

    @property
    def main(self) -> HandIn:
        """The hand-in that knows best who the student is."""
        return min(self.handed_in, key=lambda one: one.layout in _BY_NAME)


def grouped(handed_in: Sequence[HandIn], known: Roster) -> list[Student]:
    """Everything of one student together: by the roster's row, else by what the layout tells."""
    students: dict[tuple[str, str], Student] = {}
    for one in handed_in:
        fitting = known.matches(one.student, one.email, one.name)
        key = (one.layout, names.folded(one.student))
        if one.layout in _BY_NAME:
            key = ("", names.folded(one.name))
        if len(fitting) == 1:
            key = ("roster", str(fitting[0].line))
        students.setdefault(key, Student(fitting)).handed_in.append(one)
    return list(students.values())


def put_in_time(students: Sequence[Student], told: Sequence[Said], table: str) -> list[Problem]:
    """Order each student's drafts, with the times of a table; its rows that fit nothing."""
    left = [said for said in told if not (said.file and _by_file(students, said))]
    for student in students:
        student.drafts.sort(key=lambda draft: draft.order)
    index = _index(students)
    rows: dict[int, list[Said]] = {}
    unused: list[Said] = []
    for said in left:
        found = {
            id(s): s for who in said.students for key in _keys(who) for s in index.get(key, ())
        }
        if len(found) == 1:
            rows.setdefault(next(iter(found)), []).append(said)
        else:
            unused.append(said)
    for student in students:
        unused.extend(_by_number(student, rows.get(id(student), [])))
        student.drafts.sort(key=lambda draft: draft.order)
    unused.sort(key=lambda said: said.line)
    return [Problem(table, reasons.time_unused(said.line, said.who)) for said in unused]


def entries(students: Sequence[Student], known: Roster) -> list[Entry]:
    """The class, those who handed in nothing among them, sorted by name."""
    came = {student.person.line for student in students if student.person}
    absent = [person for person in known.people if person.line not in came]
    count = Counter(names.folded(student.main.student) for student in students)
    count.update(names.folded(person.id) for person in absent)
    found = [_entry(student, _id(student, count)) for student in students]
    found += [Entry(_absent_id(p, count), p.name or p.id, (), True, ()) for p in absent]
    return sorted(found, key=lambda e: (names.natural(e.name), names.natural(e.student)))


# ----------------------------------------------------------------------- times


def _by_file(students: Sequence[Student], said: Said) -> bool:
    """Whether the row's file is one that is here, and one only; its attempts then get the time."""
    whose = [s for s in students if not said.students or _is_any(s, said.students)] or students
    fitting = [
        (s, at) for s in whose for at, d in enumerate(s.drafts) if times.fits(said, d.source)
    ]
    exact = [(s, at) for s, at in fitting if times.is_whole(said, s.drafts[at].source)]
    found = exact or fitting
    if len({s.drafts[at].source for s, at in found}) != 1:
        return False
    for student, at in found:  # several students may have handed in one thing together
        student.drafts[at] = replace(student.drafts[at], handed_in=said.time)
    return True


def _by_number(student: Student, rows: Sequence[Said]) -> list[Said]:
    """Times by attempt, or, where rows have no number, of the last attempts; the rows left over."""
    unused = []
    numbers = _numbers(student.drafts)
    for said in (row for row in rows if row.attempt):
        if said.attempt in numbers:
            at = numbers.index(said.attempt)
            student.drafts[at] = replace(student.drafts[at], handed_in=said.time)
        else:
            unused.append(said)
    plain = sorted((row for row in rows if not row.attempt), key=lambda row: row.time)
    extra = max(0, len(plain) - len(student.drafts))
    first = len(student.drafts) - (len(plain) - extra)
    for at, said in enumerate(plain[extra:], first):
        student.drafts[at] = replace(student.drafts[at], handed_in=said.time)
    return [*unused, *plain[:extra]]


def _index(students: Iterable[Student]) -> dict[tuple[str, ...], list[Student]]:
    found: dict[tuple[str, ...], list[Student]] = {}
    for student in students:
        for key in dict.fromkeys(k for name in _called(student) for k in _keys(name)):
            found.setdefault(key, []).append(student)
    return found


def _is_any(student: Student, called: Sequence[str]) -> bool:
    keys = {key for name in _called(student) for key in _keys(name)}
    return any(key in keys for name in called for key in _keys(name))


def _called(student: Student) -> list[str]:
    """Every id, address and name that the student goes by."""
    own = [part for one in student.handed_in for part in (one.student, one.name, one.email)]
    person = student.person
    return [
        name
        for name in (*own, *((*person.ids, person.email, person.name) if person else ()))
        if name
    ]


def _keys(name: str) -> list[tuple[str, ...]]:
    """What two spellings of one id share, and one name with its words in another order."""
    words = sorted(names.words(name))
    several = [("words", *words)] if len(words) > 1 and not names.has_digits(name) else []
    return [("is", names.folded(name)), *several]


# --------------------------------------------------------------------- entries


def _entry(student: Student, unique: str) -> Entry:
    person = student.person
    name = person.name if person and person.name else student.main.name
    attempts = tuple(
        Attempt(unique, name, draft.path, draft.source, draft.handed_in, number)
        for draft, number in zip(student.drafts, _numbers(student.drafts), strict=True)
    )
    problems = [*student.problems, *_doubts(student)]
    return Entry(unique, name, attempts, person is not None, tuple(dict.fromkeys(problems)))


def _doubts(student: Student) -> list[Problem]:
    doubts = []
    source = student.main.contents.source
    if len(student.fitting) > 1:
        lines = [person.line for person in student.fitting]
        doubts.append(Problem(source, reasons.several_rows(lines)))
    places = list(dict.fromkeys(draft.place or "." for draft in student.drafts if not draft.turn))
    if len(places) > 1:
        doubts.append(Problem(source, reasons.several_places(places)))
    return doubts


def _numbers(drafts: Sequence[Draft]) -> list[int]:
    """Attempts counted from 1; the number that a name tells is kept where it goes up."""
    numbers: list[int] = []
    for draft in drafts:
        numbers.append(max((numbers[-1] if numbers else 0) + 1, draft.turn))
    return numbers


def _id(student: Student, count: Counter[str]) -> str:
    """The layout's own id, after the layout's name where two systems share an id."""
    own = student.main.student
    return own if count[names.folded(own)] == 1 else f"{student.main.layout}-{own}"


def _absent_id(person: Person, count: Counter[str]) -> str:
    return person.id if count[names.folded(person.id)] == 1 else f"roster-{person.line}"
