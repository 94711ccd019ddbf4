"""The comparators: pure functions of two arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from grader.checks.compare import alike, close, compare
from grader.model import Text

TITLE = Text("т", "t")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_reference_that_is_not_finite_excuses_nothing(bad: float) -> None:
    """Where the reference itself is NaN nothing agrees; where it is infinite, only infinity does,
    and the other places are compared as ever."""
    expected = np.array([1.0, bad, 3.0])
    assert close(expected, expected, 1e-3) is (bad == np.inf)
    assert not close(expected, np.array([1.0, bad, 4.0]), 1e-3)
    assert not close(expected, np.array([1.0, 2.0, 3.0]), 1e-3)


FLOATS = st.floats(-1e6, 1e6, width=32)
ARRAYS = stnp.arrays(np.float32, stnp.array_shapes(max_dims=3, max_side=4), elements=FLOATS)


@given(ARRAYS, st.floats(1e-5, 1e-1))
def test_an_array_agrees_with_itself(array: np.ndarray[Any, Any], rtol: float) -> None:
    """Any finite array agrees with itself, in its own and in a wider type, with no error."""
    assert close(array, array, rtol)
    assert close(array, array.astype(np.float64), rtol)
    assert alike(array, array, rtol)
    assert compare("c", TITLE, array, array, rtol).error == 0


@given(ARRAYS, st.integers(0, 1000), st.sampled_from([np.nan, np.inf, 1e9]))
def test_one_bad_value_is_found(array: np.ndarray[Any, Any], place: int, bad: float) -> None:
    """One value that is far off, NaN or infinite is enough, and the comparison says where."""
    wrong = array.copy()
    wrong.flat[place % array.size] = bad
    row = compare("c", TITLE, array, wrong, 1e-3)
    assert not row.passed
    assert row.where == str(
        tuple(int(i) for i in np.unravel_index(place % array.size, array.shape))
    )
    assert (row.error is None) == (bad != 1e9)


def test_tolerance_follows_the_type() -> None:
    """A float16 answer may be off by its own rounding, a float32 one of that error is wrong; what
    is off by more than that is wrong in float16, too."""
    exact = np.array([1.0, 2.0, 3.0])
    near, far = exact * 1.0008, exact * 1.004
    assert close(exact, near.astype(np.float16), 1e-4)
    assert not close(exact, near.astype(np.float32), 1e-4)
    assert not close(exact, far.astype(np.float16), 1e-4)
    assert "float16" in compare("c", TITLE, exact, near.astype(np.float16), 1e-4).tolerance
