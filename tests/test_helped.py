"""Stand-ins for functions of other tasks: what of them a student's code ever gets hold of."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import tiny_course as tiny
from lecture_answers import lab

from grader import course, matching
from grader.asked import probes_of
from grader.course import stand_ins
from grader.errors import CourseError
from grader.kernel import helpers
from grader.model import Fault
from grader.observe.probing import asked_with_helpers
from grader.progress import silent

SOURCE = """
import math
import numpy as np
STEPS = {n: n * math.pi for n in range(3)}

def first(x):
    return x * STEPS[1]

def second(x):
    return first(x) + np.pi

def third(x):
    return second(x)
"""


def test_only_what_is_needed_is_sent() -> None:
    """What stands in comes with what it uses, and with nothing that uses it."""
    sent = stand_ins.needed(SOURCE, ["first"])
    assert stand_ins.defined(sent) >= {"first", "STEPS", "math"}
    assert not stand_ins.defined(sent) & {"second", "third", "np"}
    assert "second" in stand_ins.needed(SOURCE, ["third"])
    made = helpers.made({"names": ["first"], "source": sent}, [])["first"]
    assert made(2) == pytest.approx(6.283, abs=1e-3)
    assert "second" not in made.__wrapped__.__globals__


class Thief:
    """A kernel whose notebook keeps each stand-in, wherever it finds one, and answers with it."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.stolen: list[str] = []
        self.asked: list[str] = []

    async def ask(self, request: Any, *, on_message: Any = None) -> dict[str, Any] | Fault:
        self.kept |= stand_ins.defined(request["helpers"]["source"])
        name = request["target"]["name"]
        self.asked.append(name)
        if name in self.kept:
            self.stolen.append(name)
        return {"answers": []}


def _asked(thief: Thief, probes: Any) -> None:
    found = matching.match(lab().solved(), lab().handout)
    asyncio.run(asked_with_helpers(thief, probes, 0, found, silent))


def test_nobody_answers_with_what_stood_in() -> None:
    """When a task is asked with stand-ins, its own function was never sent; in another order, it is
    not asked at all."""
    probes = [probe for probe in probes_of(lab(), 0).values() if probe.helpers is not None]
    thief, backwards = Thief(), Thief()
    _asked(thief, probes)
    assert not thief.stolen
    assert {"conv_block", "conv_block_with_bn", "resnet_block"} <= set(thief.asked)
    _asked(backwards, probes[::-1])
    assert not backwards.stolen
    assert backwards.asked
    assert "resnet_block" not in backwards.asked


def test_a_course_that_gives_an_answer_away_is_not_loaded(tmp_path: Any) -> None:
    """A task that would be sent its own function is told to the teacher by its name."""
    helped = tiny.RUBRIC.replace("    checks:", "    helpers: [double]\n    checks:")
    root = tiny.write(tmp_path, rubric=helped)
    (root / "reference/tiny/stand_ins.py").write_text("def double(x):\n    return x + x\n")
    with pytest.raises(CourseError, match="'double' stands in for it"):
        course.load(root, "tiny", "en")
