"""Both languages complete: handouts of the same cells, and every sentence in its own language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.course import Lab
from grader.model import Language, Text
from grader.validated import Rule

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)


def complete(labs: Mapping[Language, Lab]) -> Rule:
    """Whether handouts, titles and messages are there in each language of the lab."""
    problems = [*_handouts(labs), *_texts(labs)]
    language, lab = next(iter(labs.items()))
    notes = () if len(labs) > 1 else (f"there is no handout but the one in {language}",)
    count = len(lab.handout.cells) + len(list(_words(lab)))
    return Rule(
        "languages", "Each language is complete", count, tuple(dict.fromkeys(problems)), notes
    )


def _handouts(labs: Mapping[Language, Lab]) -> Iterator[str]:
    """The same cells in the same order; in a Russian handout, texts in Russian."""
    orders = {one: [(c.id, c.kind) for c in lab.handout.cells] for one, lab in labs.items()}
    first, *others = orders
    for other in others:
        for name, kind in set(orders[first]) ^ set(orders[other]):
            lack = other if (name, kind) in orders[first] else first
            yield f"handout.{lack}.ipynb lacks the {kind} cell {name!r} that another language has"
        if sorted(orders[first]) == sorted(orders[other]) and orders[first] != orders[other]:
            yield f"handout.{other}.ipynb has its cells in another order than handout.{first}.ipynb"
    for language, lab in labs.items():
        if len(labs) == 1:
            return
        for cell in lab.handout.cells:
            if cell.kind == "markdown" and not _spoken(cell.source, language):
                yield f"handout.{language}.ipynb: the text of {cell.id!r} is in another language"


def _texts(labs: Mapping[Language, Lab]) -> Iterator[str]:
    for lab in labs.values():
        for where, text in _words(lab):
            for language in ("ru", "en"):
                if not text[language].strip():
                    yield f"{where}: nothing is said in {language}"
            if CYRILLIC.search(text.en):
                yield f"{where}: the English words are Russian: {text.en[:60]!r}"
            if text.ru == text.en and LATIN_WORD.search(text.ru) and " " in text.ru:
                yield f"{where}: the Russian words are English: {text.ru[:60]!r}"


def _words(lab: Lab) -> Iterator[tuple[str, Text]]:
    """Every text that a report may show, and where it is written."""
    yield "title", lab.rubric.title.text
    generators: set[str] = set()
    for task in lab.rubric.tasks:
        yield f"{task.id}: title", task.title.text
        for check in task.checks:
            yield f"{task.id}/{check.id}: title", check.title.text
            generators |= {getattr(check, "cases", "")}
    for mistake in lab.misconceptions:
        yield f"misconception {mistake.id}", mistake.message.text
    for name in sorted(generators & lab.generators.keys()):
        for case in lab.draw(name, 0):
            yield f"cases.py: {name}/{case.id}", case.title


def _spoken(text: str, language: Language) -> bool:
    """Whether a text with words in it has words of its language."""
    if language == "ru":
        return bool(CYRILLIC.search(text)) or not LATIN_WORD.search(text)
    return len(CYRILLIC.findall(text)) <= len(text) / 10
