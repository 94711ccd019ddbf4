"""The judge: from observations made by hand to verdicts on the convnets lab; no kernel, no run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checked import EACH_FAULT, tensor, variable

from grader import course
from grader.checks import kinds
from grader.checks.evidence import OptimizerCase, Probe
from grader.checks.optimizer import Fitted, simulate
from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.judge import Circumstances, failing, judge, status_of
from grader.kernel.wire import Leaf
from grader.model import (
    Answer,
    CallCase,
    CellRun,
    CheckGrade,
    CheckStatus,
    CurvePoint,
    Fault,
    FaultKind,
    Grade,
    Observations,
    Observed,
    Run,
    Status,
    Submission,
    TaskGrade,
    Text,
)
from grader.rubric import Accuracy

ROOT = Path(__file__).parents[1]
C = CheckStatus
ARGUMENTS = {"channel_1": 32, "channel_2": 16, "num_classes": 10}
RULED = ("three_layer_convnet_init", "part3_model", "part4_model", "CustomConvNet")
Probes = dict[str, Observed]


@cache
def lab() -> Lab:
    return course.load(ROOT, "convnets", "en")


@cache
def probes() -> dict[str, Probe]:
    return {
        probe.key: probe
        for task in lab().rubric.tasks
        for check in task.checks
        for probe in kinds.plan(check, task, lab(), 0)
    }


# ----------------------------------------------------- observations made by hand


def answered(probe: Probe, **changed: Any) -> Observed:
    """The reference's answers to a probe; ``changed`` replaces fields of each answer."""
    return Observed(
        tuple(Answer(case.id, {**_fields(probe, case), **changed}) for case in probe.cases)
    )


def _fields(probe: Probe, case: Any) -> dict[str, Any]:
    if probe.stand_in is not None:
        return {"arguments": ARGUMENTS}
    if isinstance(case, OptimizerCase):
        return {"optimizer": "SGD", "steps": steps(case, Fitted(3e-3, 0.9, True))}
    if probe.kind == "build":
        return _model()
    if isinstance(case, CallCase) and "init" in probe.key:
        return {"value": [_weights(shape) for shape in ((3, 3, 3, 32), (32,), (64, 10), (10,))]}
    gradients = [tensor([1.0, 2.0])] * 6 if case.cotangent is not None else []
    return {"value": tensor(np.arange(20).reshape(2, 10)), "gradients": gradients}


def _model() -> dict[str, Any]:
    shapes = ((3, 3, 3, 8), (8,), (64, 10), (10,))
    listed = [{"shape": list(s), "value": _weights(s)} for s in shapes]
    first = tensor(np.full((2, 10), 0.1))
    output = tensor(np.arange(20).reshape(2, 10))
    return {"model": "M", "first": first, "variables": listed, "assigned": True, "output": output}


def _weights(shape: tuple[int, ...]) -> Leaf:
    std = np.sqrt(2 / np.prod(shape[:-1])) if len(shape) > 1 else 0.0
    return variable(np.random.default_rng(0).normal(size=shape) * std)


def steps(case: OptimizerCase, settings: Fitted) -> Leaf:
    return Leaf("ndarray", simulate(case.gradients, settings).astype(np.float32))


def trained(accuracy: float, stopped: Any = "budget", fault: Fault | None = None) -> Observed:
    points = (CurvePoint(0, 0.0, 0.1), CurvePoint(766, 1.0, accuracy))
    return Observed(runs=(Run(0, points, stopped, 9.0, fault=fault),))


def right() -> Probes:
    """What the right answer is observed to do, with trainings that meet their rules."""
    observed = {key: answered(probe) for key, probe in probes().items()}
    return {**observed, **{f"{task}/train": trained(0.9) for task in RULED}}


def observations(observed: Mapping[str, Observed], **fields: Any) -> Observations:
    return Observations((), observed, {"python": "3"}, 0, **fields)


def graded(
    changed: Mapping[str, Observed | None],
    submission: Submission | None = None,
    variants: Mapping[str, Observations] | None = None,
    **circumstances: Any,
) -> Grade:
    """The grade where these probes are observed otherwise (``None``: not at all)."""
    observed = {key: value for key, value in {**right(), **changed}.items() if value is not None}
    return judge(
        submission or lab().solved(),
        lab(),
        observations(observed),
        observations(right()),
        variants or {},
        probes(),
        Circumstances(0, {}, **circumstances),
    )


