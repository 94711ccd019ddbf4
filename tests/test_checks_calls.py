"""``calls``: how a recorded module was called."""

from __future__ import annotations

from typing import Any

import checked
import pytest
from pydantic import ValidationError

from grader.checks import calls
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.model import CheckStatus
from grader.rubric import Calls

RIGHT = {"name": "hub.Layer", "arguments": {"handle": "a/b0-21k/features", "trainable": True}}
ABOUT = {"kind": "calls", "cases": "f", "call": "hub.Layer"}
HANDLE = {"argument": "handle", "matches": "b0-21k/features"}
TRAINED = {"argument": "trainable", "equals": True}


def evidence(told: Any, wanted: Any = (RIGHT,), **fields: Any) -> Evidence:
    task = checked.task({**ABOUT, **fields})
    mine, theirs = (checked.answers({"one": {"value": None, "calls": c}}) for c in (told, wanted))
    return checked.evidence(task, "t/call/f", checked.call_cases("one"), mine, theirs)


def status(told: Any, **fields: Any) -> CheckStatus:
    of = evidence(told, [RIGHT], **fields)
    (check,) = of.task.checks
    assert isinstance(check, Calls)
    return calls.judge(check, of).status


def with_(**arguments: Any) -> list[dict[str, Any]]:
    return [{"name": "hub.Layer", "arguments": {**RIGHT["arguments"], **arguments}}]


@pytest.mark.parametrize("asked", [HANDLE, TRAINED, {}], ids=["matches", "equals", "called"])
def test_the_reference_s_own_call_is_right(asked: dict[str, Any]) -> None:
    """An argument that matches or equals what is asked, or the call by itself."""
    assert status([RIGHT], **asked) is CheckStatus.PASSED
    assert status([*with_(handle="other", trainable=False), RIGHT], **asked) is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ([], {}),
        ([], HANDLE),
        ([{"name": "hub.load", "arguments": {"handle": "a/b0-21k/features"}}], HANDLE),
        (with_(handle="a/b1-21k/features"), HANDLE),
        (with_(handle=None), HANDLE),
        (with_(trainable=False), TRAINED),
        (with_(trainable=1), TRAINED),
        ("no list", HANDLE),
        ([{"name": "hub.Layer"}, 7], HANDLE),
    ],
)
def test_another_call_or_none_is_wrong(told: Any, asked: dict[str, Any]) -> None:
    """Not called, called with something else, or an answer that is no list of calls: failed."""
    assert status(told, **asked) is CheckStatus.FAILED


def test_a_reference_that_fails_its_own_check_is_our_fault() -> None:
    """Then nobody gets a zero for it."""
    of = evidence([RIGHT], with_(trainable=False), **TRAINED)
    (check,) = of.task.checks
    assert isinstance(check, Calls)
    with pytest.raises(ReferenceFailed):
        calls.judge(check, of)


def test_the_same_mistake_is_the_same_call() -> None:
    """Two answers are alike when the last call has the same arguments."""
    frozen = with_(trainable=False)
    one, other = evidence(frozen, **TRAINED), evidence(frozen, **TRAINED)
    (check,) = one.task.checks
    assert isinstance(check, Calls)
    assert calls.same(check, one, other)
    assert not calls.same(check, one, evidence([RIGHT], **TRAINED))
    assert not calls.same(check, one, evidence([], **TRAINED))


@pytest.mark.parametrize(
    "asked", [{"argument": "a"}, {"equals": 1}, {"argument": "a", "equals": 1, "matches": "b"}]
)
def test_a_check_asks_one_question(asked: dict[str, Any]) -> None:
    """An argument goes with one of `equals` and `matches`."""
    with pytest.raises(ValidationError):
        checked.task({**ABOUT, **asked})
