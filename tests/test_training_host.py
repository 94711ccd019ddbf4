"""The grader's side of a training: it looks at the labels, stops, and tries other seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp
from trainings import (
    PER_EPOCH,
    WITHIN,
    FakeDesk,
    Message,
    data,
    honest,
    look,
    steps_of,
    trained,
)

from grader.data import DataSet
from grader.model import CheckStatus, Fault, FaultKind, Observed
from grader.progress import Event
from grader.training import accuracy_of, guessing

__all__ = ["data"]


# ----------------------------------------------------------------- early stops


def test_a_rule_for_the_end_needs_two_clear_looks(data: DataSet) -> None:
    """A run for the end stops early after two looks in a row that are clear of noise."""
    observed, status = trained(FakeDesk(honest(0.6, 0.4, 0.6, 0.6, *[0.1] * 6)), data)
    assert steps_of(observed) == [0, 1, 2, 3, 4]
    assert observed.runs[0].stopped == "rule_met"
    assert status is CheckStatus.PASSED


def test_a_look_within_the_noise_is_not_clear(data: DataSet) -> None:
    """52 % of 1000 images is not clear of 50 %: such a run goes on to its end."""
    observed, status = trained(FakeDesk(honest(*[0.52] * PER_EPOCH)), data)
    assert steps_of(observed) == list(range(PER_EPOCH + 1))
    assert observed.runs[0].stopped == "budget"
    assert status is CheckStatus.PASSED


def test_a_rule_within_needs_one_look(data: DataSet) -> None:
    """A run for any time stops at the first look that meets the rule."""
    observed, status = trained(FakeDesk(honest(0.499, 0.5, 0.1)), data, WITHIN)
    assert steps_of(observed) == [0, 1, 2]
    assert status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("labels", "highest"),
    [([0, 1] * 500, 0.54), ([0] * 900 + [1] * 100, 0.92), ([0, 1, 2] * 3, 0.67), ([0, 1], 0.75)],
)
def test_guessing_is_measured_on_the_labels(labels: list[int], highest: float) -> None:
    """What counts as guessing follows from the largest class, of two or of a hundred."""
    level = guessing(np.array(labels))
    assert max(np.bincount(labels)) / len(labels) < level <= highest


def test_guessing_before_training_stops_nothing(data: DataSet) -> None:
    """The look before the first step never meets a rule, however well it guesses."""

    def lucky(seed: int) -> Iterator[Message]:
        yield look(0, 0.9)

    observed, status = trained(FakeDesk(lucky), data, WITHIN)
    assert observed.runs[0].stopped != "rule_met"
    assert status is CheckStatus.FAILED


def test_as_submitted_runs_to_the_end(data: DataSet) -> None:
    """A training as the student submitted it is never stopped for being good."""
    desk = FakeDesk(honest(*[0.9] * PER_EPOCH), as_submitted=True)
    assert len(steps_of(trained(desk, data, WITHIN)[0])) == PER_EPOCH + 1


def test_what_does_not_learn_is_given_up(data: DataSet) -> None:
    """After two epochs at the level of guessing a run is stopped, and has failed."""
    observed, status = trained(FakeDesk(honest(*[0.1] * 100)), data, WITHIN, epochs=10)
    assert len(observed.runs) == 1
    assert steps_of(observed)[-1] == 2 * PER_EPOCH
    assert status is CheckStatus.FAILED


def test_a_loss_that_is_no_number_ends_a_run(data: DataSet) -> None:
    """A run whose loss became NaN is stopped as diverged, and does not meet a rule for the end."""

    def diverging(seed: int) -> Iterator[Message]:
        yield look(0)
        yield look(1, 0.9)
        yield look(2, 0.9, loss=math.nan)

    observed, status = trained(FakeDesk(diverging), data)
    assert observed.runs[0].stopped == "diverged"
    assert observed.runs[0].points[-1].loss is None
    assert status is CheckStatus.FAILED


# ----------------------------------------------------------------------- seeds


@pytest.mark.parametrize(
    ("ends", "seeds", "status"),
    [
        ([0.6], [5], CheckStatus.PASSED),
        ([0.3], [5], CheckStatus.FAILED),
        ([0.48, 0.6, 0.6], [5, 6, 7], CheckStatus.PASSED),
        ([0.48, 0.6, 0.3], [5, 6, 7], CheckStatus.FAILED),
        ([0.48, 0.3], [5, 6], CheckStatus.FAILED),
    ],
)
def test_other_seeds_follow_a_narrow_failure(
    data: DataSet, ends: list[float], seeds: list[int], status: CheckStatus
) -> None:
    """Only after a narrow failure are other seeds tried, one after another, until half decide."""

    def kernel(seed: int) -> Iterator[Message]:
        return honest(*[0.2] * (PER_EPOCH - 1), ends[seed - 5])(seed)

    desk = FakeDesk(kernel)
    observed, verdict = trained(desk, data)
    assert desk.asked == seeds
    assert [run.seed for run in observed.runs] == seeds
    assert verdict is status


def test_the_own_combination_is_trained_once(data: DataSet) -> None:
    """The student's own combination earns nothing, so a narrow failure of it is not repeated."""
    desk = FakeDesk(honest(*[0.49] * PER_EPOCH))
    trained(desk, data, own=True)
    assert desk.asked == [5]


