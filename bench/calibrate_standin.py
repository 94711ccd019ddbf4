"""Train the lab's networks on the stand-in images, and print what they reach beside their rules.

Usage::

    python bench/calibrate_standin.py                  # everything, three seeds: about half an hour
    python bench/calibrate_standin.py --seeds 1 --only part2 part3
    python bench/calibrate_standin.py --data-dir DIR   # the same on real CIFAR-10, to compare

Inputs are standardised per channel, batches are of 64, accuracies are in percent of the 1,000
validation images. Exit code 1 where a network is on the wrong side of its rule.
"""

from __future__ import annotations

import argparse
import functools
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from grader import data
from grader.data import standin

keras = tf.keras
layers = keras.layers
Optimizer = keras.optimizers.Optimizer

TRAIN, VALIDATION, BATCH = 49_000, 1_000, 64
STEPS = -(-TRAIN // BATCH)


@dataclass(frozen=True)
class Images:
    """Standardisation is part of the data: ``mean`` and ``deviation`` are per channel."""

    train_x: np.ndarray
    train_y: np.ndarray
    val_x: np.ndarray
    val_y: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray


@dataclass(frozen=True)
class Case:
    """A network, its optimizer (None: untrained) and its rule: above or below ``rule`` percent.

    A network that must pass shows its best epoch, as the rule counts it; one that must not, too.
    """

    name: str
    title: str
    model: Callable[[], keras.Model]
    optimizer: Callable[[], Optimizer] | None
    rule: float
    passes: bool
    epochs: int = 1
    most_seeds: int = 9


def main() -> int:
    """Print one line a network; 0 when each is on its side of its rule with every seed."""
    options = _options()
    images = _images(options.data_dir)
    print(f"{'network':<44} {'rule':>5} {'mean':>6} {'min':>6} {'max':>6}  seed 0 by epoch")
    wrong = 0
    for case in CASES:
        if options.only and case.name not in options.only:
            continue
        began = time.perf_counter()
        seeds = range(min(options.seeds, case.most_seeds))
        curves = [_train(case, images, seed) for seed in seeds]
        best = [max(curve) for curve in curves]
        held = all((accuracy > case.rule) == case.passes for accuracy in best)
        wrong += not held
        print(
            f"{case.name + ': ' + case.title:<44} {'<>'[case.passes]}{case.rule:>4.0f}"
            f" {statistics.mean(best):6.1f} {min(best):6.1f} {max(best):6.1f}"
            f"  {' '.join(f'{accuracy:.0f}' for accuracy in curves[0])}"
            f"{'' if held else '  WRONG SIDE'}  ({time.perf_counter() - began:.0f} s)",
            flush=True,
        )
    return min(wrong, 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the lab's networks on stand-in images.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], choices=[case.name for case in CASES])
    parser.add_argument("--data-dir", type=Path, help="real CIFAR-10, instead of the stand-in")
    return parser.parse_args()


def _images(data_dir: Path | None) -> Images:
    if data_dir is None:
        began = time.perf_counter()
        x, y = standin.images(TRAIN + VALIDATION, 0)
        print(f"generated {len(x)} images in {time.perf_counter() - began:.1f} s")
        parts = x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:]
    else:
        found = data.find("cifar10", data_dir=data_dir, progress=print)
        train_x, train_y, val_x = (
            np.load(found.folder / f"{name}.npy") for name in ("train_x", "train_y", "val_x")
        )
        parts = train_x, train_y, val_x, found.val_y
    mean, deviation = (f(parts[0], axis=(0, 1, 2), dtype=np.float64) for f in (np.mean, np.std))
    return Images(*parts, mean.astype(np.float32), deviation.astype(np.float32))


def _train(case: Case, images: Images, seed: int) -> list[float]:
    """Accuracy after each epoch (of an untrained network: one)."""
    keras.utils.set_random_seed(seed)
    model = case.model()
    scores = tf.function(lambda x: model(_standardised(x, images), training=False))

    def accuracy() -> float:
        guesses = np.argmax(scores(tf.constant(images.val_x)), axis=1)
        return 100 * float(np.mean(guesses == images.val_y))

    if case.optimizer is None:
        return [accuracy()]
    step = _step(model, case.optimizer(), images)
    rng = np.random.default_rng(seed)
    curve = []
    for _ in range(case.epochs):
        order = rng.permutation(TRAIN)
        for start in range(0, TRAIN, BATCH):
            step(tf.constant(order[start : start + BATCH]))
        curve.append(accuracy())
    return curve


def _step(model: keras.Model, optimizer: Optimizer, images: Images) -> Callable[..., None]:
    """One compiled step on the images of the given indices, gathered as uint8."""
    train_x, train_y = tf.constant(images.train_x), tf.constant(images.train_y)
    optimizer.build(model.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
    def step(index: tf.Tensor) -> None:
        x, y = _standardised(tf.gather(train_x, index), images), tf.gather(train_y, index)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=True))
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, model.trainable_variables))

    return step


