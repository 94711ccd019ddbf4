"""What a notebook answers to a question, before anybody says whether it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Box:
    """One line of a task list."""

    ticked: bool
    text: str


@dataclass(frozen=True)
class Entry:
    """What the code says in ``answers``. ``computed``: only running the notebook tells."""

    value: Any = None
    computed: bool = False


@dataclass(frozen=True)
class Reply:
    """All that a notebook says to one question.

    ``line`` stands after "Answer:"; ``added`` are the lines below the question that the handout
    does not have. ``student`` is whose notebook it was made for, where its options were shuffled.
    """

    boxes: tuple[Box, ...] = ()
    line: str = ""
    added: tuple[str, ...] = ()
    entry: Entry | None = None
    student: str = ""


@dataclass(frozen=True)
class Question:
    """A reply beside what it is judged by.

    ``options`` are the texts of the handout's boxes. ``keys`` are the answers that count: the
    rubric's key first, then those that it accepts too.
    """

    id: str
    reply: Reply
    options: tuple[str, ...]
    keys: tuple[tuple[float, ...], ...]
