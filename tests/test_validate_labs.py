"""The rubrics of this course, each tested by its own reference and misconceptions."""

from __future__ import annotations

import pytest
from conftest import ROOT

from grader import course
from grader.preparing import Options
from grader.validate import validate

LONG = {"cnn_lecture": "17 tasks and large networks; test_lecture_misconceptions.py is quicker"}
LABS = [
    pytest.param(lab, marks=pytest.mark.slow if lab in LONG else pytest.mark.labs)
    for lab in course.labs(ROOT)
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("lab", LABS)
def test_a_rubric_is_sound(lab: str) -> None:
    """The reference earns every point, the blank nothing, each misconception fails its own task
    alone, each check fails for one of them, in both languages, with five seeds alike."""
    found = validate(lab, Options(course=ROOT, quick=True))

    assert found.languages == ("ru", "en")
    assert [f"{r.says}: {p}" for r in found.rules for p in r.problems] == []
