"""Networks for the open task of the convnets lab, as different students would write them."""

from __future__ import annotations

PLAIN = (
    """
L = tf.keras.layers
self.conv1 = L.Conv2D(32, 3, padding='same')
self.bn1 = L.BatchNormalization()
self.conv2 = L.Conv2D(64, 3, padding='same')
self.bn2 = L.BatchNormalization()
self.conv3 = L.Conv2D(128, 3, padding='same')
self.bn3 = L.BatchNormalization()
self.pool = L.MaxPooling2D()
self.flatten = L.Flatten()
self.fc = L.Dense(10, activation='softmax')
""",
    """
x = tf.nn.relu(self.bn1(self.pool(self.conv1(input_tensor)), training=training))
x = tf.nn.relu(self.bn2(self.pool(self.conv2(x)), training=training))
x = tf.nn.relu(self.bn3(self.pool(self.conv3(x)), training=training))
scores = self.fc(self.flatten(x))
""",
)

AUGMENTED = (
    """
L = tf.keras.layers
self.flip = L.RandomFlip('horizontal')
self.body = tf.keras.Sequential([
    L.Conv2D(32, 3, padding='same'), L.MaxPool2D(), L.BatchNormalization(), L.LeakyReLU(),
    L.Conv2D(64, 3, padding='same'), L.MaxPool2D(), L.BatchNormalization(), L.LeakyReLU(),
    L.Conv2D(128, 3, padding='same'), L.MaxPool2D(), L.BatchNormalization(), L.LeakyReLU(),
    L.Flatten(),
])
self.drop = L.Dropout(0.2)
self.fc = L.Dense(10)
""",
    """
x = self.flip(input_tensor, training=training)
x = self.body(x, training=training)
x = self.drop(x, training=training)
scores = tf.nn.softmax(self.fc(x))
""",
)

_DRIVER = """
device = '/cpu:0'
print_every = 700
num_epochs = 8
train_part34(model_init_fn, optimizer_init_fn, num_epochs=num_epochs, is_training=True)
"""

RESIDUAL = (
    """
class Shortcut(tf.keras.layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv_a = tf.keras.layers.Conv2D(filters, 3, padding='same', use_bias=False)
        self.conv_b = tf.keras.layers.Conv2D(filters, 3, padding='same', use_bias=False)
        self.bn_a = tf.keras.layers.BatchNormalization(momentum=0.9)
        self.bn_b = tf.keras.layers.BatchNormalization(momentum=0.9)

    def call(self, x, training=False):
        h = tf.nn.relu(self.bn_a(self.conv_a(x), training=training))
        return tf.nn.relu(x + self.bn_b(self.conv_b(h), training=training))


class MyResNet(tf.keras.Model):
    def __init__(self, width, num_classes):
        super(MyResNet, self).__init__()
        self.stem = tf.keras.Sequential([
            tf.keras.layers.Conv2D(width, 3, padding='same', activation='relu'),
            tf.keras.layers.MaxPool2D(),
            tf.keras.layers.Conv2D(2 * width, 3, padding='same', activation='relu'),
            tf.keras.layers.MaxPool2D(),
        ])
        self.block = Shortcut(2 * width)
        self.pool = tf.keras.layers.AveragePooling2D(2)
        self.head = tf.keras.layers.Dense(num_classes, activation='softmax')

    def call(self, input_tensor, training=False):
        x = self.block(self.stem(input_tensor), training=training)
        return self.head(flatten(self.pool(x)))


def model_init_fn():
    return MyResNet(32, num_classes=10)


def optimizer_init_fn():
    return tf.keras.optimizers.Adam(1e-3)

"""
    + _DRIVER
)

FUNCTIONAL = (
    """
def model_init_fn():
    L = tf.keras.layers
    inputs = tf.keras.Input(shape=(32, 32, 3))
    x = inputs
    for filters in (32, 64, 128):
        x = L.Conv2D(filters, 3, padding='same', kernel_initializer='he_normal')(x)
        x = L.MaxPooling2D()(x)
        x = L.BatchNormalization()(x)
        x = L.Activation('relu')(x)
    both = L.Concatenate()([L.Flatten()(x), L.GlobalMaxPooling2D()(x)])
    outputs = L.Dense(10, activation='softmax')(both)
    return tf.keras.Model(inputs=inputs, outputs=outputs)


def optimizer_init_fn():
    schedule = tf.keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=5 * 766, alpha=0.01)
    return tf.keras.optimizers.Adam(schedule)

"""
    + _DRIVER
)
