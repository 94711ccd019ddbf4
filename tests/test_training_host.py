"""The grader's side of a training: it holds the labels, and no kernel can talk it into anything."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import checked
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from grader.checks import accuracy
from grader.checks.evidence import Evidence, Training
from grader.data import DataSet
from grader.kernel.wire import Leaf
from grader.model import CheckStatus, Fault, FaultKind, Observed, Text
from grader.progress import Event
from grader.rubric import Accuracy
from grader.training import accuracy_of, train

LABELS = np.random.default_rng(0).integers(0, 10, 1000)
IMAGES, BATCH = 640, 64
PER_EPOCH = IMAGES // BATCH
END, WITHIN = {"above": 0.5}, {"at_least": 0.5, "when": "within"}
Message = dict[str, Any]
Kernel = Callable[[int], Iterator[Message]]
"""What a kernel sends in the run with this seed; it gets each answer from its ``yield``."""


def scores(right: float) -> Leaf:
    """Scores of which this fraction has its largest entry at the label."""
    guessed = np.where(np.arange(1000) < right * 1000, LABELS, (LABELS + 1) % 10)
    return Leaf("ndarray", np.eye(10, dtype=np.float32)[guessed])


def look(step: Any, right: float = 0.1, **fields: Any) -> Message:
    return {"step": step, "total": 99, "epoch": 7.0, "loss": 1.0, "scores": scores(right), **fields}


def honest(*reached: float) -> Kernel:
    """A kernel that looks before training and after each step, and stops when it is told to."""

    def run(seed: int) -> Iterator[Message]:
        for step, right in enumerate((0.1, *reached)):
            if not (yield look(step, right))["go"]:  # type: ignore[func-returns-value]
                return

    return run


@dataclass
class FakeDesk:
    """A desk whose kernel is a generator: no process, no TensorFlow, nothing confined."""

    kernel: Kernel
    final: Mapping[str, Any] | Fault = field(default_factory=lambda: {"compiled": True})
    as_submitted: bool = False
    asked: list[int] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    @property
    def setting(self) -> Any:
        limits = SimpleNamespace(train_seconds=900.0)
        return SimpleNamespace(limits=limits, as_submitted=self.as_submitted)

    async def ask(self, request: Any, seconds: float, on_message: Any) -> Any:
        self.asked.append(request["seed"])
        run, answer = self.kernel(request["seed"]), None
        try:
            while True:
                answer = await on_message(run.send(answer))  # type: ignore[attr-defined]
                self.answers.append(answer["go"])
        except StopIteration:
            return self.final


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    np.save(tmp_path / "train_y.npy", np.zeros(IMAGES, np.int64))
    return DataSet("tiny", tmp_path, LABELS, LABELS, Text("тут", "here"), False, "0" * 64)


def trained(
    desk: FakeDesk,
    data: DataSet,
    rule: dict[str, Any] = END,
    own: bool = False,
    events: list[Event] | None = None,
    **fields: Any,
) -> tuple[Observed, CheckStatus]:
    """What a training brings, and the verdict on it."""
    task = checked.task(
        {"kind": "accuracy", "style": "keras", "rule": rule, "batch_size": BATCH, **fields}
    )
    (check,) = task.checks
    assert isinstance(check, Accuracy)
    training = Training("t/train", task, check, own)
    on_event = (events if events is not None else []).append
    done = train(desk, training, {"probe": "train"}, data, 5, on_event)  # type: ignore[arg-type]
    observed = asyncio.run(done)
    return observed, accuracy.judge(check, Evidence(task, {"t/train": observed}, {}, {})).status


def steps_of(observed: Observed) -> list[int]:
    return [point.step for point in observed.runs[0].points]


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


# --------------------------------------------------------------------- faults


def test_time_ends_a_run_and_not_the_student(data: DataSet) -> None:
    """A run that the clock ended keeps its curve and is no fault of the student."""
    for final in (Fault(FaultKind.TIME, "900 s"), {"fault": {"kind": "time_limit"}}):
        observed, status = trained(FakeDesk(honest(0.2, 0.3), final), data)
        assert observed.runs[0].stopped == "time_limit"
        assert steps_of(observed) == [0, 1, 2]
        assert status is CheckStatus.UNGRADED


def test_time_without_one_step_is_the_students(data: DataSet) -> None:
    """Code that reaches no look after the first in all its time has failed."""
    observed, status = trained(FakeDesk(honest(), Fault(FaultKind.TIME, "900 s")), data)
    assert observed.runs[0].stopped == "fault"
    assert status is CheckStatus.FAILED


@pytest.mark.parametrize("kind", [FaultKind.EXCEPTION, FaultKind.MEMORY, FaultKind.DIED])
def test_a_fault_ends_the_training(data: DataSet, kind: FaultKind) -> None:
    """An exception, a dead kernel or spent memory is that run's fault, and no seed is tried on."""
    for final in (Fault(kind, "boom"), {"fault": {"kind": kind.value, "message": "boom"}}):
        desk = FakeDesk(honest(0.48), final)
        observed, status = trained(desk, data)
        assert observed.runs[0].fault == Fault(kind, "boom")
        assert desk.asked == [5]
        assert status is CheckStatus.FAILED


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
