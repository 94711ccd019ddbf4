"""Strangers to the convnets lab."""

from __future__ import annotations

from strangers import Stranger

TRAIN2 = """

learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)
"""

CONVNETS = {
    "second_bias_forgotten": Stranger(
        "convnets", "three_layer_convnet", "the second convolution's bias is never added",
        """
def three_layer_convnet(x, params):
    w1, b1, w2, b2, fcw, fcb = params
    out = tf.nn.conv2d(x, w1, strides=[1, 1, 1, 1], padding=[[0, 0], [2, 2], [2, 2], [0, 0]])
    out = tf.nn.relu(out + b1)
    out = tf.nn.conv2d(out, w2, strides=[1, 1, 1, 1], padding=[[0, 0], [1, 1], [1, 1], [0, 0]])
    out = tf.nn.relu(out)
    return flatten(out) @ fcw + fcb
""",
    ),
    "one_zero_of_padding": Stranger(
        "convnets", "three_layer_convnet", "the first convolution is padded by one zero, not two",
        """
def three_layer_convnet(x, params):
    w1, b1, w2, b2, fcw, fcb = params
    x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w1, 1, "VALID"), b1))
    h = tf.pad(h, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, w2, 1, "VALID"), b2))
    return tf.matmul(flatten(h), fcw) + fcb
""",
    ),
    "leaky": Stranger(
        "convnets", "three_layer_convnet", "leaky ReLU where ReLU was asked for",
        """
def three_layer_convnet(x, params):
    w1, b1, w2, b2, fcw, fcb = params
    h = tf.nn.leaky_relu(tf.nn.conv2d(x, w1, 1, "SAME") + b1)
    h = tf.nn.leaky_relu(tf.nn.conv2d(h, w2, 1, "SAME") + b2)
    return tf.matmul(flatten(h), fcw) + fcb
""",
    ),
    "channels_first_rows": Stranger(
        "convnets", "three_layer_convnet", "the map is transposed to channels first and flattened",
        """
def three_layer_convnet(x, params):
    w1, b1, w2, b2, fcw, fcb = params
    h = tf.nn.relu(tf.nn.conv2d(x, w1, 1, "SAME") + b1)
    h = tf.nn.relu(tf.nn.conv2d(h, w2, 1, "SAME") + b2)
    h = tf.transpose(h, [0, 3, 1, 2])
    return tf.matmul(tf.reshape(h, [tf.shape(h)[0], -1]), fcw) + fcb
""",
    ),
    "unscaled_normal": Stranger(
        "convnets", "three_layer_convnet_init", "weights are normal with deviation 1, no Kaiming",
        """
def three_layer_convnet_init():
    w1 = tf.Variable(tf.random.normal((5, 5, 3, 32)))
    b1 = tf.Variable(tf.zeros(32))
    w2 = tf.Variable(tf.random.normal((3, 3, 32, 16)))
    b2 = tf.Variable(tf.zeros(16))
    fcw = tf.Variable(tf.random.normal((32 * 32 * 16, 10)))
    fcb = tf.Variable(tf.zeros(10))
    return [w1, b1, w2, b2, fcw, fcb]
""" + TRAIN2,
    ),
    "both_kernels_five": Stranger(
        "convnets", "three_layer_convnet_init", "the second kernel is 5x5 like the first",
        """
def three_layer_convnet_init():
    w1 = tf.Variable(kaiming_normal((5, 5, 3, 32)))
    b1 = tf.Variable(tf.zeros(32))
    w2 = tf.Variable(kaiming_normal((5, 5, 32, 16)))
    b2 = tf.Variable(tf.zeros(16))
    fcw = tf.Variable(kaiming_normal((32 * 32 * 16, 10)))
    fcb = tf.Variable(tf.zeros(10))
    return w1, b1, w2, b2, fcw, fcb
""" + TRAIN2,
    ),
    "second_without_relu": Stranger(
        "convnets", "ThreeLayerConvNet", "the second convolution has no ReLU",
        """
class ThreeLayerConvNet(tf.keras.Model):
    def __init__(self, channel_1, channel_2, num_classes):
        super(ThreeLayerConvNet, self).__init__()
        vs = tf.keras.initializers.VarianceScaling(scale=2.0)
        self.c1 = tf.keras.layers.Conv2D(channel_1, (5, 5), padding="same", kernel_initializer=vs)
        self.c2 = tf.keras.layers.Conv2D(channel_2, (3, 3), padding="same", kernel_initializer=vs)
        self.flat = tf.keras.layers.Flatten()
        self.fc = tf.keras.layers.Dense(num_classes, kernel_initializer=vs)

    def call(self, x, training=False):
        x = tf.nn.relu(self.c1(x))
        x = self.flat(self.c2(x))
        return tf.nn.softmax(self.fc(x))
""",
    ),
    "ten_classes_always": Stranger(
        "convnets", "ThreeLayerConvNet", "the dense layer always has ten outputs",
        """
class ThreeLayerConvNet(tf.keras.Model):
    def __init__(self, channel_1, channel_2, num_classes):
        super(ThreeLayerConvNet, self).__init__()
        L = tf.keras.layers
        self.c1 = L.Conv2D(channel_1, (5, 5), padding="same", activation="relu")
        self.c2 = L.Conv2D(channel_2, (3, 3), padding="same", activation="relu")
        self.flat = L.Flatten()
        self.fc = L.Dense(10, activation="softmax")

    def call(self, x, training=False):
        return self.fc(self.flat(self.c2(self.c1(x))))
""",
    ),
    "rate_ten_times_less": Stranger(
        "convnets", "part3_optimizer", "the learning rate is 3e-4", old="learning_rate = 3e-3",
        new="learning_rate = 3e-4",
    ),
    "same_channels_twice": Stranger(
        "convnets", "part3_model", "the second layer gets the first layer's number of filters",
        old="ThreeLayerConvNet(channel_1, channel_2, num_classes)",
        new="ThreeLayerConvNet(channel_1, channel_1, num_classes)",
    ),
    "kernels_swapped": Stranger(
        "convnets", "part4_model", "the kernels are 3x3 and then 5x5",
        """
learning_rate = 5e-4


def model_init_fn():
    L = tf.keras.layers
    vs = tf.initializers.VarianceScaling(scale=2.0)
    model = tf.keras.Sequential()
    model.add(L.Conv2D(32, 3, padding="same", activation="relu", kernel_initializer=vs,
                       input_shape=(32, 32, 3)))
    model.add(L.Conv2D(16, 5, padding="same", activation="relu", kernel_initializer=vs))
    model.add(L.Flatten())
    model.add(L.Dense(10, activation="softmax", kernel_initializer=vs))
    return model


def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)


train_part34(model_init_fn, optimizer_init_fn)
""",
    ),
    "nesterov_of_nothing": Stranger(
        "convnets", "part4_optimizer", "Nesterov is switched on, but no momentum is given",
        old="SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)",
        new="SGD(learning_rate, nesterov=True)",
    ),
}  # fmt: skip
