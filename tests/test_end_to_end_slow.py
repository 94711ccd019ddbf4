"""Every style and every fault through the whole program; trainings on the real images and the
stand-in. Hours on a small machine: run with ``-m slow``, and with ``-k`` for a part of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Grade
from convnets_submissions import faults, language_of, styles, submission
from graded import HANDOUTS, ROOT, SCORED, Grader, as_file, handout

from grader import data

BY_TRAINING = {"CustomConvNet-no_convolutions"}
"""Faults that no single answer shows: only the accuracy does."""

WHICH = [
    pytest.param(
        which, marks=pytest.mark.skipif(not path.exists(), reason="that handout is not here")
    )
    for which, path in HANDOUTS.items()
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]


def _real_images() -> bool:
    places = data.survey("cifar10", folders=data.search_folders(None, ROOT))
    return any(place.found for place in places)


needs_images = pytest.mark.skipif(not _real_images(), reason="CIFAR-10 is not on this machine")


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    return Grader(tmp_path_factory.mktemp("graded"))


@pytest.fixture
def full(grade: Grade, tmp_path: Path) -> Any:
    """``full(which, name, *options)``: the command on a style or a fault, trainings included."""

    def run(which: str, name: str, *options: str, course: Path = ROOT, **environment: str) -> Any:
        given = handout(which)
        language = language_of(given)
        variant = {**styles(language), **faults(language)}[name]
        path = tmp_path / f"{name}.ipynb"
        path.write_bytes(as_file(submission(given, variant)))
        done = grade(path, "--course", course, *options, environment=environment, timeout=7200)
        assert done.returncode in (0, 1), done.stderr
        record = json.loads((tmp_path / f"{name}.grade.json").read_text("utf-8"))
        return done.returncode, record

    return run


# ------------------------------------------------------------------------ by values


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("style", styles())
def test_every_style_is_right(grader: Grader, which: str, style: str) -> None:
    """Each way to write a right answer passes every task, in each handout."""
    given = handout(which)
    graded = grader(submission(given, styles(language_of(given))[style]))
    assert graded.not_passed == set()


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("fault", sorted(set(faults()) - BY_TRAINING))
def test_every_fault_fails_its_own_task(grader: Grader, which: str, fault: str) -> None:
    """Each wrong answer fails the task that it is in, in each handout, and no other."""
    given = handout(which)
    variant = faults(language_of(given))[fault]
    graded = grader(submission(given, variant))
    assert graded.not_passed == {variant.fails}
    assert (
        graded.task(variant.fails or "")["points"] < graded.task(variant.fails or "")["max_points"]
    )


# ---------------------------------------------------------------------- by training


@needs_images
@pytest.mark.parametrize(
    ("which", "style"),
    [
        ("ru", "explicit_padding"),
        ("ru", "same_padding"),
        ("en", "helper_functions"),
        ("en", "functional"),
        ("ru", "float64_weights"),
    ],
)
def test_right_submissions_get_full_marks(full: Any, which: str, style: str) -> None:
    """On the real CIFAR-10 a right submission has all 100 points, and the grade is final."""
    code, record = full(which, style)
    assert {t["id"]: t["status"] for t in record["tasks"] if t["status"] != "passed"} == {}
    assert record["points"] == record["max_points"] == 100
    assert (code, record["passed"], record["provisional"]) == (0, True, False)
    curves = [c for t in record["tasks"] for check in t["checks"] for c in check["curves"]]
    assert len(curves) >= 4


@needs_images
@pytest.mark.parametrize("which", ["ru", "en"])
@pytest.mark.parametrize("fault", sorted(BY_TRAINING))
def test_what_only_accuracy_shows_is_found(full: Any, which: str, fault: str) -> None:
    """A network that answers like a right one and cannot learn enough fails by its training."""
    task = fault.split("-")[0]
    _, record = full(which, fault, "--task", task)
    (graded,) = record["tasks"]
    assert graded["status"] == "partial"
    assert [c["id"] for c in graded["checks"] if c["status"] == "failed"] == ["accuracy"]
    assert record["provisional"]


@needs_images
@pytest.mark.parametrize(
    "fault", ["three_layer_convnet-no_first_relu", "part3_optimizer-plain", "part3_model-swapped"]
)
def test_one_fault_costs_once_with_trainings_too(full: Any, fault: str) -> None:
    """A faulty partner does not take the points of what is trained with it."""
    _, record = full("ru", fault)
    task = fault.split("-")[0]
    assert {t["id"] for t in record["tasks"] if t["status"] != "passed"} == {task}


@pytest.mark.parametrize("style", ["explicit_padding", "functional"])
def test_the_stand_in_gives_provisional_full_marks(full: Any, style: str, tmp_path: Path) -> None:
    """With no CIFAR-10 to be had, generated images are trained on; a right answer passes there
    too, and the grade says wherever it is shown that it may change."""
    course = tmp_path / "far" / "course"
    for folder in ("assignments", "reference", "rubrics"):
        shutil.copytree(ROOT / folder, course / folder)
    nothing = "http://127.0.0.1:9"
    code, record = full(
        "ru", style, course=course,
        GRADER_DATA="", GRADER_CACHE=str(tmp_path / "cache"), KERAS_HOME=str(tmp_path / "keras"),
        http_proxy=nothing, https_proxy=nothing, HTTP_PROXY=nothing, HTTPS_PROXY=nothing,
    )  # fmt: skip
    assert {t["id"] for t in record["tasks"] if t["status"] == "passed"} >= set(SCORED)
    assert record["points"] == record["max_points"] == 100
    assert (code, record["provisional"]) == (0, True)
    assert "CIFAR-10" in " ".join(record["provisional_reasons"])
    assert record["limits"]["data"].endswith("(stand-in)")
    page = (tmp_path / f"{style}.report.html").read_text("utf-8")
    assert record["provisional_reasons"][0] in page
