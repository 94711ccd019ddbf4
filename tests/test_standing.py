"""What counts for a student: attempts, late penalty and hand-given marks put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from standing_samples import Class, graded, rubric

from grader.late import LatePolicy, policy_of
from grader.marks import Mark, Marks
from grader.model import CheckStatus, Grade, Status, Text
from grader.standing import Policy, Standing, standings, without_effect

LATE = policy_of(
    rubric(deadline="2025-03-01T23:59+03:00", late=[{"hours": 24, "keep": 80}], keep_after=50)
)
IN_TIME, A_DAY, LATER = (f"2025-03-0{day}T12:00:00+03:00" for day in (1, 2, 5))


def marks(*given: Mark) -> Marks:
    return Marks({(mark.student, mark.task): mark for mark in given})


def count(
    group: Class,
    given: Marks | None = None,
    *,
    late: LatePolicy | None = None,
    policy: Policy = "latest",
    roster: Mapping[str, str] | None = None,
) -> dict[str, Standing]:
    found = standings(
        group.rows(), rubric=rubric(), marks=given or Marks(), late=late, policy=policy,
        roster=roster,
    )  # fmt: skip
    return {standing.student: standing for standing in found}


def test_without_marks_and_deadline_the_judged_points_count(tmp_path: Path) -> None:
    """Points are those of the checks, out of those and what a person may still give."""
    group = Class(tmp_path)
    group.add("ann", graded(5, message="Too small."), name="Ann", source="ann/lab.ipynb")
    ann = count(group)["ann"]
    assert (ann.points, ann.max_points, ann.judged, ann.passed) == (5, 10, 5, True)
    assert (ann.name, ann.source, ann.number) == ("Ann", "ann/lab.ipynb", 1)
    assert (ann.kept, ann.late) == (1.0, None)
    assert [(t.id, t.points, t.max_points, t.message) for t in ann.tasks] == [
        ("net", 5, 8, "Too small."),
        ("essay", 0, 2, "There is a text."),
    ]
    assert [(c.id, c.status, c.public) for c in ann.tasks[0].checks] == [
        ("shape", "failed", True),
        ("values", "failed", False),
    ]


def test_a_text_that_nobody_read_makes_the_mark_provisional(tmp_path: Path) -> None:
    """While points by hand are open the mark may change, and the reason names the task."""
    group = Class(tmp_path)
    group.add("ann", graded(8))
    group.add("bob", graded(8, "ru"))
    before = count(group)
    assert before["ann"].provisional
    assert before["ann"].reason == "a person has yet to read: essay"
    assert before["bob"].reason == "преподаватель ещё не прочёл: essay"
    after = count(group, marks(Mark("ann", "essay", 1.5, "Clear.", "")))["ann"]
    assert (after.points, after.provisional, after.reason) == (9.5, False, "")
    essay = after.tasks[1]
    assert (essay.points, essay.by_hand, essay.comment, essay.judged) == (1.5, True, "Clear.", 0)


def test_an_override_counts_and_shows_what_was_judged(tmp_path: Path) -> None:
    """Points for a judged task take the place of the grader's, which stay visible beside them."""
    group = Class(tmp_path)
    group.add("ann", graded(2))
    ann = count(group, marks(Mark("ann", "net", 7, "", "a broken data set")))["ann"]
    net = ann.tasks[0]
    assert (ann.points, ann.judged, ann.passed) == (7, 2, True)
    assert (net.points, net.judged, net.by_hand, net.why) == (7, 2, True, "a broken data set")


def test_marks_survive_grading_again(tmp_path: Path) -> None:
    """A new grading of the same attempt changes what was judged and keeps what a person gave."""
    group = Class(tmp_path)
    given = marks(Mark("ann", "essay", 2, "", ""), Mark("ann", "", None, "Well done", ""))
    group.add("ann", graded(3))
    assert count(group, given)["ann"].points == 5
    group.add("ann", graded(8))
    again = count(group, given)["ann"]
    assert (again.points, again.comment) == (10, "Well done")
    assert [row.points for row in group.rows()] == [8], "the record has the grader's points alone"


def test_a_comment_changes_no_points(tmp_path: Path) -> None:
    """A comment without points is shown, and the task is not by hand."""
    group = Class(tmp_path)
    group.add("ann", graded(3))
    net = count(group, marks(Mark("ann", "net", None, "Look at axis", "")))["ann"].tasks[0]
    assert (net.points, net.by_hand, net.comment) == (3, False, "Look at axis")


