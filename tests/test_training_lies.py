"""No kernel can talk the grader's side of a training into anything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from trainings import (
    LABELS,
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
from grader.kernel.wire import Leaf
from grader.model import CheckStatus
from grader.progress import Event

__all__ = ["data"]


# ------------------------------------------------------------ kernels that lie

ODD_SCORES = [
    None,
    5,
    "scores",
    [[0.1] * 10] * 1000,
    Leaf("ndarray", np.zeros((1000, 0))),
    Leaf("ndarray", np.zeros((0, 10))),
    Leaf("ndarray", np.zeros((999, 10))),
    Leaf("ndarray", np.zeros(1000)),
    Leaf("ndarray", np.zeros((1000, 10, 1))),
    Leaf("ndarray", np.zeros(())),
    Leaf("ndarray", np.eye(10)[LABELS] * np.nan),
    Leaf("ndarray", np.where(np.eye(10)[LABELS] > 0, np.inf, 0)),
    Leaf("ndarray", np.eye(10)[LABELS].astype(complex)),
    Leaf("ndarray", np.eye(10)[LABELS].astype("U3")),
    Leaf("ndarray", np.eye(10)[LABELS].astype(bool)),
    Leaf("ndarray", np.eye(10)[LABELS].astype("m8[s]")),
    Leaf("ndarray", LABELS.reshape(-1, 1)),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("odd", ODD_SCORES, ids=lambda odd: str(odd)[:30].replace("\n", " "))
def test_odd_scores_are_wrong_answers(data: DataSet, odd: Any) -> None:
    """Scores of another shape or type, and those that are not finite, are wrong and no error."""

    def kernel(seed: int) -> Iterator[Message]:
        for step in range(PER_EPOCH + 1):
            yield look(step, scores=odd)

    observed, status = trained(FakeDesk(kernel), data)
    assert max(point.accuracy for point in observed.runs[0].points) < 0.2
    assert status is CheckStatus.FAILED


ODD_NUMBERS = [None, True, -1, 1.5, "1", 10**400, math.nan, math.inf, [1], {}, 10**6]


@pytest.mark.parametrize("odd", ODD_NUMBERS, ids=lambda odd: str(odd)[:10])
def test_odd_steps_count_for_nothing(data: DataSet, odd: Any) -> None:
    """A look at a step that is no step of the budget is not kept, however good its scores."""

    def kernel(seed: int) -> Iterator[Message]:
        yield look(0)
        for _ in range(5):
            yield look(odd, 0.99)

    observed, status = trained(FakeDesk(kernel), data, WITHIN)
    assert steps_of(observed) == [0]
    assert status is CheckStatus.FAILED


@pytest.mark.parametrize("odd", ODD_NUMBERS, ids=lambda odd: str(odd)[:10])
def test_odd_losses_and_epochs_break_nothing(data: DataSet, odd: Any) -> None:
    """The epoch follows from the step whatever the kernel says, and an odd loss is no loss."""
    events: list[Event] = []

    def kernel(seed: int) -> Iterator[Message]:
        for step in range(PER_EPOCH + 1):
            yield look(step, 0.6, loss=odd, epoch=odd, total=odd)

    observed, _ = trained(FakeDesk(kernel), data, events=events)
    epochs = [point.epoch for point in observed.runs[0].points]
    assert epochs == [point.step / PER_EPOCH for point in observed.runs[0].points]
    assert all(event.total == PER_EPOCH for event in events)
    for point in observed.runs[0].points:
        assert point.loss is None or math.isfinite(point.loss)


def test_a_message_without_anything_breaks_nothing(data: DataSet) -> None:
    """An empty message is no look."""

    def kernel(seed: int) -> Iterator[Message]:
        yield {}
        yield look(0)

    assert steps_of(trained(FakeDesk(kernel), data)[0]) == [0]


def test_looking_again_wins_nothing(data: DataSet) -> None:
    """A kernel that shows other scores for a step that it has shown keeps the first ones."""

    def kernel(seed: int) -> Iterator[Message]:
        for step in (0, 3, 3, 2, 3):
            yield look(step, 0.9 if step == 2 else 0.2)
        yield look(3, 0.9)
        yield look(PER_EPOCH, 0.2)

    observed, status = trained(FakeDesk(kernel), data, WITHIN)
    assert steps_of(observed) == [0, 3, PER_EPOCH]
    assert status is CheckStatus.FAILED


def test_ending_at_the_best_moment_wins_nothing(data: DataSet) -> None:
    """A kernel that ends its training by itself before the last step has failed."""

    def kernel(seed: int) -> Iterator[Message]:
        yield look(0)
        yield look(4, 0.52)

    observed, status = trained(FakeDesk(kernel), data)
    fault = observed.runs[0].fault
    assert fault is not None
    assert fault.message == f"the training ended at step 4 of {PER_EPOCH}"
    assert status is CheckStatus.FAILED


def test_going_on_after_the_end_wins_nothing(data: DataSet) -> None:
    """A kernel that goes on when told to stop is told again, and nothing more is kept."""

    def kernel(seed: int) -> Iterator[Message]:
        for step in range(PER_EPOCH + 1):
            yield look(step, 0.6 if step == 1 else 0.1)

    desk = FakeDesk(kernel)
    observed, status = trained(desk, data, WITHIN)
    assert steps_of(observed) == [0, 1]
    assert desk.answers == [True] + [False] * PER_EPOCH
    assert status is CheckStatus.PASSED


@pytest.mark.parametrize("final", [{}, {"compiled": "yes", "seconds": -5}, {"seconds": math.nan}])
def test_the_grader_keeps_its_own_time(data: DataSet, final: dict[str, Any]) -> None:
    """Seconds are the grader's own, and what the kernel says of itself is believed in no other
    form than a plain yes."""
    observed, _ = trained(FakeDesk(honest(*[0.6] * PER_EPOCH), final), data)
    assert 0 <= observed.runs[0].seconds < 60
    assert observed.runs[0].compiled is False
