"""The disguise of a data set: what it changes, what it leaves, and when it is worn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.disguise import CONTRAST, draw
from grader.kernel.images import Disguise
from grader.secret import entropy

FIRST, OTHER = "a" * 64, "b" * 64
SECRET = b"nobody knows this"
Make = Callable[..., Any]


@pytest.fixture
def data(tmp_path: Path) -> Make:
    """A data set of ``count`` test images (H, W, C), and as many validation labels."""

    def make(shape: tuple[int, ...] = (16, 16, 3), classes: int = 10, count: int = 20) -> Any:
        np.save(tmp_path / "test_x.npy", np.zeros((count, *shape), np.uint8))
        labels = np.arange(count) % classes
        return SimpleNamespace(folder=tmp_path, val_y=labels, test_y=labels, class_count=classes)

    return make


def test_it_follows_the_submission(data: Make) -> None:
    """The same submission wears the same disguise, another one another, and so does the same one
    where another secret is kept."""
    sources = (entropy(SECRET, 1, FIRST), entropy(SECRET, 1, FIRST), entropy(SECRET, 1, OTHER),
               entropy(SECRET * 2, 1, FIRST))  # fmt: skip
    first, again, *others = (draw(data(), source).request for source in sources)
    for name in ("colours", "shade"):
        np.testing.assert_array_equal(first[name].array, again[name].array)
        assert all(np.any(first[name].array != other[name].array) for other in others)


@pytest.mark.parametrize("classes", [2, 4, 10, 100])
def test_no_class_keeps_its_name(data: Make, classes: int) -> None:
    """Labels in the kernel and those that stay sealed are exchanged alike, each for another."""
    disguise = draw(data(classes=classes), 1)
    assert sorted(disguise.classes) == list(range(classes))
    assert not np.any(disguise.classes == np.arange(classes))
    labels = np.arange(classes, dtype=np.int32)
    called = Disguise(disguise.request).call(labels)
    np.testing.assert_array_equal(called, disguise.classes)
    assert called.dtype == np.int32


@settings(max_examples=20, deadline=None)
@given(st.integers(8, 70), st.integers(8, 70), st.sampled_from([1, 3]), st.integers(0, 99))
def test_images_keep_their_shape_and_most_of_what_they_show(
    tmp_path_factory: pytest.TempPathFactory, height: int, width: int, channels: int, seed: int
) -> None:
    """Whatever the size: bytes of the same shape, which tell two images apart as before."""
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (3, height, width, channels), dtype=np.uint8)
    np.save(folder / "test_x.npy", images)
    labels = np.arange(3)
    of: Any = SimpleNamespace(folder=folder, val_y=labels, test_y=labels, class_count=3)
    changed = Disguise(draw(of, seed).request).put_on(images)
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    before, after = (each.astype(float) for each in (images, changed))
    apart = np.linalg.norm(after[0] - after[1]) / np.linalg.norm(before[0] - before[1])
    assert 0.5 * CONTRAST < apart < 1.5 * CONTRAST
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] < 0.5


def test_each_pixel_comes_from_near_its_place(data: Make) -> None:
    """The bend is gentle: a bright square is a bright square still, elsewhere."""
    disguise = Disguise(draw(data((32, 32, 1)), 3).request)
    image = np.full((1, 32, 32, 1), 100, np.uint8)
    image[0, 4:12, 4:12] = 180
    light = disguise.put_on(image)[0, :, :, 0].astype(int)
    dark = disguise.put_on(np.full_like(image, 100))[0, :, :, 0].astype(int)
    rows, columns = np.nonzero(abs(light - dark) > 30)
    assert 40 <= len(rows) <= 100
    assert np.ptp(rows) <= 12
    assert np.ptp(columns) <= 12


def test_what_labels_are_worth(data: Make) -> None:
    """Sealed labels are worth the bytes that they take: 40 of ten classes, 17."""
    assert draw(data(), 1).request["worth"] == 17
