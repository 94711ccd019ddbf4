"""What a student may see of a grade is what the rubric says, and is searched for here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import (
    Audience,
    CheckGrade,
    CheckStatus,
    Comparison,
    Fault,
    FaultKind,
    Grade,
    Level,
    Status,
    TaskGrade,
    Text,
)
from grader.report.audience import seen
from grader.report.html import page

OWN_ERROR = Fault(FaultKind.EXCEPTION, "only 3 rows", "ValueError", 4, 2, "x.reshape(3, -1)")


def text(words: str) -> Text:
    return Text(f"{words} по-русски", words)


def row(name: str, number: str, *, public: bool) -> Comparison:
    """A wrong case; its values, its error and its place all hold ``number``."""
    return Comparison(
        name, text(f"case {name}"), False, "(2, 3)", "(2, 3)", f"0.{number}1, 1", f"0.{number}2, 2",
        float(f"0.{number}3"), f"({number},)", f"{number}4", text(f"off by 0.{number}5"), public,
    )  # fmt: skip


def check(name: str, *rows: Comparison, public: bool = True) -> CheckGrade:
    wrong = rows[0]
    return CheckGrade(
        name, "values", text(f"title {name}"), CheckStatus.FAILED, 0, 2,
        text(f"case {wrong.case}: largest error {wrong.error}"),
        wrong.expected, wrong.got, rows, (), (OWN_ERROR,), public,
    )  # fmt: skip


PUBLIC, HIDDEN = row("open", "618034", public=True), row("closed", "271828", public=False)
SECRET = check("secret", row("also", "314159", public=True), public=False)


def grade(*checks: CheckGrade, audience: Audience | None = None) -> Grade:
    task = TaskGrade(
        "t", text("task"), Status.FAILED, 0, 4, checks[0].message, checks, None, "padding_swapped",
        text("The paddings are mixed up."), (text("Right up to the sign."),),
    )  # fmt: skip
    return Grade(
        "lab", text("lab"), "n.ipynb", "0" * 64, 0, 4, 2, False, (), {}, {}, 0, (task,), "en",
        audience=audience or Audience(),
    )  # fmt: skip


def test_advice_of_the_rubric_is_no_secret() -> None:
    """A check that fails in a hidden case hides its numbers, and still says the rubric's advice."""
    said = text("Mind the gap.")
    whole = check("one", HIDDEN)
    told = replace(whole, advice=said, message=text(f"{whole.message.en} Mind the gap."))
    shown = page(seen(grade(told), "full"))
    assert "Mind the gap." in shown
    assert "271828" not in shown
    assert "Mind the gap." not in page(seen(grade(replace(told, public=False)), "full"))


@pytest.mark.parametrize("level", ["brief", "full"])
def test_no_hidden_value_is_on_a_student_s_page(level: Level) -> None:
    """Nothing of a hidden case's numbers, or of a hidden check, is anywhere on the page."""
    for order in ((check("one", HIDDEN, PUBLIC), SECRET), (SECRET, check("one", HIDDEN, PUBLIC))):
        shown = page(seen(grade(*order), level))
        for leak in ("271828", "314159", "title secret", "case also", "padding_swapped"):
            assert leak not in shown, leak
        assert "A hidden check" in shown


def test_full_shows_why() -> None:
    """A public case has its values, a hidden one its title; the hint and own errors are there."""
    shown = page(seen(grade(check("one", PUBLIC, HIDDEN)), "full"))
    reasons = ("The paddings are mixed up.", "Right up to the sign.", "only 3 rows")
    for words in ("0.6180341", "0.6180342", "case closed", "its numbers are not shown", *reasons):
        assert words in shown, words


def test_brief_shows_verdicts_and_own_errors() -> None:
    """Brief: titles, points, what the student's own code raised; no reason and no value."""
    shown = page(seen(grade(check("one", PUBLIC, HIDDEN)), "brief"))
    assert "title one" in shown
    assert "only 3 rows" in shown
    for words in ("618034", "case open", "mixed up", "up to the sign", "largest error"):
        assert words not in shown, words


def test_staff_see_everything() -> None:
    """On the staff's page hidden cases have values, and the known mistake its name."""
    shown = page(seen(grade(check("one", HIDDEN), SECRET), "staff"))
    for words in ("0.2718281", "title secret", "padding_swapped", "mixed up"):
        assert words in shown, words


def test_the_rubric_decides_unless_somebody_else_does() -> None:
    """Without a level, the page has what the rubric's audience has: here no expected values and
    no known mistakes; the student's own values stay."""
    strict = Audience("full", expected=False, misconceptions=False)
    whole = grade(check("one", PUBLIC), audience=strict)
    shown = page(seen(whole))
    assert "0.6180342" in shown
    for words in ("0.6180341", "0.6180343", "0.6180345", "mixed up", "largest error"):
        assert words not in shown, words
    assert seen(replace(whole, audience=Audience("brief"))).tasks[0].hint is None
