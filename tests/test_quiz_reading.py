"""How answers are read from a notebook: boxes, numbers, intervals, code that is not run."""

from __future__ import annotations

from typing import Any

import pytest

from grader.model import Cell
from grader.quiz import Box, Entry, Given, Question, Unreadable, given
from grader.quiz.boxes import boxes, tick
from grader.quiz.entries import entries
from grader.quiz.numbers import bounds, numbers
from grader.quiz.options import order, owners
from grader.quiz.values import Reply
from grader.rubric import Answer


@pytest.mark.parametrize(
    "line",
    [
        "- [x] one",
        "- [X] one",
        "* [ x ] one",
        "+ [х] one",  # a Cyrillic letter
        "- [Х] one",
        "1. [v] one",
        "[x] one",
        "> - [x] one",
        "- \\[x\\] one",
        "  - [✓] one",
        "- ☒ one",
        "☑ one",
        "✅ one",
        '- <input type="checkbox" checked> one',
        "- [x]\u00a0one",
    ],
)
def test_a_ticked_box_however_it_is_written(line: str) -> None:
    """A tick counts in any alphabet, case and spacing, and as a sign."""
    assert boxes(line) == (Box(True, "one"),)


@pytest.mark.parametrize("line", ["- [ ] one", "- [] one", "[_] one", "☐ one", "⬜ one"])
def test_an_empty_box(line: str) -> None:
    """A box without a tick is a box."""
    assert boxes(line) == (Box(False, "one"),)


@pytest.mark.parametrize(
    "line", ["- [x](https://example.org)", "see [12]", "- one", "- [abc] one", "x[0] = 1"]
)
def test_what_is_no_box(line: str) -> None:
    """Links, references and plain items are no boxes."""
    assert boxes(line) == ()


def test_an_option_may_go_on_below() -> None:
    """An option's words go on until an empty line; boxes in fenced code are not there."""
    text = "- [ ] one\n  and more\n- [x] two\n\nno option\n```\n- [x] code\n```"
    assert boxes(text) == (Box(False, "one and more"), Box(True, "two"))


def test_ticking_is_the_inverse_of_reading() -> None:
    """A text whose boxes were ticked says so, and nothing else of it changes."""
    text = "## 1.1\n- [ ] one\n- [x] two\n* ☐ three"
    made = tick(text, {1, 3})
    assert [box.ticked for box in boxes(made)] == [True, False, True]
    assert made.startswith("## 1.1\n- [x] one\n- [ ] two\n")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("200600", (200600,)),
        ("200600 обучаемых весов", (200600,)),
        ("200600 штук", (200600,)),
        ("200600 (784·256 + 256)", (200600,)),
        ("(200600)", (200600,)),
        ("«200600»", (200600,)),
        ("784*250 + 4600 = 200600", (200600,)),
        ("200,600", (200600, 200.6)),
        ("200 600", (200600,)),
        ("200\u00a0600", (200600,)),
        ("200\u202f600", (200600,)),
        ("200_600", (200600,)),
        ("200'600", (200600,)),
        ("2.006e5", (200600,)),
        ("2,006·10^5", (200600,)),
        ("2.006 × 10**5", (200600,)),
        ("10,004,000", (10004000,)),
        ("10.004.000", (10004000,)),
        ("200.600", (200.6,)),
        ("0,5", (0.5,)),
        ("0,500", (0.5,)),
        ("1 234,5", (1234.5,)),
        ("**200600**", (200600,)),
        ("$200{,}600$", (200600, 200.6)),
        ("`200600`.", (200600,)),
        ("= -3", (-3,)),
        ("\u22123,5", (-3.5,)),
        ("200600 весов", (200600,)),
        ("0", (0,)),
        ("200600 или 200,600.", (200600,)),
    ],
)
def test_a_number_however_it_is_written(text: str, means: tuple[float, ...]) -> None:
    """Thousands may be parted in any way, and a comma may be a decimal point."""
    assert numbers(text, ["вес"]) == pytest.approx(means)


@pytest.mark.parametrize(
    "text",
    ["", "many", "200600 или 3", "200600 or", "200600 apples", "1e999", "12 34", "3.1.4", "x = 3"],
)
def test_what_is_no_number(text: str) -> None:
    """Two numbers, strange units and words are no number."""
    assert numbers(text, ["вес"]) == ()


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("97.8-98.2", (97.8, 98.2)),
        ("от 97,8% до 98,2%", (97.8, 98.2)),
        ("[97.8; 98.2]", (97.8, 98.2)),
        ("97.8 – 98.2 %", (97.8, 98.2)),
        ("(-1, 2)", (-1, 2)),
        ("98", (98,)),
        ("about", ()),
        ("1, 2, 3", ()),
    ],
)
def test_an_interval_however_it_is_written(text: str, means: tuple[float, ...]) -> None:
    """Two bounds, or the one number that is to lie between them."""
    assert bounds(text) == pytest.approx(means)


