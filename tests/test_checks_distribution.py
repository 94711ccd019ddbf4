"""``distribution``: what a random function does to an image, over many calls."""

from __future__ import annotations

import colorsys
import tracemalloc
from collections.abc import Callable
from typing import Any

import checked
import numpy as np
import pytest

from grader.checks import distribution
from grader.checks.evidence import Evidence
from grader.checks.measures import measured
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import LANGUAGES, CallCase, CheckGrade, CheckStatus, Fault, FaultKind, Text
from grader.rubric import Distribution

Array = np.ndarray[Any, Any]
Change = Callable[[Array, np.random.Generator], Array]
SHADES = np.array([0.35, 0.65])
CALLS = 600
CROPPED = [
    {"measure": "fit", "within": [0.99, 1]},
    {"measure": "top", "uniform": [0, 8], "whole": True},
    {"measure": "left", "uniform": [0, 8], "whole": True},
    {"measure": "left", "independent_of": "top"},
    {"measure": "mirrored", "chance": 0.5},
    {"measure": "upside_down", "chance": 0},
]


def pattern(seed: int = 0) -> Array:
    grey = np.random.default_rng(seed).choice(SHADES, (32, 32, 1))
    return np.repeat(grey, 3, axis=2).astype(np.float32)


def plain() -> Array:
    return np.broadcast_to(np.float32([0.6, 0.45, 0.4]), (32, 32, 3)).copy()


def evidence(
    change: Change | Any, expect: list[dict[str, Any]], image: Array | None = None, seed: int = 1
) -> Evidence:
    """``change`` made 600 times to ``image``; or an answer as it stands."""
    image = pattern() if image is None else image
    task = checked.task({"kind": "distribution", "cases": "f", "expect": expect})
    (check,) = task.checks
    assert isinstance(check, Distribution)
    rng = np.random.default_rng(seed)
    answer = change
    if callable(change):
        answer = {"values": Leaf("tensor", np.stack([change(image, rng) for _ in range(CALLS)]))}
    case = CallCase("one", Text("случай", "a case"), (Leaf("tensor", image), True))
    key = "t/repeat/f/600"
    got, wanted = checked.answers({"one": answer}), checked.answers({"one": {"values": None}})
    return checked.evidence(task, key, (case,), got, wanted)


def judged(of: Evidence) -> CheckGrade:
    (check,) = of.task.checks
    assert isinstance(check, Distribution)
    return distribution.judge(check, of)


def same(one: Evidence, other: Evidence) -> bool:
    (check,) = one.task.checks
    assert isinstance(check, Distribution)
    return distribution.same(check, one, other)


def crop(image: Array, rng: np.random.Generator, last: int = 8) -> Array:
    top, left = rng.integers(0, last + 1, 2)
    cut = image[top : top + 24, left : left + 24]
    return cut[:, ::-1] if rng.random() < 0.5 else cut


def diagonal(image: Array, rng: np.random.Generator) -> Array:
    at = rng.integers(0, 9)
    cut = image[at : at + 24, at : at + 24]
    return cut[:, ::-1] if rng.random() < 0.5 else cut


def jitter(image: Array, rng: np.random.Generator) -> Array:
    """Contrast, brightness, saturation and hue, as TensorFlow's random_* functions change them."""
    mean = image.mean(axis=(0, 1))
    image = (image - mean) * rng.uniform(0.3, 1.0) + mean + rng.uniform(-0.2, 0.2)
    hue, saturation, value = colorsys.rgb_to_hsv(*image[0, 0])
    if np.ptp(image, axis=2).max() > 1e-3:
        saturation = min(1.0, saturation * rng.uniform(0, 2))
        colour = colorsys.hsv_to_rgb((hue + rng.uniform(-0.05, 0.05)) % 1, saturation, value)
        image = np.broadcast_to(np.float32(colour), image.shape)
    return image


def test_a_random_crop_mirrored_half_of_the_time_is_right_whatever_its_colours_became() -> None:
    """Changes of contrast and brightness do not hide where a crop was taken."""
    for seed in range(5):
        of = evidence(lambda x, rng: jitter(crop(x, rng), rng), CROPPED, seed=seed)
        assert judged(of).status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("wrong", "measure"),
    [
        (lambda x, rng: x[4:28, 4:28], "top"),
        (lambda x, rng: crop(x, rng, last=7), "top"),
        (diagonal, "left"),
        (lambda x, rng: crop(x, rng)[::-1], "upside_down"),
        (lambda x, rng: x[(t := rng.integers(0, 9)) : t + 24, (s := rng.integers(0, 9)) : s + 24],
         "mirrored"),
        (lambda x, rng: x[:24, :24] + rng.normal(0, 1, (24, 24, 3)), "fit"),
    ],
    ids=["never_random", "too_narrow", "one_offset", "upside_down", "never_mirrored", "noise"],
)  # fmt: skip
def test_a_crop_that_is_not_random_enough_is_named_by_its_measure(
    wrong: Change, measure: str
) -> None:
    """Where a crop fails, the row of the measure that is off says so."""
    grade = judged(evidence(wrong, CROPPED))
    failed = [row.title.en for row in grade.comparisons if not row.passed]
    assert grade.status is CheckStatus.FAILED
    assert distribution.TITLES[measure].en in failed[0]


