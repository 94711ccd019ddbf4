"""Submissions to the convnets lab with one fault each, as students make them.

Written without a look at the lab's list of misconceptions: what is here must be caught by values.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import convnets_custom as custom
from convnets_answers import (
    EXPLICIT_NET,
    NAMED_SGD,
    PART3_CLASS,
    PART4_LAYERED,
    PART4_PLAIN,
    PLAIN_CLASS,
    PLAIN_INIT,
)
from convnets_filling import Filling, Variant
from convnets_styles import part4, right


def faults(language: str = "ru") -> Mapping[str, Variant]:
    """Submissions with a single fault; ``fails`` names the task that has it."""
    found: dict[str, Variant] = {}
    for task, cell, wrong in (
        ("three_layer_convnet", "three-layer-convnet", _nets()),
        ("three_layer_convnet_init", "three-layer-convnet-init", _inits()),
        ("ThreeLayerConvNet", "three-layer-class", _classes()),
        ("part3_model", "part3-training", _part3_models()),
        ("part3_optimizer", "part3-training", _part3_optimizers()),
        ("part4_model", "part4-training", _part4_models(language)),
        ("part4_optimizer", "part4-training", _part4_optimizers(language)),
        ("CustomConvNet", "custom", _customs()),
    ):
        for name, filling in wrong.items():
            found[f"{task}-{name}"] = right(language, {cell: filling}, fails=task)
    return MappingProxyType(found)


def edited(code: str, *edits: tuple[str, str]) -> str:
    """``code`` with each old text, which it must have exactly once, replaced by the new one."""
    for old, new in edits:
        assert code.count(old) == 1, f"{old!r} stands {code.count(old)} times in {code!r}"
        code = code.replace(old, new)
    return code


def _nets() -> dict[str, Filling]:
    first = "tf.nn.relu(tf.nn.conv2d(x, conv_w1, [1, 1, 1, 1], 'VALID') + conv_b1)"
    second = "tf.nn.relu(tf.nn.conv2d(x, conv_w2, [1, 1, 1, 1], 'VALID') + conv_b2)"
    scores = "tf.matmul(flatten(x), fc_w) + fc_b"
    edits = {
        "no_first_relu": (first, first[len("tf.nn.relu(") : -1]),
        "no_second_relu": (second, second[len("tf.nn.relu(") : -1]),
        "relu_on_scores": (scores, f"tf.nn.relu({scores})"),
        "softmax": (scores, f"tf.nn.softmax({scores})"),
        "no_bias": (" + conv_b2", ""),
        "no_fc_bias": (" + fc_b", ""),
        "relu_before_bias": (second, second.replace(" + conv_b2)", ") + conv_b2")),
        "batch_of_64": ("flatten(x)", "tf.reshape(x, (64, -1))"),
        "images_of_32": ("flatten(x)", "tf.reshape(x, (-1, 32 * 32 * conv_w2.shape[3]))"),
        "valid_padding": ("x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], 'CONSTANT')\n", ""),
        "tanh": (first, first.replace("tf.nn.relu", "tf.nn.tanh")),
        "numpy": (scores, f"tf.constant(({scores}).numpy())"),
    }
    return {name: (edited(EXPLICIT_NET, edit),) for name, edit in edits.items()}


def _inits() -> dict[str, Filling]:
    swapped = PLAIN_INIT.replace("3, 32)", "3, 16)").replace("32, 16]", "16, 32]")
    swapped = swapped.replace("32 * 16", "32 * 32")
    swapped = swapped.replace("b1 = tf.Variable(tf.zeros((32", "b1 = tf.Variable(tf.zeros((16")
    swapped = swapped.replace("b2 = tf.Variable(tf.zeros((16", "b2 = tf.Variable(tf.zeros((32")
    return {
        "swapped": (swapped,),
        "tensors": (PLAIN_INIT.replace("tf.Variable(", "("),),
        "huge": (PLAIN_INIT.replace("kaiming_normal(", "tf.random.normal("),),
        "shrunk_map": (edited(PLAIN_INIT, ("32 * 32 * 16", "26 * 26 * 16")),),
        "ones": (PLAIN_INIT.replace("kaiming_normal(", "tf.ones("),),
        "two_dimensional_biases": (PLAIN_INIT.replace("tf.zeros((", "tf.zeros((1, "),),
    }


def _classes() -> dict[str, Filling]:
    init, call = PLAIN_CLASS
    edits = {
        "valid_padding": ("channel_1, (5, 5), padding='same'", "channel_1, (5, 5)"),
        "constant_filters": ("Conv2D(channel_1,", "Conv2D(32,"),
        "constant_classes": ("Dense(num_classes", "Dense(10"),
        "no_first_relu": ("(5, 5), padding='same', activation='relu'", "(5, 5), padding='same'"),
        "first_kernel_3x3": ("(5, 5)", "(3, 3)"),
        "no_softmax": (", activation='softmax'", ""),
    }
    wrong: dict[str, Filling] = {name: (edited(init, edit), call) for name, edit in edits.items()}
    wrong["softmax_twice"] = (init, f"{call}\nscores = tf.nn.softmax(scores)")
    square = "tf.reshape(self.conv2(self.conv1(x)), (-1, 32 * 32 * self.conv2.filters))"
    wrong["square_images"] = (init, f"scores = self.fc({square})")
    return wrong


def _part3_models() -> dict[str, Filling]:
    answers = {
        "swapped": "model = ThreeLayerConvNet(channel_2, channel_1, num_classes)",
        "of_the_check": "model = ThreeLayerConvNet(12, 8, 10)",
        "not_the_convnet": "model = TwoLayerFC(300, num_classes)",
        "eleven_classes": "model = ThreeLayerConvNet(32, 16, 11)",
    }
    return {name: (answer, NAMED_SGD) for name, answer in answers.items()}


def _optimizers(other_rate: str) -> dict[str, str]:
    return {
        "no_nesterov": "optimizer = tf.keras.optimizers.SGD(learning_rate, 0.9)",
        "plain": "optimizer = tf.keras.optimizers.SGD(learning_rate)",
        "momentum_05": "optimizer = tf.keras.optimizers.SGD(learning_rate, 0.5, nesterov=True)",
        "other_rate": f"optimizer = tf.keras.optimizers.SGD({other_rate}, 0.9, nesterov=True)",
        "adam": "optimizer = tf.keras.optimizers.Adam(learning_rate)",
    }


def _part3_optimizers() -> dict[str, Filling]:
    return {name: (PART3_CLASS, code) for name, code in _optimizers("1e-3").items()}


def _part4_models(language: str) -> dict[str, Filling]:
    plain, layered = part4(PART4_PLAIN, language), part4(PART4_LAYERED, language)
    other = part4(PART4_PLAIN, "en" if language == "ru" else "ru")
    answers = {
        "other_filters": other,
        "valid_padding": plain.replace("padding='same'", "padding='valid'"),
        "pads_by_one": edited(layered, ("ZeroPadding2D((2, 2))", "ZeroPadding2D((1, 1))")),
        "no_first_relu": edited(
            plain, ("5, padding='same', activation='relu'", "5, padding='same'")
        ),
        "no_softmax": edited(layered, ("model.add(tf.keras.layers.Softmax())\n", "")),
        "pooled": edited(plain, ("layers.Flatten()", "layers.GlobalMaxPooling2D()")),
    }
    return {name: (answer, NAMED_SGD) for name, answer in answers.items()}


def _part4_optimizers(language: str) -> dict[str, Filling]:
    model = part4(PART4_PLAIN, language)
    return {name: (model, code) for name, code in _optimizers("5e-3").items()}


def _customs() -> dict[str, Filling]:
    init, call = custom.PLAIN
    return {
        "logits": (edited(init, (", activation='softmax'", "")), call),
        "raises": (init, call.replace("self.fc(", "self.dense(")),
        "one_output": (edited(init, ("L.Dense(10,", "L.Dense(1,")), call),
        "no_convolutions": (init, "scores = self.fc(self.flatten(input_tensor))"),
    }
