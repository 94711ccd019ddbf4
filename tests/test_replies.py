"""What a kernel may answer: its replies are measured by what was asked, whatever they say."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import tiny_course

from grader import course, matching
from grader.asked import probes_of
from grader.checks.built_graphs import read
from grader.checks.evidence import Probe
from grader.checks.replies import shape_of
from grader.kernel import wire
from grader.model import Answer, FaultKind, Observed
from grader.observe.probing import answers_of
from grader.progress import silent
from grader.sandbox.kernel import OnMessage
from grader.sandbox.line import Budget, Line

TWO = tiny_course.CASES.replace(
    'return [CallCase("random", Text("числа", "numbers"), (drawn,))]',
    'return [CallCase(n, Text("числа", "numbers"), (drawn,)) for n in ("random", "again")]',
)


class Forger:
    """A kernel that answers with these cases, whatever it is asked."""

    def __init__(self, cases: Sequence[Any]) -> None:
        self._cases = cases

    async def ask(
        self, request: Mapping[str, Any], *, on_message: OnMessage | None = None
    ) -> dict[str, Any]:
        return {"answers": [{"case": case, "value": {"value": 1.0}} for case in self._cases]}


def told(root: Path, *cases: Any) -> Observed:
    lab = course.load(tiny_course.write(root, cases=TWO), "tiny", "en")
    probes: list[Probe] = list(probes_of(lab, 0).values())
    found = matching.match(lab.handout, lab.handout)
    (answer,) = asyncio.run(answers_of(Forger(cases), probes, 0, found, silent)).values()
    return answer


def test_the_sizes_that_a_reply_tells_are_bounded() -> None:
    """A shape that no array has is none: what it multiplies to could not even be printed."""
    assert shape_of([3, -1]) == (3, -1)
    for odd in ([10**4000], [2**31], [1] * 65, [True], [-2], "x", None):
        assert shape_of(odd) == (-2,)
    told = read(Answer("a", {"variables": [{"shape": [2**31 - 1] * 64}] * 3}))
    assert len(str(told.numbers)) < 1000


def test_the_cases_that_were_asked_are_answered(tmp_path: Path) -> None:
    """A reply that names each case once, in order, is taken."""
    answer = told(tmp_path, "random", "again")
    assert answer.fault is None
    assert [one.case for one in answer.answers] == ["random", "again"]


@pytest.mark.parametrize(
    "cases",
    [
        (),
        ("random",),
        ("random", "zz"),
        ("random", "random"),
        ("random", "again", "zz"),
        ("random", None),
        (["random"], {"again": 1}),
    ],
    ids=str,
)
def test_other_cases_are_the_kernels_own_fault(tmp_path: Path, cases: tuple[Any, ...]) -> None:
    """A reply that leaves out, repeats or invents a case is a fault of the notebook's kernel."""
    answer = told(tmp_path, *cases)
    assert answer.fault is not None
    assert (answer.fault.kind, answer.answers) == (FaultKind.UNUSABLE, ())


def nested(depth: int) -> dict[str, Any]:
    tree: Any = 1
    for _ in range(depth - 1):
        tree = [tree]
    return {"value": tree}


async def received(path: Path, frame: bytes, budget: Budget | None = None) -> dict[str, Any]:
    """What our end of a line makes of a frame."""
    line = Line(2**20)
    await line.listen(path)
    _, writer = await asyncio.open_unix_connection(path)
    try:
        await line.connected
        writer.write(struct.pack(">Q", len(frame)) + frame)
        return await line.receive(budget)
    finally:
        await line.close()
        writer.close()


def test_a_reply_nested_too_deep_is_refused(tmp_path: Path) -> None:
    """A reply is read as deep as the kernel's own end sends one, and no deeper."""
    deepest = nested(wire.REPLY_DEPTH)
    frame = wire.encode(deepest, deepest=wire.REPLY_DEPTH)
    assert asyncio.run(received(tmp_path / "a", frame)) == deepest
    with pytest.raises(wire.WireError, match="too deep"):
        asyncio.run(received(tmp_path / "b", wire.encode(nested(wire.REPLY_DEPTH + 1))))


def test_answers_are_bounded_in_sum(tmp_path: Path) -> None:
    """Answers that are kept side by side share one budget of bytes; what is beyond it is refused
    before it is read, and what fits still comes through."""
    frame = wire.encode({"value": "x" * 1000})
    budget = Budget(total=2 * len(frame) + 100)
    for name in "ab":
        asyncio.run(received(tmp_path / name, frame, budget))
    torn = frame[:-1] + b"?"  # would not even be decoded
    with pytest.raises(wire.WireError, match=r"more than \d+ bytes of answers in all"):
        asyncio.run(received(tmp_path / "c", torn, budget))
    assert budget.spent == 2 * len(frame)
    assert asyncio.run(received(tmp_path / "d", wire.encode({"value": 1}), budget)) == {"value": 1}


def test_a_reply_of_very_many_values_is_refused(tmp_path: Path) -> None:
    """Small as it is in bytes, it would take seconds and hundreds of megabytes."""
    most = wire.REPLY_NODES
    few = wire.encode({"value": [0] * (most - 2)})
    assert len(asyncio.run(received(tmp_path / "a", few))["value"]) == most - 2
    with pytest.raises(wire.WireError, match="more than 200000 values"):
        asyncio.run(received(tmp_path / "b", wire.encode({"value": [0] * most})))