def task_of(grade: Grade, name: str) -> TaskGrade:
    return next(task for task in grade.tasks if task.id == name)


def wrong(grade: Grade) -> dict[str, Status]:
    return {t.id: t.status for t in grade.tasks if t.status is not Status.PASSED}


def key(part: str, kind: str) -> str:
    (found,) = [k for k in probes() if k.startswith(f"{part}/{kind}")]
    return found


BAD_MODEL = {"output": tensor(np.zeros((2, 10)))}
BLANK_TEXT = {"experiments": Status.NOT_ATTEMPTED}


# ------------------------------------------------------------ what a grade is


def test_the_reference_has_full_points() -> None:
    """Observations that equal the reference's, and trainings that meet their rules, earn all."""
    grade = graded({})
    assert grade.points == grade.max_points == 100
    assert wrong(grade) == BLANK_TEXT
    assert grade.passed
    assert grade.provisional == ()


def test_the_judge_repeats_itself() -> None:
    """The same observations give the same grade, twice."""
    changed = {key("part4_model", "build"): answered(probes()[key("part4_model", "build")],
                                                     **BAD_MODEL)}  # fmt: skip
    assert repr(graded(changed)) == repr(graded(changed))


@pytest.mark.parametrize("probe_key", [k for k in probes() if "stand_in" not in k])
@pytest.mark.parametrize("fault", EACH_FAULT, ids=lambda fault: str(fault.kind))
def test_a_fault_fails_its_own_task_and_no_other(probe_key: str, fault: Fault) -> None:
    """Any fault of any probe costs the points of its own task alone."""
    grade = graded({probe_key: Observed(fault=fault)})
    assert wrong(grade).keys() - BLANK_TEXT.keys() == {probe_key.split("/")[0]}


def made(status: CheckStatus, points: float = 2.0, most: float = 2.0) -> CheckGrade:
    earned = points if status in (C.PASSED, C.FOLLOWS) else 0.0
    return CheckGrade("c", "values", Text("т", "t"), status, earned, most, Text("м", "m"))


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([C.PASSED, C.PASSED], Status.PASSED),
        ([C.PASSED, C.FOLLOWS], Status.PASSED),
        ([C.PASSED, C.FAILED], Status.PARTIAL),
        ([C.FAILED, C.FAILED], Status.FAILED),
        ([C.FAILED, C.FOLLOWS], Status.PARTIAL),
        ([C.PASSED, C.SKIPPED], Status.PASSED),
        ([C.FAILED, C.SKIPPED], Status.FAILED),
        ([C.SKIPPED], Status.UNGRADED),
        ([], Status.UNGRADED),
        ([C.PASSED, C.UNGRADED], Status.UNGRADED),
        ([C.FAILED, C.UNGRADED], Status.FAILED),
        ([C.PASSED, C.FAILED, C.UNGRADED], Status.PARTIAL),
        ([C.NOT_ATTEMPTED, C.SKIPPED], Status.NOT_ATTEMPTED),
    ],
)
def test_a_task_passes_only_when_all_scored_checks_did(
    statuses: list[CheckStatus], verdict: Status
) -> None:
    """Passed is all of the checks that were made, failed is none, and partial is in between."""
    assert status_of(tuple(made(status) for status in statuses)) is verdict


def test_remarks_and_unscored_checks_do_not_decide() -> None:
    """A remark, and a check without points beside scored ones, changes no verdict."""
    remark, unscored = made(C.REMARK, 0, 0), made(C.FAILED, 0, 0)
    assert status_of((made(C.PASSED), remark, unscored)) is Status.PASSED
    assert status_of((made(C.FAILED), made(C.PASSED, 0, 0))) is Status.FAILED


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


# ------------------------------------------------------------- what is not there


def test_the_untouched_handout_is_not_attempted() -> None:
    """The handout as given scores 0, and every scored task is "not attempted"."""
    nothing = {k: Observed(fault=Fault(FaultKind.EXCEPTION, "", "NameError")) for k in right()}
    grade = graded(nothing, submission=lab().handout)
    assert (grade.points, grade.max_points, grade.passed) == (0, 100, False)
    assert {task.status for task in grade.tasks} == {Status.NOT_ATTEMPTED}
    assert {task.message.en for task in grade.tasks[:-1]} == {"Not attempted."}


