"""What the judge feeds to the students' answers in the convnets lab, drawn from one generator.

Every function here is ``name(rng, language)`` and returns the cases of the probe of that name.
Values are drawn so that each fault worth naming changes an output well above rounding: about half
of all pre-activations are negative (a lost ReLU shows), no bias is near zero (a lost bias shows),
height differs from width (a transposed axis shows), and scores are of order one (a softmax over
them is neither flat nor saturated).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.kernel.wire import Leaf
from grader.model import CallCase, Language, ModelCase, Text

Array = NDArray[np.float32]
Shape = tuple[int, ...]

PUBLIC = ("random", "handout")
"""Cases that a student's self-check may show, besides those that the handout itself has."""
PART4_FILTERS: dict[Language, tuple[int, int]] = {"ru": (16, 32), "en": (32, 16)}


def three_layer_convnet(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``three_layer_convnet(x, params)``: a float32 tensor and a list of six variables."""
    return [
        _zeros(),
        _call(
            rng,
            "random",
            Text("четыре случайных картинки 32×32×3", "four random 32×32×3 images"),
            (4, 32, 32, 3),
            (6, 9, 10),
        ),
        _call(
            rng,
            "non_square",
            Text("картинки не квадратные: 9×14", "images that are not square: 9×14"),
            (3, 9, 14, 3),
            (5, 7, 10),
        ),
        _call(
            rng,
            "one_image",
            Text("мини-блок из одной картинки", "a batch of one image"),
            (1, 16, 12, 3),
            (4, 6, 10),
        ),
        _call(
            rng,
            "one_channel",
            Text("один канал на входе, 3 класса", "one input channel, 3 classes"),
            (3, 11, 8, 1),
            (7, 2, 3),
        ),
        _call(
            rng,
            "other_channels",
            Text("четыре канала на входе, 13 классов", "four input channels, 13 classes"),
            (3, 8, 10, 4),
            (2, 11, 13),
        ),
        _call(
            rng,
            "large_batch",
            Text("мини-блок из 200 картинок", "a batch of 200 images"),
            (200, 6, 8, 3),
            (4, 3, 10),
        ),
        _biases(rng),
        _negative(rng),
        _gradients(rng),
    ]


def three_layer_convnet_init(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """The one call ``three_layer_convnet_init()``."""
    title = Text("вызов без аргументов", "a call without arguments")
    return [CallCase(id="init", title=title, args=(), public=True)]


def three_layer_class(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds ``ThreeLayerConvNet(channel_1, channel_2, num_classes)``; the output is a softmax."""
    return [
        _model(
            rng,
            "handout",
            Text("12 и 8 фильтров, 10 классов", "12 and 8 filters, 10 classes"),
            (4, 32, 32, 3),
            (12, 8, 10),
        ),
        _model(
            rng,
            "other_arguments",
            Text("7 и 9 фильтров, 6 классов", "7 and 9 filters, 6 classes"),
            (4, 32, 32, 3),
            (7, 9, 6),
        ),
        _model(
            rng,
            "non_square",
            Text(
                "картинки 9×14, 5 и 7 фильтров, 3 класса", "9×14 images, 5 and 7 filters, 3 classes"
            ),
            (2, 9, 14, 3),
            (5, 7, 3),
        ),
        _model(
            rng,
            "odd_shape",
            Text("вход 3×32 с 32 каналами", "a 3×32 input with 32 channels"),
            (4, 3, 32, 32),
            (12, 8, 10),
        ),
        _model(
            rng,
            "one_image",
            Text("одна картинка с одним каналом", "one image with one channel"),
            (1, 12, 10, 1),
            (6, 4, 11),
        ),
    ]


def part3_model(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds what part III trains: 32 and 16 filters, 10 classes."""
    return [_factory(rng, (32, 16, 10))]


def part4_model(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds what part IV trains: 16 and 32 filters in Russian, 32 and 16 in English."""
    return [_factory(rng, (*PART4_FILTERS[language], 10))]


def custom_model(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """Builds the model of the open task and feeds it images; its weights stay its own."""
    title = Text("восемь случайных картинок", "eight random images")
    return [ModelCase(id="images", title=title, input=_normal(rng, (8, 32, 32, 3)), public=True)]


# ------------------------------------------------------------------------ drawing


def _shapes(input_shape: Shape, sizes: Sequence[int]) -> list[Shape]:
    """Shapes of conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b; ``sizes`` = (c1, c2, classes)."""
    _, height, width, channels = input_shape
    c1, c2, classes = sizes
    inputs = height * width * c2
    return [(5, 5, channels, c1), (c1,), (3, 3, c1, c2), (c2,), (inputs, classes), (classes,)]


def _weights(rng: np.random.Generator, input_shape: Shape, sizes: Sequence[int]) -> list[Array]:
    """Six parameters that keep every layer's output of order one, with no bias near zero."""
    return [
        _bias(rng, shape) if len(shape) == 1 else _kernel(rng, shape)
        for shape in _shapes(input_shape, sizes)
    ]


def _kernel(rng: np.random.Generator, shape: Shape) -> Array:
    """Weights of variance 1.5 / fan_in."""
    return _normal(rng, shape, float(np.sqrt(1.5 / np.prod(shape[:-1]))))


def _bias(rng: np.random.Generator, shape: Shape) -> Array:
    """Biases of either sign, 0.3 to 0.9 in size."""
    sign = rng.choice([-1.0, 1.0], size=shape)
    bias: Array = (sign * rng.uniform(0.3, 0.9, size=shape)).astype(np.float32)
    return bias


def _normal(rng: np.random.Generator, shape: Shape, deviation: float = 1.0) -> Array:
    return (rng.standard_normal(shape) * deviation).astype(np.float32)


def _args(x: Array, params: Sequence[Array]) -> tuple[Any, ...]:
    return Leaf("tensor", x), [Leaf("variable", param) for param in params]


def _call(
    rng: np.random.Generator,
    case: str,
    title: Text,
    shape: Shape,
    sizes: Sequence[int],
) -> CallCase:
    args = _args(_normal(rng, shape), _weights(rng, shape, sizes))
    public, trace = case in PUBLIC, case == "random"
    return CallCase(id=case, title=title, args=args, public=public, trace=trace)


def _model(
    rng: np.random.Generator,
    case: str,
    title: Text,
    shape: Shape,
    args: tuple[int, ...],
) -> ModelCase:
    weights = tuple(_weights(rng, shape, args))
    x = _normal(rng, shape)
    public, trace = case in PUBLIC, case == "handout"
    return ModelCase(case, title, x, args=args, weights=weights, public=public, trace=trace)


def _factory(rng: np.random.Generator, sizes: tuple[int, ...]) -> ModelCase:
    """A model that its factory makes without arguments, on CIFAR-10's image size."""
    shape = (4, 32, 32, 3)
    weights = tuple(_weights(rng, shape, sizes))
    title = Text("четыре случайных картинки", "four random images")
    x = _normal(rng, shape)
    return ModelCase("images", title, x, weights=weights, public=True, trace=True)


def _zeros() -> CallCase:
    """What the handout's own test feeds."""
    shape = (8, 32, 32, 3)
    params = [np.zeros(size, np.float32) for size in _shapes(shape, (6, 9, 10))]
    title = Text("нули, как в проверке из задания", "zeros, as in the handout's own check")
    return CallCase("zeros", title, _args(np.zeros(shape, np.float32), params), public=True)


def _biases(rng: np.random.Generator) -> CallCase:
    """Black images: whatever reaches the scores comes from the biases."""
    shape = (2, 8, 7, 3)
    params = _weights(rng, shape, (4, 5, 10))
    title = Text("чёрные картинки: решают смещения", "black images: only the biases matter")
    return CallCase("biases", title, _args(np.zeros(shape, np.float32), params))


def _negative(rng: np.random.Generator) -> CallCase:
    """Negative images and biases: most signals before a ReLU, and most scores, are below zero."""
    shape = (3, 10, 7, 3)
    params = _weights(rng, shape, (6, 5, 10))
    for i, shift in ((1, -0.3), (3, -0.3), (5, -1.5)):
        params[i] = params[i] + np.float32(shift)
    title = Text("отрицательные сигналы и оценки", "negative signals and scores")
    return CallCase("negative", title, _args(-abs(_normal(rng, shape)), params))


def _gradients(rng: np.random.Generator) -> CallCase:
    """Small enough that a gradient is quickly had, for every one of the six parameters."""
    shape, sizes = (3, 7, 6, 3), (4, 5, 10)
    title = Text("градиенты по всем шести параметрам", "gradients by all six parameters")
    args = _args(_normal(rng, shape), _weights(rng, shape, sizes))
    cotangent = _normal(rng, (shape[0], sizes[2]))
    return CallCase("gradients", title, args, cotangent=cotangent)
