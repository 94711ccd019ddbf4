"""``text``: free text is for a person to read; here it is only there or not."""

from __future__ import annotations

import checked
import pytest

from grader.checks import kinds, text
from grader.checks.evidence import Evidence
from grader.model import CheckGrade, CheckStatus
from grader.rubric import FreeText


def judged(said: str, words: int = 5) -> CheckGrade:
    task = checked.task({"kind": "text", "min_words": words, "points": 0}, object=None, cell="c")
    (check,) = task.checks
    assert isinstance(check, FreeText)
    return text.judge(check, Evidence(task, {}, {}, {}, said))


@pytest.mark.parametrize(
    "said",
    [
        "Пробовал три сети, лучшая с BatchNorm.",
        "I tried three nets; the best had batch norm.",
        "conv-relu-pool ×3, 72.5 %",
    ],
)
def test_a_text_is_there(said: str) -> None:
    """Five words in any language are a text, and its words are counted."""
    grade = judged(said)
    assert grade.status is CheckStatus.PASSED
    assert grade.got >= 5


@pytest.mark.parametrize("said", ["", "   \n\t ", "…", "--- *** ---", "todo", "one two three four"])
def test_a_text_is_not_there(said: str) -> None:
    """Nothing, punctuation and four words are no text, and nobody loses points for it."""
    grade = judged(said)
    assert grade.status is CheckStatus.NOT_ATTEMPTED
    assert (grade.points, grade.max_points) == (0.0, 0.0)
    assert "describe what you tried" in grade.message.en


def test_texts_are_never_compared() -> None:
    """No probe is made for a text, and no misconception is seen in it."""
    task = checked.task({"kind": "text", "points": 0}, object=None, cell="c")
    (check,) = task.checks
    one = Evidence(task, {}, {}, {}, "one")
    assert kinds.same(check, one, Evidence(task, {}, {}, {}, "two"))
    assert kinds.judge(check, one).kind == "text"
