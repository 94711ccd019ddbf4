"""Weights drawn anew: the scale stays, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from grader.kernel.redraw import PATTERNS, redraw

RNG = np.random.default_rng(3)
NORMAL = RNG.standard_normal((5, 5, 3, 32)) * 0.1 + 0.02
UNIFORM = RNG.uniform(-0.3, 0.3, (64, 40))
CUT = np.clip(RNG.standard_normal(40_000), -9, 9)
CUT = (CUT[abs(CUT) < 2][:6400] * 0.05).reshape(80, 80)


@pytest.mark.parametrize(
    ("values", "widest"), [(NORMAL, np.inf), (UNIFORM, 0.32), (CUT, 0.11)], ids=["n", "u", "t"]
)
def test_the_distribution_stays(values: np.ndarray, widest: float) -> None:
    """Mean, deviation and shape of a distribution stay; no number does."""
    (fresh,) = redraw([values.astype(np.float32)], 1)
    assert (fresh.shape, fresh.dtype) == (values.shape, np.float32)
    assert fresh.std() == pytest.approx(values.std(), rel=0.06)
    assert fresh.mean() == pytest.approx(values.mean(), abs=0.1 * values.std())
    assert abs(fresh).max() < widest
    assert abs(np.corrcoef(fresh.ravel(), values.ravel())[0, 1]) < 0.1


def test_the_seed_decides() -> None:
    """One seed draws the same numbers, another others, and no two variables get the same."""
    values = [NORMAL, NORMAL]
    first, again, other = (redraw(values, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    assert np.any(first[0] != other[0])
    assert np.any(first[0] != first[1])


def test_structure_is_lost() -> None:
    """Of weights with a meaning, an order or a code in their digits nothing is left."""
    learnt = np.outer(np.linspace(-1, 1, 60), np.sin(np.arange(50))).astype(np.float32)
    (fresh,) = redraw([learnt], 1)
    assert np.linalg.matrix_rank(learnt, 1e-3) == 1
    assert np.linalg.matrix_rank(fresh, 1e-3) == 50
    assert np.mean(np.isin(fresh, learnt)) < 0.01


@pytest.mark.parametrize(
    "value",
    [np.zeros(16), np.ones((3, 3)), np.full(7, 0.1, np.float32), np.eye(8, dtype=np.float32)],
    ids=["zeros", "ones", "bias", "identity"],
)
def test_constants_and_small_patterns_stay(value: np.ndarray) -> None:
    """What initialisers set without drawing is left as it is."""
    np.testing.assert_array_equal(redraw([value], 1)[0], value)


def test_many_patterns_make_no_table() -> None:
    """Small arrays stay only as long as all of them together are small."""
    small = [RNG.integers(0, 2, 8).astype(np.float32) + n for n in range(500)]
    kept = sum(np.array_equal(a, b) for a, b in zip(small, redraw(small, 1), strict=True))
    assert kept < PATTERNS / 8


def test_numbers_that_are_none() -> None:
    """Weights that are no numbers stay none: such a network fails by itself."""
    broken = NORMAL.copy()
    broken[0, 0, 0, 0] = np.nan
    assert np.isnan(redraw([broken], 1)[0]).all()
