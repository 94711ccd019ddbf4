"""A reply as an answer: which boxes, which number, which bounds; or that it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.model import Text
from grader.rubric import Answer

from .lines import LONGEST
from .numbers import bounds, numbers
from .options import order, owners, plain
from .values import Question

_BLANK = re.compile(r"^[\s_.…?*`~:—–-]*$")
_PARTS = re.compile(r"\s*(?:[,;/]|\s+и\s+|\s+and\s+|\s+)\s*")
_PREFIX = re.compile(r"^(?:(?:ответ|вариант|answer|option)[ыs]?\b[\s:.№#—–-]*|[№#]\s*)", re.I)
_FIRST = re.compile(r"(?P<item>\d{1,2}|[a-hа-з])(?:\s*[).:,;]|\s[—–-])\s*(?P<words>\S.*)", re.I)
_MOST = 200
"""Options that an answer may name, however often."""
_LETTERS = {letter: place for row in ("abcdefgh", "абвгдежз") for place, letter in enumerate(row)}


@dataclass(frozen=True)
class Given:
    """An answer that could be read.

    ``values`` are numbers of boxes as the handout has them (from 1), the readings of a number, or
    bounds. ``also``: what another place of the notebook says otherwise, and what does not count.
    """

    values: tuple[float, ...]
    shown: str
    disagrees: bool = False


@dataclass(frozen=True)
class Unreadable:
    """There is an answer of which nothing can be made."""

    shown: str
    wanted: Text


def given(check: Answer, question: Question) -> Given | Unreadable | None:
    """What the notebook answers; None where it does not. Code counts before boxes and lines."""
    told = _from_entry(check, question)
    written = _from_text(check, question)
    if told is None:
        return written
    if isinstance(told, Given) and isinstance(written, Given):
        other = set(told.values).isdisjoint(written.values)
        if check.form in ("single", "multiple"):
            other = told.values != written.values
        return Given(told.values, told.shown, disagrees=other and check.form != "done")
    return told


def _from_text(check: Answer, question: Question) -> Given | Unreadable | None:
    reply = question.reply
    ticked = [place for place, box in enumerate(reply.boxes) if box.ticked]
    if check.form == "done":
        if ticked:
            return _TICKED
        told = _did(question, reply.line)
        noted = (_did(question, line) for line in reversed(reply.added))
        return told or next((note for note in noted if isinstance(note, Given)), None)
    if check.form in ("single", "multiple") and ticked:
        return _boxes(question, ticked)
    if not _BLANK.match(reply.line):
        return _read(check, question, reply.line)
    said = [line for line in reply.added if isinstance(_read(check, question, line), Given)]
    return _read(check, question, said[-1]) if said else None


def _did(question: Question, said: str) -> Given | Unreadable | None:
    """“I did it”, or that not, in words."""
    said = said[:LONGEST]
    told = plain(said)
    if _BLANK.match(said) or not told or told in _NO:
        return None
    words = _WORDS.findall(told)
    yes = told in _YES or told in [plain(option) for option in question.options]
    if yes or (_DID.intersection(words) and not _NOT.intersection(words)):
        return Given((1.0,), said)
    return Unreadable(said, _WANTED["done"])


def _boxes(question: Question, ticked: Sequence[int]) -> Given | Unreadable:
    mine = owners(question.reply.boxes, question.options)
    found = sorted({owner for place in ticked if (owner := mine[place]) is not None})
    shown = "; ".join(question.reply.boxes[place].text for place in ticked)
    if not found:
        return Unreadable(shown, _OPTION)
    return Given(tuple(option + 1.0 for option in found), shown)


def _from_entry(check: Answer, question: Question) -> Given | Unreadable | None:
    entry = question.reply.entry
    if entry is None or entry.value is None or entry.value in ((), ""):
        return None
    value = entry.value
    if check.form == "done":
        return _did(question, _short(value))
    if isinstance(value, str):
        return None if _BLANK.match(value) else _read(check, question, value)
    if check.form in ("single", "multiple"):
        return _chosen(question, value)
    listed = value if isinstance(value, tuple) else (value,)
    most = 1 if check.form == "number" else 2
    if not 1 <= len(listed) <= most or not all(_is_number(item) for item in listed):
        if len(listed) <= most and all(isinstance(item, str) for item in listed):
            return _read(check, question, " ; ".join(listed))
        return Unreadable(_short(value), _WANTED[check.form])
    return Given(tuple(float(item) for item in listed), _short(value))


def _read(check: Answer, question: Question, said: str) -> Given | Unreadable | None:
    """An answer that is written out."""
    said = said[:LONGEST]
    if _BLANK.match(said):
        return None
    if check.form in ("single", "multiple"):
        options = [plain(option) for option in question.options]
        if plain(said) in options:
            return Given((options.index(plain(said)) + 1.0,), said)
        bare = _PREFIX.sub("", said.strip(" .*_`()[]"))
        chosen = _chosen(question, tuple(_PARTS.split(bare)), said)
        if isinstance(chosen, Unreadable) and check.form == "single":
            return _with_words(question, bare, said) or chosen
        return chosen
    found = numbers(said, check.units) if check.form == "number" else bounds(said)
    return Given(found, said) if found else Unreadable(said, _WANTED[check.form])


def _with_words(question: Question, bare: str, said: str) -> Given | None:
    """A number or a letter, then the option's own words, or a reason without numbers."""
    match = _FIRST.fullmatch(bare)
    if match is None:
        return None
    chosen = _chosen(question, match["item"], said)
    if not isinstance(chosen, Given):
        return None
    texts = [plain(option) for option in question.options]
    words = plain(match["words"])
    same = words in texts and chosen.values == (texts.index(words) + 1.0,)
    return chosen if same or (words not in texts and not re.search(r"\d", words)) else None


