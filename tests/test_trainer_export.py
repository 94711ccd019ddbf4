"""A network that is not taken out of its notebook in time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from grader.checks.explain import explain
from grader.model import Fault, FaultKind
from grader.observe.trainer import Trainer


def exported(fault: Any, left: float) -> Fault | None:
    """What the trainer makes of a kernel's ``fault``, with ``left`` seconds of the notebook's."""

    async def ask(request: Any) -> Any:
        assert request["probe"] == "export"
        return fault

    trainer: Any = SimpleNamespace(order=SimpleNamespace(seed=1))
    setting = SimpleNamespace(limits=SimpleNamespace(probe_seconds=60.0))
    desk: Any = SimpleNamespace(ask=ask, left=left, setting=setting)
    found: Any = asyncio.run(Trainer._exported(trainer, desk, {}))
    assert found.fault is not None
    return found.fault  # type: ignore[no-any-return]


def test_the_graders_clock_is_no_fault_of_the_students() -> None:
    """What a large network takes to be taken out is told, and a person looks."""
    interrupted = {"fault": {"kind": "time_limit", "type": "KeyboardInterrupt"}}
    for fault in (Fault(FaultKind.TIME, "60 s"), interrupted):
        found = exported(fault, left=100.0)
        assert found is not None
        assert found.kind is FaultKind.TOO_LARGE
        assert "within 60 s" in explain(found).en
        assert "за 60 с её не удалось вынести" in explain(found).ru


@pytest.mark.parametrize("kind", [FaultKind.DIED, FaultKind.MEMORY, FaultKind.OUTPUT])
def test_other_ends_stay_what_they_are(kind: FaultKind) -> None:
    """Code that ends its kernel does so; so does a notebook that has used up its own time."""
    assert exported(Fault(kind, "x"), left=100.0) == Fault(kind, "x")
    assert exported(Fault(FaultKind.TIME, "900 s"), left=0.0) == Fault(FaultKind.TIME, "900 s")
