"""A course with questions and texts: contradictions are told before anybody is graded."""

from __future__ import annotations

from pathlib import Path

import pytest
import sixth_lab

from grader import course
from grader.errors import CourseError

BROKEN = [
    ("RUBRIC", "key: 2,", "key: 5,", r"task shift: there is no box 5: the handout has 3"),
    ("RUBRIC", "key: 2,", "key: [1, 2],", r"the key is one number"),
    ("RUBRIC", "key: 2,", "", r"a question has a `key`"),
    ("RUBRIC", "rows_sum", "rows_total", r"keys\.py has no function 'rows_total'"),
    ("RUBRIC", "any_of_equals", "any_of", r"checks\.py has no function 'any_of'"),
    ("RUBRIC", "cell: q-shift", "cell: q-sum", r"cell 'q-sum' \(en\) has no boxes"),
    ("RUBRIC", "cell: essay", "cell: title", r"'title'.*task essay.*begin a line of it with TODO:"),
    ("KEYS", "return 7", "return 'many'", r"keys\.py: rows_sum: ValueError.*a key is a number"),
    ("KEYS", "return 7", "return []", r"a key is a finite number or several, not \[\]"),
    ("KEYS", "return 7", "return 1 / 0", r"rows_sum: ZeroDivisionError"),
    ("CHECKS", "import numpy", "import numpi", r"checks\.py: cannot be imported"),
    ("MISCONCEPTIONS", "{value: 1}", "{computed: one}", r"keys\.py has no function 'one'"),
    ("MISCONCEPTIONS", "{value: 1}", "{value: 1, ticked: [1]}", r"give one of `value`"),
    ("MISCONCEPTIONS", "task: sum\n", "task: top_k\n", r"task top_k has no check of kind `answer`"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BROKEN, ids=[b[3][:30] for b in BROKEN])
def test_what_does_not_fit_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    """Keys, boxes, functions and prompts that do not fit each other are a course error."""
    text = getattr(sixth_lab, file)
    assert old in text
    monkeypatch.setattr(sixth_lab, file, text.replace(old, new))
    root = sixth_lab.write(tmp_path)
    with pytest.raises(CourseError, match=says):
        course.load(root, sixth_lab.NAME, "en")
