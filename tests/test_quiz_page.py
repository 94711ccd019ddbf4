"""The page of a quiz: many small questions, each shown plainly."""

from __future__ import annotations

import re

from grade_questions import HINT, SHARE, questions

from grader.report.html import page


def test_a_question_is_shown_plainly() -> None:
    """The answer is read back, a mistake is named once, and the rule for points is said."""
    shown = page(questions("en"))
    assert shown.count("Your answer") == 21
    assert "☒ первый вариант &lt;b&gt;\n" in shown
    assert shown.count(HINT.en) == 5
    assert shown.count(SHARE.en) == 5
    assert "What was checked" not in shown


def test_short_names_stand_side_by_side() -> None:
    """The overview of 26 short ids takes a few lines and not a screen."""
    shown = page(questions("ru"))
    assert '<ol class="overview is-brief">' in shown
    assert len(re.findall(r'href="#task-\d+"', shown)) == 26
