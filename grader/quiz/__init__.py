"""Questions in notebooks: reads what a student answered, without running anything of theirs.

``blocks`` finds what stands under each question, ``boxes``, ``numbers`` and ``entries`` read it,
``options`` knows shuffled and reworded choices, ``given`` makes an answer of it all. ``writing``
fills answers in and shuffles options. Whether an answer is right is said elsewhere.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from grader.model import Submission
from grader.rubric import Answer, Rubric

from .blocks import Block, blocks
from .boxes import boxes
from .entries import NAME, entries, variable
from .given import Given, Unreadable, given
from .lines import uncommented, unfenced
from .values import Box, Entry, Question, Reply
from .writing import fill, shuffled

__all__ = [
    "NAME",
    "Box",
    "Entry",
    "Given",
    "Question",
    "Reply",
    "Unreadable",
    "fill",
    "given",
    "options_of",
    "questions_of",
    "replies",
    "shown",
    "shuffled",
    "variable",
]

_LINE = re.compile(
    r"^[\W_]*+(?:(?:мой|правильный|верный|my)\s++)?(?:ответ|answer)\w*+[\s*_`]*+"
    r"(?::|=|—|–|-|\bis\b)[\s*_`]*+(?P<said>.*)$",
    re.IGNORECASE,
)


def questions_of(rubric: Rubric) -> dict[str, str]:
    """The handout's cell of each question, by the task's id."""
    return {
        task.id: task.home
        for task in rubric.tasks
        if any(isinstance(check, Answer) for check in task.checks)
    }


def options_of(handout: Submission, cell_id: str) -> tuple[str, ...]:
    """The texts of a question's boxes in the handout."""
    source = next((cell.source for cell in handout.cells if cell.id == cell_id), "")
    return tuple(box.text for box in boxes(source))


def replies(
    submission: Submission, handout: Submission, questions: Mapping[str, str]
) -> dict[str, Reply]:
    """What the notebook says to each question; ``questions`` are handout cells by its id."""
    return dict(_replies(submission, handout, tuple(questions.items())))


def shown(question: Question) -> str:
    """What was found of a reply, for the report: its boxes, its line, what the code says."""
    reply = question.reply
    lines = [f"{'☒' if box.ticked else '☐'} {_bare(box.text)}" for box in reply.boxes]
    if not any(box.ticked for box in reply.boxes):
        lines = []
    if reply.entry is not None and reply.entry.value not in (None, (), ""):
        lines.append(f"{NAME}[{question.id!r}] = {_spelled(reply.entry.value)}")
    return "\n".join([*lines, *([reply.line] if reply.line else [])])


def _spelled(value: Any) -> str:
    """As Python writes it, lists as lists."""
    if isinstance(value, tuple):
        return f"[{', '.join(_spelled(item) for item in value[:20])}]"
    return repr(value)[:200]


@functools.lru_cache(maxsize=4)
def _replies(
    submission: Submission, handout: Submission, questions: Sequence[tuple[str, str]]
) -> tuple[tuple[str, Reply], ...]:
    found = blocks(submission, handout, dict(questions))
    told = entries(submission.cells, [question for question, _ in questions])
    return tuple(
        (question, _reply(found.get(question, Block()), told.get(question), submission.student))
        for question, _ in questions
    )


def _reply(block: Block, entry: Entry | None, student: str) -> Reply:
    text = "\n".join(block.lines)
    added = tuple(_bare(line) for line in block.added)
    return Reply(boxes(text), _line(text), tuple(a for a in added if a), entry, student)


def _line(text: str) -> str:
    """What stands behind the last "Answer:" that has something behind it."""
    found = [match["said"] for line in unfenced(text) if (match := _LINE.match(_bare(line)))]
    return next((said for said in reversed(found) if said), "")


def _bare(line: str) -> str:
    return uncommented(line).strip()
