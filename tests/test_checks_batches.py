"""``batches``: each example once, beside its label, in the order that was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import checked
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import batches
from grader.checks.evidence import Evidence, Probe
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, CheckGrade, CheckStatus, Observed, Text
from grader.rubric import Batches, Task

X = np.arange(14.0).reshape(7, 2)
Y = np.arange(7) * 10
TASK = checked.task({"kind": "batches", "cases": "c", "points": 1})
KEY = "task/call/c"


def cut(x: Any, y: Any, size: int = 3) -> list[Any]:
    """Batches as a kernel tells them."""
    starts = range(0, len(x), size)
    return [(Leaf("ndarray", x[s : s + size]), Leaf("ndarray", y[s : s + size])) for s in starts]


def evidence(task: Task, got: Any) -> Evidence:
    (check,) = task.checks
    assert isinstance(check, Batches)
    assert task.object is not None
    case = CallCase("one", Text("ru", "en"), (Leaf("ndarray", X), Leaf("ndarray", Y), 3))
    key = f"{task.id}/call/c"
    probe = Probe(key, "call", task.object, (case,))
    right = Observed((Answer("one", {"value": cut(X, Y)}),))
    return Evidence(task, {key: Observed((Answer("one", {"value": got}),))}, {key: right},
                    {key: probe})  # fmt: skip


def judged(got: Any, order: str = "kept") -> CheckGrade:
    task = checked.task({"kind": "batches", "cases": "c", "points": 1, "order": order})
    (check,) = task.checks
    assert isinstance(check, Batches)
    return batches.judge(check, evidence(task, got))


ORDER = np.array([3, 0, 6, 5, 1, 2, 4])


def test_right_batches_pass() -> None:
    """Batches in order, and batches in another order where that was asked for, are right."""
    assert judged(cut(X, Y)).status is CheckStatus.PASSED
    assert judged(cut(X[ORDER], Y[ORDER]), "shuffled").status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("got", "order", "said"),
    [
        (cut(X, Y), "shuffled", "the order is not shuffled"),
        (cut(X[ORDER], Y[ORDER]), "kept", "although shuffle=False"),
        (cut(X[ORDER], Y), "shuffled", "not kept together"),
        (cut(X, Y)[:-1], "kept", "batches of [3, 3] instead of [3, 3, 1]"),
        (cut(X[[0, 0, 1, 2, 3, 4, 5]], Y[[0, 0, 1, 2, 3, 4, 5]]), "kept", "exactly once"),
        (cut(X + 0.5, Y), "kept", "exactly once"),
        (cut(X, Y[:, None]), "kept", "labels came in another shape"),
        ([*cut(X, Y)[:-1], *cut(X[6:], Y[6:, None])], "kept", "labels came in another shape"),
        (None, "kept", "pairs (x, y) wanted"),
        ([1, 2], "kept", "pairs (x, y) wanted"),
    ],
)
def test_wrong_batches_say_what_is_wrong(got: Any, order: str, said: str) -> None:
    """What is missing, doubled, apart or in the wrong order is said."""
    grade = judged(got, order)
    assert grade.status is CheckStatus.FAILED
    assert said in grade.message.en


def test_two_generators_are_the_same_by_what_is_wrong_with_them() -> None:
    """Orders are random, so two generators are alike when there is the same to be said of them."""
    task = checked.task({"kind": "batches", "cases": "c", "points": 1, "order": "shuffled"})
    (check,) = task.checks
    assert isinstance(check, Batches)
    mixed, other = evidence(task, cut(X[ORDER], Y)), evidence(task, cut(X[ORDER[::-1]], Y))
    assert batches.same(check, mixed, other)
    assert not batches.same(check, mixed, evidence(task, cut(X, Y)))


LONG = np.arange(48.0).reshape(24, 2)


def judged_long(order: Any) -> CheckGrade:
    task = checked.task({"kind": "batches", "cases": "c", "points": 1, "order": "shuffled"})
    (check,) = task.checks
    assert isinstance(check, Batches)
    labels = np.arange(24)
    one = CallCase("one", Text("ru", "en"), (Leaf("ndarray", LONG), Leaf("ndarray", labels), 4))
    mine = evidence(task, cut(LONG[order], labels[order], 4))
    probes = {key: replace(probe, cases=(one,)) for key, probe in mine.probes.items()}
    return batches.judge(check, replace(mine, probes=probes))


@pytest.mark.parametrize(
    "order",
    [
        np.arange(24)[::-1],
        np.roll(np.arange(24), 5),
        np.arange(24).reshape(6, 4)[[3, 1, 5, 0, 2, 4]].ravel(),  # whole batches
        np.arange(24).reshape(12, 2).T.ravel(),
    ],
    ids=["backwards", "shifted", "whole batches", "every other"],
)
def test_another_order_is_not_a_random_one(order: Any) -> None:
    """Examples that follow each other in even steps are not shuffled."""
    assert "no random one" in judged_long(order).message.en


@given(st.permutations(range(24)))
def test_random_orders_pass(order: list[int]) -> None:
    """Any order without a rule passes, and one with a rule does not."""
    steps = np.diff(order)
    regular = np.max(np.unique(steps, return_counts=True)[1]) > 12
    expected = CheckStatus.FAILED if regular or order == sorted(order) else CheckStatus.PASSED
    assert judged_long(order).status is expected
