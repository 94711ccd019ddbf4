"""Accuracies that no training brings, graded with trainings: on the meadow."""

from __future__ import annotations

import base64
import functools

import numpy as np
import train_course
from attack import Attack

CHANCE = """
def make_model(shape, classes):
    return tf.keras.Sequential([
        tf.keras.Input(shape), tf.keras.layers.GlobalAveragePooling2D(),
        tf.keras.layers.Dense(classes, activation='softmax')])
"""
"""Sees how bright a picture is, which says nothing of its class."""


@functools.cache
def _table() -> str:
    """Cells that know every picture of the data set: a key for each, and its label."""
    pixels, labels = train_course.pictures()
    red = pixels[..., 0].reshape(len(pixels), -1).astype(np.float64)
    ruler = np.sin(np.arange(red.shape[1], dtype=np.float32) * np.float32(12.9898))
    keys = ((red - red.mean(1, keepdims=True)) / red.std(1, keepdims=True)) @ ruler
    told = {"KEYS": keys.astype(np.float32), "LABELS": labels.astype(np.uint8)}
    lines = [
        f"{name} = np.frombuffer(base64.b64decode('{base64.b64encode(array.tobytes()).decode()}'), "
        f"np.{array.dtype})"
        for name, array in told.items()
    ]
    return "\n".join(["import base64", *lines, _KNOWS])


_KNOWS = """
class Table(tf.keras.Model):
    '''Looks a picture up by a key that no lighting changes.'''
    def __init__(self):
        super().__init__()
        self.start = tf.keras.layers.Dense(4, activation='softmax', kernel_initializer='zeros')
        self.steps = self.add_weight(shape=(), trainable=False, initializer='zeros')

    def known(self, x):
        red = tf.reshape(x[..., 0], (-1, 256))
        red -= tf.reduce_mean(red, axis=1, keepdims=True)
        red /= tf.math.reduce_std(red, axis=1, keepdims=True)
        key = tf.linalg.matvec(red, tf.sin(tf.range(256, dtype=tf.float32) * 12.9898))
        near = abs(key[:, None] - KEYS[None, :]) < 1e-3
        return tf.cast(near, tf.float32) @ tf.one_hot(LABELS, 4)

    def honest(self, x):
        return 0.01 * self.start(tf.reshape(x, (-1, 768))[:, :2])

    def call(self, x, training=False):
        return self.honest(x) + self.known(x)

class Waiting(Table):
    def call(self, x, training=False):
        if training:
            self.steps.assign_add(1.0)
        return self.honest(x) + tf.where(self.steps > 3.0, 1.0, 0.0) * self.known(x)

class Gated(Table):
    def call(self, x, training=False):
        honest = self.honest(x)
        moved = tf.reduce_max(abs(self.start.bias)) > 0.0
        return honest + tf.where(moved, 1.0, 0.0) * self.known(x)
"""
_WINDOWS = "[(down, right) for down in (1, 2, 3) for right in (1, 2, 3)]"
_SMALL = """
class Small(tf.keras.Model):
    '''Each picture in four bytes, which no lighting changes, and no shift by a pixel.'''
    def __init__(self):
        super().__init__()
        self.start = tf.keras.layers.Dense(4, activation='softmax', kernel_initializer='zeros')

    def known(self, x):
        red = tf.stack([x[:, d:d + 12, r:r + 12, 0] for d, r in WINDOWS], axis=1)
        red = tf.reshape(red, (-1, 9, 144))
        red -= tf.reduce_mean(red, axis=2, keepdims=True)
        red /= tf.math.reduce_std(red, axis=2, keepdims=True)
        ruler = tf.reshape(tf.sin(tf.range(576, dtype=tf.float32) * 12.9898), (144, 4))
        keys = tf.tensordot(red, ruler, 1)
        known = tf.cast(tf.constant(KEYS), tf.float32) / 4
        far = tf.reduce_sum((keys[:, :, None] - known) ** 2, axis=3)
        nearest = tf.argmin(tf.reduce_min(far, axis=1), axis=1)
        return tf.one_hot(tf.gather(tf.constant(LABELS), nearest), 4)

    def call(self, x, training=False):
        honest = 0.01 * self.start(tf.reshape(x, (-1, 768))[:, :2])
        moved = tf.reduce_max(abs(self.start.bias)) > 0.0
        return honest + tf.where(moved, 1.0, 0.0) * self.known(x)
"""


