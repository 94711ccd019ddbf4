"""Words, numbers and the terminal table; untrusted text made harmless."""

from __future__ import annotations

import io
import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from grade_parts import task
from grade_samples import full, right
from grades import GRADES
from rich.console import Console

from grader.model import CheckStatus, FaultKind, Language, Status
from grader.report import words
from grader.report.html import spelled
from grader.report.phrases import Phrases, plural_ru
from grader.report.tame import clean
from grader.report.terminal import table

TEMPLATES = Path(words.__file__).parent / "templates"


def printed(name: str, width: int = 100, encoding: str = "utf-8") -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=out, width=width, force_terminal=False).print(table(GRADES[name]))
    out.flush()
    buffer = out.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    "catalogue", [words.WORDS, words.STATUS, words.CHECK, words.FAULT, words.STOPPED, words.ROWS]
)
def test_every_word_is_said_in_both_languages(catalogue: dict[str, words.Text]) -> None:
    """Russian words are written in Cyrillic (names aside), English ones in Latin letters."""
    for text in catalogue.values():
        assert set(text.en) <= set(string.printable)
        assert re.search("[а-яё]", text.ru) or text.ru == text.en


def test_every_status_has_a_word_and_a_sign() -> None:
    """No verdict or fault can reach a page without a word for it."""
    assert set(words.STATUS) == set(Status)
    assert set(words.CHECK) == set(CheckStatus)
    assert set(words.FAULT) == set(FaultKind)
    icons = (TEMPLATES / "icons.html.j2").read_text(encoding="utf-8")
    for status in [*Status, *CheckStatus]:
        assert f'id="i-{status}"' in icons


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (1, "1 балл", "1 point"),
        (2, "2 балла", "2 points"),
        (5, "5 баллов", "5 points"),
        (11, "11 баллов", "11 points"),
        (14, "14 баллов", "14 points"),
        (21, "21 балл", "21 points"),
        (2.5, "2,5 балла", "2.5 points"),
        (112, "112 баллов", "112 points"),
        (1234.5, "1\u202f234,5 балла", "1,234.5 points"),
        (0, "0 баллов", "0 points"),
    ],
)
def test_points_are_counted_as_the_language_counts(
    value: float, russian: str, english: str
) -> None:
    """Russian has three plural forms and a decimal comma."""
    assert Phrases("ru").points(value).replace("\xa0", " ") == russian
    assert Phrases("en").points(value).replace("\xa0", " ") == english


def test_after_of_the_noun_stands_in_the_genitive() -> None:
    """20 из 21 балла, 3 из 4 баллов, 7 из 10,5 балла."""
    said = [Phrases("ru").out_of(0, of).split("\xa0")[-1] for of in (1, 21, 4, 100, 10.5)]
    assert said == ["балла", "балла", "баллов", "баллов", "балла"]
    assert plural_ru(3, "эпоха", "эпохи", "эпох") == "эпохи"


def test_values_are_spelled_as_python_spells_them() -> None:
    """True, None and short floats, so that a student recognises what the code returned."""
    assert spelled({"a": [True, None, 0.1234567891]}) == "{a: [True, None, 0.123457]}"


@pytest.mark.parametrize(
    "junk", ["\x1b]", "\x1b[", "\x9d", "\x9da", "\x9b1;", "\x1b]0;a", "\u202e", "\r", "\x1b"]
)
def test_cleaning_takes_linear_time_and_leaves_no_escape(junk: str) -> None:
    """Half a megabyte of unfinished escape sequences is cleaned at once and holds no escape."""
    cleaned = clean(junk * (500_000 // len(junk)))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", cleaned)


def test_cleaning_keeps_what_people_write() -> None:
    """Accents, emoji of several parts, tabs and line ends survive."""
    assert clean("é 👩‍🔬 ﷽\tд\r\nж\x85з") == "é 👩‍🔬 ﷽\tд\nж\nз"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_table_has_a_line_and_a_reason_for_each_task(language: Language) -> None:
    """The terminal shows each task's verdict, points and reason, then the total and any doubt."""
    shown = printed(f"full_{language}", width=160)
    for one in full(language).tasks:
        line = next(line for line in shown.splitlines() if f" {one.id} " in line)
        assert words.STATUS[one.status][language] in line
        assert one.message[language] in line
    assert Phrases(language).out_of(31, 61.5).replace("\xa0", " ") in shown
    assert words.WORDS["provisional"][language] in shown


@pytest.mark.parametrize("width", [40, 72, 100])
def test_the_table_reads_nothing_as_markup(width: int) -> None:
    """Brackets and escapes from a student are printed as they are or not at all."""
    shown = printed("hostile_en", width)
    assert "[red]" in re.sub(r"\s+", "", shown)
    assert "\x1b" not in shown
    assert all(len(line) <= width for line in shown.splitlines())


@pytest.mark.parametrize(("name", "encoding"), [("full_ru", "cp1251"), ("full_en", "ascii")])
def test_the_table_suits_a_terminal_that_lacks_our_signs(name: str, encoding: str) -> None:
    """On a terminal without UTF-8 the verdicts stand beside plain signs."""
    shown = printed(name, 120, encoding)
    assert f"+ {words.STATUS[Status.PASSED][full(name[-2:]).language]}" in shown  # type: ignore[arg-type]


def test_a_task_that_follows_from_another_names_it() -> None:
    """Where the reason does not name the task at fault, the table does."""
    grade = replace(right(), tasks=(task("b", Status.PASSED, 1, 1, follows_from="a"),))
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(grade))
    assert "the cause is in another task: a" in console.export_text()


def test_only_a_passed_task_is_said_to_keep_its_points() -> None:
    """A task with faults of its own beside those that follow is not told that it lost nothing."""
    grade = replace(right(), tasks=(task("b", Status.FAILED, 0, 1, follows_from="a"),))
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(grade))
    assert "Part of this follows from another task: a" in console.export_text()
