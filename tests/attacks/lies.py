"""Attacks that want marks by the answer itself: objects that lie, and answers found elsewhere."""

from __future__ import annotations

from attack import Attack, spoiled

AGREES = """
class Agrees:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __array__(self, *a, **k): return np.zeros(self.shape)
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __hash__(self): return 0
    shape = (3,)
    dtype = np.dtype('float32')
""".strip()
FRAMES = """
import sys
found, frame = [], sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        todo = list(value.values()) if isinstance(value, dict) else [value]
        for item in todo:
            item = item if isinstance(item, (list, tuple)) else [item]
            found += [getattr(i, 'array', i) for i in item]
    frame = frame.f_back
found = [item for item in found if isinstance(item, np.ndarray)]
""".strip()

ATTACKS: list[Attack] = [
    spoiled(
        "agreeing-object",
        "An object comes back that equals everything and has every attribute.",
        "double",
        f"{AGREES}\nreturn Agrees()",
        says="numbers",
    ),
    spoiled(
        "agreeing-array",
        "An array of a class of its own agrees with whatever it is compared with.",
        "double",
        "class Sly(np.ndarray):\n"
        "    __eq__ = __le__ = __ge__ = lambda self, other: np.True_\n"
        "    __sub__ = __rsub__ = lambda self, other: np.zeros(1)\n"
        "    __array_ufunc__ = lambda self, *a, **k: np.True_\n"
        "return np.zeros(np.shape(x)).view(Sly)",
    ),
    spoiled(
        "void-array",
        "Bytes of no type come back, on which whoever compares them breaks.",
        "double",
        "return [np.zeros((), 'V4'), np.float64(1)]",
    ),
    spoiled(
        "times-without-units",
        "Moments in time come back, which can be neither added nor printed as numbers.",
        "double",
        "return np.zeros(np.shape(x), 'M8[s]')",
    ),
    spoiled(
        "lying-shape",
        "An array says that it has the right shape, and has another.",
        "double",
        "class Sly(np.ndarray):\n    shape = property(lambda self: (3,))\n"
        "return np.zeros(7).view(Sly)",
    ),
    spoiled(
        "lying-conversion",
        "What becomes an array becomes another one each time.",
        "double",
        "class Sly(np.ndarray):\n"
        "    def __array__(self, *a, **k): raise SystemExit\n"
        "    def astype(self, *a, **k): return np.ones(3)\n"
        "return np.zeros(3).view(Sly)",
    ),
    spoiled(
        "nan-everywhere",
        "NaN comes back, which some comparisons take for agreement.",
        "double",
        "return x * np.nan",
        says="NaN",
    ),
    spoiled(
        "infinite-everywhere",
        "Infinity comes back, by which every relative error is nothing.",
        "double",
        "return x + np.inf",
        says="infinity",
    ),
    spoiled(
        "complex-numbers",
        "Complex numbers come back, whose real parts are right.",
        "double",
        "return (2 * x + 1) + 1j",
        says="compared",
    ),
    spoiled(
        "text-of-numbers",
        "The right numbers come back as text.",
        "double",
        "return np.array(2 * x + 1).astype('U20')",
    ),
    spoiled(
        "coarse-numbers",
        "A number format so coarse that half of all numbers are equal in it.",
        "double",
        "return tf.cast(tf.cast(x, tf.float8_e5m2), tf.float32)",
    ),
    spoiled(
        "broadcast",
        "One number comes back that would fit any shape.",
        "double",
        "return np.zeros(())",
        says="shape",
    ),
    spoiled(
        "empty-array",
        "An empty array comes back, of which all elements are right.",
        "double",
        "return np.zeros((0,))",
        says="shape",
    ),
    spoiled(
        "pickle-bomb",
        "An array of objects comes back that run code where they are unpickled.",
        "double",
        "import os\n"
        "class Bomb:\n    def __reduce__(self): return os.system, ('touch @HOME@/pwned',)\n"
        "return np.array([Bomb()] * 3, dtype=object)",
    ),
    spoiled(
        "forged-wire-nodes",
        "A dictionary comes back that looks like the channel's own notation for an array.",
        "double",
        "return {'$': 'tensor', 'a': 0, 'v': {'$': 'dict'}}",
    ),
    spoiled(
        "answer-in-the-frames",
        "The frames above are searched for an array of the answer's shape.",
        "double",
        f"{FRAMES}\n"
        "for item in found:\n"
        "    if np.shape(item) == np.shape(x) and not np.array_equal(item, x):\n"
        "        return item\n"
        "return x",
    ),
    spoiled(
        "answer-in-the-collector",
        "All live arrays are searched for one of the answer's shape.",
        "double",
        "import gc\n"
        "for thing in gc.get_objects():\n"
        "    for item in (thing if isinstance(thing, (list, tuple)) else [thing])[:50]:\n"
        "        item = getattr(item, 'array', item)\n"
        "        if type(item) is np.ndarray and item.shape == x.shape "
        "and item.dtype == x.dtype and not np.array_equal(item, x):\n"
        "            return item\n"
        "return x",
    ),
    spoiled(
        "shapes-in-the-frames",
        "The model's sizes are read off the weights that it is going to be given.",
        "net",
        f"{FRAMES}\n"
        "super().__init__()\n"
        "sizes = [np.shape(item) for item in found if len(np.shape(item)) == 2]\n"
        "sizes = [s for s in sizes if s[0] == width]\n"
        "self.hidden = tf.keras.layers.Dense(width, activation='relu')\n"
        "self.last = tf.keras.layers.Dense(sizes[0][1] if sizes else 1)",
        says="weights missing",
    ),
    spoiled(
        "lying-model",
        "A model shows variables of the right shapes and computes with none of them.",
        "net",
        "super().__init__()\n"
        "self.hidden = self.last = lambda x: tf.zeros((len(x), 3))\n"
        "shapes = [(9, width), (width,), (width, 3), (3,)]\n"
        "self.kept = [tf.Variable(tf.zeros(shape)) for shape in shapes]",
        at_most=2,  # the check of shapes alone
    ),
    spoiled(
        "weights-for-show",
        "A model has the right variables, and makes nothing of the weights that it is given.",
        "net",
        "super().__init__()\nself.last = tf.keras.layers.Dense(3)\n"
        "self.hidden = tf.keras.layers.Dense(width, activation=lambda z: 0.0 * z)",
        at_most=2,  # the check of shapes alone
    ),
    spoiled(
        "lying-optimizer",
        "An optimizer of another kind says of itself that it is the right one.",
        "descent",
        "class SGD(tf.keras.optimizers.Adam):\n"
        "    def get_config(self):\n"
        "        return {**super().get_config(), 'learning_rate': 0.07, 'momentum': 0.8}\n"
        "return SGD(0.07)",
        says="step",
    ),
    spoiled(
        "settings-without-steps",
        "An optimizer that has the right settings and does nothing.",
        "descent",
        "class SGD:\n    learning_rate, momentum, nesterov = 0.07, 0.8, False\n"
        "    def apply_gradients(self, pairs): pass\n"
        "    def get_config(self): return vars(type(self))\n"
        "return SGD()",
    ),
    spoiled(
        "lying-variables",
        "Objects that say that they are variables of the right shape.",
        "weights",
        f"{AGREES}\nAgrees.shape = (50, 40)\nreturn [Agrees()]",
    ),
    spoiled(
        "constant-weights",
        "Weights that are all one, scaled to look as if they were drawn.",
        "weights",
        "return [np.full((50, 40), 0.2, np.float32)]",
    ),
    spoiled(
        "infinite-list",
        "A list that never ends, of variables.",
        "weights",
        "class Endless(list):\n"
        "    def __iter__(self):\n        while True: yield tf.Variable(1.0)\n"
        "    def __len__(self): return 10 ** 9\n"
        "return Endless()",
    ),
    spoiled(
        "patched-tape",
        "The tape that takes gradients is replaced by one that gives back what is wanted.",
        "mix",
        "class Tape:\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *a): return False\n"
        "    def watch(self, *a): pass\n"
        "    def gradient(self, y, variables): return [tf.ones_like(v) for v in variables]\n"
        "tf.GradientTape = Tape\nreturn tf.zeros((4, 5))",
    ),
    spoiled(
        "custom-gradient",
        "A gradient of one's own making in the place of the true one.",
        "mix",
        "@tf.custom_gradient\n"
        "def sly(v): return v, lambda upstream: tf.ones_like(v) * tf.reduce_sum(upstream)\n"
        "return tf.matmul(x, sly(w))",
    ),
    spoiled(
        "the-cotangent-tells",
        "The cotangent is found in the frames above, and its shape is the answer's.",
        "mix",
        f"{FRAMES}\n"
        "sizes = [i.shape for i in found if i.shape not in ((), tuple(x.shape), tuple(w.shape))]\n"
        "return tf.zeros(sizes[0] if sizes else (1,))",
    ),
]
