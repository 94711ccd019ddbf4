"""Modules that only record how they are used, in place of ones that are missing or need a network.

Whatever is imported from such a module can be called, entered, iterated and asked for attributes;
it does nothing, and each call is noted. A callable may be declared to make a layer: what it makes
is then a Keras layer that works in a model, with an output of the declared width.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_CALLS = 10_000


@dataclass
class Call:
    """One call: of which dotted name, with what, by parameter where the parameters are known."""

    name: str
    arguments: dict[str, Any]
    made: Any = None
    """The layer that it made; its ``trainable`` may have been set since."""

    def told(self) -> dict[str, Any]:
        """The arguments as they hold now."""
        if self.made is not None and "trainable" in self.arguments:
            return {**self.arguments, "trainable": bool(self.made.trainable)}
        return self.arguments


@dataclass
class Log:
    """All calls of the recorded modules so far, and the parameters of the callables declared."""

    modules: tuple[str, ...] = ()
    parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def note(self, name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Call:
        known = self.parameters.get(name, {})
        names = [*known, *(str(i) for i in range(len(known), len(args)))]
        given = dict(zip(names, args, strict=False))
        call = Call(name, {**known, **given, **keywords})
        if len(self.calls) < MAX_CALLS:
            self.calls.append(call)
        return call

    def since(self, start: int, value: Any) -> list[Call]:
        """The calls from ``start`` on; where there are none, the one that had made ``value``."""
        made = [call for call in self.calls if call.made is not None and call.made is value]
        return self.calls[start:] or made[-1:]


def install(tf: Any, log: Log, modules: Sequence[Mapping[str, Any]]) -> None:
    """From now on ``modules`` (``{"name", "callables": [{"name", "parameters", "layer"}]}``) are
    recorded in ``log``, whether the real ones are installed or not."""
    for module in modules:
        log.modules += (module["name"],)
        for made in module["callables"]:
            path = f"{module['name']}.{made['name']}"
            log.parameters[path] = made["parameters"]
            if made["layer"]:
                log.layers[path] = made["layer"]
    if log.modules:
        sys.meta_path.insert(0, _Finder(tf, log, log.modules, below=True))
        sys.meta_path.append(_Finder(tf, log, tuple(_parents(log.modules)), below=False))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules ``names``, and with ``below`` whatever is imported from below them."""

    def __init__(self, tf: Any, log: Log, names: tuple[str, ...], *, below: bool) -> None:
        self._tf = tf
        self._log = log
        self._names = names
        self._below = below

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        below = self._below and any(fullname.startswith(f"{name}.") for name in self._names)
        if below or fullname in self._names:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)

        def attribute(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            made = _thing(self._tf, self._log, f"{spec.name}.{name}")
            setattr(module, name, made)
            return made

        module.__getattr__ = attribute  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def _parents(modules: Sequence[str]) -> Iterator[str]:
    """``google`` of ``google.colab``: found only where there is no such package."""
    for name in modules:
        parts = name.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts)))


def _thing(tf: Any, log: Log, name: str) -> Any:
    return _layer_class(tf, log, name) if name in log.layers else Thing(log, name)


class Thing:
    """Something of a recorded module: whatever is done with it works, and leads nowhere."""

    def __init__(self, log: Log, name: str) -> None:
        self._log = log
        self._name = name

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        self._log.note(self._name, args, keywords)
        return Thing(self._log, f"{self._name}()")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing(self._log, f"{self._name}.{name}")

    def __getitem__(self, key: Any) -> Any:
        return Thing(self._log, f"{self._name}[]")

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __repr__(self) -> str:
        return f"<recorded {self._name}>"


def _layer_class(tf: Any, log: Log, path: str) -> Any:
    """A Keras layer class that notes what it is constructed with; ``(N, …, C)`` to ``(N, width)``:
    the mean over all places, and one trainable matrix."""
    width, parameters = log.layers[path], log.parameters[path]

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, *args: Any, **keywords: Any) -> None:
            call = log.note(path, args, keywords)
            own = {k: v for k, v in keywords.items() if k not in parameters}
            super().__init__(**own)
            if "trainable" in parameters:
                self.trainable = bool(call.arguments["trainable"])
            call.made = self
            self._config = _Config(call)

        def build(self, input_shape: Any) -> None:
            self.kernel = self.add_weight(
                shape=(int(input_shape[-1]), width), name="kernel", initializer="glorot_uniform"
            )

        def call(self, inputs: Any) -> Any:
            x = tf.cast(inputs, self.kernel.dtype)
            return tf.matmul(tf.reduce_mean(x, axis=list(range(1, len(x.shape) - 1))), self.kernel)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (input_shape[0], width)

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name, **self._config.call.told()}

    Layer.__name__ = Layer.__qualname__ = path.rpartition(".")[2]
    Layer.__module__ = path.rpartition(".")[0]
    return Layer


@dataclass(frozen=True)
class _Config:
    """Hides a call from Keras, which tracks whatever dicts and lists a layer holds."""

    call: Call
