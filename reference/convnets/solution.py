# ruff: noqa: F821
"""The convnets lab, solved: each cell takes the place of the handout's cell of that id."""


# %% [three-layer-convnet]
def three_layer_convnet(x, params):
    """Conv 5x5 -> ReLU -> conv 3x3 -> ReLU -> dense: (N, H, W, channels) to scores (N, C)."""
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    # At stride 1, 'SAME' pads a 5x5 filter by two zeros and a 3x3 filter by one.
    h1 = tf.nn.relu(tf.nn.conv2d(x, conv_w1, strides=1, padding="SAME") + conv_b1)
    h2 = tf.nn.relu(tf.nn.conv2d(h1, conv_w2, strides=1, padding="SAME") + conv_b2)
    return tf.matmul(flatten(h2), fc_w) + fc_b


# %% [three-layer-convnet-init]
def three_layer_convnet_init():
    """Kaiming-scaled weights and zero biases: 32 filters 5x5, 16 filters 3x3, 10 classes."""
    conv_w1 = tf.Variable(kaiming_normal((5, 5, 3, 32)))
    conv_b1 = tf.Variable(tf.zeros((32,)))
    conv_w2 = tf.Variable(kaiming_normal((3, 3, 32, 16)))
    conv_b2 = tf.Variable(tf.zeros((16,)))
    fc_w = tf.Variable(kaiming_normal((32 * 32 * 16, 10)))
    fc_b = tf.Variable(tf.zeros((10,)))
    return [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]


learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)


# %% [three-layer-class]
class ThreeLayerConvNet(tf.keras.Model):
    """Conv 5x5 -> ReLU -> conv 3x3 -> ReLU -> dense -> softmax, for images of any size."""

    def __init__(self, channel_1, channel_2, num_classes):
        super().__init__()
        layers = tf.keras.layers
        init = tf.initializers.VarianceScaling(scale=2.0)
        self.conv1 = layers.Conv2D(
            channel_1, 5, padding="same", activation="relu", kernel_initializer=init
        )
        self.conv2 = layers.Conv2D(
            channel_2, 3, padding="same", activation="relu", kernel_initializer=init
        )
        self.flatten = layers.Flatten()
        self.fc = layers.Dense(num_classes, activation="softmax", kernel_initializer=init)

    def call(self, x, training=False):
        x = self.conv1(x)
        x = self.conv2(x)
        x = self.flatten(x)
        return self.fc(x)


# %% [part3-training]
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10


def model_init_fn():
    return ThreeLayerConvNet(channel_1, channel_2, num_classes)


def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)


train_part34(model_init_fn, optimizer_init_fn)


# %% [part4-training] ru
def model_init_fn():
    layers = tf.keras.layers
    init = tf.initializers.VarianceScaling(scale=2.0)
    return tf.keras.Sequential(
        [
            tf.keras.Input(shape=(32, 32, 3)),
            layers.Conv2D(16, 5, padding="same", activation="relu", kernel_initializer=init),
            layers.Conv2D(32, 3, padding="same", activation="relu", kernel_initializer=init),
            layers.Flatten(),
            layers.Dense(10, activation="softmax", kernel_initializer=init),
        ]
    )


learning_rate = 5e-4


def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)


train_part34(model_init_fn, optimizer_init_fn)


# %% [part4-training] en
def model_init_fn():
    layers = tf.keras.layers
    init = tf.initializers.VarianceScaling(scale=2.0)
    return tf.keras.Sequential(
        [
            tf.keras.Input(shape=(32, 32, 3)),
            layers.Conv2D(32, 5, padding="same", activation="relu", kernel_initializer=init),
            layers.Conv2D(16, 3, padding="same", activation="relu", kernel_initializer=init),
            layers.Flatten(),
            layers.Dense(10, activation="softmax", kernel_initializer=init),
        ]
    )


learning_rate = 5e-4


def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)


train_part34(model_init_fn, optimizer_init_fn)


# %% [custom]
class ConvBlock(tf.keras.layers.Layer):
    """Conv 3x3 -> max pool 2x2 -> batch norm -> ReLU: half the size, ``filters`` channels.

    Pooling first lets batch norm and ReLU work on a quarter of the pixels.
    """

    def __init__(self, filters):
        super().__init__()
        layers = tf.keras.layers
        self.conv = layers.Conv2D(
            filters, 3, padding="same", use_bias=False, kernel_initializer="he_normal"
        )
        self.pool = layers.MaxPool2D()
        self.norm = layers.BatchNormalization(momentum=0.9)

    def call(self, x, training=False):
        x = self.pool(self.conv(x))
        return tf.nn.relu(self.norm(x, training=training))


class CustomConvNet(tf.keras.Model):
    """Three blocks of 32, 64 and 128 filters and a softmax over ten classes."""

    def __init__(self):
        super().__init__()
        self.blocks = [ConvBlock(32), ConvBlock(64), ConvBlock(128)]
        self.flatten = tf.keras.layers.Flatten()
        self.fc = tf.keras.layers.Dense(10, activation="softmax")

    def call(self, input_tensor, training=False):
        x = input_tensor
        for block in self.blocks:
            x = block(x, training=training)
        return self.fc(self.flatten(x))


device = "/cpu:0"
print_every = 700
num_epochs = 10


def model_init_fn():
    return CustomConvNet()


def optimizer_init_fn():
    # Large steps first, fine ones later: each epoch of 766 steps takes the rate to 40 %.
    rate = tf.keras.optimizers.schedules.ExponentialDecay(2e-3, decay_steps=766, decay_rate=0.4)
    return tf.keras.optimizers.Adam(rate)


train_part34(model_init_fn, optimizer_init_fn, num_epochs=num_epochs, is_training=True)