def code(*sources: str) -> list[Cell]:
    return [Cell(index, "code", source) for index, source in enumerate(sources)]


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["answers = {'1': [1, 3], '2': 200_600}"], {"1": Entry((1, 3)), "2": Entry(200600)}),
        (["answers = {1: 'a'}\nanswers['2'] = -1.5"], {"1": Entry("a"), "2": Entry(-1.5)}),
        (["answers = {'1': 5}", "answers = {'2': 6}"], {"2": Entry(6)}),
        (["answers = {}", "answers.update({'1': True})\nprint(answers)"], {"1": Entry(True)}),
        (["%matplotlib inline\nanswer_1 = {2, 1}"], {"1": Entry((1, 2))}),
        (["answers = {'1': model.count_params()}"], {"1": Entry(computed=True)}),
        (
            ["answers = {'1': 5}\nanswers['1'] += 1"],
            {"1": Entry(5, True), "2": Entry(None, True)},
        ),
        (["answers = make()"], {"1": Entry(computed=True), "2": Entry(computed=True)}),
        (["answers = {"], {}),
        (["x = 1"], {}),
    ],
)  # fmt: skip
def test_answers_in_code_are_read_and_not_run(sources: list[str], found: dict[str, Any]) -> None:
    """Literals count as they stand, the last one of a question; the rest is left to a run."""
    assert entries(code(*sources), ["1", "2"]) == found


def test_shuffled_and_reworded_options_are_known_again() -> None:
    """An option is known by its words, wherever it stands, and by its place if all others are."""
    options = ["from 97.6% to 97.9%", "from 97.9% to 98.1%", "above 98.3%"]
    mine = [Box(True, "above 98,3 %"), Box(False, "97.6% to 97.9%"), Box(False, "the middle one")]
    assert owners(mine, options) == (2, 0, 1)
    assert owners([Box(True, "something else")], options) == (None,)


def test_an_order_is_drawn_once_and_for_all() -> None:
    """A student's order depends on their id and the question; nobody's is the handout's."""
    assert order("", "1.1", 4) == (0, 1, 2, 3)
    assert order("ivanov", "1.1", 4) == order("ivanov", "1.1", 4)
    drawn = {order(student, "1.1", 4) for student in map(str, range(200))}
    assert len(drawn) == 24
    assert all(sorted(one) == [0, 1, 2, 3] for one in drawn)


OPTIONS = ("from 97.5% to 97.8%", "from 97.8% to 98.2%", "not at all")


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ("вариант 2", 2),
        ("Вариант №2", 2),
        ("#2", 2),
        ("option b", 2),
        ("2) from 97.8% to 98.2%", 2),
        ("2, потому что дальше растёт медленно", 2),
        ("b - because it grows", 2),
        ("2) from 97.5% to 97.8%", None),
        ("2, not 3", None),
        ("2, 3 or 1", None),
        ("x2", None),
    ],
)
def test_an_option_in_plain_words(line: str, chosen: int | None) -> None:
    """A number or letter counts with a word before it, the option's own words or a reason behind
    it; what contradicts itself, or names several, is left to a person."""
    check = Answer.model_validate(
        {"id": "q", "kind": "answer", "form": "single", "points": 1, "key": [2],
         "title": {"ru": "В", "en": "Q"}}
    )  # fmt: skip
    read = given(check, Question("q", Reply(line=line), OPTIONS, ((2.0,),)))
    assert getattr(read, "values", None) == (None if chosen is None else (float(chosen),))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("сделано", True), ("I did it", True), ("Да, всё получилось!", True), ("1", True),
        ("**done**", True), ("I have read the page", True), ("Готово.", True), ("+", True),
        ("", False), ("...", False), ("нет", False), ("not done", False), ("0", False),
        ("I didn't finish it", None), ("не получилось", None), ("почти сделал", None),
        ("see below", None), ("2", None),
    ],
)  # fmt: skip
def test_that_it_was_done_in_words(line: str, told: bool | None) -> None:
    """A yes in words is one, whatever it stands in; a no is none; a person reads anything else."""
    check = Answer.model_validate(
        {"id": "q", "kind": "answer", "form": "done", "points": 1,
         "title": {"ru": "В", "en": "Q"}}
    )  # fmt: skip
    value = {"True": True, "1": 1, "0": 0, "2": 2}.get(line, line)
    for reply in (Reply(line=line), Reply(entry=Entry(value))):
        read = given(check, Question("q", reply, ("I have read the page",), ()))
        assert isinstance(read, {True: Given, False: type(None), None: Unreadable}[told]), reply
    noted = given(
        check, Question("q", Reply(added=(line, "a note")), ("I have read the page",), ())
    )
    assert isinstance(noted, Given) is (told is True)
