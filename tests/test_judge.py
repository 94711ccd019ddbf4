"""The judge: from observations made by hand to verdicts on the convnets lab."""

from __future__ import annotations

import dataclasses

import pytest
from checked import EACH_FAULT
from judged import (
    BAD_MODEL,
    BLANK_TEXT,
    RULED,
    answered,
    graded,
    key,
    lab,
    model,
    observations,
    probes,
    right,
    task_of,
    trained,
    wrong,
)

from grader.errors import ReferenceFailed
from grader.judge import Circumstances, judge, status_of
from grader.kernel.wire import Leaf
from grader.model import (
    CellRun,
    CheckGrade,
    CheckStatus,
    Fault,
    FaultKind,
    Observed,
    Status,
    Text,
)
from grader.rubric import Accuracy

C = CheckStatus


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
    """A training that the grader's clock ended leaves the task ungraded, its points uncounted, the
    grade provisional, and the pass mark as it was: to draw a training out helps nobody to pass."""
    grade = graded({"CustomConvNet/train": trained(0.5, "time_limit")})
    assert wrong(grade) == {**BLANK_TEXT, "CustomConvNet": Status.UNGRADED}
    assert grade.points == grade.max_points < 100
    assert "CustomConvNet" in grade.provisional[0].en
    assert grade.pass_mark == graded({}).pass_mark == 60


def test_a_remark_costs_nothing() -> None:
    """A model without the asked initialiser passes in full, with a remark."""
    built = key("part4_model", "build")
    small = [{**v, "value": Leaf("variable", v["value"].array / 10)} for v in model()["variables"]]
    task = task_of(graded({built: answered(probes()[built], variables=small)}), "part4_model")
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
