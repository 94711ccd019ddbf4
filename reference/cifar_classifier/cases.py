"""What the judge feeds to the students' answers in the classifier lab, drawn from one generator.

Every function here is ``name(rng, language)`` and returns the cases of the probe of that name.
Numbers are drawn so that mistakes show: no symmetric images, labels that skip classes, weights that
keep about half of all pre-activations negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.kernel.wire import Leaf
from grader.model import CallCase, Language, ModelCase, Text

Array = NDArray[Any]
Shape = tuple[int, ...]

SIDE, CROPPED = 32, 24
SHADES = (0.35, 0.65)
"""Of the pattern: no change that is asked for takes them to 0 or 1."""
PLAIN = (0.6, 0.4, 0.45)
"""A colour that keeps its hue in sight whatever its saturation is multiplied with."""


def label_generation(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``label_generation(class_numbers, num_cls)`` with an int array and a number or None."""
    few = rng.permutation(np.array([1, 3, 4, 4, 0, 2, 6, 6, 1]))
    return [
        _labels(
            "default",
            Text("десять классов по умолчанию", "ten classes by default"),
            rng.integers(0, 10, 12),
        ),
        _labels("stated", Text("семь классов", "seven classes"), rng.integers(0, 7, 9), 7),
        _labels(
            "absent",
            Text("последних классов нет", "the last classes do not occur"),
            rng.integers(0, 5, 8),
            13,
        ),
        _labels("one", Text("одна метка", "one label"), rng.integers(0, 10, 1), 10),
        _labels(
            "inferred",
            Text("число классов не задано", "the number of classes is not given"),
            few,
            None,
        ),
        _labels(
            "inferred_all",
            Text(
                "число классов не задано, встречаются все",
                "the number of classes is not given, and all occur",
            ),
            rng.permutation(np.array([0, 1, 2, 3, 2, 1])),
            None,
        ),
    ]