@pytest.mark.parametrize(
    ("measure", "right", "wrong"),
    [
        ("brightness", [-0.2, 0.2], [-0.3, 0.3]),
        ("saturation", [0.0, 2.0], [0.5, 1.5]),
        ("hue", [-0.05, 0.05], [-0.1, 0.1]),
    ],
)
def test_colours_are_measured_through_each_other(
    measure: str, right: list[float], wrong: list[float]
) -> None:
    """Brightness, saturation and hue of a plain colour are told apart, and so are their ranges."""
    of = evidence(jitter, [{"measure": measure, "uniform": right}], plain())
    assert judged(of).status is CheckStatus.PASSED
    of = evidence(jitter, [{"measure": measure, "uniform": wrong}], plain())
    assert judged(of).status is CheckStatus.FAILED


def test_the_contrast_of_a_pattern_is_measured() -> None:
    """The factor of the contrast comes from the shades of the pattern, wherever it was cut."""
    of = evidence(
        lambda x, rng: jitter(crop(x, rng), rng), [{"measure": "contrast", "uniform": [0.3, 1.0]}]
    )
    assert judged(of).status is CheckStatus.PASSED


def test_values_beyond_the_bounds_fail() -> None:
    """A pixel above the upper bound fails, and the message gives what was seen."""
    grade = judged(evidence(lambda x, _: x + 0.5, [{"measure": "highest", "within": [0, 1]}]))
    assert grade.status is CheckStatus.FAILED
    assert "1.15" in grade.message.en


def test_a_function_that_never_changes_is_told_so() -> None:
    """A constant where something random is wanted is called the same every time."""
    grade = judged(evidence(lambda x, _: x, [{"measure": "contrast", "uniform": [0.3, 1.0]}]))
    assert (
        "same every time"
        in judged(
            evidence(lambda x, _: 0.5 * x, [{"measure": "contrast", "uniform": [0.3, 1.0]}])
        ).message.en
    )
    assert grade.status is CheckStatus.FAILED


@pytest.mark.parametrize(
    "answer",
    [
        {"values": Leaf("tensor", np.full((600, 24, 24, 3), np.nan))},
        {"values": Leaf("tensor", np.zeros((600, 40, 40, 3)))},
        {"values": Leaf("tensor", np.zeros((600, 24)))},
        {"values": Leaf("tensor", np.array(["a"]))},
        {"values": Leaf("tensor", np.float32(0.5))},
        {"value": Leaf("tensor", np.zeros(3)), "shapes": [[24, 24, 3], [23, 24, 3], "x"]},
        {"value": None},
        *checked.ODD_TREES,
        *checked.EACH_FAULT,
    ],
)
def test_whatever_came_back_is_a_failure_in_both_languages(answer: Any) -> None:
    """NaN, larger images, changing shapes, no images and faults fail with a reason."""
    grade = judged(evidence(answer, CROPPED))
    assert grade.status is CheckStatus.FAILED
    assert all(grade.message[language] for language in LANGUAGES)


@pytest.mark.parametrize("count", [1, 599, 601, 60_000])
def test_results_of_another_number_of_calls_are_no_results(count: int) -> None:
    """More or fewer results than calls fail with both numbers, before anything is computed."""
    tiny = np.broadcast_to(np.float32(0.5), (count, 1, 1, 3))
    grade = judged(evidence({"values": Leaf("tensor", tiny)}, CROPPED))
    assert grade.status is CheckStatus.FAILED
    assert f"{count} results came back from 600 calls" in grade.message.en


def test_the_room_that_results_take_grows_with_them_alone() -> None:
    """The windows of a large image are looked at in pieces: all of them would take gigabytes."""
    image, values = np.tile(pattern(), (4, 4, 1)), np.empty((2, 64, 64, 3), np.float32)
    values[:] = image[5:69, 7:71]
    tracemalloc.start()
    try:
        top = measured("top", image, values)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert set(top) <= {5.0, 37.0}
    assert most < 2**27


def test_two_wrong_functions_that_do_the_same_are_alike() -> None:
    """A known mistake is recognised by its distribution, and another mistake is not."""
    never = evidence(lambda x, rng: x[4:28, 4:28], CROPPED)
    again = evidence(lambda x, rng: x[4:28, 4:28] * 0.9, CROPPED, seed=7)
    narrow = [evidence(lambda x, rng: crop(x, rng, 4), CROPPED, seed=seed) for seed in (2, 3)]
    assert same(never, again)
    assert same(*narrow)
    assert not same(never, narrow[0])
    fault = Fault(FaultKind.EXCEPTION, "boom", "ValueError")
    assert same(evidence(fault, CROPPED), evidence(fault, CROPPED))
    assert not same(evidence(fault, CROPPED), never)


def test_a_case_without_an_image_is_the_lab_authors_mistake() -> None:
    """A generator whose first argument is no image is refused, not held against a student."""
    of = evidence(crop, CROPPED, image=pattern())
    case = CallCase("one", Text("случай", "a case"), (3,))
    broken = checked.evidence(
        of.task, "t/repeat/f/600", (case,), checked.answers({}), checked.answers({})
    )
    with pytest.raises(ReferenceFailed, match="no image"):
        judged(broken)