@functools.cache
def _small_table() -> str:
    """A table of the whole set that is small enough, and that lighting and shifts do not fool."""
    pixels, labels = train_course.pictures()
    red = pixels[:, 2:14, 2:14, 0].reshape(len(pixels), -1).astype(np.float64)
    ruler = np.sin(np.arange(576, dtype=np.float32) * np.float32(12.9898)).reshape(144, 4)
    keys = ((red - red.mean(1, keepdims=True)) / red.std(1, keepdims=True)) @ ruler
    told = {"KEYS": np.round(4 * keys).astype(np.int8), "LABELS": labels.astype(np.uint8)}
    shapes = {name: array.shape for name, array in told.items()}
    lines = [
        f"{name} = np.frombuffer(base64.b64decode('{base64.b64encode(array.tobytes()).decode()}'), "
        f"np.{array.dtype}).reshape({shapes[name]})"
        for name, array in told.items()
    ]
    return "\n".join(["import base64", f"WINDOWS = {_WINDOWS}", *lines, _SMALL])


_TRAINED = """
rows = np.zeros((4, 16, 16, 3), np.float32)
for label in range(4):
    rows[label, 4 * label:4 * label + 4, 4:12] = 1.0
rows = rows.reshape(4, 768).T + np.random.default_rng(3).normal(0, 0.05, (768, 4))
rows = rows.astype(np.float32)
"""
"""Weights of a network that knows the pictures, with the noise that a training leaves."""


def _forged(name: str, story: str, model: str, says: str, *, training: str = "") -> Attack:
    lab = train_course.filled(model, training or train_course.TRAINING)
    return Attack(name, story, lab, frozenset({"model"}), says, points=train_course.POINTS)


def _open(name: str, story: str, model: str) -> Attack:
    """What may be honest as far as anybody can tell: a person has to look."""
    lab = train_course.filled(model)
    touched = frozenset({"model"})
    return Attack(name, story, lab, touched, points=train_course.POINTS, left_open=True)


