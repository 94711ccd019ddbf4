"""Stands in for ``tf.contrib``, which TensorFlow 2 has not: what notebooks took most from it.

Whatever else is asked of it raises an error that says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def install(tf: Any) -> ModuleType:
    """The module ``tf.contrib``, which can be imported from as well."""
    contrib = _Module("tensorflow.contrib")
    layers = _Module("tensorflow.contrib.layers")
    framework = _Module("tensorflow.contrib.framework")
    for module in (contrib, layers, framework):
        module.__path__ = []
        sys.modules[module.__name__] = module
    vars(contrib).update(layers=layers, framework=framework)
    vars(layers).update(_layers(tf))
    vars(framework)["get_variables"] = tf.global_variables
    return contrib


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            f"{self.__name__}.{name} was dropped with TensorFlow 1; "
            "use tf.layers, tf.nn or tf.keras instead"
        )


def _layers(tf: Any) -> dict[str, Any]:
    """``tf.contrib.layers``: initialisers, regularisers and the plainest layers."""

    def xavier_initializer(uniform: bool = True, seed: Any = None, dtype: Any = tf.float32) -> Any:
        make = tf.glorot_uniform_initializer if uniform else tf.glorot_normal_initializer
        return make(seed=seed, dtype=dtype)

    def variance_scaling_initializer(
        factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False, seed: Any = None,
        dtype: Any = tf.float32,
    ) -> Any:  # fmt: skip
        shape = "uniform" if uniform else "truncated_normal"
        return tf.variance_scaling_initializer(factor, mode.lower(), shape, seed=seed, dtype=dtype)

    def l2_regularizer(scale: float, scope: Any = None) -> Callable[[Any], Any]:
        return lambda weights: scale * tf.nn.l2_loss(weights)

    def l1_regularizer(scale: float, scope: Any = None) -> Callable[[Any], Any]:
        return lambda weights: scale * tf.reduce_sum(tf.abs(weights))

    def flatten(inputs: Any, scope: Any = None) -> Any:
        return tf.layers.flatten(inputs, name=scope)

    def fully_connected(
        inputs: Any, num_outputs: int, activation_fn: Any = tf.nn.relu,
        weights_initializer: Any = None, weights_regularizer: Any = None, scope: Any = None,
        reuse: Any = None,
    ) -> Any:  # fmt: skip
        return tf.layers.dense(
            inputs, num_outputs, activation=activation_fn,
            kernel_initializer=weights_initializer or xavier_initializer(),
            kernel_regularizer=weights_regularizer, name=scope, reuse=reuse,
        )  # fmt: skip

    def conv2d(
        inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
        activation_fn: Any = tf.nn.relu, weights_initializer: Any = None,
        weights_regularizer: Any = None, scope: Any = None, reuse: Any = None,
    ) -> Any:  # fmt: skip
        return tf.layers.conv2d(
            inputs, num_outputs, kernel_size, strides=stride, padding=padding,
            activation=activation_fn,
            kernel_initializer=weights_initializer or xavier_initializer(),
            kernel_regularizer=weights_regularizer, name=scope, reuse=reuse,
        )  # fmt: skip

    def max_pool2d(
        inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", scope: Any = None
    ) -> Any:
        return tf.layers.max_pooling2d(inputs, kernel_size, stride, padding, name=scope)

    def avg_pool2d(
        inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", scope: Any = None
    ) -> Any:
        return tf.layers.average_pooling2d(inputs, kernel_size, stride, padding, name=scope)

    found = dict(locals())
    del found["tf"]
    return {
        **found,
        "xavier_initializer_conv2d": xavier_initializer,
        "convolution2d": conv2d,
        "linear": lambda inputs, num_outputs, **options: fully_connected(
            inputs, num_outputs, activation_fn=None, **options
        ),
    }
