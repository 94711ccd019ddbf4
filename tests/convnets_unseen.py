"""Slips to the English convnets lab that were written after its list of misconceptions was closed.

The list was not changed for any of them: what they measure is how it fares with strangers.
"""

from __future__ import annotations

from collections.abc import Mapping

from convnets_slips import Slip
from convnets_unseen_nets import nets

TRAIN2 = """

learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)
"""
TRAIN34 = "\n\ntrain_part34(model_init_fn, optimizer_init_fn)\n"
OPTIMIZER = """
def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)
"""
PART3_MODEL = """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10

def model_init_fn():
    return ThreeLayerConvNet(channel_1, channel_2, num_classes)
"""
PART4_MODEL = """
learning_rate = 5e-4

def model_init_fn():
    K = tf.keras.layers
    return tf.keras.Sequential([
        K.Conv2D(32, 5, padding='same', activation='relu'),
        K.Conv2D(16, 3, padding='same', activation='relu'),
        K.Flatten(),
        K.Dense(10, activation='softmax'),
    ])
"""
ADAM = """

def model_init_fn():
    return CustomConvNet()

def optimizer_init_fn():
    return tf.keras.optimizers.Adam()

train_part34(model_init_fn, optimizer_init_fn, num_epochs=10, is_training=True)
"""


def unseen() -> Mapping[str, Slip]:
    """Every one by its name."""
    return {
        f"{slip.task}-{number}": slip
        for number, slip in enumerate((*nets(), *_inits(), *_classes(), *_models(), *_customs()))
    }


def _inits() -> list[Slip]:
    convs = "V(K((5, 5, 3, 32))), V(Z(32)), V(K((3, 3, 32, 16))), V(Z(16)), "
    kernels = "V(K((5, 5, 3, 32))), V(K((3, 3, 32, 16))), V(K((16384, 10))), "
    shapes = "((5, 5, 3, 32), (32,), (3, 3, 32, 16), (16,), (16384, 10), (10,))"
    made = {
        "unscaled_weights": f"[{convs.replace('K(', 'R(')}V(R((16384, 10))), V(Z(10))]",
        "fc_bias_forgotten": f"[{convs}V(K((16384, 10)))]",
        "weights_before_biases": f"[{kernels}V(Z(32)), V(Z(16)), V(Z(10))]",
        "fc_transposed": f"[{convs}V(K((10, 16384))), V(Z(10))]",
        "zero_weights": f"[V(Z(shape)) for shape in {shapes}]",
    }
    head = "V, K, Z, R = tf.Variable, kaiming_normal, tf.zeros, tf.random.normal\n\n\n"
    return [
        Slip(
            "three_layer_convnet_init",
            f"{head}def three_layer_convnet_init():\n    return {params}\n{TRAIN2}",
            frozenset({name}),
        )
        for name, params in made.items()
    ]


def _classes() -> list[Slip]:
    one, two = "channel_1, 5, padding='same'", "channel_2, 3, padding='same'"
    relu = ", activation='relu'"
    pieces = {
        "valid_padding": ("channel_1, 5" + relu, "channel_2, 3" + relu, "'softmax'"),
        "first_relu_missing": (one, two + relu, "'softmax'"),
        "relus_missing": (one, two, "'softmax'"),
        "softmax_missing": (one + relu, two + relu, "None"),
        "second_kernel_5x5": (one + relu, two.replace("3", "5") + relu, "'softmax'"),
        "second_padding_missing": (one + relu, "channel_2, 3" + relu, "'softmax'"),
        "sigmoid_output": (one + relu, two + relu, "'sigmoid'"),
    }
    return [
        Slip(
            "ThreeLayerConvNet",
            "class ThreeLayerConvNet(tf.keras.Model):\n"
            "    def __init__(self, channel_1, channel_2, num_classes):\n"
            "        super().__init__()\n"
            "        K = tf.keras.layers\n"
            f"        self.net = [K.Conv2D({first}), K.Conv2D({second}), K.Flatten(),\n"
            f"                    K.Dense(num_classes, {last})]\n\n"
            "    def call(self, x, training=False):\n"
            "        for layer in self.net:\n"
            "            x = layer(x)\n"
            "        return x\n",
            frozenset({name}),
        )
        for name, (first, second, last) in pieces.items()
    ]


def _models() -> list[Slip]:
    def change(task: str, source: str, old: str, new: str, *names: str) -> Slip:
        assert old in source
        return Slip(task, source.replace(old, new) + TRAIN34, frozenset(names))

    part3, part4 = PART3_MODEL + OPTIMIZER, PART4_MODEL + OPTIMIZER
    return [
        change(
            "part3_model",
            part3,
            "(channel_1, channel_2,",
            "(channel_2, channel_1,",
            "filters_swapped",
        ),
        change("part3_model", part3, "= 32, 16, 10", "= 64, 32, 10", "twice_the_filters"),
        change("part3_optimizer", part3, ", nesterov=True", "", "nesterov_missing"),
        change("part3_optimizer", part3, "momentum=0.9", "momentum=0.8", "momentum"),
        change(
            "part3_optimizer",
            part3,
            "learning_rate=learning_rate",
            "learning_rate=0.03",
            "rate_ten_times",
            "learning_rate",
        ),
        change(
            "part4_optimizer",
            part4,
            "SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)",
            "Adam()",
            "adam",
        ),
        change(
            "part4_optimizer",
            part4,
            "learning_rate = 5e-4",
            "learning_rate = 5e-3",
            "rate_ten_times",
            "learning_rate",
        ),
        change(
            "part4_optimizer",
            part4,
            "momentum=0.9, nesterov=True",
            "nesterov=True",
            "momentum_missing",
            "nesterov_without_momentum",
        ),
        change(
            "part4_model",
            part4,
            "32, 5, padding='same', activation='relu'",
            "32, 5, padding='same'",
            "first_relu_missing",
        ),
        change(
            "part4_model",
            part4,
            "        K.Flatten(),\n",
            "        K.GlobalAveragePooling2D(),\n",
            "global_pooling",
        ),
        change("part4_model", part4, "32, 5", "32, 3", "first_kernel_3x3"),
        change("part4_model", part4, "activation='softmax'", "activation='relu'", "relu_output"),
    ]


def _customs() -> list[Slip]:
    nets = {
        "logits": ("K.Flatten(), K.Dense(128, activation='relu'), K.Dense(10)", ""),
        "hundred_classes": ("K.Flatten(), K.Dense(11, activation='softmax')", ""),
        "flatten_missing": (
            "K.Dense(64, activation='relu'), K.Dense(10, activation='softmax')",
            "",
        ),
        "softmax_over_batch": ("K.Flatten(), K.Dense(10)", "tf.nn.softmax(x, 0)"),
        "sigmoid_output": ("K.GlobalAveragePooling2D(), K.Dense(10, activation='sigmoid')", ""),
    }
    body = "K.Conv2D(32, 3, activation='relu'), K.BatchNormalization(), K.MaxPool2D()"
    return [
        Slip(
            "CustomConvNet",
            "class CustomConvNet(tf.keras.Model):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        K = tf.keras.layers\n"
            f"        self.net = tf.keras.Sequential([{body}, {layers}])\n\n"
            "    def call(self, input_tensor, training=False):\n"
            "        x = self.net(input_tensor, training=training)\n"
            f"        return {last or 'x'}\n{ADAM}",
            frozenset({name}),
        )
        for name, (layers, last) in nets.items()
    ]
