"""Late work: what a rubric may say of it, and what it then costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standing_samples import rubric

from grader import rubric as rubrics
from grader.errors import CourseError
from grader.late import LatePolicy, policy_of

RUBRIC = """\
schema_version: 1
lab: tiny
title: {ru: Лаба, en: Lab}
deadline: 2025-03-01T23:59+03:00
late:
  - {hours: 24, keep: 80}
  - {hours: 72, keep: 50}
keep_after: 0
tasks:
  - id: net
    title: {ru: Сеть, en: Network}
    object: {name: f, cell: one}
    checks: [{id: v, kind: values, cases: f, points: 2, title: {ru: З, en: V}}]
"""
POLICY = {
    "deadline": "2025-03-01T23:59+03:00",
    "late": [{"hours": 24, "keep": 80}, {"hours": 72, "keep": 50}],
    "keep_after": 0,
}


def load(tmp_path: Path, text: str) -> rubrics.Rubric:
    path = tmp_path / "tiny.yaml"
    path.write_text(text, encoding="utf-8")
    return rubrics.load(path)


def policy() -> LatePolicy:
    found = policy_of(rubric(**POLICY))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("handed_in", "late", "kept"),
    [
        ("2025-03-01T20:00+03:00", None, 1.0),
        ("2025-03-01T23:59+03:00", None, 1.0),
        ("2025-03-01T20:58:59+00:00", None, 1.0),
        ("2025-03-01T21:00:00+00:00", timedelta(minutes=1), 0.8),
        ("2025-03-02T23:59+03:00", timedelta(hours=24), 0.8),
        ("2025-03-02T23:59:01+03:00", timedelta(hours=24, seconds=1), 0.5),
        ("2025-03-04T23:59+03:00", timedelta(hours=72), 0.5),
        ("2025-03-05T00:00+03:00", timedelta(hours=72, minutes=1), 0.0),
        ("2025-03-02T00:00", timedelta(minutes=1), 0.8),
        ("2025-03-01T23:58", None, 1.0),
    ],
)
def test_what_is_kept_falls_step_by_step(
    handed_in: str, late: timedelta | None, kept: float
) -> None:
    """A step ends with its last second; a time without a zone is in the deadline's."""
    assert policy().judge(datetime.fromisoformat(handed_in)) == (late, kept)


def test_an_unknown_time_is_in_time() -> None:
    """Nobody loses points because a file has no date."""
    assert policy().judge(None) == (None, 1.0)


def test_a_deadline_alone_takes_nothing() -> None:
    """Without steps lateness is told and every point is kept."""
    found = policy_of(rubric(deadline="2025-03-01T23:59+03:00"))
    assert found is not None
    assert found.judge(datetime(2025, 3, 31, 20, 59, tzinfo=UTC)) == (timedelta(days=30), 1.0)


def test_a_hard_deadline_needs_no_steps() -> None:
    """With `keep_after: 0` and no steps late work has no points."""
    found = policy_of(rubric(deadline="2025-03-01T23:59+03:00", keep_after=0))
    assert found is not None
    assert found.judge(datetime(2025, 3, 2, tzinfo=UTC))[1] == 0


def test_no_deadline_is_no_policy() -> None:
    """A rubric without a deadline knows no late work."""
    assert policy_of(rubric()) is None


def test_a_deadline_is_read_from_yaml_in_every_spelling(tmp_path: Path) -> None:
    """YAML's own timestamps and plain strings mean the same moment, offset included."""
    spellings = [
        "2025-03-01T23:59+03:00", "2025-03-01T23:59:00+03:00", "2025-03-01 23:59:00+03:00",
        "'2025-03-01T23:59+03:00'", "2025-03-01T20:59:00Z",
    ]  # fmt: skip
    for spelling in spellings:
        loaded = load(tmp_path, RUBRIC.replace("2025-03-01T23:59+03:00", spelling))
        assert loaded.deadline == datetime(2025, 3, 1, 20, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("2025-03-01T23:59+03:00", "2025-03-01T23:59", 4, "offset"),
        ("2025-03-01T23:59+03:00", "2025-03-01", 4, "offset"),
        ("2025-03-01T23:59+03:00", "20250301", 4, "offset"),
        ("2025-03-01T23:59+03:00", "tomorrow", 4, "write date, time and offset"),
        ("deadline: 2025-03-01T23:59+03:00\n", "", 4, "`late` needs a `deadline`"),
        ("keep_after: 0\n", "", 5, "`keep_after`"),
        ("hours: 72", "hours: 24", 7, "ends later"),
        ("keep: 50", "keep: 90", 7, "cannot keep more"),
        ("keep_after: 0", "keep_after: 60", 8, "cannot keep more"),
        ("keep: 80", "keep: 180", 6, "less than or equal to 100"),
        ("hours: 24", "hours: 0", 6, "greater than 0"),
        ("hours: 72", "hours: 1e300", 7, "less than or equal"),
    ],
)
def test_a_policy_that_does_not_fit_together_is_told(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    """Each mistake in the late policy is a course error with the line of its key."""
    assert old in RUBRIC
    with pytest.raises(CourseError) as caught:
        load(tmp_path, RUBRIC.replace(old, new))
    told = str(caught.value).splitlines()
    assert any(f"tiny.yaml:{line}: " in text and says in text for text in told), told
