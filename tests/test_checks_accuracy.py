"""``accuracy``: rules about trainings, their seeds, and their noise."""

from __future__ import annotations

from typing import Any

import checked
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import accuracy
from grader.checks.evidence import Evidence
from grader.model import (
    LANGUAGES,
    CheckGrade,
    CheckStatus,
    CurvePoint,
    Fault,
    FaultKind,
    Observed,
    Run,
)
from grader.rubric import Accuracy, Task

PASSED, FAILED, UNGRADED = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.UNGRADED
END, WITHIN = {"above": 0.5}, {"at_least": 0.5, "when": "within"}


def task(rule: dict[str, Any], **fields: Any) -> Task:
    return checked.task({"kind": "accuracy", "style": "keras", "rule": rule, **fields})


def check_of(of: Task) -> Accuracy:
    (check,) = of.checks
    assert isinstance(check, Accuracy)
    return check


def run(*reached: float, stopped: Any = "budget", fault: Fault | None = None) -> Run:
    """A run that looked at step 0 (guessing) and then found these accuracies."""
    points = tuple(CurvePoint(i, i / 4, value) for i, value in enumerate((0.1, *reached)))
    return Run(0, points, stopped, 1.0, fault=fault)


def judged(*runs: Run, rule: dict[str, Any] = END, own: Observed | None = None) -> CheckGrade:
    of = task(rule)
    observed = {"t/train": Observed(runs=runs)}
    if own is not None:
        observed["t/train/own"] = own
    return accuracy.judge(check_of(of), Evidence(of, observed, {}, {}))


@pytest.mark.parametrize(
    ("rule", "reached", "status"),
    [
        (END, (0.3, 0.501), PASSED),
        (END, (0.3, 0.5), FAILED),
        (END, (0.6, 0.499), FAILED),
        (WITHIN, (0.5, 0.2), PASSED),
        (WITHIN, (0.4, 0.499), FAILED),
        (END, (), FAILED),
        (WITHIN, (), FAILED),
    ],
)
def test_a_rule_is_about_the_end_or_about_any_time(
    rule: dict[str, Any], reached: tuple[float, ...], status: CheckStatus
) -> None:
    """A rule for the end takes the last accuracy, one `within` the best, and neither the first
    look before any training."""
    assert judged(run(*reached), rule=rule).status is status


def test_guessing_before_training_does_not_count() -> None:
    """An untrained network that happens to meet the rule has not met it."""
    lucky = Run(0, (CurvePoint(0, 0.0, 0.9),), "budget", 1.0)
    assert judged(lucky, rule=WITHIN).status is FAILED


@pytest.mark.parametrize(
    ("reached", "status"),
    [
        ([0.51], PASSED),
        ([0.49, 0.51], PASSED),
        ([0.49, 0.48, 0.51], FAILED),
        ([0.49, 0.51, 0.52], PASSED),
        ([0.49, 0.48], FAILED),
        ([0.2], FAILED),
    ],
)
def test_half_of_the_seeds_decide(reached: list[float], status: CheckStatus) -> None:
    """After a narrow failure at least half of all runs must meet the rule."""
    grade = judged(*(run(value) for value in reached))
    assert grade.status is status
    assert ("different seeds" in grade.message.en) == (len(reached) > 1)


@pytest.mark.parametrize(
    ("runs", "status"),
    [
        ([run(0.3, stopped="time_limit")], UNGRADED),
        ([run(0.6, stopped="time_limit")], UNGRADED),
        ([run(0.49), run(0.3, stopped="time_limit")], UNGRADED),
        ([run(0.49), run(0.48), run(0.3, stopped="time_limit")], FAILED),
        ([run(0.49), run(0.51), run(0.3, stopped="time_limit")], UNGRADED),
    ],
)
def test_the_graders_clock_costs_nobody_points(runs: list[Run], status: CheckStatus) -> None:
    """A run that the grader's clock ended leaves the check ungraded where it could have decided."""
    grade = judged(*runs)
    assert grade.status is status
    assert ("a larger limit" in grade.message.en) == (status is UNGRADED)


def test_a_run_that_diverged_has_no_end() -> None:
    """An accuracy before the loss became NaN is not the accuracy after the last epoch."""
    assert judged(run(0.6, stopped="diverged")).status is FAILED
    assert judged(run(0.6, 0.1, stopped="diverged"), rule=WITHIN).status is PASSED