@pytest.mark.parametrize(
    ("handed_in", "points", "kept", "late"),
    [
        (IN_TIME, 8, 1.0, None),
        (A_DAY, 6.4, 0.8, timedelta(hours=12, minutes=1)),
        (LATER, 4, 0.5, timedelta(days=3, hours=12, minutes=1)),
        (None, 8, 1.0, None),
    ],
)
def test_late_work_keeps_its_share(
    tmp_path: Path, handed_in: str | None, points: float, kept: float, late: timedelta | None
) -> None:
    """The penalty is taken from all tasks, texts included, and ``judged`` stays as it was."""
    group = Class(tmp_path)
    group.add("ann", graded(6), handed_in=handed_in)
    ann = count(group, marks(Mark("ann", "essay", 2, "", "")), late=LATE)["ann"]
    assert (ann.points, ann.kept, ann.late, ann.judged) == (points, kept, late, 6)
    assert ann.passed is (points >= 5)


def test_points_for_the_whole_are_the_last_word(tmp_path: Path) -> None:
    """They take no penalty, need no judged task, and end what was provisional."""
    group = Class(tmp_path)
    group.add("ann", graded(6), handed_in=LATER)
    group.add("bob", None, status="unreadable", reason="not a notebook")
    given = marks(Mark("ann", "", 9, "", "ill"), Mark("bob", "", 4, "Oral", "graded by mouth"))
    found = count(group, given, late=LATE)
    ann, bob = found["ann"], found["bob"]
    assert (ann.points, ann.max_points, ann.by_hand, ann.why) == (9, 10, True, "ill")
    assert (ann.provisional, ann.passed, ann.judged) == (False, True, 6)
    assert (bob.points, bob.max_points, bob.passed, bob.status) == (4, 10, False, "unreadable")
    assert bob.comment == "Oral"


def test_the_latest_attempt_counts_whatever_became_of_it(tmp_path: Path) -> None:
    """By ``latest`` an unreadable last attempt is no mark, however good the first one was."""
    group = Class(tmp_path)
    group.add("ann", graded(8), number=1)
    group.add("ann", None, number=2, status="unreadable", reason="empty file")
    ann = count(group)["ann"]
    assert (ann.points, ann.status, ann.number, ann.reason) == (None, "unreadable", 2, "empty file")


def test_the_best_attempt_counts_after_its_penalty(tmp_path: Path) -> None:
    """By ``best`` a late attempt wins only with more points left; the first of equals counts."""
    group = Class(tmp_path)
    group.add("ann", graded(5), number=1, handed_in=IN_TIME)
    group.add("ann", graded(6), number=2, handed_in=A_DAY)
    group.add("bob", graded(5), number=1, handed_in=IN_TIME)
    group.add("bob", graded(8), number=10, handed_in=A_DAY)
    group.add("bob", graded(8), number=11, handed_in=A_DAY)
    group.add("eve", graded(4), number=1)
    group.add("eve", None, number=2, status="unreadable")
    found = count(group, late=LATE, policy="best")
    assert {s: (found[s].number, found[s].points) for s in found} == {
        "ann": (1, 5), "bob": (10, 6.4), "eve": (1, 4),
    }  # fmt: skip


def test_an_attempt_that_is_not_graded_may_be_the_best(tmp_path: Path) -> None:
    """While the grader owes an attempt its grade, the best mark is provisional and says why."""
    group = Class(tmp_path)
    group.add("ann", graded(5), number=1)
    group.add("ann", None, number=2, reason="the kernel did not start")
    ann = count(group, marks(Mark("ann", "essay", 0, "", "")), policy="best")["ann"]
    assert (ann.points, ann.provisional) == (5, True)
    assert ann.reason == "not every attempt is graded, so the best one may change: 2"


def test_who_handed_in_nothing_is_missing(tmp_path: Path) -> None:
    """The roster's names go before those of files, and nobody of it is left out."""
    group = Class(tmp_path)
    group.add("102", graded(5), name="bob_s")
    group.add("103", graded(5), name="guest")
    found = count(group, roster={"101": "Ann Lee", "102": "Bob Stone"})
    assert [(s.student, s.name, s.status) for s in found.values()] == [
        ("101", "Ann Lee", "missing"),
        ("102", "Bob Stone", "graded"),
        ("103", "guest", "graded"),
    ]
    assert found["101"].points is None