def _standardised(x: tf.Tensor, images: Images) -> tf.Tensor:
    return (tf.cast(x, tf.float32) - images.mean) / images.deviation


# --------------------------------------------------------------------------- networks


def _stack(*parts: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), *parts])


def _conv(filters: int, size: int, activation: str | None = "relu") -> keras.layers.Layer:
    return layers.Conv2D(
        filters, size, padding="same", activation=activation, kernel_initializer="he_normal"
    )


def _dense(units: int, activation: str | None = None) -> keras.layers.Layer:
    return layers.Dense(units, activation=activation, kernel_initializer="he_normal")


def _linear() -> keras.Model:
    return _stack(layers.Flatten(), _dense(10))


def _two_layer() -> keras.Model:
    return _stack(layers.Flatten(), _dense(4000, "relu"), _dense(10))


def _two_convs(first: int, second: int, activation: str | None = "relu") -> keras.Model:
    body = _conv(first, 5, activation), _conv(second, 3, activation)
    return _stack(*body, layers.Flatten(), _dense(10))


def _blocks(relu: bool = True) -> keras.Model:
    """Three times convolution, batch norm, ReLU, pooling; without ReLU nothing else bends."""
    parts: list[keras.layers.Layer] = []
    for filters in (32, 64, 128):
        parts += [_conv(filters, 3, None), layers.BatchNormalization()]
        parts += [layers.ReLU(), layers.MaxPooling2D()] if relu else [layers.AveragePooling2D()]
    return _stack(*parts, layers.Flatten(), _dense(10))


def _quick_blocks() -> keras.Model:
    """The reference solution's order: pooling first, so that the rest has a quarter to do."""
    parts: list[keras.layers.Layer] = []
    for filters in (32, 64, 128):
        parts += [_conv(filters, 3, None), layers.MaxPooling2D()]
        parts += [layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    return _stack(*parts, layers.Flatten(), _dense(10))


def _sgd(rate: float, momentum: float = 0.0) -> Optimizer:
    return keras.optimizers.SGD(rate, momentum=momentum, nesterov=momentum > 0)


def _decaying() -> Optimizer:
    rate = keras.optimizers.schedules.ExponentialDecay(2e-3, decay_steps=STEPS, decay_rate=0.4)
    return keras.optimizers.Adam(rate)


_adam = functools.partial(keras.optimizers.Adam, 1e-3)
_part2 = functools.partial(_sgd, 3e-3)
_part3 = functools.partial(_sgd, 3e-3, 0.9)
_part4 = functools.partial(_sgd, 5e-4, 0.9)
_plain = functools.partial(_sgd, 1e-2)
_both = functools.partial(_two_convs, 32, 16)
_wide = functools.partial(_two_convs, 16, 32)
_unbent = functools.partial(_two_convs, 32, 16, None)
_flat = functools.partial(_blocks, False)

CASES = (
    Case("part2", "conv 5x5x32, 3x3x16, SGD 3e-3", _both, _part2, 43, True),
    Case("part3", "the same, Nesterov 0.9", _both, _part3, 50, True),
    Case("part4", "conv 16, 32, Nesterov SGD 5e-4", _wide, _part4, 45, True),
    Case("custom", "conv-bn-relu-pool, Adam 1e-3", _blocks, _adam, 70, True, epochs=3),
    Case("reference", "pooled first, Adam 2e-3 falling", _quick_blocks, _decaying, 70, True, 3),
    Case("untrained", "conv-bn-relu-pool as made", _blocks, None, 70, False),
    Case("no_relu", "part3 without ReLU", _unbent, _part3, 70, False),
    Case("flat", "conv-bn-pool without ReLU", _flat, _adam, 70, False, epochs=10, most_seeds=1),
    Case("linear", "one epoch of SGD 1e-2", _linear, _plain, 70, False),
    Case("linear_adam", "ten epochs of Adam 1e-3", _linear, _adam, 70, False, epochs=10),
    Case("two_layer", "4000 hidden, SGD 1e-2", _two_layer, _plain, 70, False),
    Case("two_layer_adam", "ten epochs of Adam", _two_layer, _adam, 70, False, 10, most_seeds=1),
)

if __name__ == "__main__":
    sys.exit(main())