def convert_images(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``convert_images(raw)`` with uint8 rows of 3072 bytes."""
    return [
        _rows("random", Text("случайные байты", "random bytes"), _bytes(rng, 5)),
        _rows("one_image", Text("одна картинка", "one image"), _bytes(rng, 1)),
        _rows(
            "planes",
            Text("у каждого канала своё значение", "a value of its own in each channel"),
            np.repeat(_bytes(rng, 4)[:, :3] // 2, SIDE * SIDE, axis=1),  # nowhere white
        ),
        _rows(
            "extremes",
            Text("только 0 и 255", "nothing but 0 and 255"),
            255 * rng.integers(0, 2, (3, 3 * SIDE * SIDE), dtype=np.uint8),
        ),
    ]


def distort_training(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``distort_image(img, True)`` with images on which each change shows by itself."""
    pattern = np.repeat(rng.choice(SHADES, (SIDE, SIDE, 1)), 3, axis=2)
    plain = np.broadcast_to(rng.permutation(PLAIN), (SIDE, SIDE, 3))
    # Mostly light: nearly half of what contrast and brightness make of it has to be clipped.
    glaring = rng.choice([0.0, 1.0], (SIDE, SIDE, 3), p=[0.1, 0.9])
    return [
        _image("pattern", Text("серый узор", "a grey pattern"), pattern, True),
        _image("plain", Text("одноцветная картинка", "an image of one colour"), plain, True),
        _image(
            "glaring",
            Text("самые яркие и самые тёмные пиксели", "the lightest and the darkest pixels"),
            glaring,
            True,
        ),
        _image(
            "corners",
            Text("белые точки в двух углах", "white dots in two corners"),
            _corners(),
            True,
        ),
        _image("edges", Text("два белых края", "two white edges"), _edges(), True),
    ]


def distort_evaluation(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``distort_image(img, False)``."""
    return [
        _image(
            "random",
            Text("случайная картинка", "a random image"),
            rng.random((SIDE, SIDE, 3)),
            False,
        ),
        _image(
            "glaring",
            Text("самые яркие и самые тёмные пиксели", "the lightest and the darkest pixels"),
            rng.integers(0, 2, (SIDE, SIDE, 3)),
            False,
        ),
    ]


def network(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds ``network(input_shape, num_classes)``."""
    return [
        _model(
            rng,
            "handout",
            Text("куски 24×24, 10 классов", "pieces of 24×24, 10 classes"),
            (CROPPED, CROPPED, 3),
            10,
        ),
        _model(
            rng,
            "grey",
            Text("серые картинки 28×28, 7 классов", "grey images of 28×28, 7 classes"),
            (28, 28, 1),
            7,
        ),
        _model(
            rng,
            "non_square",
            Text("картинки 12×20, 5 классов", "images of 12×20, 5 classes"),
            (12, 20, 3),
            5,
        ),
    ]


def classifier(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds ``make_classifier(input_shape, num_classes)``; its weights stay its own."""
    return [
        _images(
            rng,
            "grey",
            Text("серые картинки 28×28, 10 классов", "grey images of 28×28, 10 classes"),
            (28, 28, 1),
            10,
        ),
        _images(
            rng,
            "colour",
            Text("цветные картинки 48×48, 6 классов", "colour images of 48×48, 6 classes"),
            (48, 48, 3),
            6,
        ),
    ]


# ------------------------------------------------------------------------ drawing


def _labels(case: str, title: Text, numbers: Array, *classes: int | None) -> CallCase:
    leaf = Leaf("ndarray", np.asarray(numbers, np.int64))
    return CallCase(case, title, (leaf, *classes), public=case == "stated")


def _bytes(rng: np.random.Generator, count: int) -> Array:
    return rng.integers(0, 256, (count, 3 * SIDE * SIDE), dtype=np.uint8)


def _rows(case: str, title: Text, raw: Array) -> CallCase:
    return CallCase(case, title, (Leaf("ndarray", raw),), public=case == "one_image")


def _image(case: str, title: Text, image: Array, training: bool) -> CallCase:
    leaf = Leaf("tensor", np.ascontiguousarray(image, np.float32))
    # What is drawn at random cannot be learned from the judge's own images: they may be seen.
    return CallCase(case, title, (leaf, training), public=training or case == "random")


def _corners() -> Array:
    """Grey, with white dots of which a crop holds some unless its two offsets are equal: what is
    cut along the diagonal has the offsets of a right crop, each by itself."""
    image = np.full((SIDE, SIDE, 3), 0.5)
    for offset in range(SIDE - CROPPED):
        image[offset, CROPPED + offset] = image[CROPPED + offset, offset] = 1
    return image


def _edges() -> Array:
    """Black, with the last row and the last column white: only the last offsets show them."""
    image = np.zeros((SIDE, SIDE, 3))
    image[-1], image[:, -1] = 1, 1
    return image


def _model(
    rng: np.random.Generator, case: str, title: Text, shape: tuple[int, int, int], classes: int
) -> ModelCase:
    x = rng.standard_normal((3, *shape)).astype(np.float32)
    weights = tuple(_weights(rng, shape, classes))
    first = case == "handout"
    return ModelCase(case, title, x, (shape, classes), weights, public=first, trace=first)


def _images(
    rng: np.random.Generator, case: str, title: Text, shape: tuple[int, int, int], classes: int
) -> ModelCase:
    x = rng.standard_normal((5, *shape)).astype(np.float32)
    return ModelCase(case, title, x, (shape, classes), public=True)


def _weights(
    rng: np.random.Generator, shape: tuple[int, int, int], classes: int
) -> Sequence[Array]:
    """Weights of each layer; the biases of both convolutions are of one shape, so one array."""
    height, width, channels = shape
    flat = (height // 4) * (width // 4) * 64
    bias = _bias(rng, 64)
    return [
        _kernel(rng, (5, 5, channels, 64)),
        bias,
        _kernel(rng, (5, 5, 64, 64)),
        bias,
        _kernel(rng, (flat, 256)),
        _bias(rng, 256),
        _kernel(rng, (256, 128)),
        _bias(rng, 128),
        _kernel(rng, (128, classes)),
        _bias(rng, classes),
    ]


def _kernel(rng: np.random.Generator, shape: Shape) -> Array:
    """Weights of variance 1.5 / fan_in."""
    deviation = float(np.sqrt(1.5 / np.prod(shape[:-1])))
    return (rng.standard_normal(shape) * deviation).astype(np.float32)


def _bias(rng: np.random.Generator, size: int) -> Array:
    """Biases of either sign, 0.3 to 0.9 in size."""
    sign = rng.choice([-1.0, 1.0], size=size)
    return np.asarray(sign * rng.uniform(0.3, 0.9, size=size), np.float32)
