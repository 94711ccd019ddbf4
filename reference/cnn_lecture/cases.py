"""What the judge feeds to the students' answers in the convolution lecture.

Images have both signs, sizes differ between the axes, and so do kernels and strides: each of the
lecture's own mistakes changes some of these answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import CallCase, GraphCase, Language, Text

Rng = np.random.Generator
TRAINING = Leaf("training", np.array(True))
PUBLIC = {
    "same_odd", "same_fits", "kept", "pattern", "same", "default", "image", "wide", "colour",
    "smaller", "whole",
}  # fmt: skip
"""Cases whose numbers a student may see."""
TRACED = {"same", "default", "colour", "small", "smaller"}
"""Graphs whose steps are compared, where the result is wrong."""


def _shown(generator: Callable[[Rng, Language], list[Any]]) -> Callable[..., list[Any]]:
    """The generator's cases, those that are public marked."""

    @functools.wraps(generator)
    def marked(rng: Rng, language: Language) -> list[Any]:
        return [
            replace(
                case,
                public=case.id in PUBLIC,
                trace=isinstance(case, GraphCase) and case.id in TRACED,
            )
            for case in generator(rng, language)
        ]

    return marked


# ------------------------------------------------------------------------------- NumPy


@_shown
def conv2d_one_filter(rng: Rng, language: Language) -> list[CallCase]:
    """Calls ``conv2d_one_filter(X, W, padding, stride)``."""
    sizes = {
        "same_odd": ((6, 5), (3, 3), "same", (1, 1)),
        "same_even": ((5, 7), (2, 4), "same", (1, 1)),
        "valid": ((6, 8), (3, 2), "valid", (1, 1)),
        "valid_whole": ((4, 5), (4, 5), "valid", (1, 1)),
        "stride_same": ((7, 8), (3, 3), "same", (2, 2)),
        "stride_even": ((8, 7), (4, 2), "same", (3, 2)),
        "stride_valid": ((9, 8), (3, 2), "valid", (2, 3)),
        "stride_one_axis": ((6, 9), (2, 3), "same", (1, 2)),
        "stride_large": ((9, 10), (2, 3), "same", (4, 3)),
        "stride_gap": ((8, 9), (1, 2), "same", (3, 4)),
    }
    cases = []
    for name, (size, kernel, padding, stride) in sizes.items():
        drawn = Leaf("ndarray", _signed(rng, size)), Leaf("ndarray", _signed(rng, kernel))
        cases.append(
            CallCase(name, _sized(size, kernel, padding, stride), (*drawn, padding, stride))
        )
    whole = [Leaf("ndarray", rng.integers(-9, 10, size)) for size in ((7, 6), (3, 2))]
    cases += [
        CallCase("integers", Text("целые числа", "whole numbers"), (*whole, "same", (1, 1))),
        CallCase("integers_stride", Text("целые числа, шаг 2", "whole numbers, stride 2"),
                 (*whole, "valid", (2, 2))),
    ]  # fmt: skip
    return cases


@_shown
def max_pooling(rng: Rng, language: Language) -> list[CallCase]:
    """Calls ``max_pooling(X, kernel_size, padding, strides)``."""
    sizes = {
        "same_fits": ((6, 8), (2, 2), "same", (2, 2)),
        "same_bottom": ((5, 7), (2, 2), "same", (2, 2)),
        "same_top": ((6, 7), (3, 3), "same", (1, 1)),
        "same_top_stride": ((7, 9), (3, 5), "same", (2, 2)),
        "valid_rest": ((5, 7), (2, 2), "valid", (2, 2)),
        "valid_dense": ((5, 6), (3, 2), "valid", (1, 1)),
        "valid_exact": ((6, 8), (2, 2), "valid", (2, 2)),
        "valid_exact_wide": ((9, 7), (3, 3), "valid", (3, 2)),
    }
    cases = []
    for name, (size, kernel, padding, stride) in sizes.items():
        # All of one sign: a border of zeros would win every window.
        drawn = Leaf("ndarray", -1 - rng.random(size))
        cases.append(CallCase(name, _sized(size, kernel, padding, stride),
                              (drawn, kernel, padding, stride)))  # fmt: skip
    whole = Leaf("ndarray", rng.integers(-90, -1, (6, 7)))
    title = Text("целые отрицательные числа", "whole negative numbers")
    return [*cases, CallCase("integers", title, (whole, (3, 3), "same", (2, 2)))]


@_shown
def iterate_batches(rng: Rng, language: Language) -> list[CallCase]:
    """Calls ``iterate_batches(X, y, batch_size, shuffle)``."""
    drawn = Leaf("ndarray", rng.standard_normal((30, 3))), Leaf("ndarray", np.arange(30) * 7)
    told = {way: f"shuffle={way == 'shuffled'}" for way in ("kept", "shuffled")}
    return [
        CallCase(way, Text(f"30 примеров по 8, {said}", f"30 examples by 8, {said}"),
                 (*drawn, 8, way == "shuffled"))
        for way, said in told.items()
    ]  # fmt: skip


