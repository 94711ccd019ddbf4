"""Strangers to the convnets lab that were sealed until the lists were done."""

from __future__ import annotations

from strangers import Stranger

CONVNETS: dict[str, Stranger] = {
    # ------------------------------------------------------------------ convnets
    "q_fc_bias_unused": Stranger(
        "convnets",
        "three_layer_convnet",
        "the bias of the fully connected layer is never added",
        """
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    scores = None
    x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], 'CONSTANT')
    h1 = tf.nn.conv2d(x, conv_w1, strides=[1, 1, 1, 1], padding='VALID') + conv_b1
    h1 = tf.nn.relu(h1)
    h1 = tf.pad(h1, [[0, 0], [1, 1], [1, 1], [0, 0]], 'CONSTANT')
    h2 = tf.nn.conv2d(h1, conv_w2, strides=[1, 1, 1, 1], padding='VALID') + conv_b2
    h2 = tf.nn.relu(h2)
    scores = tf.matmul(flatten(h2), fc_w)
    return scores
""",
    ),
    "q_relu_on_scores": Stranger(
        "convnets",
        "three_layer_convnet",
        "a third ReLU is applied to the class scores",
        """
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    out = x
    for w, b in [(conv_w1, conv_b1), (conv_w2, conv_b2)]:
        out = tf.nn.conv2d(out, w, strides=1, padding='SAME')
        out = tf.nn.relu(tf.nn.bias_add(out, b))
    scores = tf.nn.relu(tf.matmul(flatten(out), fc_w) + fc_b)
    return scores
""",
    ),
    "q_bias_after_relu": Stranger(
        "convnets",
        "three_layer_convnet",
        "in both convolutions the bias is added after the ReLU and not before it",
        """
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    conv1 = tf.nn.relu(tf.nn.conv2d(x, conv_w1, [1, 1, 1, 1], 'SAME')) + conv_b1
    conv2 = tf.nn.relu(tf.nn.conv2d(conv1, conv_w2, [1, 1, 1, 1], 'SAME')) + conv_b2
    scores = flatten(conv2) @ fc_w + fc_b
    return scores
""",
    ),
    "q_normal_biases": Stranger(
        "convnets",
        "three_layer_convnet_init",
        "the biases start as standard normal numbers and not as zeros",
        """
def three_layer_convnet_init():
    channel_1, channel_2, num_classes = 32, 16, 10
    conv_w1 = tf.Variable(kaiming_normal((5, 5, 3, channel_1)))
    conv_b1 = tf.Variable(tf.random.normal((channel_1,)))
    conv_w2 = tf.Variable(kaiming_normal((3, 3, channel_1, channel_2)))
    conv_b2 = tf.Variable(tf.random.normal((channel_2,)))
    fc_w = tf.Variable(kaiming_normal((32 * 32 * channel_2, num_classes)))
    fc_b = tf.Variable(tf.random.normal((num_classes,)))
    params = [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]
    return params


learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)
""",
    ),
    "q_second_filters_5x5": Stranger(
        "convnets",
        "three_layer_convnet_init",
        "the filters of the second convolution are 5x5, as those of the first, and not 3x3",
        old="kaiming_normal((3, 3, 32, 16))",
        new="kaiming_normal((5, 5, 32, 16))",
    ),
    "q_pooled_for_any_size": Stranger(
        "convnets",
        "ThreeLayerConvNet",
        "global average pooling stands in the place of flattening before the dense layer",
        """
class ThreeLayerConvNet(tf.keras.Model):
    def __init__(self, channel_1, channel_2, num_classes):
        super().__init__()
        initializer = tf.initializers.VarianceScaling(scale=2.0)
        self.conv1 = tf.keras.layers.Conv2D(channel_1, (5, 5), padding='same', activation='relu',
                                            kernel_initializer=initializer)
        self.conv2 = tf.keras.layers.Conv2D(channel_2, (3, 3), padding='same', activation='relu',
                                            kernel_initializer=initializer)
        self.pool = tf.keras.layers.GlobalAveragePooling2D()
        self.fc = tf.keras.layers.Dense(num_classes, activation='softmax',
                                        kernel_initializer=initializer)

    def call(self, x, training=False):
        scores = self.fc(self.pool(self.conv2(self.conv1(x))))
        return scores
""",
    ),
    "q_class_gives_scores": Stranger(
        "convnets",
        "ThreeLayerConvNet",
        "the output has no softmax: the model returns raw scores",
        old='layers.Dense(num_classes, activation="softmax", kernel_initializer=init)',
        new="layers.Dense(num_classes, kernel_initializer=init)",
    ),
    "q_plain_momentum": Stranger(
        "convnets",
        "part3_optimizer",
        "the momentum is ordinary: nesterov=True is missing",
        """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10


def model_init_fn():
    model = ThreeLayerConvNet(channel_1, channel_2, num_classes)
    return model


def optimizer_init_fn():
    optimizer = tf.keras.optimizers.SGD(learning_rate, 0.9)
    return optimizer


train_part34(model_init_fn, optimizer_init_fn)
""",
    ),
    "q_relu_then_softmax": Stranger(
        "convnets",
        "part4_model",
        "the dense layer of class scores has a ReLU before the softmax",
        old='layers.Dense(10, activation="softmax", kernel_initializer=init),',
        new='layers.Dense(10, activation="relu", kernel_initializer=init),\n'
        "            layers.Softmax(),",
    ),
    "q_rate_of_part_three": Stranger(
        "convnets",
        "part4_optimizer",
        "the learning rate is that of part III, 3e-3, and not 5e-4",
        old="learning_rate = 5e-4",
        new="learning_rate = 3e-3",
    ),
}
