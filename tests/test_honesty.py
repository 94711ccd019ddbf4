"""Whether an accuracy comes from training: the trial beside a run, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from checked import task
from trainings import END, LABELS, PER_EPOCH, WITHIN, FakeDesk, Message, data, look, trained

from grader.checks import accuracy
from grader.checks.evidence import Evidence
from grader.checks.honesty import forged, learned_in_disguise, margin
from grader.data import DataSet
from grader.kernel.wire import Leaf
from grader.model import CheckGrade, CheckStatus, CurvePoint, Fault, FaultKind, Observed, Run, Trial
from grader.rubric import Accuracy
from grader.secret import entropy
from grader.unseen import LIGHTER, draw

__all__ = ["data"]


def tried(reached: float = 0.6, **measured: float) -> Run:
    points = (CurvePoint(0, 0.0, 0.1), CurvePoint(9, 1.0, reached))
    trial = Trial(0.1, 1000, 2000, **measured)
    return Run(0, points, "rule_met", 1.0, trial=trial)


def judged(observed: Observed) -> CheckGrade:
    of = task({"kind": "accuracy", "style": "keras", "rule": WITHIN})
    (check,) = of.checks
    assert isinstance(check, Accuracy)
    return accuracy.judge(check, Evidence(of, {"t/train": observed}, {}, {}))


# ------------------------------------------------------------------------ the verdict


def test_what_comes_from_training_is_honest() -> None:
    """A network that forgets with its weights, and knows other images nearly as well, passes."""
    grade = judged(Observed(runs=(tried(handed=0.1, unseen=0.55, forgotten=0.12),)))
    assert grade.status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("measured", "said"),
    [({"forgotten": 0.4}, "40.0 %"), ({"unseen": 0.3, "forgotten": 0.1}, "30.0 %")],
)
def test_a_forged_accuracy_fails_with_its_proof(measured: dict[str, float], said: str) -> None:
    """A network that knows without its weights, or knows the validation images alone, has failed:
    the student is told why, and the figures stand in the grade."""
    grade = judged(Observed(runs=(tried(**measured),)))
    assert grade.status is CheckStatus.FAILED
    assert grade.points == 0
    assert [fault.kind for fault in grade.faults] == [FaultKind.FORGED]
    assert "does not come from training" in grade.message.en
    assert said in grade.message.en


@pytest.mark.parametrize("seen", [30, 90, 150, 300, 1000])
def test_chance_is_not_learnt_in_disguise(seen: int) -> None:
    """However few pictures there are: what guesses in disguise has learnt nothing."""
    trial = Trial(0.25, seen, seen)
    assert not learned_in_disguise(trial, 0.55, 0.25)
    assert learned_in_disguise(trial, 0.55, 0.5)


@pytest.mark.parametrize(
    ("disguised", "status"), [(0.52, CheckStatus.PASSED), (0.2, CheckStatus.UNGRADED)]
)
def test_what_is_not_learnt_in_disguise_waits_for_a_person(
    disguised: float, status: CheckStatus
) -> None:
    """That is no proof: no points and no zero, and the figures stand in the message."""
    grade = judged(Observed(runs=(tried(unseen=0.55, forgotten=0.12, disguised=disguised),)))
    assert grade.status is status
    assert ("A person decides" in grade.message.en) == (status is CheckStatus.UNGRADED)
    assert ("20.0 %" in grade.message.ru) == (status is CheckStatus.UNGRADED)


def test_weights_that_came_trained_are_remarked_upon() -> None:
    """Whoever hands over a trained model is told that its weights were drawn anew."""
    grade = judged(Observed(runs=(tried(handed=0.8, unseen=0.6, forgotten=0.1),)))
    assert grade.status is CheckStatus.PASSED
    assert "drawn anew" in grade.message.en
    assert "заново" in grade.message.ru


def test_what_cannot_be_exported_waits_for_a_person() -> None:
    """A network that cannot be trained as a graph is ungraded, with the reason."""
    grade = judged(Observed(fault=Fault(FaultKind.NOT_A_GRAPH, "operation PyFunc")))
    assert grade.status is CheckStatus.UNGRADED
    assert "operation PyFunc" in grade.message.en
    assert "преподавател" in grade.message.ru


def test_what_is_too_large_to_be_trained_waits_for_a_person() -> None:
    """A network of more parameters than are trained is ungraded, and told that it is no mistake."""
    grade = judged(Observed(fault=Fault(FaultKind.TOO_LARGE, "it has 270 million parameters")))
    assert grade.status is CheckStatus.UNGRADED
    assert "270 million" in grade.message.en
    assert "не ошибка" in grade.message.ru


def test_a_run_as_submitted_is_the_students_word() -> None:
    """What was measured in the student's own process says so."""
    run = Run(0, tried().points, "budget", 1.0, own_process=True)
    grade = judged(Observed(runs=(run,)))
    assert "own process" in grade.message.en
    assert "own process" in grade.curves[0].title.en


