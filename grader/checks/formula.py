"""``formula``: a formula that a student wrote into a text cell, by its values at a few points."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from grader.errors import ReferenceFailed
from grader.model import CheckGrade, CheckStatus, Text
from grader.rubric import Formula

from .algebra import LONGEST, MORE, POINTS, values
from .evidence import Evidence, Texts, verdict

MOST = 500
"""Places where “answer” stands that are looked at."""
BELOW = 3
"""Lines below the word that may hold the formula."""
_ANSWER = re.compile(
    r"(?:^|\W)(?:(?:ответ|answer)\b(?:[^\S\f]|[*_:.`—–-])*+)++(?P<said>[^\n\f]*)", re.I | re.M
)
"""The word may come twice: a blank that the handout left, and the student's own below it."""
_REMARK = re.compile(r"(?:,\s*|\(\s*)(?:[^\W\d_]+\b[\s,]*)++\)?$")
"""Words behind a formula: “(with biases)”, “, where K is the kernel”."""
_UNIT = re.compile(r"(?:\s+(?:[а-яё]{4,}|parameters|params|weights))+$", re.I)
"""And “parameters”, which is no variable."""
_ITEM = re.compile(r"^(?:\s|>|\d{1,2}[.)]\s|[-*+]\s)*+")
"""Quotations and lists, at a line's beginning."""
_NOTHING = " \t\r\n*_`>.…?!:;,$#~—–-"
"""What a line may consist of and still say nothing."""


def judge(check: Formula, evidence: Evidence) -> CheckGrade:
    """Passed when the formula that stands behind “answer” has the right one's values.

    What a student wrote there and no formula can be read from, a person reads.

    Raises:
        ReferenceFailed: the rubric's own formula cannot be read.
    """
    wanted = values(check.formula, check.variables)
    if wanted is None:
        raise ReferenceFailed(f"check {check.id}: {check.formula!r} is no formula; mend the rubric")
    texts = evidence.texts.get(check.cell, Texts())
    said, got = _said(texts, check.variables)
    if got is None and (said := _unread(texts)):
        return verdict(check, check.kind, CheckStatus.UNGRADED, _for_a_person(said), got=said)
    if got is None:
        return verdict(check, check.kind, False, _NONE, expected=check.formula)
    if _equal(got, wanted):
        return verdict(check, check.kind, True, _RIGHT, expected=check.formula, got=said)
    known = (m for m in check.mistakes if _equal(got, values(m.formula, check.variables) or ()))
    mistake = next(known, None)
    message = mistake.message.text if mistake else _wrong(said, check.variables, got, wanted)
    return verdict(check, check.kind, False, message, expected=check.formula, got=said)


def catches(check: Formula) -> bool:
    """Whether it has wrong formulas, and each of them can be read and fails it."""
    right = values(check.formula, check.variables)
    wrong = [values(mistake.formula, check.variables) for mistake in check.mistakes]
    return right is not None and bool(wrong) and None not in wrong and right not in wrong


def _said(texts: Texts, variables: Sequence[str]) -> tuple[str, tuple[float, ...] | None]:
    """The first answer that is a formula in these variables."""
    for said in (*_behind(texts.everywhere), *(line for own in texts.own for line in _lines(own))):
        shown = said.strip().strip("*_").rstrip(" .;,").rsplit("=", 1)[-1][:LONGEST]
        for bare in dict.fromkeys((shown, _UNIT.sub("", shown), _REMARK.sub("", shown))):
            found = values(bare.strip(" *_.;,"), variables)
            if found is not None and len(set(found)) > 1:
                return shown.strip(" $*_"), found
    return "", None


def _behind(text: str) -> Iterator[str]:
    """What stands behind each “answer”: its line, then the lines below, in the same cell."""
    for match in itertools.islice(_ANSWER.finditer(text), MOST):
        yield match["said"]
        end = match.end("said")
        yield from _lines(text[end : end + BELOW * LONGEST].partition(Texts.END)[0])


def _lines(text: str) -> list[str]:
    """The first lines that say something, and all of them as one."""
    bare = (_ITEM.sub("", line[: 2 * LONGEST]) for line in text[: 2 * BELOW * LONGEST].splitlines())
    lines = list(itertools.islice((line for line in bare if line.strip(_NOTHING)), BELOW))
    return [*lines, " ".join(lines)]


def _unread(texts: Texts) -> str:
    """What the student wrote as an answer, and cannot be read."""
    for own in texts.own:
        match = _ANSWER.search(own)
        lines = (own[match.start("said") :] if match else own).splitlines()
        said = [line.strip() for line in lines if not texts.from_handout(line)]
        told = " ".join(line for line in said if line.strip(_NOTHING))
        if told:
            return told[:LONGEST]
    return ""


def _equal(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(
        abs(x - y) <= 1e-9 * max(1.0, abs(y)) for x, y in zip(a, b, strict=True)
    )


def _wrong(
    said: str, variables: Sequence[str], got: Sequence[float], wanted: Sequence[float]
) -> Text:
    point = ", ".join(f"{n} = {v}" for n, v in zip(variables, (*POINTS[0], *MORE), strict=False))
    return Text(
        f"Формула «{said}» неверна: при {point} она даёт {got[0]:g}, а должно быть {wanted[0]:g}.",
        f"The formula “{said}” is wrong: for {point} it gives {got[0]:g}, not {wanted[0]:g}.",
    )


def _for_a_person(said: str) -> Text:
    return Text(
        f"Формулу «{said}» не удалось прочесть; решает преподаватель. Чтобы её прочла программа, "
        "напишите её в одну строку после слова «Ответ».",
        f"The formula “{said}” cannot be read, so a person decides. For the program to read it, "
        "write it on one line behind the word “Answer”.",
    )


_RIGHT = Text("Формула верна.", "The formula is right.")
_NONE = Text(
    "Формулы, которую можно вычислить, нет: напишите её в одну строку после слова «Ответ».",
    "There is no formula that can be computed: write it on one line behind the word “Answer”.",
)
