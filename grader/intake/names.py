"""What file and folder names tell: who, which copy, which attempt. Pure functions of text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

NaturalKey = tuple[tuple[int, int, str], ...]

_DIGITS = re.compile(r"([0-9]+)")
_WORD = re.compile(r"[^\W\d_]+")

_MOODLE = re.compile(
    r"(?P<name>.*?\S)_(?P<id>[0-9]+)_assignsubmission_(?P<kind>[a-z]+)(_(?P<rest>.*))?"
)
_CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>[0-9]+)_[0-9]+_(?P<rest>.+)")
_CANVAS_TEXT = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>[0-9]+)_text\.html")
_CANVAS_TURN = re.compile(r"(.*[^-])-([0-9]{1,2})")
_GRADESCOPE = re.compile(r"submission_[0-9]+")
_TURN_WORDS = "attempt|try|попытка|сдача|пересдача"
_TURN = re.compile(
    rf"(?:(.*?)[\s_\-–—(\[]+)?(?:{_TURN_WORDS})[\s_-]*№?\s*([0-9]{{1,2}})[)\]]?", re.I
)

_COPY_AFTER = (
    re.compile(r"(.*?\S)(?:\s*[-–—]\s*|[\s_]+)(?:copy|копия)\s*\(?([0-9]{0,2})\)?", re.I),
    re.compile(r"(.*\S)\s*\(([0-9]{1,2})\)"),
)
_COPY_BEFORE = re.compile(
    r"(?:copy(?: \(?([0-9]{1,2})\)?)? of|копия(?: \(?([0-9]{1,2})\)?)?(?: блокнота)?)\s+(.+)", re.I
)

_WORK = re.compile(
    r"lab|lr|hw|homework|task|part|notebook|assignment|project|solution|final|draft|src|data|code|"
    r"untitled|work|week|module|helpers?|utils?|tests?|main|model|old|new|attempt|try|"
    r"лаб\w*|лр|дз|дом\w*|задани[ея]|работа|часть|проект|решение|черновик|ноутбук|неделя|модуль|"
    r"попытка|сдача|данные",
    re.I,
)
_CLASS = re.compile(
    r"submissions?|exports?|students?|class|group|section|submitted|collected|"
    r"групп[аы]|гр|поток|класс|студенты|работы|сданные|сдано",
    re.I,
)


@dataclass(frozen=True)
class Label:
    """What a name that a learning system gave says. ``rest`` is the work's own name."""

    name: str
    id: str
    rest: str
    late: bool = False
    text_only: bool = False
    """Typed into the system's own form: no file to grade."""


def natural(text: str) -> NaturalKey:
    """A sort key: case and composition do not matter, numbers count as numbers."""
    parts = _DIGITS.split(folded(text))
    return tuple(
        (0, len(part.lstrip("0")), part.lstrip("0")) if part[:1].isdecimal() else (1, 0, part)
        for part in parts
        if part
    )


def folded(text: str) -> str:
    """The form in which names are compared: no case, one composition, е for ё."""
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return lower.replace("ё", "е")


def words(text: str) -> tuple[str, ...]:
    """The words of a name, in the form in which they are compared, in their order."""
    return tuple(_WORD.findall(folded(text)))


def has_digits(text: str) -> bool:
    """Whether there is a number in it, as in ids and names of work but not in those of persons."""
    return _DIGITS.search(text) is not None


def tidy(text: str) -> str:
    """The text in NFC without surplus white space or control characters."""
    plain = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(plain.split())


def shown(text: str) -> str:
    """A name as a person would write it: spaces for underscores."""
    return tidy(text.replace("_", " ")) or tidy(text)


def moodle(name: str) -> Label | None:
    """``Name_12345_assignsubmission_file_…``, a folder's or a file's."""
    found = _MOODLE.fullmatch(name)
    if not found:
        return None
    text_only = found["kind"] != "file"
    return Label(shown(found["name"]), found["id"], found["rest"] or "", text_only=text_only)


def canvas(name: str) -> Label | None:
    """``lastfirst_123_456_work.ipynb``, with ``_LATE`` after the name or without."""
    if text := _CANVAS_TEXT.fullmatch(name):
        return Label(text["name"], text["id"], "", bool(text["late"]), text_only=True)
    found = _CANVAS.fullmatch(name)
    return found and Label(found["name"], found["id"], found["rest"], bool(found["late"]))


def is_gradescope(name: str) -> bool:
    """Whether a folder is one submission of a Gradescope export."""
    return _GRADESCOPE.fullmatch(name) is not None


def canvas_turn(stem: str) -> tuple[str, int]:
    """``lab-2`` is ``lab`` handed in again, for the second time after the first."""
    found = _CANVAS_TURN.fullmatch(stem)
    return (found[1], int(found[2])) if found else (stem, 0)


def without_turn(stem: str) -> tuple[str, int]:
    """The name before ``attempt 2`` or ``попытка 2``, and that number (0: it has none)."""
    found = _TURN.fullmatch(stem)
    return (found[1] or "", int(found[2])) if found else (stem, 0)


def without_copies(stem: str) -> tuple[str, int]:
    """The name without ``(1)``, ``copy``, ``Копия``, and how much of that there was."""
    copies = 0
    while found := _copy(stem):
        stem, more = found
        copies += more
    return stem, copies


def _copy(stem: str) -> tuple[str, int] | None:
    if before := _COPY_BEFORE.fullmatch(stem):
        return before[3].strip(" \"'«»“”") or before[3], int(before[1] or before[2] or 1)
    for pattern in _COPY_AFTER:
        if after := pattern.fullmatch(stem):
            return after[1], int(after[2] or 1)
    return None


def dashed(stem: str) -> tuple[str, str, int] | None:
    """The two sides of ``Name - work``, and how often the work's says ``Copy of``."""
    left, _, right = (side.strip() for side in stem.partition(" - "))
    if not (left and right):
        return None
    work, copies = without_copies(right)
    return left, work, copies


def disputed(stem: str) -> bool:
    """Whether a dashed name begins with one person's and ends with another's: ``Name - work`` is
    what Google Classroom writes, ``work - Name`` what Google Forms does, and the work's name is the
    student's to choose."""
    first, last = stem.partition(" - ")[0], stem.rpartition(" - ")[2]
    return is_person(first) and is_person(last) and set(words(first)) != set(words(last))


def is_person(text: str) -> bool:
    """Whether a name looks like a person's: two words or more, no digits, none about work."""
    found = words(text)
    plain = not has_digits(text) and not is_work(text) and not is_class(text)
    return len(found) >= 2 and plain


def is_work(text: str) -> bool:
    """Whether a name speaks of a piece of work (``lab2``, ``helper``) and so of no student."""
    return any(_WORK.fullmatch(word) for word in words(text))


def is_class(text: str) -> bool:
    """Whether a name speaks of many students (``submissions``, ``группа 3``)."""
    return any(_CLASS.fullmatch(word) for word in words(text))