@_shown
def augment(rng: Rng, language: Language) -> list[CallCase]:
    """Calls ``augment(image, …)`` on grey pixels of two shades in no order, and on one colour."""
    shades = np.where(rng.random((18, 16, 1)) < 0.5, 0.3, 0.7).astype(np.float32)
    colour = np.full((11, 9, 3), (0.8, 0.2, 0.4), np.float32)
    pattern = Text("картинка 18×16", "an 18×16 image")
    coloured = Text("цветная картинка 11×9, crop=2", "a coloured 11×9 image, crop=2")
    return [
        CallCase("pattern", pattern, (Leaf("ndarray", np.repeat(shades, 3, axis=2)),)),
        CallCase("coloured", coloured, (Leaf("ndarray", colour), 2)),
    ]


# ------------------------------------------------------------------------------ layers


@_shown
def conv_layer(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``conv_layer(input_tensor, output_channels, …)``."""
    return [
        _layer(rng, "same", (2, 7, 6, 3), 4, gradients=True),
        _layer(rng, "valid", (2, 8, 7, 2), 5, padding="VALID", kernel_size=(3, 2)),
        _layer(rng, "stride", (2, 9, 8, 3), 4, strides=(2, 3), kernel_size=(5, 3)),
        _layer(rng, "stride_valid", (1, 9, 8, 1), 3, strides=(2, 2), padding="VALID"),
    ]


@_shown
def conv_block(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``conv_block(x, output_channels, name, …)``."""
    return [
        _layer(rng, "same", (2, 7, 6, 3), 4, gradients=True, name="block"),
        _layer(rng, "valid", (2, 8, 7, 2), 5, name="block", padding="VALID", kernel_size=(3, 2)),
        _layer(rng, "stride", (2, 9, 8, 3), 4, name="block", strides=(2, 3), kernel_size=(5, 3)),
    ]


@_shown
def pooling(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``max_pool`` or ``avg_pool``: all values of one sign, so that zeros would show."""
    sizes: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
        "default": ((2, 7, 6, 3), {}),
        "valid": ((2, 7, 6, 2), {"padding": "VALID"}),
        "kernel": ((1, 9, 8, 2), {"kernel_size": (3, 5), "strides": (1, 1)}),
        "strides": ((2, 9, 10, 1), {"kernel_size": (3, 3), "strides": (3, 2)}),
    }
    return [
        GraphCase(name, _told(shape, keywords),
                  (Leaf("placeholder", (-1 - rng.random(shape)).astype(np.float32)),), keywords)
        for name, (shape, keywords) in sizes.items()
    ]  # fmt: skip


@_shown
def flatten(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``flatten(input_tensor)``."""
    return [
        GraphCase(name, _told(shape, {}), (_placeholder(rng, shape),))
        for name, shape in {"image": (2, 3, 4, 5), "one": (1, 5, 2, 1), "flat": (3, 7)}.items()
    ]


@_shown
def dense(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``dense(input_tensor, output_neurons)``."""
    return [
        GraphCase("wide", _told((3, 7), {}), (_placeholder(rng, (3, 7)), 5), gradients=True),
        GraphCase("one", _told((1, 4), {}), (_placeholder(rng, (1, 4)), 1), {"name": "out"}),
    ]


@_shown
def global_average_pooling(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``global_average_pooling(input_tensor, name)``."""
    return [
        GraphCase(name, _told(shape, {}), (_placeholder(rng, shape),), {"name": "pool"})
        for name, shape in {"wide": (2, 7, 5, 3), "one_pixel": (3, 1, 1, 4)}.items()
    ]


@_shown
def batch_norm(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``batch_norm(input_tensor, is_training, momentum)``; with little variance ε shows."""
    shape = (16, 9, 8, 3)
    return [
        GraphCase(
            name,
            title,
            (Leaf("placeholder", _shifted(rng, shape) * np.float32(scale)), TRAINING),
            keywords,
            outputs=("0",),
            updates="1",
            gradients=True,
            steps=_shifted(rng, (3, *shape)) * np.float32(scale),
        )
        for name, title, scale, keywords in (
            ("default", Text("momentum по умолчанию", "the default momentum"), 1, {}),
            ("momentum", Text("momentum = 0,6", "momentum 0.6"), 1, {"momentum": 0.6}),
            ("faint", Text("малая дисперсия", "a small variance"), 0.02, {}),
        )
    ]


@_shown
def conv_block_with_bn(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``conv_block_with_bn(x, output_channels, is_training, name, …)``."""
    shape = (20, 10, 9, 3)
    ways: dict[str, dict[str, Any]] = {
        "same": {},
        "valid": {"padding": "VALID", "kernel_size": (2, 3), "strides": (1, 2)},
    }
    return [
        GraphCase(
            name,
            _told(shape, keywords),
            (Leaf("placeholder", _shifted(rng, shape)), 5, TRAINING),
            {"name": "block", **keywords},
            outputs=("0",),
            updates="1",
            gradients=True,
            steps=_shifted(rng, (2, *shape)),
        )
        for name, keywords in ways.items()
    ]


# ---------------------------------------------------------------------------- networks


@_shown
def le_net(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``le_net(input_tensor)``."""
    shapes = {"colour": (2, 32, 32, 3), "grey": (3, 28, 36, 1)}
    return [
        GraphCase(name, _told(shape, {}), (_placeholder(rng, shape),))
        for name, shape in shapes.items()
    ]


@_shown
def alex_net(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``alex_net(input_tensor, dropout_rate, num_classes)``."""
    rate = Leaf("placeholder", np.array(0.0, np.float32))
    return [
        GraphCase("whole", _told((224, 224, 3), {}), (_empty(224), rate, 5), run=False),
        GraphCase("small", _told((67, 67, 3), {}), (_placeholder(rng, (2, 67, 67, 3)), rate, 7)),
    ]


@_shown
def resnet_block(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``resnet_block(input_tensor, kernel_size, filters, is_training, strides)``."""
    shape = (24, 10, 8, 5)
    return [
        GraphCase(
            name,
            title,
            (Leaf("placeholder", _shifted(rng, shape)), kernel, filters, TRAINING),
            {"strides": strides, "name": "block"},
            outputs=("0",),
            updates="1",
            gradients=True,
            steps=_shifted(rng, (2, *shape)),
        )
        for name, title, kernel, filters, strides in (
            (
                "smaller",
                Text("шаг 2, 5 → 6 → 7 каналов", "stride 2, 5 → 6 → 7"),
                (3, 3),
                [6, 7],
                (2, 2),
            ),
            (
                "kept",
                Text("шаг 1, 5 → 6 → 5 каналов", "stride 1, 5 → 6 → 5"),
                (3, 3),
                [6, 5],
                (1, 1),
            ),
            ("kernel", Text("ядро 2×5, шаг 1", "kernel 2×5, stride 1"), (2, 5), [4, 6], (1, 1)),
        )
    ]


@_shown
def resnet18(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``ResNet18(input_tensor, num_classes)``."""
    return [
        GraphCase("whole", _told((224, 224, 3), {}), (_empty(224), 5), outputs=("get_logits()",),
                  run=False),
        GraphCase("small", _told((48, 48, 3), {}), (_placeholder(rng, (3, 48, 48, 3)), 6),
                  outputs=("get_logits()",), updates="updates",
                  steps=rng.standard_normal((1, 3, 48, 48, 3)).astype(np.float32)),
    ]  # fmt: skip


@_shown
def inception(rng: Rng, language: Language) -> list[GraphCase]:
    """Builds ``InceptionV1Network(input_tensor, num_classes)``."""
    outputs = ("get_logits()", "aux1", "aux2")
    return [
        GraphCase("whole", _told((224, 224, 3), {}), (_empty(224), 5), outputs=outputs, run=False),
        GraphCase("small", _told((80, 64, 3), {}), (_placeholder(rng, (1, 80, 64, 3)), 4),
                  outputs=outputs),
    ]  # fmt: skip


# ------------------------------------------------------------------------------- parts


def _layer(
    rng: Rng, case: str, shape: tuple[int, ...], channels: int, *, gradients: bool = False,
    **keywords: Any,
) -> GraphCase:  # fmt: skip
    shown = {key: value for key, value in keywords.items() if key != "name"}
    args = (_placeholder(rng, shape), channels)
    return GraphCase(case, _told(shape, shown), args, keywords, gradients=gradients)


def _placeholder(rng: Rng, shape: tuple[int, ...]) -> Leaf:
    return Leaf("placeholder", rng.standard_normal(shape).astype(np.float32))


def _empty(size: int) -> Leaf:
    return Leaf("placeholder", np.zeros((1, size, size, 3), np.float32))


def _shifted(rng: Rng, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Far from mean 0 and variance 1, and differently in each channel."""
    channels = np.arange(1, shape[-1] + 1)
    return (rng.standard_normal(shape) * (1 + channels) + 2 * channels).astype(np.float32)


def _signed(rng: Rng, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return rng.standard_normal(shape)


def _told(shape: tuple[int, ...], keywords: dict[str, Any]) -> Text:
    size = "×".join(str(n) for n in shape)
    rest = "".join(f", {name}={value!r}" for name, value in keywords.items())
    return Text(f"вход {size}{rest}", f"input {size}{rest}")


def _sized(size: Any, kernel: Any, padding: str, stride: Any) -> Text:
    big, small = ("×".join(str(n) for n in shape) for shape in (size, kernel))
    return Text(f"{big}, ядро {small}, {padding}, шаг {stride}",
                f"{big}, kernel {small}, {padding}, stride {stride}")  # fmt: skip
