"""Boots TensorFlow as the notebook knew it: Keras 3, Keras 2, or TensorFlow 1 with its graphs.

Keras 2 is ``tf_keras``, which TensorFlow takes for its own when it is told so before it is loaded;
``import keras`` finds it too. For TensorFlow 1 the names of ``tensorflow.compat.v1`` are put into
``tensorflow`` itself, so that each way of importing them works, and eager execution is off.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from . import contrib, later

KEPT = {"compat", "version"}
"""Names of today's TensorFlow that TensorFlow 1 must not hide."""


class Runtime:
    """The TensorFlow of a kernel: today's as it is, unless :func:`boot` made it another."""

    def __init__(self, name: str = "keras3") -> None:
        self.name = name
        self._seed: int | None = None

    @property
    def tf(self) -> Any:
        """The module that a notebook's ``import tensorflow`` finds."""
        import tensorflow

        return tensorflow

    @property
    def graphs(self) -> bool:
        """True where functions build a graph, and sessions run it."""
        return self.name == "tf1"

    def pin(self, seed: int) -> None:
        """Make all randomness start from ``seed``; also in graphs that are yet to be made."""
        self._seed = seed
        if not self.graphs:
            self.tf.keras.utils.set_random_seed(seed)
            return
        random.seed(seed)
        np.random.seed(seed)
        self.tf.compat.v2.random.set_seed(seed)
        self.tf.get_default_graph().seed = seed

    def models(self) -> list[Any]:
        """Every class whose ``fit`` a notebook's model may have."""
        found = [self.tf.keras.Model]
        if self.graphs:
            from tf_keras.src.engine import training_v1

            found.append(training_v1.Model)
        return found

    @contextmanager
    def eagerly(self) -> Iterator[None]:
        """Values instead of graphs for the length of a block, in each runtime."""
        if not self.graphs:
            yield
            return
        from tensorflow.python.eager import context

        with context.eager_mode():
            yield

    def seed_graphs(self) -> None:
        """Give each new graph the seed: where operations must be deterministic, it needs one."""
        from tensorflow.python.framework import ops

        plain = ops.Graph.__init__

        def seeded(graph: Any, *args: Any, **options: Any) -> None:
            plain(graph, *args, **options)
            if self._seed is not None:
                graph.seed = self._seed

        ops.Graph.__init__ = seeded


def boot(name: str) -> Runtime:
    """Load TensorFlow, before anything else does, for ``name``: ``keras3``, ``keras2``, ``tf1``."""
    if name != "keras3":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        sys.meta_path.insert(0, _OldKeras())
    runtime = Runtime(name)
    if name == "keras3":
        with later.optional():
            importlib.import_module("tensorflow")
            importlib.import_module("keras")
    if runtime.graphs:
        _as_version_1(runtime.tf)
        runtime.seed_graphs()
    return runtime


def _as_version_1(tf: Any) -> None:
    """Make ``tensorflow`` look and behave as its version 1 did."""
    import tensorflow.compat.v1 as old

    old.logging.set_verbosity(old.logging.ERROR)  # of deprecations, of which all of it is one
    old.disable_v2_behavior()
    for name in dir(old):
        if not name.startswith("_") and name not in KEPT:
            setattr(tf, name, getattr(old, name))
    tf.__path__[:0] = list(old.__path__)  # for `from tensorflow.layers import …`
    tf.contrib = contrib.install(tf)
    _place_softly(old)
    from tf_keras.src.utils import tf_utils

    tf_utils.assert_no_legacy_layers = lambda layers: None  # in 2018 Keras took those of tf.layers


def _place_softly(old: Any) -> None:
    """What a notebook puts on a GPU that is not there runs on the CPU, in every session."""
    plain = old.Session.__init__

    def placed(session: Any, target: str = "", graph: Any = None, config: Any = None) -> None:
        config = config or old.ConfigProto()
        config.allow_soft_placement = True
        plain(session, target, graph, config)

    old.Session.__init__ = placed


class _OldKeras(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """``keras`` and its modules are those of ``tf_keras``."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "keras" and not fullname.startswith("keras."):
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"tf_{spec.name}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It ran under its own name, and keeps it."""
        spec = module.__spec__
        assert spec is not None
        module.__spec__ = spec.loader_state
