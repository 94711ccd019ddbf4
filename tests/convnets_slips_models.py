"""Slips in the models and optimizers of the convnets lab, for ``convnets_slips``."""

from __future__ import annotations

PART3 = """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10

def model_init_fn():
    return ThreeLayerConvNet(channel_1, channel_2, num_classes)

def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)

train_part34(model_init_fn, optimizer_init_fn)
"""
PART4 = """
def model_init_fn():
    he = tf.keras.initializers.VarianceScaling(2.0)
    net = tf.keras.Sequential()
    net.add(tf.keras.layers.Conv2D(16, (5, 5), padding='same', kernel_initializer=he))
    net.add(tf.keras.layers.Activation('relu'))
    net.add(tf.keras.layers.Conv2D(32, (3, 3), padding='same', kernel_initializer=he))
    net.add(tf.keras.layers.Activation('relu'))
    net.add(tf.keras.layers.Flatten())
    net.add(tf.keras.layers.Dense(10, kernel_initializer=he))
    net.add(tf.keras.layers.Activation('softmax'))
    return net

learning_rate = 5e-4

def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)

train_part34(model_init_fn, optimizer_init_fn)
"""
CUSTOM = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super(CustomConvNet, self).__init__()
        self.layer1 = tf.keras.layers.Conv2D(24, 3, activation='elu')
        self.layer2 = tf.keras.layers.MaxPooling2D(3)
        self.layer3 = tf.keras.layers.Conv2D(48, 3, activation='elu')
        self.layer4 = tf.keras.layers.Flatten()
        self.layer5 = tf.keras.layers.Dense(10)

    def call(self, input_tensor, training=False):
        x = self.layer3(self.layer2(self.layer1(input_tensor)))
        x = self.layer5(self.layer4(x))
        return tf.nn.softmax(x)

def model_init_fn():
    return CustomConvNet()

def optimizer_init_fn():
    return tf.keras.optimizers.Adam(1e-3)

train_part34(model_init_fn, optimizer_init_fn, num_epochs=10, is_training=True)
"""
SGD = "tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)"
KERAS = "tf.keras.optimizers."
Changes = tuple[tuple[str, str], ...]

PART3_SLIPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("in_the_wrong_order", "ThreeLayerConvNet(16, 32, 10)", ("filters_swapped",)),
    ("the_class_itself", "ThreeLayerConvNet", ("class_instead_of_model",)),
    ("cifar100", "ThreeLayerConvNet(channel_1, channel_2, 100)", ("hundred_classes",)),
    ("fully_connected", "TwoLayerFC(4000, 10)", ("two_layer_model_of_the_handout",)),
)
SGDS_SLIPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("nothing_but_the_rate", "SGD(learning_rate)", ("momentum_missing",)),
    ("nesterov_left_out", "SGD(learning_rate, momentum=0.9)", ("nesterov_missing",)),
    ("adam_is_better", "Adam(learning_rate)", ("adam",)),
    ("rate_of_part_four", "SGD(5e-4, momentum=0.9, nesterov=True)", ("other_part_rate",)),
    (
        "nesterov_alone",
        "SGD(learning_rate, nesterov=True)",
        ("nesterov_without_momentum", "momentum_missing"),
    ),
    ("no_rate_given", "SGD(momentum=0.9, nesterov=True)", ("default_rate",)),
    ("rmsprop", "RMSprop(learning_rate)", ("rmsprop",)),
    ("rate_of_part_three", "SGD(3e-3, momentum=0.9, nesterov=True)", ("other_part_rate",)),
)
PART4_SLIPS: tuple[tuple[str, Changes, tuple[str, ...]], ...] = (
    (
        "filters_as_before",
        (("Conv2D(16", "Conv2D(32"), ("Conv2D(32, (3", "Conv2D(16, (3")),
        ("filters_of_part3",),
    ),
    (
        "no_second_activation",
        (
            (
                "3, 3), padding='same', kernel_initializer=he))\n"
                "    net.add(tf.keras.layers.Activation('relu'))",
                "3, 3), padding='same', kernel_initializer=he))",
            ),
        ),
        ("second_relu_missing",),
    ),
    (
        "padding_left_out",
        (("(5, 5), padding='same'", "(5, 5)"), ("(3, 3), padding='same'", "(3, 3)")),
        ("valid_padding",),
    ),
    (
        "ends_with_scores",
        (("    net.add(tf.keras.layers.Activation('softmax'))\n", ""),),
        ("softmax_missing",),
    ),
    ("both_kernels_five", (("(3, 3)", "(5, 5)"),), ("second_kernel_5x5",)),
    ("forgot_flatten", (("    net.add(tf.keras.layers.Flatten())\n", ""),), ("flatten_missing",)),
)
CUSTOMS_SLIPS: tuple[tuple[str, Changes, tuple[str, ...]], ...] = (
    ("returns_logits", (("tf.nn.softmax(x)", "x"),), ("logits",)),
    ("forgot_flatten", (("self.layer4(x)", "x"),), ("flatten_missing",)),
    ("sigmoid", (("tf.nn.softmax(x)", "tf.nn.sigmoid(x)"),), ("sigmoid_output",)),
    ("axis_zero", (("tf.nn.softmax(x)", "tf.nn.softmax(x, axis=0)"),), ("softmax_over_batch",)),
    ("log_softmax", (("tf.nn.softmax(x)", "tf.nn.log_softmax(x)"),), ("log_probabilities",)),
    ("one_neuron", (("Dense(10)", "Dense(1)"),), ("single_output",)),
)
