"""What a kernel tells of faults is forced into shape, whatever it is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernels import cells_of, request

from grader.desk import Desk, Setting, read_fault, read_faults
from grader.model import Fault, FaultKind, Submission
from grader.progress import silent
from grader.sandbox.line import Budget
from grader.sandbox.process import PlainProcess
from grader.sandbox.room import Limits

TOLD = {
    "kind": "time_limit",
    "message": "m",
    "type": "T",
    "cell": 3,
    "line": 4,
    "source": "x = 1",
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def test_fault() -> None:
    """A fault that is told properly is read as it is told."""
    assert read_fault(TOLD) == Fault(FaultKind.TIME, "m", "T", 3, 4, "x = 1")
    assert read_faults({"3": TOLD, "12": TOLD}) == dict.fromkeys((3, 12), read_fault(TOLD))


@given(st.dictionaries(st.sampled_from(list(TOLD)), JUNK) | JUNK)
def test_junk(told: Any) -> None:
    """Anything else gives a fault too, with texts and numbers that a report can show."""
    fault = read_fault(told)
    assert isinstance(fault.kind, FaultKind)
    assert len(fault.message) <= 1000
    assert len(fault.source) <= 300
    for number in (fault.cell, fault.line):
        assert number is None or (type(number) is int and 0 <= number < 10**6)


@pytest.mark.parametrize("key", ["-1", "--5", "²", "٣", "", "1.5", "x", "9" * 5000, " 1"])
def test_cells(key: str) -> None:
    """A fault of no cell is left out."""
    assert read_faults({key: TOLD, "2": TOLD}) == {2: read_fault(TOLD)}


@given(JUNK)
def test_junk_faults(told: Any) -> None:
    """Notes that are no faults by cell are no faults at all, or faults without content."""
    assert all(type(cell) is int for cell in read_faults(told))


LARGE = "import numpy as np\n\ndef f():\n    return np.zeros(50_000, np.uint8)\n"


def test_a_desks_answers_have_one_budget() -> None:
    """Two answers of 50 kB come from a real kernel; a third, over the budget of 120 kB, is a fault
    that says so. What is asked afresh has a budget of its own."""

    async def asked() -> list[dict[str, Any] | Fault]:
        cells = tuple(cells_of({"f": LARGE}).values())
        desk = Desk(
            Submission(Path("n.ipynb"), "n", "0", cells, "en"),
            Setting(PlainProcess(), [], [], {}, Limits(), seed=1, threads=1),
            silent,
            _budget=Budget(120_000),
        )
        try:
            await desk.open()
            answers = [await desk.ask(request("f")) for _ in range(3)]
            desk.afresh()
            return [*answers, await desk.ask(request("f"))]
        finally:
            await desk.close()

    *first, last, afresh = asyncio.run(asked())
    assert [type(answer) for answer in (*first, afresh)] == [dict, dict, dict]
    assert isinstance(last, Fault)
    assert last.kind is FaultKind.UNUSABLE
    assert "more than 120000 bytes of answers in all" in last.message