# --------------------------------------------------------------------- faults


def test_time_ends_a_run_and_not_the_student(data: DataSet) -> None:
    """A run that the clock ended keeps its curve and is no fault of the student."""
    for final in (Fault(FaultKind.TIME, "900 s"), {"fault": {"kind": "time_limit"}}):
        observed, status = trained(FakeDesk(honest(0.2, 0.3), final), data)
        assert observed.runs[0].stopped == "time_limit"
        assert steps_of(observed) == [0, 1, 2]
        assert status is CheckStatus.UNGRADED


def test_time_without_one_step_is_not_the_students(data: DataSet) -> None:
    """No code of theirs runs in the kernel that trains: where the clock ended a training before its
    first step, a person must look, and nobody gets a zero for it."""
    observed, status = trained(FakeDesk(honest(), Fault(FaultKind.TIME, "900 s")), data)
    assert observed.fault is not None
    assert observed.fault.kind is FaultKind.TOO_LARGE
    assert status is CheckStatus.UNGRADED


def test_time_without_one_step_as_submitted_is_the_students(data: DataSet) -> None:
    """In their own process a training that reaches no look in all its time has failed."""
    desk = FakeDesk(honest(), Fault(FaultKind.TIME, "900 s"), as_submitted=True)
    observed, status = trained(desk, data)
    assert observed.runs[0].stopped == "fault"
    assert status is CheckStatus.FAILED


def test_a_fault_ends_the_training(data: DataSet) -> None:
    """An exception of the network's own operations is that run's fault, and no seed is tried."""
    kind, type_ = FaultKind.EXCEPTION, "InvalidArgumentError"
    told = {"kind": kind.value, "message": "boom", "type": type_}
    for final in (Fault(kind, "boom", type_), {"fault": told}):
        desk = FakeDesk(honest(0.48), final)
        observed, status = trained(desk, data)
        assert observed.runs[0].fault == Fault(kind, "boom", type_)
        assert desk.asked == [5]
        assert status is CheckStatus.FAILED


@pytest.mark.parametrize("type_", ["TypeError", "InternalError", "UnimplementedError", ""])
def test_what_the_clean_kernel_meets_otherwise_costs_nobody_points(
    data: DataSet, type_: str
) -> None:
    """An exception that no network's operation raises is none of its author's: a person looks."""
    observed, status = trained(
        FakeDesk(honest(0.48), Fault(FaultKind.EXCEPTION, "boom", type_)), data
    )
    assert observed.fault == Fault(FaultKind.NOT_A_GRAPH, f"{type_}: boom")
    assert status is CheckStatus.UNGRADED


def test_scores_too_wide_are_not_computed_with() -> None:
    """No more classes than any data set has: nothing is made of the rest."""
    labels = np.zeros(4, np.int64)
    assert accuracy_of(np.ones((4, 4096), np.float32), labels) == 1.0
    assert accuracy_of(np.ones((4, 4097), np.float32), labels) == 0.0
    assert accuracy_of(np.ones((4, 0), np.float32), labels) == 0.0


@pytest.mark.parametrize(
    ("met", "told"),
    [(FaultKind.DIED, FaultKind.NOT_A_GRAPH), (FaultKind.MEMORY, FaultKind.TOO_LARGE)],
)
def test_a_dead_kernel_waits_for_a_person(data: DataSet, met: FaultKind, told: FaultKind) -> None:
    """The kernel that trains runs none of the student's code: where it dies, or has no memory
    left, a person looks."""
    observed, status = trained(FakeDesk(honest(0.48), Fault(met, "8.0 GiB")), data)
    assert observed.fault is not None
    assert observed.fault.kind is told
    assert status is CheckStatus.UNGRADED


def test_a_missing_network_is_a_fault_of_the_whole(data: DataSet) -> None:
    """Where there is nothing to train there are no runs, only the reason."""
    desk = FakeDesk(honest(), {"fault": {"kind": "missing", "message": "model_init_fn"}})
    observed, _ = trained(desk, data)
    assert observed == Observed(fault=Fault(FaultKind.MISSING, "model_init_fn"))


def test_each_look_is_an_event(data: DataSet) -> None:
    """Whoever watches is told task, step, epoch, accuracy and seed of each look."""
    events: list[Event] = []
    trained(FakeDesk(honest(0.2, 0.7)), data, WITHIN, events=events)
    assert events[-1] == Event("train", 2, PER_EPOCH, "t", 2 / PER_EPOCH, 0.7, 5)
    assert len(events) == 3


# -------------------------------------------------------------------- accuracy


@given(stnp.arrays(np.float32, (20, 3), elements=st.floats(width=32)))
def test_an_accuracy_is_a_fraction_of_finite_rows(rows: np.ndarray[Any, Any]) -> None:
    """Any scores give a fraction, and a row that holds NaN or infinity is never right."""
    labels = np.arange(20) % 3
    finite = np.isfinite(rows).all(axis=1)
    assert 0 <= accuracy_of(rows, labels) <= finite.mean()


def test_accuracy_counts_the_largest_score() -> None:
    """The largest entry of a row is its answer; one row of four with NaN counts as wrong."""
    rows = np.array([[2, 1], [0, 3], [np.nan, 1], [5, 4]])
    assert accuracy_of(rows, np.array([0, 1, 1, 1])) == 0.5
