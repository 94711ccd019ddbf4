"""The judge: one fault costs once, and a known mistake is called by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from checked import EACH_FAULT, tensor
from judged import (
    ARGUMENTS,
    BAD_MODEL,
    BLANK_TEXT,
    RULED,
    Probes,
    answered,
    graded,
    key,
    lab,
    observations,
    probes,
    steps,
    task_of,
    trained,
    wrong,
)

from grader.checks.evidence import OptimizerCase
from grader.checks.optimizer import Fitted
from grader.judge import failing
from grader.kernel.wire import Leaf
from grader.model import (
    CheckStatus,
    Fault,
    FaultKind,
    Observed,
    Status,
    Submission,
)

C = CheckStatus


# --------------------------------------------------------- one fault costs once


def wrong_class() -> Probes:
    """ThreeLayerConvNet computes something else, so part III does, and does not train."""
    model = {name: key(name, "build") for name in ("ThreeLayerConvNet", "part3_model")}
    return {
        **{k: answered(probes()[k], **BAD_MODEL) for k in model.values()},
        "part3_model/train": trained(0.1),
    }


def test_a_wrong_class_costs_nothing_where_it_is_used() -> None:
    """Part III that builds the student's wrong class as asked keeps its points, and says why."""
    grade = graded(wrong_class())
    assert wrong(grade) == {**BLANK_TEXT, "ThreeLayerConvNet": Status.PARTIAL}
    follows = task_of(grade, "part3_model")
    assert (follows.points, follows.follows_from) == (follows.max_points, "ThreeLayerConvNet")
    assert "Follows from the fault in ThreeLayerConvNet" in follows.message.en
    assert (follows.hint, follows.agreement) == (None, ())
    assert [c.status for c in follows.checks] == [C.PASSED, C.FOLLOWS, C.FOLLOWS]


@pytest.mark.parametrize("arguments", [{**ARGUMENTS, "channel_1": 16}, None, {}])
def test_a_class_used_wrongly_is_its_own_fault(arguments: dict[str, int] | None) -> None:
    """Part III that builds the wrong class with wrong arguments loses its points too."""
    stand_in = probes()["part3_model/stand_in"]
    told = answered(stand_in, arguments=arguments)
    grade = graded({**wrong_class(), "part3_model/stand_in": told})
    assert task_of(grade, "part3_model").status is Status.PARTIAL
    assert task_of(grade, "part3_model").follows_from is None


def test_nothing_follows_from_a_right_class() -> None:
    """Where the class is right, part III answers for itself."""
    model = key("part3_model", "build")
    grade = graded({model: answered(probes()[model], **BAD_MODEL)})
    assert wrong(grade) == {**BLANK_TEXT, "part3_model": Status.PARTIAL}


def test_an_own_combination_that_misses_is_said_and_not_charged() -> None:
    """A right model under the student's wrong optimizer keeps its points and names the partner."""
    inspected = key("part3_optimizer", "inspect")
    (case,) = probes()[inspected].cases
    assert isinstance(case, OptimizerCase)
    slow = answered(probes()[inspected], steps=steps(case, Fitted(3e-6, 0.9, True)))
    grade = graded({inspected: slow, "part3_model/train/own": trained(0.2)})
    assert wrong(grade) == {**BLANK_TEXT, "part3_optimizer": Status.PARTIAL}
    model = task_of(grade, "part3_model")
    assert (model.points, model.follows_from) == (model.max_points, "part3_optimizer")
    assert "misses the rule because of part3_optimizer" in model.message.en
    assert len(model.checks[-1].curves) == 2


def test_an_own_combination_that_meets_the_rule_needs_no_word() -> None:
    """A wrong optimizer under which the rule is met all the same is no reason for anything."""
    inspected = key("part3_optimizer", "inspect")
    grade = graded(
        {inspected: Observed(fault=EACH_FAULT[0]), "part3_model/train/own": trained(0.6)}
    )
    assert task_of(grade, "part3_model").follows_from is None


# -------------------------------------------------------------- misconceptions


def mistaken(name: str, **changed: Any) -> tuple[str, Probes]:
    """A known misconception's id, and its answers to its task's probes."""
    mistake = next(m for m in lab().misconceptions if m.id == name)
    mine = {k: p for k, p in probes().items() if k.split("/")[0] == mistake.task}
    return mistake.id, {k: answered(p, **changed) for k, p in mine.items()}


def test_a_known_mistake_is_named() -> None:
    """An answer that equals a misconception's gets its name and what it says to the student."""
    name, answers = mistaken("three_layer_convnet/first_relu_missing",
                             value=tensor(np.ones((2, 10))))  # fmt: skip
    grade = graded(answers, variants={name: observations(answers)})
    task = task_of(grade, "three_layer_convnet")
    assert task.misconception == "first_relu_missing"
    assert task.hint is not None
    assert task.message == task.hint
    assert "ReLU" in task.hint.en


def test_another_mistake_is_not_named() -> None:
    """A wrong answer that equals no misconception is told by its values."""
    name, answers = mistaken("three_layer_convnet/first_relu_missing",
                             value=tensor(np.ones((2, 10))))  # fmt: skip
    _, other = mistaken(name, value=tensor(np.zeros((2, 10))))
    task = task_of(graded(other, variants={name: observations(answers)}), "three_layer_convnet")
    assert (task.misconception, task.hint) == (None, None)
    assert "largest error" in task.message.en


def test_mistakes_of_one_name_belong_to_their_tasks() -> None:
    """Two tasks with misconceptions of the same name are each compared with their own."""
    path = Leaf("ndarray", np.ones((6, 5)))
    both = [mistaken(f"{part}_optimizer/adam", steps=path) for part in ("part3", "part4")]
    answers = {**both[0][1], **both[1][1]}
    grade = graded(answers, variants={name: observations(known) for name, known in both})
    for part in ("part3_optimizer", "part4_optimizer"):
        assert task_of(grade, part).misconception == "adam"


def test_only_failing_tasks_are_worth_comparing() -> None:
    """The tasks to compare with known mistakes are those that failed, in whole or in part."""
    assert failing(graded({})) == ()
    assert failing(graded(wrong_class())) == ("ThreeLayerConvNet",)


def one_line() -> Submission:
    """The blank handout, and in it only the line of part III that constructs the class."""
    line = "    model = ThreeLayerConvNet(channel_1, channel_2, num_classes)"
    cells = [
        replace(cell, source=cell.source.replace("    pass", line, 1))
        if cell.id == "part3-training"
        else cell
        for cell in lab().handout.cells
    ]
    return replace(lab().handout, cells=tuple(cells))


def test_no_accuracy_follows_from_a_class_that_nobody_wrote() -> None:
    """Who constructs a class as asked, and has not written it, keeps the points of that line alone:
    no network of theirs has reached any accuracy."""
    fault = Observed(fault=Fault(FaultKind.EXCEPTION, "x", "TypeError"))
    stand_in = "part3_model/stand_in"
    broken = {k: fault for k in probes() if k != stand_in}
    trainings = {f"{task}/train": fault for task in RULED}
    grade = graded({**broken, **trainings}, one_line())
    assert task_of(grade, "ThreeLayerConvNet").status is Status.NOT_ATTEMPTED
    used = task_of(grade, "part3_model")
    by_kind = {check.kind: check for check in used.checks}
    assert by_kind["accuracy"].points == 0
    assert by_kind["accuracy"].status is C.FAILED
    assert used.status is Status.PARTIAL
