"""Decoys: what no honest notebook comes by, and what is told of it where one was taken."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import judged
import numpy as np
import pytest
from grade_samples import right

from grader.decoys import COMPARED, Decoys
from grader.judge.suspicions import suspicions
from grader.kernel.wire import Leaf
from grader.model import Answer, Bait, Caught, Fault, FaultKind, Observed
from grader.report import gradefile
from grader.report.audience import seen
from grader.report.html import page
from grader.sandbox.tripwire import Tripwire

CAUGHT = (
    Caught(Bait.FILE, cell=6, opened=True),
    Caught(Bait.FILE, task="part3_model", opened=True),
    Caught(Bait.FILE, task="part3_model"),
    Caught(Bait.VARIABLE, task="part3_model"),
    Caught(Bait.CHECK),
)


@pytest.fixture
def decoys() -> Decoys:
    return Decoys(["double", "mix"])


def taken(decoys: Decoys, value: Any) -> list[Caught]:
    """What is told of an answer to ``double``."""
    observed = {"double/call/x": Observed((Answer("x", {"value": value}),))}
    return list(decoys.taken(observed, None))


def key(decoys: Decoys) -> dict[str, list[float]]:
    return {name: entry["expected"] for name, entry in json.loads(decoys.file).items()}


@pytest.mark.parametrize(
    "given",
    [
        lambda numbers: Leaf("tensor", np.array(numbers, np.float32)),
        lambda numbers: Leaf("ndarray", np.array(numbers, np.float64)),
        lambda numbers: Leaf("ndarray", np.resize(np.array(numbers, np.float32), (5, 7))),
        lambda numbers: [1, {"deep": (tuple(numbers),)}],
        lambda numbers: numbers,
    ],
)
def test_numbers_of_the_answer_key_are_known_again(decoys: Decoys, given: Any) -> None:
    """As an array of another kind or shape, or as a list in a list."""
    assert taken(decoys, given(key(decoys)["mix"])) == [Caught(Bait.FILE, task="double")]


def test_what_is_expected_is_known_again(decoys: Decoys) -> None:
    """The array that stands in the requests is no part of the file."""
    assert taken(decoys, decoys.expected) == [Caught(Bait.VARIABLE, task="double")]
    assert decoys.expected.array.tolist() not in key(decoys).values()


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        True,
        [],
        [0.5] * 3,
        [0.5] * 40,
        ["a", None, {}],
        Leaf("tensor", np.zeros((0, 4))),
        Leaf("tensor", np.array(["a", "b", "c", "d"])),
        Leaf("tensor", np.array([1e300, np.nan, np.inf, 0.0])),
        Leaf("tensor", np.arange(8, dtype=np.float32)),
    ],
)
def test_other_answers_are_none_of_them(decoys: Decoys, value: Any) -> None:
    """Whatever an answer holds, short, odd or empty."""
    assert taken(decoys, value) == []


def test_no_two_notebooks_have_the_same_decoys(decoys: Decoys) -> None:
    """What one student found tells another nothing, and accuses nobody else."""
    other = Decoys(["double", "mix"])
    assert other.unasked != decoys.unasked
    assert taken(other, decoys.expected) == []
    assert len(key(decoys)["double"]) > COMPARED


@pytest.mark.parametrize(
    ("reply", "caught"),
    [
        (None, []),
        (Fault(FaultKind.TIME, ""), []),
        ({"fault": {"kind": "missing"}}, []),
        ({"answers": "junk"}, []),
        ({"answers": [{"case": "verify", "fault": {}}, "junk", {"value": None}]}, []),
        ({"answers": [{"case": "verify", "value": {"value": 1.0}}]}, [Caught(Bait.CHECK)]),
    ],
)
def test_nobody_can_answer_the_check(decoys: Decoys, reply: Any, caught: list[Caught]) -> None:
    """A value for the function that is not there is a forgery; a fault of any kind is none."""
    assert list(decoys.taken({}, reply)) == caught
    assert decoys.question()["target"]["name"] == decoys.unasked


@pytest.mark.skipif(not hasattr(os, "eventfd"), reason="no inotify")
def test_a_tripwire_notices_opening_and_nothing_else(tmp_path: Path) -> None:
    """Listing, measuring, linking and renaming trip nothing; each opening is told once."""
    file = tmp_path / "answers.json"
    file.write_bytes(b"{}")
    wire = Tripwire()
    assert not wire.tripped()
    wire.lay(file)
    assert list(tmp_path.iterdir()) == [file]
    file.stat()
    (tmp_path / "link").hardlink_to(file)
    assert not wire.tripped()
    file.read_bytes()
    assert wire.tripped()
    assert not wire.tripped()
    (tmp_path / "link").read_bytes()
    assert wire.tripped()
    wire.close()
    wire.close()
    assert not wire.tripped()


def test_the_staff_reads_the_evidence_and_the_student_does_not() -> None:
    """It stands on the staff's page and in the grade file, and is on no student's page; points
    stay what they were."""
    found = suspicions(CAUGHT, judged.lab())
    grade = replace(right("en"), suspicions=found)
    evidence = [one.evidence.en for one in found]
    assert len(set(evidence)) == len({one.evidence.ru for one in found}) == len(CAUGHT)
    assert "while cell 7 ran" in evidence[0]
    told = gradefile.tree(grade)
    assert [one["evidence"] for one in told["suspicions"]] == evidence
    assert told["points"] == right("en").points
    assert all(said in page(grade) for said in ("A decoy was taken", "while cell 7 ran"))
    for level in ("brief", "full"):
        shown = page(seen(grade, level))
        assert "decoy" not in shown
        assert "answer key" not in shown
