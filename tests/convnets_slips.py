"""One slip each, as students write them: whole cells of the convnets lab, and what to call them.

None is an edit of the reference. The name is what a teacher would say went wrong; where the lab's
list has two words for one thing, either will do. Of these 52, the list named 44 when they were
written; it was extended for the others, so they measure it no more: ``convnets_unseen`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import convnets_slips_models as models


@dataclass(frozen=True)
class Slip:
    """A cell for one task, and the misconceptions of which any is the right name for it."""

    task: str
    source: str
    names: frozenset[str]


NET = """
def three_layer_convnet(x, params):
    w1, b1, w2, b2, wf, bf = params
    N = x.shape[0]
    padded = tf.pad(x, tf.constant([[0, 0], [2, 2], [2, 2], [0, 0]]))
    out = tf.nn.conv2d(padded, w1, [1, 1, 1, 1], 'VALID')
    out = tf.nn.bias_add(out, b1)
    out = tf.nn.relu(out)
    out = tf.pad(out, tf.constant([[0, 0], [1, 1], [1, 1], [0, 0]]))
    out = tf.nn.conv2d(out, w2, [1, 1, 1, 1], 'VALID')
    out = tf.nn.bias_add(out, b2)
    out = tf.nn.relu(out)
    out = tf.reshape(out, (N, -1))
    scores = out @ wf + bf
    return scores
"""
INIT = """
def three_layer_convnet_init():
    params = []
    for shape in ((5, 5, 3, 32), (32,), (3, 3, 32, 16), (16,), (32 * 32 * 16, 10), (10,)):
        value = kaiming_normal(shape) if len(shape) > 1 else tf.zeros(shape)
        params.append(tf.Variable(value))
    return params

learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)
"""
CLASS = """
class ThreeLayerConvNet(tf.keras.Model):
    def __init__(self, channel_1, channel_2, num_classes):
        super(ThreeLayerConvNet, self).__init__()
        he = tf.keras.initializers.VarianceScaling(2.0)
        self.c1 = tf.keras.layers.Conv2D(channel_1, 5, padding='same', kernel_initializer=he)
        self.c2 = tf.keras.layers.Conv2D(channel_2, 3, padding='same', kernel_initializer=he)
        self.relu = tf.keras.layers.ReLU()
        self.flat = tf.keras.layers.Flatten()
        self.out = tf.keras.layers.Dense(num_classes, kernel_initializer=he)
        self.softmax = tf.keras.layers.Softmax()

    def call(self, x, training=False):
        h = self.relu(self.c1(x))
        h = self.relu(self.c2(h))
        h = self.flat(h)
        return self.softmax(self.out(h))
"""


def slips() -> Mapping[str, Slip]:
    """Every slip by its name, in the Russian handout's terms."""
    found: dict[str, Slip] = {}

    def add(task: str, name: str, source: str, *names: str) -> None:
        found[f"{task}-{name}"] = Slip(task, source, frozenset(names or (name,)))

    for name, changes, names in _NETS:
        add("three_layer_convnet", name, _with(NET, *changes), *names)
    for name, changes, names in _INITS:
        add("three_layer_convnet_init", name, _with(INIT, *changes), *names)
    for name, changes, names in _CLASSES:
        add("ThreeLayerConvNet", name, _with(CLASS, *changes), *names)
    for name, change, names in models.PART3_SLIPS:
        call = "ThreeLayerConvNet(channel_1, channel_2, num_classes)"
        add("part3_model", name, _with(models.PART3, (call, change)), *names)
    for part, source, optimizers in (
        ("part3", models.PART3, models.SGDS_SLIPS[:4]),
        ("part4", models.PART4, models.SGDS_SLIPS[4:]),
    ):
        for name, change, names in optimizers:
            add(
                f"{part}_optimizer",
                name,
                _with(source, (models.SGD, models.KERAS + change)),
                *names,
            )
    for name, changes, names in models.PART4_SLIPS:
        add("part4_model", name, _with(models.PART4, *changes), *names)
    for name, changes, names in models.CUSTOMS_SLIPS:
        add("CustomConvNet", name, _with(models.CUSTOM, *changes), *names)
    return found


