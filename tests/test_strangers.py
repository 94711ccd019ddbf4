"""Wrong answers to four labs that were written before their misconceptions had been read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from conftest import ROOT
from convnets_slips import Slip
from naming import judged
from strangers import Stranger
from strangers_convnets import CONVNETS
from strangers_images import IMAGES
from strangers_lecture import LECTURE
from strangers_names import NAMES
from strangers_sealed import SEALED, SEALED_NAMES

from grader import course
from grader.course import Lab

ALL: Mapping[str, Stranger] = {**CONVNETS, **IMAGES, **LECTURE}
LABS = sorted({stranger.lab for stranger in ALL.values()})


def test_every_stranger_is_an_answer_of_its_own() -> None:
    """There are forty at least, to every coding task of two labs, each with a known fault."""
    assert ALL.keys() == NAMES.keys()
    assert len(ALL) >= 40
    for name in ("cnn_lecture", "triplet"):
        tasks = {stranger.task for stranger in ALL.values() if stranger.lab == name}
        assert tasks == {task.id for task in course.load(ROOT, name, "en").rubric.tasks}


def test_most_that_were_sealed_have_a_name() -> None:
    """Nine of ten of those that nobody had seen."""
    assert len(SEALED) == 36
    assert SEALED_NAMES.keys() <= SEALED.keys()
    assert len(SEALED_NAMES) >= 0.9 * len(SEALED)


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("name", LABS)
def test_sealed_strangers_are_named(name: str) -> None:
    """Each of the second set is called as it was called when it was opened, or not at all."""
    lab = course.load(ROOT, name, "en")
    answers = {key: _slip(lab, key, one) for key, one in SEALED.items() if one.lab == name}
    for key, grade in judged(lab, answers).items():
        assert grade.misconception in SEALED_NAMES.get(key, {None}), key


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", LABS)
def test_strangers_are_named(name: str) -> None:
    """Each is called by the misconception that its author would call it by."""
    lab = course.load(ROOT, name, "en")
    answers = {key: _slip(lab, key, one) for key, one in ALL.items() if one.lab == name}
    found = judged(lab, answers)
    assert {k: g.misconception for k, g in found.items() if g.misconception not in NAMES[k]} == {}


def _slip(lab: Lab, key: str, stranger: Stranger) -> Slip:
    source = stranger.source
    if stranger.old:
        before = lab.solution[lab.rubric.task(stranger.task).home]
        assert before.count(stranger.old) == 1, key
        source = before.replace(stranger.old, stranger.new)
    return Slip(stranger.task, source, {**NAMES, **SEALED_NAMES}.get(key, frozenset()))
