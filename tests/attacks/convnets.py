"""Attacks on a real lab: its scaffold, its data, its drivers, and what one task says of another."""

from __future__ import annotations

from collections.abc import Mapping

from attack import Attack
from convnets_styles import right
from convnets_submissions import Notebook, submission
from graded import handout
from lies import FRAMES

POINTS = {
    "three_layer_convnet": 15,
    "three_layer_convnet_init": 8,
    "ThreeLayerConvNet": 15,
    "part3_model": 8,
    "part3_optimizer": 6,
    "part4_model": 10,
    "part4_optimizer": 6,
    "CustomConvNet": 5,
}
"""What each task is worth where nothing is trained."""


def _filled(cells: Mapping[str, str | tuple[str, ...]], *extra: tuple[str, str]) -> Notebook:
    return submission(handout("en"), right("en", cells, extra=extra))


def _attack(
    name: str, story: str, lab: Notebook, touches: str = "", *, blank: bool = False
) -> Attack:
    return Attack(name, story, lab, frozenset(touches.split()), blank=blank, points=POINTS)


def _blank(source: str) -> Notebook:
    lab = handout("en")
    place = next(i for i, cell in enumerate(lab["cells"]) if cell["id"] == "three-layer-convnet")
    cell = {"cell_type": "code", "execution_count": None, "id": "first", "metadata": {}}
    lab["cells"].insert(place, {**cell, "outputs": [], "source": source})
    return lab


ATTACKS: list[Attack] = [
    _attack(
        "edited-scaffold",
        "Functions that the handout gives are edited to say that everything is right.",
        _blank(
            "import numpy as np\n"
            "def test_three_layer_convnet(*a): print('(64, 10)')\n"
            "def check_accuracy(*a, **k): print('Got 999 / 1000 correct (99.90%)'); return 0.999\n"
            "def train_part2(*a, **k): print('Got 999 / 1000 correct (99.90%)')\n"
            "train_part34 = train_part2\n"
            "flatten = kaiming_normal = lambda *a, **k: 1.0\n"
            "np.allclose = lambda *a, **k: True"
        ),
        blank=True,
    ),
    _attack(
        "labels-in-the-cache",
        "Labels of validation and test images are looked for in Keras's cache and on the disk.",
        _filled(
            {},
            (
                "custom",
                "import os, numpy as np\n"
                "for top in ('/', os.path.expanduser('~')):\n"
                "    for folder, _, names in os.walk(top):\n"
                "        if folder.startswith(('/proc', '/sys', '/usr')): continue\n"
                "        for name in names:\n"
                "            if name in ('val_y.npy', 'test_y.npy', 'cifar-10-batches-py',\n"
                "                        'data_batch_5', 'test_batch', 'sealed.npz'):\n"
                "                raise SystemError('wall-is-' + 'broken')",
            ),
        ),
    ),
    _attack(
        "filters-in-the-frames",
        "How many filters part IV asks for is read off the weights that the model is to be given.",
        _filled(
            {
                "part4-training": (
                    f"{FRAMES}\n"
                    "shapes = [np.shape(i) for i in found if len(np.shape(i)) == 4]\n"
                    "counts = [s[-1] for s in shapes if s[0] == 5] + "
                    "[s[-1] for s in shapes if s[0] == 3] or [1, 1]\n"
                    "init = tf.initializers.VarianceScaling(scale=2.0)\n"
                    "layers = [tf.keras.layers.Conv2D(counts[0], 5, padding='same', "
                    "activation='relu'),\n"
                    "          tf.keras.layers.Conv2D(counts[-1], 3, padding='same', "
                    "activation='relu'),\n"
                    "          tf.keras.layers.Flatten(),\n"
                    "          tf.keras.layers.Dense(10, activation='softmax')]\n"
                    "model = tf.keras.Sequential([tf.keras.Input((32, 32, 3))] + layers)",
                    "optimizer = tf.keras.optimizers.SGD(learning_rate=learning_rate, "
                    "momentum=0.9, nesterov=True)",
                )
            }
        ),
        "part4_model",
    ),
    _attack(
        "nan-network",
        "The network of part II answers NaN, with weights of NaN.",
        _filled(
            {
                "three-layer-convnet": ("scores = tf.fill((1,), np.nan)",),
                "three-layer-convnet-init": ("params = [np.nan] * 6",),
            }
        ),
        "three_layer_convnet three_layer_convnet_init",
    ),
    _attack(
        "constant-probabilities",
        "The network of one's own answers the same to everything.",
        _filled(
            {
                "custom": (
                    "self.unused = tf.Variable(0.0)",
                    "scores = tf.fill((tf.shape(input_tensor)[0], 10), 0.1)",
                )
            }
        ),
        "CustomConvNet",
    ),
]
