"""Right answers to the single tasks of the convnets lab, to be put together in styles."""

from __future__ import annotations

# ---------------------------------------------------------------- part II

EXPLICIT_NET = """
x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], 'CONSTANT')
x = tf.nn.relu(tf.nn.conv2d(x, conv_w1, [1, 1, 1, 1], 'VALID') + conv_b1)
x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'CONSTANT')
x = tf.nn.relu(tf.nn.conv2d(x, conv_w2, [1, 1, 1, 1], 'VALID') + conv_b2)
scores = tf.matmul(flatten(x), fc_w) + fc_b
"""
SAME_NET = """
conv1 = tf.nn.bias_add(tf.nn.conv2d(x, conv_w1, strides=1, padding='SAME'), conv_b1)
conv2 = tf.nn.bias_add(
    tf.nn.conv2d(tf.nn.relu(conv1), conv_w2, strides=[1, 1, 1, 1], padding='SAME'), conv_b2)
hidden = tf.maximum(conv2, 0.0)
hidden = tf.reshape(hidden, [tf.shape(hidden)[0], fc_w.shape[0]])
scores = tf.nn.bias_add(hidden @ fc_w, fc_b)
"""
HELPER_NET = """
h = conv_relu(x, conv_w1, conv_b1)
h = conv_relu(h, conv_w2, conv_b2)
scores = affine(h, fc_w, fc_b)
"""
NET_HELPERS = """
def conv_relu(x, w, b):
    p = (w.shape[0] - 1) // 2
    x = tf.nn.convolution(tf.pad(x, [[0, 0], [p, p], [p, p], [0, 0]]), w, padding='VALID')
    return tf.nn.relu(x + tf.reshape(b, (1, 1, 1, -1)))


def affine(x, w, b):
    return tf.einsum('nd,dc->nc', flatten(x), w) + b
"""
CASTING_NET = """
w = [tf.cast(p, x.dtype) for p in params]
h = tf.nn.relu(tf.nn.conv2d(x, w[0], 1, 'SAME') + w[1])
h = tf.nn.relu(tf.nn.conv2d(h, w[2], 1, [[0, 0], [1, 1], [1, 1], [0, 0]]) + w[3])
scores = tf.linalg.matmul(tf.keras.layers.Flatten()(h), w[4]) + w[5]
"""

PLAIN_INIT = """
conv_w1 = tf.Variable(kaiming_normal((5, 5, 3, 32)))
conv_b1 = tf.Variable(tf.zeros((32,)))
conv_w2 = tf.Variable(kaiming_normal([3, 3, 32, 16]))
conv_b2 = tf.Variable(tf.zeros((16,)))
fc_w = tf.Variable(kaiming_normal((32 * 32 * 16, 10)))
fc_b = tf.Variable(tf.zeros((10,)))
params = [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]
"""
TUPLE_INIT = """
shapes = [(5, 5, 3, 32), (3, 3, 32, 16), (16384, 10)]
params = ()
for shape in shapes:
    bias = np.zeros(shape[-1], dtype=np.float32)
    params += (tf.Variable(kaiming_normal(shape)), tf.Variable(bias, trainable=True))
"""
HE_INIT = """
he = tf.keras.initializers.HeNormal()
params = [
    tf.Variable(he((5, 5, 3, 32))), tf.Variable(tf.fill([32], 0.01)),
    tf.Variable(he((3, 3, 32, 16))), tf.Variable(tf.fill([16], 0.01)),
    tf.Variable(he((32 * 32 * 16, 10))), tf.Variable(tf.fill([10], 0.01)),
]
"""
FLOAT64_INIT = """
def weights(*shape):
    fan_in = np.prod(shape[:-1])
    return tf.Variable(np.random.randn(*shape) * np.sqrt(2.0 / fan_in))

params = [weights(5, 5, 3, 32), tf.Variable(np.zeros(32)),
          weights(3, 3, 32, 16), tf.Variable(np.zeros(16)),
          weights(32 * 32 * 16, 10), tf.Variable(np.zeros(10))]
"""

# --------------------------------------------------------------- part III