def test_a_provisional_grade_stays_so(tmp_path: Path) -> None:
    """What the grader called provisional is so here, with all its reasons."""
    group = Class(tmp_path)
    quick = replace(
        graded(8), provisional=(Text("Быстро.", "Quick."), Text("Замена.", "Stand-in."))
    )
    group.add("ann", quick)
    ann = count(group, marks(Mark("ann", "essay", 2, "", "")))["ann"]
    assert (ann.provisional, ann.reason) == (True, "Quick.; Stand-in.")


def test_marks_without_effect_are_found(tmp_path: Path) -> None:
    """A mark for a task of someone who has no judged tasks changed nothing, and that is told."""
    group = Class(tmp_path)
    group.add("ann", graded(8))
    group.add("bob", None, status="unreadable")
    given = marks(Mark("ann", "essay", 2, "", ""), Mark("bob", "essay", 2, "", ""))
    assert without_effect(given, count(group, given).values()) == (given.of("bob", "essay"),)


def test_pages_are_those_of_the_attempt_that_counts(tmp_path: Path) -> None:
    """The page goes with the attempt; what was not graded has none."""
    group = Class(tmp_path)
    group.add("ann", graded(8), number=1)
    group.add("ann", graded(7), number=2)
    group.add("bob", None)
    found = standings(
        group.rows(), rubric=rubric(), marks=Marks(), late=None, policy="latest",
        page_of=lambda student, number: tmp_path / student / f"{number}.report.html",
    )  # fmt: skip
    assert [one.page for one in found] == [tmp_path / "ann" / "2.report.html", None]


def test_the_best_of_nothing_is_the_last(tmp_path: Path) -> None:
    """Where no attempt has a mark, ``best`` shows the last one and its reason."""
    group = Class(tmp_path)
    group.add("ann", None, number=1, status="unreadable", reason="empty file")
    group.add("ann", None, number=2, status="unreadable", reason="not JSON")
    ann = count(group, policy="best")["ann"]
    assert (ann.number, ann.reason, ann.points) == (2, "not JSON", None)


def opened(points: float) -> Grade:
    """A grade with ``points`` of the shape's 2; the values (6) could not be checked."""
    whole = graded(8)
    net, essay = whole.tasks
    shape, values = net.checks
    shape = replace(shape, points=points)
    values = replace(values, status=CheckStatus.UNGRADED, points=0.0)
    net = replace(net, points=points, max_points=2.0, status=Status.PARTIAL, checks=(shape, values))
    return replace(whole, points=points, max_points=2.0, tasks=(net, essay), passed=False)


def test_nobody_passes_without_points_to_earn(tmp_path: Path) -> None:
    """Where nothing was graded, and no point is given by hand, nobody has passed."""
    group = Class(tmp_path)
    nothing = replace(opened(0), max_points=0.0, pass_mark=0.0)
    net, essay = nothing.tasks
    skipped = tuple(replace(c, status=CheckStatus.SKIPPED, points=0.0) for c in net.checks)
    net = replace(net, points=0.0, max_points=0.0, checks=skipped)
    group.add("ann", replace(nothing, tasks=(net, essay)))
    ann = count(group)["ann"]
    assert (ann.points, ann.max_points, ann.passed) == (0, 2, False)
    assert count(group, marks(Mark("ann", "essay", 2, "", "")))["ann"].passed is True


def test_points_by_hand_for_an_open_task_are_out_of_all_that_it_has(tmp_path: Path) -> None:
    """Who gets 7 of 8 by hand for a task that the grader could check a quarter of, has 7 of 8."""
    group = Class(tmp_path)
    group.add("ann", opened(2))
    ann = count(group, marks(Mark("ann", "net", 7, "", "read it")))["ann"]
    assert (ann.tasks[0].points, ann.tasks[0].max_points) == (7, 8)
    assert (ann.points, ann.max_points, ann.open_points, ann.full) == (7, 10, 0, 10)
    assert ann.passed is True


def test_open_points_do_not_make_it_easier_to_pass(tmp_path: Path) -> None:
    """Points that nobody could check are in no maximum, but the mark to pass counts them."""
    group = Class(tmp_path)
    group.add("ann", opened(2))
    ann = count(group)["ann"]
    assert (ann.points, ann.max_points, ann.open_points, ann.full) == (2, 4, 6, 10)
    assert ann.passed is False
    whole = count(group, marks(Mark("ann", "", 9, "", "an oral exam")))["ann"]
    assert (whole.points, whole.max_points, whole.passed) == (9, 10, True)
