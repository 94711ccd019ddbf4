"""The lecture's reference is TensorFlow's own 'SAME' and 'VALID', for every size."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from lecture_answers import lab

SIZES, KERNELS, STRIDES = ((5, 8), (6, 7), (9, 9)), (1, 2, 3, 4, 5), (1, 2, 3)


def reference(name: str, cell: str) -> Any:
    """One of the reference's NumPy functions."""
    names: dict[str, Any] = {"np": np}
    exec(lab().solution[cell], names)
    return names[name]


@pytest.mark.labs
@pytest.mark.filterwarnings("ignore")  # TensorFlow's own
def test_the_reference_is_tensorflows_own() -> None:
    """In NumPy it gives what tf.nn gives for odd and even sizes, kernels and strides, negative
    images and whole numbers."""
    tf = pytest.importorskip("tensorflow")
    convolve = reference("conv2d_one_filter", "conv2d-one-filter")
    pool = reference("max_pooling", "max-pooling")
    draw = np.random.default_rng(5)
    ways = product(SIZES, product(KERNELS, repeat=2), product(STRIDES, repeat=2), ("same", "valid"))
    for number, (size, kernel, stride, padding) in enumerate(ways):
        x = draw.integers(-9, 0, size) if number % 2 else draw.standard_normal(size) - 2
        w = draw.standard_normal(kernel)
        image = tf.constant(x.astype(np.float64)[None, :, :, None])
        convolved = tf.nn.conv2d(image, w[:, :, None, None], stride, padding.upper())
        pooled = tf.nn.max_pool2d(image, kernel, stride, padding.upper())
        how = (size, kernel, stride, padding)
        np.testing.assert_allclose(convolve(x, w, padding, stride), convolved[0, :, :, 0],
                                   rtol=1e-9, err_msg=str(how))  # fmt: skip
        mine = pool(x, kernel, padding, stride)
        np.testing.assert_array_equal(mine, pooled[0, :, :, 0], err_msg=str(how))
        assert mine.dtype == x.dtype
