"""Learning rates that a notebook's own schedule gave: taken over, rounded, and counted."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from grader.kernel import settings
from grader.kernel.wire import Leaf

STEPS = np.arange(7660)
EVEN = {
    "constant": np.full(len(STEPS), 1e-3),
    "cosine": 1e-3 * (1 + np.cos(np.pi * STEPS / len(STEPS))) / 2,
    "falling": 1e-2 * 0.96 ** (STEPS / 100),
    "warm": np.minimum(STEPS / 500, 1) * 1e-3,
    "stairs": 1e-1 * 0.5 ** (STEPS // 1000),
    "cycles": 1e-4 + 1e-3 * abs(STEPS % 400 - 200) / 200,
}


def told(rates: Any) -> dict[str, Any]:
    """An optimizer's settings with these rates, as they cross the wall."""
    leaf = Leaf("ndarray", np.asarray(rates, np.float32))
    return {"class_name": "SGD", "config": {"learning_rate": 1.0}, "rates": leaf}


def counted(rates: Any) -> int:
    return len(zlib.compress(b"".join(settings.written_down([told(rates)])), 9))


@pytest.mark.parametrize("name", EVEN)
def test_a_schedule_is_followed_nearly(name: str) -> None:
    """Each step's rate is within 2.2 % of what the schedule says; none is none."""
    _, rates = settings.optimizer(tf, told(EVEN[name]))
    wanted = EVEN[name].astype(np.float32)
    np.testing.assert_allclose(rates, wanted, rtol=0.022, atol=1e-11)
    assert np.all(rates[wanted == 0] == 0)


@pytest.mark.parametrize("name", EVEN)
def test_an_even_schedule_says_little(name: str) -> None:
    """Schedules as people write them take little of what a network may know."""
    assert counted(EVEN[name]) < 1024


def test_a_schedule_of_secrets_says_much() -> None:
    """A schedule whose steps hold the labels of images takes as many bytes as they do."""
    labels = np.random.default_rng(0).integers(0, 10, len(STEPS))
    assert counted(1e-3 * 2.0 ** (labels / 2)) > len(STEPS) * np.log2(10) / 8
    assert counted(1e-3 * (1 + labels / 10**4)) < 256


@pytest.mark.parametrize("odd", [[np.nan], [np.inf], [[1.0]], []])
def test_rates_that_are_no_numbers(odd: list[Any]) -> None:
    """What is no list of finite numbers is no schedule."""
    if not odd:
        assert len(settings.optimizer(tf, told(odd))[1]) == 0
        return
    with pytest.raises(settings.Unknown, match="no numbers"):
        settings.optimizer(tf, told(odd))


def test_all_settings_are_counted() -> None:
    """Numbers in the settings of a schedule of Keras's own count as well."""
    boundaries = [int(n) for n in np.cumsum(np.random.default_rng(0).integers(1, 99, 2000))]
    rate = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": boundaries}}
    said = settings.written_down([{"class_name": "SGD", "config": {"learning_rate": rate}}])
    assert len(zlib.compress(b"".join(said), 9)) > 1500
