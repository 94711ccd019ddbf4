"""The roster: who is in the class, and which of its rows a hand-in belongs to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from . import names, tables
from .tables import Row

K = TypeVar("K")

_COLUMNS = {
    "id": (
        "id", "student id", "sid", "id number", "identifier", "user id", "username", "user",
        "login", "login id", "sis user id", "sis login id", "sis id", "github", "github username",
        "идентификатор", "ид", "id студента", "логин", "индивидуальный номер", "номер студента",
        "номер зачетки", "зачетка", "табельный номер",
    ),
    "student": ("student", "студент", "participant", "участник"),
    "email": (
        "email", "e mail", "mail", "email address", "почта", "эл почта", "электронная почта",
        "адрес электронной почты", "адрес почты", "имейл",
    ),
    "name": (
        "name", "full name", "student name", "фио", "полное имя", "имя и фамилия", "фамилия и имя",
    ),
    "last": ("last name", "surname", "family name", "фамилия"),
    "first": ("first name", "given name", "имя"),
    "middle": ("middle name", "patronymic", "отчество"),
}  # fmt: skip
_MOST_PARTS = 4
"""Names of up to so many words are tried in each order where one is written without spaces."""


@dataclass(frozen=True)
class Person:
    """One row of the roster."""

    line: int
    ids: tuple[str, ...]
    email: str
    name: str

    @property
    def id(self) -> str:
        """What tells this student from all others: an id, else the address, else the name."""
        return next(iter(self.ids), "") or self.email or self.name


class Roster:
    """The rows, found by id, then by e-mail address, then by name."""

    def __init__(self, people: Sequence[Person] = ()) -> None:
        self.people = tuple(people)
        self._ids = _index((names.folded(i), p) for p in people for i in p.ids)
        self._emails = _index(
            (key, p) for p in people if p.email for key in _addresses(names.folded(p.email))
        )
        self._names = _index((tuple(sorted(names.words(p.name))), p) for p in people if p.name)
        self._joined = _index((key, p) for p in people for key in _joined(p.name))

    def knows(self, name: str) -> bool:
        """Whether exactly one row fits the name of a file or folder."""
        return len(self.matches(name, "", name)) == 1

    def matches(self, student: str, email: str, name: str) -> tuple[Person, ...]:
        """The rows that fit best; more than one where only a name tells and several have it."""
        for found in (
            self._ids.get(names.folded(student)),
            self._emails.get(names.folded(email)) if email else None,
            self._emails.get(names.folded(student)),
            self._names.get(tuple(sorted(names.words(name)))),
            self._joined.get(names.folded(name)),
            self._parts_of(name),
        ):
            if found:
                return found
        return ()

    def _parts_of(self, name: str) -> tuple[Person, ...]:
        """Rows whose name has all words of this one, or the reverse: two at least."""
        told = set(names.words(name))
        return tuple(
            person
            for person in self.people
            if len(both := told & (row := set(names.words(person.name)))) > 1
            and both in (told, row)
        )


def read(path: Path) -> Roster:
    """The roster in a CSV file, Moodle's grading worksheet or Canvas' gradebook among them.

    Raises:
        UsageError: it is no such table; the message has every problem with its line.
    """
    table = tables.read(path, "roster", _COLUMNS)
    named = bool(table.columns & {"name", "last", "first"})
    rows = [row for row in table.rows if not _is_canvas_total(row)]
    people = [_person(row, named) for row in rows]
    tables.complain(path, "roster", [*_nameless(people), *_twice(people)])
    return Roster(people)


def _person(row: Row, named: bool) -> Person:
    """``student`` is an id beside a column of names, and a name (or an id) without one."""
    cells = row.cells
    parts = [cells[part] for part in ("last", "first", "middle") if part in cells]
    student = cells.get("student", "")
    ids = [*cells.get("id", "").split("\n"), student if named or "id" not in cells else ""]
    name = cells.get("name", "").partition("\n")[0] or " ".join(parts) or student
    plain = dict.fromkeys(_without_title(value) for value in ids if value)
    return Person(row.line, tuple(plain), cells.get("email", "").partition("\n")[0], name)


def _without_title(value: str) -> str:
    """Moodle's worksheet writes ``Participant 12345``; folders have the number only."""
    title, _, number = value.rpartition(" ")
    return (
        number
        if number.isdecimal() and names.folded(title) in ("participant", "участник")
        else value
    )


def _is_canvas_total(row: Row) -> bool:
    return names.folded(row.cells.get("student", "")).startswith("points possible")


def _nameless(people: Iterable[Person]) -> list[str]:
    return [f"{p.line}: neither id, e-mail address nor name" for p in people if not p.id]


def _twice(people: Iterable[Person]) -> list[str]:
    seen: dict[str, int] = {}
    problems = []
    for person in people:
        for value in dict.fromkeys(names.folded(v) for v in (*person.ids, person.email) if v):
            if value in seen:
                problems.append(f"{person.line}: {value!r} is in line {seen[value]} already")
            seen.setdefault(value, person.line)
    return problems


def _index(pairs: Iterable[tuple[K, Person]]) -> dict[K, tuple[Person, ...]]:
    found: dict[K, tuple[Person, ...]] = {}
    for key, person in pairs:
        if person not in found.get(key, ()):
            found[key] = (*found.get(key, ()), person)
    return found


def _addresses(email: str) -> tuple[str, str]:
    return email, email.partition("@")[0]


def _joined(name: str) -> set[str]:
    """The name's words in any order without spaces, as Canvas writes names."""
    words = names.words(name)
    return {"".join(order) for order in itertools.permutations(words[:_MOST_PARTS])} - {""}