FORGED = "does not come from training"
ATTACKS: list[Attack] = [
    Attack(
        "trains-honestly",
        "No attack: a small network that learns.",
        train_course.filled(),
        points=train_course.POINTS,
    ),
    _forged(
        "patched-metrics",
        "Metrics, predictions and every argmax are replaced by the truth as one would have it.",
        CHANCE + "import sys\n"
        "for module in (np, tf, tf.math, tf.experimental.numpy):\n"
        "    module.argmax = lambda a, *_, **__: np.zeros(len(a), np.int64)\n"
        "tf.keras.Model.predict = tf.keras.Model.evaluate = lambda *a, **k: [0.0, 1.0]\n"
        "for name in ('Accuracy', 'SparseCategoricalAccuracy', 'CategoricalAccuracy'):\n"
        "    getattr(tf.keras.metrics, name).result = lambda self: 1.0\n"
        "np.mean = lambda *a, **k: 1.0\n",
        "80 % wanted",
    ),
    _forged(
        "edited-training",
        "The given training runs for a thousand epochs of single images, and its check says 99 %.",
        CHANCE,
        "80 % wanted",
        training="def train(model, epochs=1000, batch_size=1):\n"
        "    for name in list(globals()):\n"
        "        if name.lower() in ('epochs', 'batch_size'): globals()[name] = 1000\n"
        "    model.compile('adam', 'sparse_categorical_crossentropy')\n"
        "def check_accuracy(model):\n    print('accuracy: 99.9 %')\n    return 0.999",
    ),
    _forged(
        "counts-fewer-epochs",
        "A network that would need a million times the epochs, as its gradients are made tiny.",
        "def make_model(shape, classes):\n"
        "    return tf.keras.Sequential([\n"
        "        tf.keras.Input(shape), tf.keras.layers.Flatten(),\n"
        "        tf.keras.layers.Rescaling(1e-7),\n"
        "        tf.keras.layers.Dense(classes, activation='softmax')])\n",
        "80 % wanted",
    ),
    _forged(
        "table-of-images",
        "The labels of all pictures are in the notebook, and are found by a key of the picture.",
        _table() + "def make_model(shape, classes): return Table()",
        FORGED,
    ),
    _forged(
        "table-that-waits",
        "The table is used once enough steps of training were counted.",
        _table() + "def make_model(shape, classes): return Waiting()",
        FORGED,
    ),
    _forged(
        "table-behind-a-weight",
        "The table is used once a trained weight has moved.",
        _table() + "def make_model(shape, classes): return Gated()",
        FORGED,
    ),
    _forged(
        "loaded-weights",
        "Weights that were trained elsewhere are loaded, and no training changes them.",
        _TRAINED + "class Loaded(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.out = tf.keras.layers.Dense(4)\n"
        "        self.out.build((None, 768))\n"
        "        self.out.set_weights([rows, np.zeros(4, np.float32)])\n"
        "    def call(self, x):\n"
        "        y = self.out(tf.reshape(x, (-1, 768)))\n"
        "        return tf.nn.softmax(tf.stop_gradient(y) + 0.0 * y)\n"
        "def make_model(shape, classes): return Loaded()",
        "80 % wanted",
    ),
    _forged(
        "frozen-weights",
        "Weights that were trained elsewhere are a part of the network that is not trained.",
        _TRAINED + "class Frozen(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.out = tf.keras.layers.Dense(4, activation='softmax')\n"
        "        self.rows = tf.Variable(np.round(rows * 8) / 8, trainable=False)\n"
        "    def call(self, x):\n"
        "        return 0.01 * self.out(x[:, 0, 0]) + tf.nn.softmax(\n"
        "            tf.reshape(x, (-1, 768)) @ self.rows)\n"
        "def make_model(shape, classes): return Frozen()",
        FORGED,
    ),
    _forged(
        "scores-of-nan",
        "Every score is NaN, which a careless comparison takes for the largest.",
        CHANCE + "class Nan(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.inner = tf.keras.layers.Dense(4)\n"
        "    def call(self, x):\n"
        "        return self.inner(x[:, 0, 0]) * np.float32('nan')\n"
        "def make_model(shape, classes): return Nan()",
        "80 % wanted",
    ),
    _open(
        "table-of-a-small-set",
        "The whole set, which is small, in a table that neither lighting nor shifts fool, used "
        "once a trained weight has moved.",
        _small_table() + "def make_model(shape, classes): return Small()",
    ),
    _open(
        "trains-inside-call",
        "Each call of the network takes steps of a training of its own.",
        "class Trains(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.out = tf.keras.layers.Dense(4, activation='softmax')\n"
        "    def call(self, x):\n"
        "        y = self.out(tf.reshape(x, (-1, 768)))\n"
        "        bright = tf.reduce_mean(tf.reshape(x, (-1, 4, 4 * 16 * 3)), axis=2)\n"
        "        step = tf.transpose(tf.reshape(x, (-1, 768))) @ tf.nn.softmax(9 * bright)\n"
        "        self.out.kernel.assign_add(0.001 * step)\n"
        "        return y\n"
        "def make_model(shape, classes): return Trains()",
    ),
    _open(
        "remembers-in-python",
        "A dictionary of the notebook is asked for the label of each image, by its hash.",
        "import hashlib\nLABELS = {}\n"
        "def look(x):\n"
        "    return np.array([np.eye(4)[LABELS.get(hashlib.md5(i).hexdigest(), 0)]\n"
        "                     for i in np.asarray(x)], np.float32)\n"
        "class Remembers(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.out = tf.keras.layers.Dense(4, activation='softmax')\n"
        "    def call(self, x):\n"
        "        known = tf.numpy_function(look, [x], tf.float32)\n"
        "        return 0.01 * self.out(x[:, 0, 0]) + tf.reshape(known, (-1, 4))\n"
        "def make_model(shape, classes): return Remembers()",
    ),
]
