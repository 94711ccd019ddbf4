"""Graphs, stand-ins and other right versions, judged on observations made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from lecture_answers import lab

from grader.asked import probes_of
from grader.checks.evidence import helped_key
from grader.judge import Circumstances, judge
from grader.kernel.wire import Leaf
from grader.model import Answer, Fault, FaultKind, Observations, Observed, Status, TaskGrade

LAYER, BLOCK = "conv_layer/graph/conv_layer", "conv_block/graph/conv_block"
NORM = "batch_norm/graph/batch_norm"
NET, BATCHES = "le_net/graph/le_net", "le_net/call/iterate_batches"
P = Status.PASSED


def answer(case: str, value: float = 1.0, **changed: Any) -> Answer:
    """A layer of two variables whose every number is `value`."""
    numbers = Leaf("tensor", np.full((2, 3), value, np.float32))
    variables = [{"shape": [3, 3], "updated": False}, {"shape": [3], "updated": True}]
    told = {"shapes": [[-1, 3]], "draws": 0, "variables": variables}
    values = {k: [numbers] for k in ("inference", "training", "gradients", "moving", "after")}
    return Answer(case, {**told, **values, **changed})


def observed(key: str, value: float = 1.0, **changed: Any) -> Observed:
    return Observed(tuple(answer(c.id, value, **changed) for c in probes_of(lab(), 0)[key].cases))


def observations(probes: Mapping[str, Observed]) -> Observations:
    return Observations((), probes, {}, 0)


def judged(
    mine: Mapping[str, Observed],
    tasks: tuple[str, ...] = ("conv_layer", "conv_block"),
    versions: Mapping[str, Observed] | None = None,
) -> dict[str, TaskGrade]:
    """Grades of some tasks; the reference answers 1 everywhere."""
    keys = {"conv_layer": LAYER, "conv_block": BLOCK, "batch_norm": NORM}
    expected = observations({keys[task]: observed(keys[task]) for task in tasks})
    known = {
        name: observations({keys[name.split("/")[0]]: value})
        for name, value in (versions or {}).items()
    }
    grade = judge(
        lab().solved(), lab(), observations(mine), expected, known, probes_of(lab(), 0),
        Circumstances(0, {}, tasks=frozenset(tasks)),
    )  # fmt: skip
    return {task.id: task for task in grade.tasks}


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({}, set()),
        ({"variables": [{"shape": [3, 4]}]}, {"variables"}),
        ({"shapes": [[-1, 4]]}, {"shape"}),
        ({"inference": [Leaf("tensor", np.zeros((2, 3)))]}, {"outputs"}),
        ({"inference": []}, {"outputs"}),
        ({"gradients": [None, None]}, {"gradients"}),
        ({"gradients": None, "shapes": None, "variables": 7, "inference": "x"},
         {"variables", "shape", "outputs", "gradients"}),
    ],
)  # fmt: skip
def test_each_look_at_a_graph_fails_by_itself(changed: dict[str, Any], failing: set[str]) -> None:
    """Variables, shapes, outputs and gradients are judged apart, and any tree is survived."""
    task = judged({LAYER: observed(LAYER, **changed)}, ("conv_layer",))["conv_layer"]
    assert {check.id for check in task.checks if check.status != "passed"} == failing


def test_a_gradient_that_is_rounding_counts_for_nothing() -> None:
    """Where the reference's gradient is nothing but rounding, the student's may be another one."""
    large, small = (Leaf("tensor", np.full((2, 3), v, np.float32)) for v in (1.0, 1e-8))
    wanted = {LAYER: observed(LAYER, gradients=[large, small])}
    mine = observed(LAYER, gradients=[Leaf("tensor", -small.array), large])
    grade = judge(
        lab().solved(), lab(), observations({LAYER: mine}), observations(wanted), {},
        probes_of(lab(), 0), Circumstances(0, {}, tasks=frozenset({"conv_layer"})),
    )  # fmt: skip
    assert grade.tasks[0].status is P


def test_a_wrong_helper_costs_once() -> None:
    """What is right with a stand-in keeps its points, and says whose fault its own way follows."""
    mine = {
        LAYER: observed(LAYER, 2),
        BLOCK: observed(BLOCK, 2),
        helped_key(BLOCK): observed(BLOCK, called=["conv_layer"]),
    }
    tasks = judged(mine)
    assert tasks["conv_layer"].status is not P
    assert tasks["conv_block"].status is P
    assert tasks["conv_block"].points == tasks["conv_block"].max_points
    assert tasks["conv_block"].follows_from == "conv_layer"


def test_what_is_wrong_with_a_stand_in_too_is_wrong() -> None:
    """A stand-in excuses nothing that is the task's own fault, and a crash of it harms nobody."""
    crash = Observed(fault=Fault(FaultKind.DIED, ""))
    wrong, right = observed(BLOCK, 3), observed(BLOCK)
    layer = observed(LAYER)
    assert judged({LAYER: layer, BLOCK: wrong, helped_key(BLOCK): wrong})["conv_block"].points < 5
    alone = judged({LAYER: layer, BLOCK: right, helped_key(BLOCK): crash})["conv_block"]
    assert (alone.status, alone.follows_from) == (P, None)


