"""The rubrics of this course, each tested by its own reference and misconceptions."""

from __future__ import annotations

import pytest
from conftest import ROOT

from grader import course
from grader.preparing import Options
from grader.validate import SEEDS, validate

LABS = course.labs(ROOT)


@pytest.mark.labs
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("lab", LABS)
def test_a_rubric_is_sound(lab: str) -> None:
    """The reference earns every point, the blank nothing, each misconception fails its own task
    alone, each check fails for one of them, in both languages alike."""
    assert _problems(lab, 1) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("lab", LABS)
def test_no_verdict_hangs_on_a_seed(lab: str) -> None:
    """With five seeds it is the same."""
    assert _problems(lab, SEEDS) == []


def _problems(lab: str, seeds: int) -> list[str]:
    found = validate(lab, Options(course=ROOT, quick=True), seeds)
    assert found.languages == ("ru", "en")
    return [f"{rule.says}: {problem}" for rule in found.rules for problem in rule.problems]
