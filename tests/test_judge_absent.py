"""A module that this machine lacks costs nobody points."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.absent import Absence, absent
from grader.model import (
    Cell,
    CellRun,
    CheckGrade,
    CheckStatus,
    Fault,
    FaultKind,
    Submission,
    Text,
)

GONE = Fault(FaultKind.EXCEPTION, "No module named 'imageio_ffmpeg'", "ModuleNotFoundError", 0, 1)
NAMELESS = Fault(FaultKind.EXCEPTION, "name 'iio' is not defined", "NameError", 1, 1)
MISSING = Fault(FaultKind.MISSING, "load")
CHECK = CheckGrade(
    "c", "values", Text("п", "c"), CheckStatus.FAILED, 0.0, 2.0, Text("н", "no"), None, None
)


def opened(*faults: Fault, runs: tuple[Fault, ...] = (GONE,), cells: tuple[int, ...] = ()) -> bool:
    source = "import numpy as np, imageio_ffmpeg as iio\nfrom os import path"
    notebook = Submission(
        Path("n"), "n", "0" * 64, tuple(Cell(i, "code", source) for i in range(2)), "en"
    )
    absence = Absence(notebook, [CellRun(0, 0.0, "", fault) for fault in runs])
    found = absence.left_open(replace(CHECK, faults=faults), cells)
    assert found.points == 0
    assert found.max_points == 2
    if found.status is CheckStatus.UNGRADED:
        assert "imageio_ffmpeg" in found.message.ru
        assert "imageio_ffmpeg" in found.message.en
    return found.status is CheckStatus.UNGRADED


def test_what_goes_back_to_an_absent_module_is_left_open() -> None:
    """The import itself, a name that it would have set, a function of the cell that it ended."""
    assert opened(GONE)
    assert opened(NAMELESS)
    assert opened(MISSING, cells=(0,))
    assert opened(GONE, NAMELESS)


def test_other_faults_stay_the_students() -> None:
    """A name that no import sets, a cell that failed otherwise, a second fault, and no fault."""
    assert not opened(replace(NAMELESS, message="name 'np2' is not defined"))
    assert not opened(NAMELESS, runs=())
    assert not opened(NAMELESS, runs=(replace(GONE, type="ImportError"),))
    assert not opened(MISSING, cells=(1,))
    assert not opened(GONE, replace(GONE, type="ValueError"))
    assert not opened()


@pytest.mark.parametrize("name", ["tensorfow", "nunpy", "sklaern", "matplotlib2", "imageoi"])
def test_a_misspelt_module_is_the_students_mistake(name: str) -> None:
    """What is nearly the name of a module that everybody uses is that one, misspelt."""
    assert absent(replace(GONE, message=f"No module named '{name}'")) is None


@pytest.mark.parametrize("name", ["imageio", "skimage.io", "tensorflow.examples", "cs231n_utils"])
def test_others_are_absent(name: str) -> None:
    """A module that is one elsewhere, or a part of one that was there once."""
    assert absent(replace(GONE, message=f"No module named '{name}'")) == name


@given(st.text(max_size=300), st.sampled_from(["ModuleNotFoundError", "NameError"]))
def test_whatever_an_exception_says_is_judged(message: str, type_: str) -> None:
    """The text of an exception is the student's to choose."""
    fault = replace(GONE, message=message, type=type_)
    assert opened(fault, replace(fault, kind=FaultKind.DIED, type="")) is False
