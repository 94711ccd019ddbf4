"""The probe ``graph``: what a function or class builds in a TensorFlow 1 graph, and computes.

Names of variables mean nothing. A variable is known by its shape, by whether it starts as ones, and
by whether training steps change it; all of one kind are given the same values, so that neither
their names nor the order in which they were made matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import helpers
from .graph import Built, build
from .packing import pack
from .probes import Reply, over_cases
from .recorder import Recorder
from .wire import Leaf

Array = np.ndarray[Any, Any]
MAX_GRADIENT = 2**20
"""Numbers; a larger gradient does not travel."""


def graph(recorder: Recorder, request: dict[str, Any]) -> Reply:
    """Each case: build, list the variables, and (where the case says so) run."""

    def one(target: Any, case: dict[str, Any]) -> Any:
        tf = recorder.runtime.tf
        called: list[str] = []
        recorder.namespace.update(helpers.made(request.get("helpers"), called))
        trial = _Trial(tf, target, case, request["seed"])
        reply = {**trial.answer(), "called": called}
        recorder.steps.told = trial.steps
        return reply

    return over_cases(recorder, request, one)


class _Trial:
    """One case. ``_built`` holds a graph for each mode where the function takes no placeholder."""

    def __init__(self, tf: Any, target: Any, case: dict[str, Any], seed: int) -> None:
        self._tf, self._target, self._case, self._seed = tf, target, case, seed
        self._built: dict[bool, Built] = {}
        self.steps: list[dict[str, Any]] = []
        self._built[True] = first = build(tf, target, case, training=True)
        if not first.plain_flag:
            self._built[False] = first

    def answer(self) -> dict[str, Any]:
        first = self._built[True]
        reply: dict[str, Any] = {
            "returned": pack(self._tf, first.described()),
            "shapes": [first.static_shape(output) for output in first.outputs],
            "draws": first.draws(),
        }
        if not self._case["run"]:
            return {**reply, "variables": first.listed()}
        start = first.initial()
        moved = self._moved(start) if first.trains else [False] * len(start)
        kinds = [
            {"ones": _is_ones(value), "updated": changed}
            for value, changed in zip(start, moved, strict=True)
        ]
        reply["variables"] = [
            {**told, **kind} for told, kind in zip(first.listed(), kinds, strict=True)
        ]
        weights = [
            weight(value.shape, kind["ones"], kind["updated"], self._seed)
            for value, kind in zip(start, kinds, strict=True)
        ]
        at_rest = self._at(training=False, state=weights)
        reply["inference"] = _leaves(at_rest.run())
        seen = zip(weights, at_rest.state(), strict=True)
        reply["disturbed"] = not all(np.array_equal(a, b, equal_nan=True) for a, b in seen)
        if self._case.get("trace"):
            self.steps = at_rest.steps()
        if first.trains:
            reply["training"] = _leaves(self._at(training=True, state=weights).run())
        if self._case["gradients"]:
            gradients = self._at(training=True, state=weights).gradients()
            reply["gradients"] = [_small(g) for g in gradients]
        if self._case["steps"] is not None:
            reply.update(self._trained(weights, moved))
        return reply

    def _at(self, *, training: bool, state: Sequence[Array]) -> Built:
        """The graph of a mode, with these values in its variables."""
        if training not in self._built:
            self._built[training] = build(self._tf, self._target, self._case, training=training)
        built = self._built[training]
        built.load(state)
        built.mode = training
        return built

    def _moved(self, start: Sequence[Array]) -> list[bool]:
        """Which variables one training step changes."""
        built = self._at(training=True, state=start)
        built.step(None)
        return [not np.array_equal(a, b) for a, b in zip(start, built.state(), strict=True)]

    def _trained(self, start: Sequence[Array], moved: Sequence[bool]) -> dict[str, Any]:
        """The moving statistics after training steps from there, and the outputs with them."""
        built = self._at(training=True, state=start)
        for batch in self._case["steps"].array:
            built.step(batch)
        state = built.state()
        after = self._at(training=False, state=state).run()
        chosen = [value for value, changed in zip(state, moved, strict=True) if changed]
        return {"moving": _leaves(chosen), "after": _leaves(after)}


def weight(shape: tuple[int, ...], ones: bool, updated: bool, seed: int) -> Array:
    """What a variable of this kind is given: the same in every graph.

    Around 1 for what starts as ones (a variance stays positive); else about as large as keeps a
    layer's outputs of order one. A bias of shape (1, n) is given what one of shape (n,) is.
    """
    core = shape[next((axis for axis, size in enumerate(shape) if size != 1), len(shape)) :]
    draw = np.random.default_rng([seed, ones, updated, *core])
    if ones:
        return draw.uniform(0.5, 1.5, shape).astype(np.float32)
    scale = 0.5 if len(core) < 2 else 1.4 / np.sqrt(np.prod(core[:-1]))
    return draw.standard_normal(shape, np.float32) * np.float32(scale)


def _is_ones(value: Array) -> bool:
    return bool(value.ndim) and bool(np.all(value == 1))


def _leaves(arrays: Sequence[Any]) -> list[Leaf]:
    return [Leaf("tensor", np.asarray(array)) for array in arrays]


def _small(gradient: Array | None) -> Leaf | None:
    return None if gradient is None or gradient.size > MAX_GRADIENT else Leaf("tensor", gradient)
