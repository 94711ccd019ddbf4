"""What lies about for thieves in a student's kernel, and how it shows that somebody took it.

There are three decoys. No honest notebook comes by one, whatever it lists, prints or looks up:

========  ==========================================  =====================================
decoy     what a thief sees                           taken, where
========  ==========================================  =====================================
file      an answer key beside the kernel's code      it is opened, or its numbers come back
variable  ``expected``, in each case of a request     its numbers come back
check     a function that the answer key alone names  the kernel answers for it
========  ==========================================  =====================================

All of it is drawn anew for each notebook and right for none. What was taken is told to whoever
reads the staff's report, and decides nothing by itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .kernel.wire import Leaf
from .model import Bait, Caught, Fault, Observed

NUMBERS = 8
COMPARED = 4
"""Numbers at the beginning of an answer by which a decoy is known: too many for chance."""
DEEPEST = 6


@dataclass
class Decoys:
    """The decoys of one notebook, whose tasks ask for the functions ``names``."""

    names: Sequence[str]
    _drawn: dict[bytes, Bait] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(secrets.randbits(128))
        self.unasked = f"verify_{secrets.token_hex(4)}"
        """The function of the answer key that no handout has."""
        self.expected = Leaf("ndarray", self._draw(Bait.VARIABLE))
        """What stands in a request's cases."""
        keys = {name: self._draw(Bait.FILE).tolist() for name in (*self.names, self.unasked)}
        self.file = json.dumps({name: {"expected": key} for name, key in keys.items()}).encode()
        """The answer key's bytes."""

    def question(self) -> dict[str, Any]:
        """The request that asks for the function that is not there."""
        case = {"id": "verify", "args": (self.expected,), "expected": self.expected}
        return {
            "probe": "call",
            "target": {
                "name": self.unasked,
                "driver": "",
                "argument": "",
                "fit": "",
                "blank": False,
                "scoped": False,
                "last": True,
                "cells": [],
                "section": [0, 0],
                "turn": None,
            },
            "cases": [case],
            "seed": 0,
        }

    def taken(
        self, observed: Mapping[str, Observed], reply: Mapping[str, Any] | Fault | None
    ) -> Iterator[Caught]:
        """The decoys that came back: in answers to the tasks' probes, and in the ``reply`` to
        :meth:`question`."""
        if isinstance(reply, Mapping) and "fault" not in reply:
            answers = reply.get("answers")
            if isinstance(answers, list) and any(map(_answered, answers)):
                yield Caught(Bait.CHECK)
        for key, probe in observed.items():
            for answer in probe.answers:
                for bait in self._in(answer.value, 0):
                    yield Caught(bait, task=key.split("/")[0])

    def _draw(self, bait: Bait) -> np.ndarray[Any, Any]:
        numbers = self._random.normal(size=NUMBERS).astype(np.float32)
        self._drawn[numbers[:COMPARED].tobytes()] = bait
        return numbers

    def _in(self, value: Any, depth: int) -> Iterator[Bait]:
        """The decoys with whose numbers ``value``, or something in it, begins."""
        if isinstance(value, Leaf):
            yield from self._of(value.array.reshape(-1)[:COMPARED])
        elif isinstance(value, Mapping | list | tuple) and depth < DEEPEST:
            items = list(value.values() if isinstance(value, Mapping) else value)
            if all(isinstance(item, float) for item in items[:COMPARED]):
                yield from self._of(np.array(items[:COMPARED]))
            else:
                for item in items:
                    yield from self._in(item, depth + 1)

    def _of(self, beginning: np.ndarray[Any, Any]) -> Iterator[Bait]:
        if beginning.dtype.kind == "f" and beginning.size == COMPARED:
            with np.errstate(over="ignore"):
                bait = self._drawn.get(beginning.astype(np.float32).tobytes())
            if bait is not None:
                yield bait


def _answered(answer: Any) -> bool:
    return isinstance(answer, Mapping) and "fault" not in answer and answer.get("value") is not None