def test_another_right_version_is_right_with_a_remark() -> None:
    """An answer that agrees with an accepted version has all points, and the remark is said."""
    mine, other = {NORM: observed(NORM, 5)}, {"batch_norm/statistics_per_pixel": observed(NORM, 5)}
    assert judged(mine, ("batch_norm",))["batch_norm"].status is Status.FAILED
    task = judged(mine, ("batch_norm",), other)["batch_norm"]
    assert (task.status, task.points) == (P, task.max_points)
    assert task.message.en.startswith("Right. A remark: the statistics are kept for each pixel")
    assert task.misconception is None


def test_a_mistake_is_named_beside_what_is_right_in_another_way() -> None:
    """A network of an accepted kind whose batches are mistaken is told which mistake that is."""
    cases = {case.id: case for case in probes_of(lab(), 0)[BATCHES].cases}

    def batches(*mixed: str) -> Observed:
        answers = []
        for name, case in cases.items():
            x, y = (np.flip(leaf.array, 0) if name in mixed else leaf.array
                    for leaf in case.args[:2])  # fmt: skip
            rows = [slice(start, start + 8) for start in range(0, len(x), 8)]
            pairs = [(Leaf("ndarray", x[r]), Leaf("ndarray", y[r])) for r in rows]
            answers.append(Answer(name, {"value": pairs}))
        return Observed(tuple(answers))

    right, wrong = batches("shuffled"), batches()
    versions = {"le_net/dense_without_relu": {NET: observed(NET, 5), BATCHES: right},
                "le_net/shuffled_indices_unused": {NET: observed(NET), BATCHES: wrong}}  # fmt: skip
    grade = judge(
        lab().solved(), lab(), observations({NET: observed(NET, 5), BATCHES: wrong}),
        observations({NET: observed(NET), BATCHES: right}),
        {name: observations(probes) for name, probes in versions.items()},
        probes_of(lab(), 0), Circumstances(0, {}, tasks=frozenset({"le_net"})),
    )  # fmt: skip
    assert {c.id for c in grade.tasks[0].checks if c.points == 0} == {"batches_shuffled"}
    assert grade.tasks[0].misconception == "shuffled_indices_unused"


def test_a_known_mistake_in_a_graph_is_named() -> None:
    """An answer that equals a misconception's in all that a graph tells is named after it."""
    wrong = observed(NORM, 7)
    versions = {"batch_norm/always_batch_statistics": wrong}
    task = judged({NORM: wrong}, ("batch_norm",), versions)["batch_norm"]
    assert task.misconception == "always_batch_statistics"