def test_an_answer_elsewhere_is_an_attempt() -> None:
    """A blank that stays beside an answer that passes something is no blank task."""
    grade = graded({}, submission=lab().handout)
    assert task_of(grade, "CustomConvNet").status is Status.PASSED


def test_a_missing_function_is_named_with_the_nearest() -> None:
    """A function that is not there is named with the most similar name and its cell's error."""
    probe = key("three_layer_convnet", "call/three_layer_convnet")
    gone = Observed(fault=Fault(FaultKind.MISSING, "three_layer_convnet", source="three_layer_net"))
    grade = graded({probe: gone})
    said = task_of(grade, "three_layer_convnet").message.en
    assert said == ("The notebook has no “three_layer_convnet”. "
                    "The nearest name is “three_layer_net”.")  # fmt: skip


def test_a_missing_function_comes_with_its_cells_error() -> None:
    """Where the cell that should define a function failed, its error is part of the reason."""
    cells = [cell.index for cell in lab().solved().cells if cell.id == "three-layer-convnet"]
    broken = Fault(FaultKind.SYNTAX, "invalid syntax", "SyntaxError", cells[0], 3)
    probe = key("three_layer_convnet", "call/three_layer_convnet")
    observed = {**right(), probe: Observed(fault=Fault(FaultKind.MISSING, "three_layer_convnet"))}
    seen = dataclasses.replace(
        observations(observed), cells=(CellRun(cells[0], 0.0, fault=broken),)
    )
    grade = judge(lab().solved(), lab(), seen, observations(right()), {}, probes(),
                  Circumstances(0, {}))  # fmt: skip
    assert "SyntaxError: invalid syntax" in task_of(grade, "three_layer_convnet").message.en


# ----------------------------------------------- not made, not finished, remarked


def test_skipped_trainings_neither_earn_nor_cost() -> None:
    """Without trainings the points of the accuracy rules are not in the sum at all."""
    grade = graded({f"{task}/train": None for task in RULED})
    ruled = sum(
        check.points
        for task in lab().rubric.tasks
        for check in task.checks
        if isinstance(check, Accuracy)
    )
    assert grade.points == grade.max_points == 100 - ruled
    assert wrong(grade) == BLANK_TEXT


def test_what_the_grader_could_not_finish_costs_nobody() -> None:
    """A training that the grader's clock ended leaves the task ungraded, its points uncounted, and
    the grade provisional."""
    grade = graded({"CustomConvNet/train": trained(0.5, "time_limit")})
    assert wrong(grade) == {**BLANK_TEXT, "CustomConvNet": Status.UNGRADED}
    assert grade.points == grade.max_points < 100
    assert "CustomConvNet" in grade.provisional[0].en


def test_a_remark_costs_nothing() -> None:
    """A model without the asked initialiser passes in full, with a remark."""
    model = key("part4_model", "build")
    small = [{**v, "value": Leaf("variable", v["value"].array / 10)} for v in _model()["variables"]]
    task = task_of(graded({model: answered(probes()[model], variables=small)}), "part4_model")
    assert (task.status, task.points) == (Status.PASSED, task.max_points)
    assert task.message.en.startswith("Right. A remark: weights 1: standard deviation")


def test_only_the_tasks_that_are_asked_for_are_graded() -> None:
    """With a choice of tasks the grade has those and their points only."""
    grade = graded({}, tasks=frozenset({"part3_model", "part3_optimizer"}))
    assert [task.id for task in grade.tasks] == ["part3_model", "part3_optimizer"]
    assert grade.points == grade.max_points == 18


def test_the_pass_mark_is_a_share_of_what_was_graded() -> None:
    """Passing takes the rubric's share of the points that could be had, no more and no less."""
    faults = {k: Observed(fault=EACH_FAULT[0]) for k in probes()}
    grade = graded({**faults, **{f"{task}/train": trained(0.1) for task in RULED}})
    assert (grade.points, grade.pass_mark, grade.passed) == (0, 60.0, False)
    half = graded({k: v for k, v in faults.items() if k.startswith(("part", "Custom"))})
    assert half.passed == (half.points >= 60)


def test_a_reference_that_lacks_an_answer_grades_nobody() -> None:
    """Where the reference did not answer, the judge raises and gives no grade."""
    with pytest.raises(ReferenceFailed):
        judge(lab().solved(), lab(), observations(right()),
              observations({k: Observed() for k in right()}), {}, probes(),
              Circumstances(0, {}))  # fmt: skip
