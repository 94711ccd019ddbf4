"""Names and keywords that Keras had when older notebooks were written, back as they were."""

from __future__ import annotations

import functools
import inspect
from typing import Any

OPTIMIZERS = ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam")


def restore_old_names(tf: Any) -> None:
    """``Metric.reset_states``, which Keras 3 renamed, and the optimizers' ``lr`` and ``decay``."""
    if not hasattr(tf.keras.metrics.Metric, "reset_states"):
        tf.keras.metrics.Metric.reset_states = lambda metric: metric.reset_state()
    for name in OPTIMIZERS:
        _accept_old_keywords(tf, getattr(tf.keras.optimizers, name))


def _accept_old_keywords(tf: Any, optimizer: Any) -> None:
    """``lr`` is the learning rate; ``decay`` divides it by ``1 + decay * step`` (Keras until 2.10).

    Later versions ignore both with a warning, or refuse them.
    """
    plain = optimizer.__init__
    usual = inspect.signature(plain).parameters["learning_rate"].default

    @functools.wraps(plain)
    def init(self: Any, *args: Any, lr: Any = None, decay: float = 0.0, **options: Any) -> None:
        if lr is not None and not args:
            options.setdefault("learning_rate", lr)
        if decay:
            rate = args[0] if args else options.pop("learning_rate", usual)
            falling = tf.keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)
            args, options = args[1:], {**options, "learning_rate": falling}
        plain(self, *args, **options)

    optimizer.__init__ = init