def test_the_margin_covers_chance() -> None:
    """Of honest networks not one in ten thousand is refused: samples scatter less than that."""
    rng = np.random.default_rng(0)
    for true in (0.45, 0.6, 0.75):
        seen = rng.binomial(1000, true, 10_000) / 1000
        unseen = rng.binomial(2000, true - 0.04, 10_000) / 2000
        beyond = [forged(tried(a, unseen=b)) for a, b in zip(seen, unseen, strict=True)]
        assert sum(each is not None for each in beyond) <= 1
    assert margin(Trial(0.1, 1000, 2000, unseen=0.5)) < 0.13


# --------------------------------------------------------------------- the measuring


def trial_kernel(*later: Message) -> Any:
    def run(seed: int) -> Iterator[Message]:
        yield {"phase": "handed", "scores": look(0, 0.3)["scores"]}
        yield look(0)
        reply = yield look(PER_EPOCH, 0.6)
        assert reply == {"go": False, "confirm": True}
        for message in later:
            if not (yield message)["again"]:  # type: ignore[func-returns-value]
                pass

    return run


def of(phase: str, right: float) -> Message:
    return {"phase": phase, "scores": look(0, right)["scores"]}


def test_the_trial_is_measured_by_the_grader(data: DataSet) -> None:
    """Accuracies of a trial are computed from scores, with labels that stay with the grader; a
    second one for fresh weights counts where it is lower."""
    unseen = draw(data, 5)
    right = np.eye(10, dtype=np.float32)[unseen.labels]
    shown = {"phase": "unseen", "scores": Leaf("ndarray", right)}
    kernel = trial_kernel(shown, of("forgotten", 0.5), of("forgotten", 0.1))
    observed, status = trained(FakeDesk(kernel), data, END)
    trial = observed.runs[0].trial
    assert trial is not None
    assert (trial.handed, trial.unseen, trial.forgotten) == (0.3, 1.0, 0.1)
    assert status is CheckStatus.PASSED


def test_the_best_look_in_disguise_counts(data: DataSet) -> None:
    """The grader goes on until what was reached in disguise is near enough, with labels of its
    own; no look earns anything with the labels as they were."""
    classes = draw(data, 5).disguise.classes
    right = np.eye(10, dtype=np.float32)[classes[LABELS]]
    shown = {"phase": "disguised", "scores": Leaf("ndarray", right)}
    kernel = trial_kernel(of("disguised", 0.6), shown, of("disguised", 0.1))
    observed, _ = trained(FakeDesk(kernel), data, END)
    trial = observed.runs[0].trial
    assert trial is not None
    assert trial.disguised == 1.0
    observed, _ = trained(FakeDesk(trial_kernel(of("disguised", 0.6))), data, END)
    trial = observed.runs[0].trial
    assert trial is not None
    assert trial.disguised is not None
    assert trial.disguised < 0.2


@pytest.mark.parametrize("odd", [None, 5, Leaf("ndarray", np.zeros(3)), Leaf("ndarray", LABELS)])
def test_odd_scores_in_a_trial_prove_nothing_good(data: DataSet, odd: Any) -> None:
    """Scores of the unseen images that are none are wrong answers."""
    kernel = trial_kernel({"phase": "unseen", "scores": odd}, of("forgotten", 0.1))
    observed, status = trained(FakeDesk(kernel), data, END)
    assert observed.runs[0].trial is not None
    assert observed.runs[0].trial.unseen == 0.0
    assert status is CheckStatus.FAILED


def test_the_unseen_images_follow_the_submission(data: DataSet) -> None:
    """Which images are asked for depends on the notebook's own digest and on a secret, so that a
    table cannot be made for them; the same notebook gets the same ones."""
    secret, other_secret = b"a secret of ours", b"another machine's"
    sources = (entropy(secret, 1, "a"), entropy(secret, 1, "a"), entropy(secret, 1, "b"),
               entropy(secret, 2, "a"), entropy(other_secret, 1, "a"))  # fmt: skip
    first, again, *others = (draw(data, source) for source in sources)
    for name in ("shifts", "lighter"):
        np.testing.assert_array_equal(first.request[name].array, again.request[name].array)
        for other in others:
            assert np.any(first.request[name].array != other.request[name].array)
    assert first.seed == again.seed
    assert len({first.seed, *(other.seed for other in others)}) == 4
    assert abs(first.request["shifts"].array).max() == 1
    assert abs(first.request["lighter"].array).max() == LIGHTER
