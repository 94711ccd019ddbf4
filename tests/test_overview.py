"""What is computed of a class before its page is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from class_files import by_hand, check, comparison, grade_file, row, standing, task
from class_samples import WHEN, group

from grader.gradebook import Row
from grader.model import CheckStatus, Status
from grader.overview import ClassOverview, overview

FAILED, PASSED = CheckStatus.FAILED, CheckStatus.PASSED


def made(*rows: Row) -> ClassOverview:
    return overview([standing(one) for one in rows], rows, when=WHEN)


def simple(student: str, points: float, most: float = 10, status: Status = Status.PARTIAL) -> Row:
    """A student with one task and these points."""
    verdict = FAILED if points < most else PASSED
    seen = [comparison("random", "1.5", 1.0)] if points < most else []
    only = task("net", status, [check("values", verdict, most, comparisons=seen)])
    return row(student, grade_file([{**only, "points": points}], pass_mark=0.6 * most))


def test_every_student_is_counted_once() -> None:
    """Outcomes add up to the class, and nobody without a grade counts as not passed."""
    counts = group(120).counts

    assert sum(counts.values()) == 120
    assert (counts["missing"], counts["unreadable"], counts["ungraded"]) == (3, 3, 2)
    found = made(simple("a", 9), simple("b", 2), row("c", None, status="ungraded"))
    assert (found.counts["passed"], found.counts["failed"], found.counts["ungraded"]) == (1, 1, 1)


def test_only_the_attempt_that_counts_is_looked_at() -> None:
    """An earlier attempt adds nothing to tasks, checks and clusters."""
    first, second = simple("a", 2), replace(simple("a", 10), number=2)

    found = overview([standing(second)], [first, second], when=WHEN)

    assert found.checks == ()
    assert [one.number for one in found.students] == [2]


def test_points_that_count_are_shown() -> None:
    """A late penalty and points by hand are in the row, and both are told."""
    rows = [simple("a", 9), simple("b", 2)]
    late = replace(standing(rows[0]), points=8.1, late=timedelta(hours=3), kept=0.9)
    helped = by_hand(standing(rows[1]), "net", 7.5, "oral")

    found = {s.student: s for s in overview([late, helped], rows, when=WHEN).students}

    assert (found["a"].points, found["a"].late, found["a"].kept) == (8.1, timedelta(hours=3), 0.9)
    assert (found["b"].points, found["b"].by_hand, found["b"].why) == (7.5, True, "oral")
    mark = found["b"].marks[0]
    assert mark is not None
    assert (mark.points, mark.by_hand) == (7.5, True)


def test_points_for_a_whole_submission_make_an_outcome() -> None:
    """Who could not be graded and was given points by a person has passed, or has not."""
    unread = row("a", None, status="unreadable", reason="no JSON")
    given = replace(standing(unread), points=8.0, max_points=10.0, passed=True, by_hand=True)

    (only,) = overview([given], [unread], when=WHEN).students

    assert (only.outcome, only.points, only.by_hand, only.anchors) == ("passed", 8.0, True, {})


@pytest.mark.parametrize(
    ("most", "width"), [(1, 0.1), (10, 1), (16, 1), (20, 2), (73, 5), (100, 10), (7.5, 0.5)]
)
def test_bins_are_round_and_hold_everybody(most: float, width: float) -> None:
    """Bins have a round width, begin at 0, end at full points or above, and lose no student."""
    points = [0, most / 3, most / 2, most, most]

    found = made(*(simple(f"s{i}", p, most) for i, p in enumerate(points))).distribution

    assert found is not None
    assert found.bins[0].low == 0
    assert found.bins[-1].high >= most - 1e-9
    assert found.bins[0].high == pytest.approx(width)
    assert len(found.bins) <= 16
    assert sum(b.passed + b.failed for b in found.bins) == len(points)
    assert found.bins[-1].passed == 2


def test_the_middle_of_the_class() -> None:
    """Median, quartiles and mean are of those with points alone."""
    rows = [*(simple(f"s{i}", i) for i in range(5)), row("x", None, status="missing")]

    found = made(*rows).distribution

    assert found is not None
    assert (found.mean, found.quartiles) == (2.0, (1.0, 2.0, 3.0))
    assert (found.pass_mark, found.max_points) == (6.0, 10)


def test_a_class_without_grades_has_no_figures() -> None:
    """No students, or none with a grade: no distribution, no tasks, and no error."""
    for rows in ([], [row("a", None, status="missing")]):
        found = made(*rows)
        assert (found.distribution, found.tasks, found.checks, found.clusters) == (None, (), (), ())
        assert len(found.students) == len(rows)


def test_the_time_of_a_task_is_the_median_of_those_who_tell_it() -> None:
    """A grade file without times of tasks, as older ones are, or with no number, counts nowhere."""
    tasks = [
        task("plain", Status.PASSED, [check("values", PASSED, 5)]),
        task("net", Status.PASSED, [check("values", PASSED, 5)]),
    ]
    rows = [
        row("a", grade_file(tasks, times={"net": 9})),
        row("b", grade_file(tasks, times={"net": 2.5})),
        row("c", grade_file(tasks, times={"net": 11})),
        row("d", grade_file(tasks, times={"net": "nan"})),
        row("e", grade_file(tasks)),
    ]

    plain, net = made(*rows).tasks

    assert (plain.seconds, plain.timed) == (None, 0)
    assert (net.seconds, net.timed) == (9, 3)


def test_ungraded_tasks_are_no_failures() -> None:
    """A pass rate is of those whose task could be judged."""
    rows = [
        simple("a", 10, status=Status.PASSED),
        simple("b", 0, status=Status.FAILED),
        simple("c", 0, status=Status.UNGRADED),
    ]

    (only,) = made(*rows).tasks

    assert (only.judged, only.passed, only.pass_rate, only.mean_points) == (2, 1, 0.5, 5.0)
    assert dict(only.counts) == {Status.PASSED: 1, Status.FAILED: 1, Status.UNGRADED: 1}


def test_checks_that_fail_most_come_first() -> None:
    """Checks are counted over those who attempted the task, with the mistakes that were made."""
    seen = [comparison("random", "1.5", 1.0)]
    bad = task(
        "net",
        Status.FAILED,
        [check("shape", PASSED, 1), check("values", FAILED, 1, comparisons=seen)],
        misconception="padding_one",
    )
    both = task("net", Status.FAILED, [check("shape", FAILED, 1), check("values", FAILED, 1)])
    untouched = CheckStatus.NOT_ATTEMPTED
    blank = task("net", Status.NOT_ATTEMPTED, [check("shape", untouched, 1)])

    first, second = made(
        *(row(n, grade_file([t])) for n, t in zip("abcd", [bad, bad, both, blank], strict=True))
    ).checks

    assert (first.id, first.failed, first.judged) == ("values", 3, 3)
    assert first.misconceptions == (("padding_one", 2),)
    assert (second.id, second.failed, second.judged) == ("shape", 1, 3)


def test_students_stand_in_the_order_of_an_index() -> None:
    """Names are in order without regard to case, «ё» among «е»; who has none goes by the key."""
    names = [("1", "Ёлкин"), ("2", "Жуков"), ("3", "егоров"), ("абрамов", "")]
    rows = [row(student, None, name=name, status="missing") for student, name in names]

    assert [one.student for one in made(*rows).students] == ["абрамов", "3", "1", "2"]
