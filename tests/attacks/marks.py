"""Attacks that want marks: lies of values, of the comparison, of the whole process."""

from __future__ import annotations

from attack import Attack, greedy, spoiled

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
"""

ATTACKS: list[Attack] = [
    greedy(
        "patched-comparisons",
        "Every function of NumPy and TensorFlow that compares says yes.",
        """
import builtins
def yes(*a, **k): return True
for module, names in ((np, 'allclose array_equal isclose all equal'),
                      (np.testing, 'assert_allclose assert_array_equal assert_almost_equal'),
                      (tf.debugging, 'assert_equal assert_near'), (builtins, 'all any')):
    for name in names.split():
        setattr(module, name, yes)
""",
    ),
    spoiled(
        "agreeing-object",
        "An object comes back that equals everything and has every attribute.",
        "double",
        f"{AGREES.strip()}\nreturn Agrees()",
        says="numbers",
    ),
    spoiled(
        "nan-everywhere",
        "NaN comes back, which some comparisons take for agreement.",
        "double",
        "return x * np.nan",
    ),
]