def _chosen(question: Question, value: Any, said: str = "") -> Given | Unreadable:
    """Numbers, letters or words of options, as they stand in the student's own notebook."""
    listed = value if isinstance(value, tuple) else (value,)
    shown = said or _short(value)
    if len(listed) == len(question.options) and all(isinstance(item, bool) for item in listed):
        listed = tuple(place + 1 for place, item in enumerate(listed) if item)
    seen = _seen(question)
    found = []
    for item in listed[: _MOST + 1]:
        option = _option(item, seen, question.options)
        if option is None:
            return Unreadable(shown, _OPTION)
        found.append(option + 1.0)
    if not 1 <= len(found) <= _MOST:
        return Unreadable(shown, _OPTION)
    return Given(tuple(sorted(set(found))), shown)


def _option(item: Any, seen: Sequence[int], options: Sequence[str]) -> int | None:
    if isinstance(item, str):
        texts = [plain(option) for option in options]
        if plain(item) in texts:
            return texts.index(plain(item))
        bare = item.strip(" .)(").lower()
        place = int(bare) - 1 if bare.isdecimal() and len(bare) < 4 else _LETTERS.get(bare, -1)
    elif _is_number(item) and item == int(item):
        place = int(item) - 1
    else:
        return None
    return seen[place] if 0 <= place < len(seen) else None


def _seen(question: Question) -> tuple[int, ...]:
    """Which option the student saw at each place: as the notebook has them, else as drawn."""
    mine = [owner for owner in owners(question.reply.boxes, question.options) if owner is not None]
    if len(set(mine)) == len(question.options):
        return tuple(dict.fromkeys(mine))
    return order(question.reply.student, question.id, len(question.options))


def _is_number(value: Any) -> bool:
    finite = isinstance(value, int | float) and not isinstance(value, bool)
    return finite and abs(value) < 1e300


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_short(item) for item in value[:20])
    return str(value)[:200]


_TICKED = Given((1.0,), "☒")
_WORDS = re.compile(r"[^\W\d_]+")
_DID = frozenset(
    ["да", "yes", "did", "done", "finished", "completed", "готово", "готов", "готова", "сделано",
     "сделал", "сделала", "сделали", "выполнено", "выполнил", "выполнила", "получилось",
     "закончил", "закончила"]
)  # fmt: skip
_NOT = frozenset(["не", "нет", "ни", "почти", "no", "not", "nothing", "almost", "t"])
"""The last is what is left of “didn't”."""
_YES = _DID | frozenset(["true", "x", "х", "v", "✓", "✔", "☑", "☒", "+", "1", "1.0", "ok", "ок"])
_NO = frozenset(["нет", "no", "false", "0", "0.0", "не сделано", "не сделал", "не сделала",
                 "not done", "none", "[ ]"])  # fmt: skip
_OPTION = Text(
    "нужны отмеченные варианты, их номера по порядку или их текст",
    "ticked options are wanted, or their numbers in order, or their words",
)
_NUMBER = Text("нужно одно число", "one number is wanted")
_INTERVAL = Text(
    "нужны число или две границы промежутка", "a number or the two bounds of an interval is wanted"
)
_WANTED: dict[Literal["single", "multiple", "number", "interval", "done"], Text] = {
    "single": _OPTION,
    "multiple": _OPTION,
    "number": _NUMBER,
    "interval": _INTERVAL,
    "done": Text("нужны отметка или «сделано»", "a tick is wanted, or “done”"),
}