@pytest.mark.parametrize("fault", checked.EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_is_told_in_both_languages(fault: Fault) -> None:
    """A fault in a run or in the place of all runs fails the check with its own words."""
    of = task(END)
    whole = accuracy.judge(check_of(of), Evidence(of, {"t/train": Observed(fault=fault)}, {}, {}))
    for grade in (whole, judged(run(0.9, stopped="fault", fault=fault))):
        assert (grade.status, grade.faults) == (FAILED, (fault,))
        assert all(len(grade.message[language]) > 10 for language in LANGUAGES)


def test_a_training_that_was_not_made_is_skipped() -> None:
    """Without a training there is no verdict; with an empty one neither."""
    of = task(END)
    grade = accuracy.judge(check_of(of), Evidence(of, {}, {}, {}))
    assert (grade.status, grade.points) == (CheckStatus.SKIPPED, 0.0)
    assert judged().status is UNGRADED


def test_the_message_gives_accuracy_rule_and_the_early_stop() -> None:
    """The message has the accuracy, the rule, and the epoch at which a clear case was stopped."""
    assert judged(run(0.612)).message.en == "Accuracy 61.2 %; > 50 % wanted."
    early = judged(run(0.4, 0.6, stopped="rule_met"), rule=WITHIN)
    assert early.message.en == "Accuracy 60.0 % at epoch 0.5, stopped there; ≥ 50 % wanted."
    assert early.message.ru == "Точность 60.0 % на эпохе 0.5, дальше не обучали; нужно ≥ 50 %."


def test_the_curve_has_the_rule_and_the_interval() -> None:
    """The evidence is a curve with the rule, all runs, and the interval of the first."""
    (curve,) = judged(run(0.6), run(0.7)).curves
    assert (curve.rule, curve.strict, len(curve.runs), curve.epochs) == (0.5, True, 2, 1)
    assert curve.interval == accuracy.wilson(0.6)


def test_the_students_own_combination_is_shown_beside() -> None:
    """The student's own combination makes a second curve and changes no verdict."""
    grade = judged(run(0.6), own=Observed(runs=(run(0.2),)))
    assert grade.status is PASSED
    assert [len(curve.runs) for curve in grade.curves] == [1, 1]
    assert "no points" in grade.curves[1].title.en


@pytest.mark.parametrize(
    ("own", "missed"),
    [
        (None, False),
        (Observed(runs=(run(0.6),)), False),
        (Observed(runs=(run(0.4),)), True),
        (Observed(runs=(run(0.9, fault=checked.EACH_FAULT[0]),)), True),
        (Observed(fault=checked.EACH_FAULT[0]), True),
        (Observed(), True),
    ],
)
def test_the_own_combination_misses_or_not(own: Observed | None, missed: bool) -> None:
    """The student's own combination misses the rule when it was trained and did not meet it."""
    of = task(END)
    observed = {} if own is None else {"t/train/own": own}
    assert accuracy.own_missed(check_of(of), Evidence(of, observed, {}, {})) is missed


# -------------------------------------------------------------- further seeds


@pytest.mark.parametrize(
    ("runs", "decided"),
    [
        ([run(0.51)], True),
        ([run(0.45)], True),
        ([run(0.47)], False),
        ([run(0.47), run(0.49)], True),
        ([run(0.47), run(0.51)], False),
        ([run(0.47), run(0.51), run(0.2)], True),
        ([run(0.47, stopped="time_limit")], True),
        ([run(0.47, stopped="diverged")], True),
        ([run(0.47), run(0.49, fault=Fault(FaultKind.DIED, ""))], True),
    ],
)
def test_other_seeds_follow_a_narrow_failure_only(runs: list[Run], decided: bool) -> None:
    """Another seed is tried after a failure by less than four points, while it can still matter."""
    assert accuracy.decided(check_of(task(END)), runs) is decided


@given(st.lists(st.sampled_from([0.2, 0.47, 0.51]), min_size=1, max_size=5), st.integers(1, 5))
def test_stopping_early_changes_no_verdict(reached: list[float], seeds: int) -> None:
    """Seeds that can no longer matter may be left out: the verdict is that of all of them."""
    check = check_of(task(END, seeds=seeds))
    every = [run(value) for value in (reached * 5)[:seeds]]
    made = next(every[:n] for n in range(1, seeds + 1) if accuracy.decided(check, every[:n]))
    if not check.rule.met_by(every[0].points[-1].accuracy) and every[0].points[-1].accuracy > 0.4:
        assert judged(*made).status is judged(*every).status


def test_observations_are_enough_until_the_rule_asks_for_more() -> None:
    """Runs that stopped at an easier rule, or without the seeds that a narrow failure calls for,
    cannot answer the rule of today."""

    def enough(*runs: Run) -> bool:
        return accuracy.enough(check_of(task(END)), task(END), {"t/train": Observed(runs=runs)})

    assert enough(run(0.6, stopped="rule_met"))
    assert not enough(run(0.4, stopped="rule_met"))
    assert not enough(run(0.49))
    assert enough(run(0.49), run(0.48))
    assert enough(run(0.3))
    assert not enough()
    assert accuracy.enough(check_of(task(END)), task(END), {})


# ------------------------------------------------------------------- intervals


def test_the_interval_is_wilsons() -> None:
    """Of 100 images 50 right give 40.4 to 59.6 %, as Wilson's formula gives it in print."""
    low, high = accuracy.wilson(0.5, 100)
    assert (round(low, 4), round(high, 4)) == (0.4038, 0.5962)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_an_interval_holds_its_fraction(fraction: float, count: int) -> None:
    """The interval lies between 0 and 1, holds the fraction, and shrinks with more images."""
    low, high = accuracy.wilson(fraction, count)
    assert 0 <= low <= high <= 1
    assert low - 1e-9 <= fraction <= high + 1e-9
    narrower = accuracy.wilson(fraction, 4 * count)
    assert narrower[1] - narrower[0] < high - low