def _with(source: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in source, f"{old!r} is not in the cell"
        source = source.replace(old, new, 1)
    return source


Changes = tuple[tuple[str, str], ...]
FIRST_RELU = "    out = tf.nn.bias_add(out, b1)\n    out = tf.nn.relu(out)\n"
SECOND_RELU = "    out = tf.nn.bias_add(out, b2)\n    out = tf.nn.relu(out)\n"
_NETS: tuple[tuple[str, Changes, tuple[str, ...]], ...] = (
    ("forgot_relu_1", ((FIRST_RELU, FIRST_RELU.split("\n")[0] + "\n"),), ("first_relu_missing",)),
    (
        "forgot_relu_2",
        ((SECOND_RELU, SECOND_RELU.split("\n")[0] + "\n"),),
        ("second_relu_missing",),
    ),
    (
        "relu_everywhere",
        (("scores = out @ wf + bf", "scores = tf.nn.relu(out @ wf + bf)"),),
        ("relu_on_scores",),
    ),
    ("probabilities", (("return scores", "return tf.nn.softmax(scores)"),), ("softmax_on_scores",)),
    ("no_bias_in_the_end", ((" + bf", ""),), ("fc_bias_missing",)),
    (
        "pad_one_then_two",
        (
            ("[2, 2], [2, 2]", "[1, 1], [1, 1]"),
            (
                "[0, 0], [1, 1], [1, 1], [0, 0]]))\n    out = tf.nn.conv2d(out, w2",
                "[0, 0], [2, 2], [2, 2], [0, 0]]))\n    out = tf.nn.conv2d(out, w2",
            ),
        ),
        ("swapped_padding",),
    ),
    (
        "biases_after_activations",
        (
            (FIRST_RELU, "    out = tf.nn.relu(out) + b1\n"),
            (SECOND_RELU, "    out = tf.nn.relu(out) + b2\n"),
        ),
        ("bias_after_relu",),
    ),
    (
        "convolutions_without_biases",
        (("    out = tf.nn.bias_add(out, b1)\n", ""), ("    out = tf.nn.bias_add(out, b2)\n", "")),
        ("conv_biases_missing",),
    ),
    (
        "argmax",
        (("return scores", "return tf.argmax(scores, -1)"),),
        ("classes_instead_of_scores",),
    ),
    ("one_bias_lost", (("    out = tf.nn.bias_add(out, b2)\n", ""),), ("second_bias_missing",)),
    (
        "stride_two",
        (("conv2d(padded, w1, [1, 1, 1, 1]", "conv2d(padded, w1, [1, 2, 2, 1]"),),
        ("stride_2",),
    ),
    (
        "sigmoids",
        (("tf.nn.relu", "tf.nn.sigmoid"), ("tf.nn.relu", "tf.nn.sigmoid")),
        ("sigmoid_for_relu",),
    ),
)
_INITS: tuple[tuple[str, Changes, tuple[str, ...]], ...] = (
    (
        "sixteen_then_32",
        (
            (
                "(5, 5, 3, 32), (32,), (3, 3, 32, 16), (16,), (32 * 32 * 16, 10)",
                "(5, 5, 3, 16), (16,), (3, 3, 16, 32), (32,), (32 * 32 * 32, 10)",
            ),
        ),
        ("filters_swapped",),
    ),
    (
        "channels_before_size",
        (("(5, 5, 3, 32)", "(32, 3, 5, 5)"), ("(3, 3, 32, 16)", "(16, 32, 3, 3)")),
        ("pytorch_kernel_order",),
    ),
    (
        "normal_without_scale",
        (("kaiming_normal(shape)", "tf.random.normal(shape)"),),
        ("unscaled_weights",),
    ),
    (
        "all_zero",
        (("kaiming_normal(shape) if len(shape) > 1 else tf.zeros(shape)", "tf.zeros(shape)"),),
        ("zero_weights",),
    ),
    ("plain_tensors", (("tf.Variable(value)", "value"),), ("nothing_is_variable",)),
    ("map_of_valid", (("32 * 32 * 16", "26 * 26 * 16"),), ("fc_rows_of_valid_convolutions",)),
    (
        "three_by_three_first",
        (("(5, 5, 3, 32)", "(3, 3, 3, 32)"), ("(3, 3, 32, 16)", "(5, 5, 32, 16)")),
        ("kernel_sizes_swapped",),
    ),
)
_CLASSES: tuple[tuple[str, Changes, tuple[str, ...]], ...] = (
    (
        "no_activation_after_conv1",
        (("self.relu(self.c1(x))", "self.c1(x)"),),
        ("first_relu_missing",),
    ),
    (
        "default_padding",
        (("5, padding='same'", "5"), ("3, padding='same'", "3")),
        ("valid_padding",),
    ),
    (
        "written_32_and_16",
        (("channel_1, 5", "32, 5"), ("channel_2, 3", "16, 3")),
        ("arguments_ignored",),
    ),
    ("returns_scores", (("self.softmax(self.out(h))", "self.out(h)"),), ("softmax_missing",)),
    ("flatten_not_called", (("        h = self.flat(h)\n", ""),), ("flatten_missing",)),
    (
        "both_softmaxes",
        (("num_classes, kernel", "num_classes, activation='softmax', kernel"),),
        ("softmax_twice",),
    ),
    (
        "channels_mixed_up",
        (("channel_1, 5", "channel_2, 5"), ("channel_2, 3", "channel_1, 3")),
        ("filters_swapped",),
    ),
    (
        "sigmoid_at_the_end",
        (("self.softmax(self.out(h))", "tf.nn.sigmoid(self.out(h))"),),
        ("sigmoid_output",),
    ),
    (
        "pool_for_flatten",
        (
            (
                "self.flat = tf.keras.layers.Flatten()",
                "self.flat = tf.keras.layers.GlobalAveragePooling2D()",
            ),
        ),
        ("global_pooling",),
    ),
)