PLAIN_CLASS = (
    """
init = tf.initializers.VarianceScaling(scale=2.0)
self.conv1 = tf.keras.layers.Conv2D(channel_1, (5, 5), padding='same', activation='relu',
                                    kernel_initializer=init)
self.conv2 = tf.keras.layers.Conv2D(channel_2, (3, 3), padding='same', activation='relu',
                                    kernel_initializer=init)
self.flatten = tf.keras.layers.Flatten()
self.fc = tf.keras.layers.Dense(num_classes, activation='softmax', kernel_initializer=init)
""",
    "scores = self.fc(self.flatten(self.conv2(self.conv1(x))))",
)
LAYERED_CLASS = (
    """
init = tf.initializers.VarianceScaling(scale=2.0)
self.steps = [
    tf.keras.layers.ZeroPadding2D(2),
    tf.keras.layers.Conv2D(channel_1, 5, kernel_initializer=init),
    tf.keras.layers.ReLU(),
    tf.keras.layers.ZeroPadding2D(1),
    tf.keras.layers.Conv2D(channel_2, 3, padding='valid', kernel_initializer=init),
    tf.keras.layers.ReLU(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(num_classes, kernel_initializer=init),
    tf.keras.layers.Softmax(),
]
""",
    """
for step in self.steps:
    x = step(x)
scores = x
""",
)
LAZY_CLASS = (
    """
self.conv1 = tf.keras.layers.Conv2D(channel_1, 5, padding='SAME', kernel_initializer='he_normal')
self.conv2 = tf.keras.layers.Conv2D(channel_2, 3, padding='SAME', kernel_initializer='he_normal')
self.num_classes = num_classes
self.fc = None
""",
    """
if self.fc is None:
    self.fc = tf.keras.layers.Dense(self.num_classes, kernel_initializer='he_normal')
x = tf.nn.relu(self.conv1(x))
x = tf.nn.relu(self.conv2(x))
scores = tf.nn.softmax(self.fc(tf.reshape(x, (tf.shape(x)[0], -1))))
""",
)
NESTED_CLASS = (
    "self.net = tf.keras.Sequential(conv_layers([(channel_1, 5), (channel_2, 3)], num_classes))",
    "scores = self.net(x, training=training)",
)
NESTED_HELPERS = """
def conv_layers(convs, num_classes):
    init = tf.initializers.VarianceScaling(scale=2.0)
    layers = [tf.keras.layers.Conv2D(filters, size, 1, 'same', activation=tf.nn.relu,
                                     kernel_initializer=init) for filters, size in convs]
    return layers + [tf.keras.layers.Flatten(),
                     tf.keras.layers.Dense(num_classes, 'softmax', kernel_initializer=init)]
"""
PART3_CLASS = "model = ThreeLayerConvNet(channel_1, channel_2, num_classes)"
PART3_FUNCTIONAL = """
init = tf.initializers.VarianceScaling(scale=2.0)
same = dict(padding='same', activation='relu', kernel_initializer=init)
inputs = tf.keras.Input((32, 32, 3))
x = tf.keras.layers.Conv2D(channel_1, 5, **same)(inputs)
x = tf.keras.layers.Conv2D(channel_2, 3, **same)(x)
x = tf.keras.layers.Flatten()(x)
outputs = tf.keras.layers.Dense(num_classes, activation='softmax', kernel_initializer=init)(x)
model = tf.keras.Model(inputs, outputs)
"""

# ---------------------------------------------------------------- part IV

PART4_PLAIN = """
init = tf.initializers.VarianceScaling(scale=2.0)
layers = [
    tf.keras.layers.Conv2D(FIRST, 5, padding='same', activation='relu', kernel_initializer=init),
    tf.keras.layers.Conv2D(SECOND, 3, padding='same', activation='relu', kernel_initializer=init),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation='softmax', kernel_initializer=init),
]
model = tf.keras.Sequential([tf.keras.Input((32, 32, 3))] + layers)
"""
PART4_LAYERED = """
model = tf.keras.Sequential()
model.add(tf.keras.layers.ZeroPadding2D((2, 2)))
model.add(tf.keras.layers.Conv2D(FIRST, (5, 5), kernel_initializer='he_normal'))
model.add(tf.keras.layers.Activation('relu'))
model.add(tf.keras.layers.ZeroPadding2D((1, 1)))
model.add(tf.keras.layers.Conv2D(SECOND, (3, 3), kernel_initializer='he_normal'))
model.add(tf.keras.layers.Activation('relu'))
model.add(tf.keras.layers.Flatten())
model.add(tf.keras.layers.Dense(10, kernel_initializer='he_normal'))
model.add(tf.keras.layers.Softmax())
"""
PART4_HELPER = "model = tf.keras.Sequential(conv_layers([(FIRST, 5), (SECOND, 3)], 10))"
PART4_FUNCTIONAL = """
init = tf.initializers.VarianceScaling(scale=2.0)
L = tf.keras.layers
inputs = tf.keras.Input(shape=(32, 32, 3))
h = L.ReLU()(L.Conv2D(FIRST, 5, padding='same', kernel_initializer=init)(inputs))
h = L.ReLU()(L.Conv2D(SECOND, 3, padding='same', kernel_initializer=init)(h))
model = tf.keras.Model(inputs, L.Softmax()(L.Dense(10, kernel_initializer=init)(L.Flatten()(h))))
"""

NAMED_SGD = """
optimizer = tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)
"""
POSITIONAL_SGD = "optimizer = tf.keras.optimizers.SGD(learning_rate, 0.9, True)"
ODD_SGD = "optimizer = tf.optimizers.SGD(learning_rate, momentum=0.9, nesterov=0.9)"

# ------------------------------------------------- whole cells, the markers thrown away

BARE_NET = """
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    h = tf.nn.relu(tf.nn.conv2d(x, conv_w1, [1, 1, 1, 1], 'SAME') + conv_b1)
    h = tf.nn.relu(tf.nn.conv2d(h, conv_w2, [1, 1, 1, 1], 'SAME') + conv_b2)
    return tf.matmul(flatten(h), fc_w) + fc_b
"""
BARE_PART3 = """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10


def model_init_fn():
    return ThreeLayerConvNet(channel_1, channel_2, num_classes)


def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)


train_part34(model_init_fn, optimizer_init_fn)
"""
