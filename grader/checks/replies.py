"""What a kernel's answers say, forced into shape once: an answer may be any tree that crossed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Answer, Text

from .compare import array_of, describe, finite, numeric

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]
MAX_RANK, MAX_SIZE = 64, 2**31
"""No array has more axes, none that crosses is longer: what shapes tell can be multiplied."""


@dataclass(frozen=True)
class Called:
    """A function's value, and its gradients where they were asked for."""

    value: Any
    gradients: tuple[Any, ...]


@dataclass(frozen=True)
class Noted:
    """One call of a recorded module: of which dotted name, with what, by parameter."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Built:
    """A model: its trainable variables, its outputs before and after it was given weights."""

    shapes: Counter[Shape]
    kernels: tuple[Array, ...]
    """The variables' initial values, those that were small enough to travel."""
    first: Any
    assigned: bool
    output: Any
    again: Any = None
    """The outputs for the same images once more, where no weights were given."""
    shaken: Any = None
    """The outputs with noise on all variables, where no weights were given."""


def called(answer: Answer) -> Called:
    """What a function that was called gave back."""
    fields = _fields(answer)
    gradients = fields.get("gradients")
    listed = tuple(gradients) if isinstance(gradients, list | tuple) else ()
    return Called(fields.get("value"), listed)


def noted(answer: Answer) -> tuple[Noted, ...]:
    """The calls of recorded modules, in order."""
    told = _fields(answer).get("calls")
    entries = [c for c in told if isinstance(c, dict)] if isinstance(told, list) else []
    return tuple(
        Noted(str(c.get("name"))[:200], {k: _number(v) for k, v in arguments.items()})
        for c in entries
        if isinstance(arguments := c.get("arguments"), dict)
    )


def built(answer: Answer) -> Built | str:
    """The model that a factory made, or what came back in its place."""
    fields = _fields(answer)
    if "first" not in fields:
        return describe(fields.get("model"))
    listed = fields.get("variables")
    entries = [v for v in listed if isinstance(v, dict)] if isinstance(listed, list) else []
    values = [entry.get("value") for entry in entries]
    return Built(
        shapes=Counter(shape_of(entry.get("shape")) for entry in entries),
        kernels=tuple(value.array for value in values if isinstance(value, Leaf)),
        first=fields["first"],
        assigned=fields.get("assigned") is True,
        output=fields.get("output"),
        again=fields.get("again"),
        shaken=fields.get("shaken"),
    )


def repeated(answer: Answer, calls: int) -> Array | Text:
    """The images that ``calls`` calls gave, (calls, h, w, C), or why there are none.

    Nothing is computed of them before their number and rank are seen to be right.
    """
    told = _fields(answer)
    values, shapes = array_of(told.get("values")), told.get("shapes")
    if values is not None:
        return _odd(values, calls) or values
    if isinstance(shapes, list):
        listed = ", ".join(str(shape_of(s)) for s in shapes[:4] if isinstance(s, list))
        return Text(f"форма каждый раз другая: {listed}", f"another shape each time: {listed}")
    what = describe(told.get("value"))
    return Text(f"вернулось {what}, а нужна картинка", f"{what} came back, not an image")


def _odd(values: Array, calls: int) -> Text | None:
    """What keeps an array from being an image of each call, if anything does."""
    if values.ndim and len(values) != calls:
        return Text(
            f"вызовов было {calls}, а результатов вернулось {len(values)}",
            f"{len(values)} results came back from {calls} calls",
        )
    if values.ndim != 4:
        shape = str(values.shape[1:])
        return Text(
            f"вернулось значение формы {shape}, а нужна картинка",
            f"a value of shape {shape} came back, not an image",
        )
    if not (numeric(values) and finite(values)):
        return Text("среди значений есть NaN или не числа", "some values are NaN or no numbers")
    return None


def stepped(answer: Answer) -> Array | str:
    """The path that an optimizer took, or what came back in its place."""
    fields = _fields(answer)
    path = array_of(fields.get("steps"))
    return describe(fields.get("optimizer")) if path is None else path


def named(answer: Answer) -> str:
    """The class of an optimizer, as it says."""
    name = _fields(answer).get("optimizer")
    return name[:60] if isinstance(name, str) else describe(name)


def arguments(answer: Answer) -> dict[str, Any] | None:
    """What a stand-in class was constructed with; arrays of one number as that number."""
    told = _fields(answer).get("arguments")
    if not isinstance(told, dict):
        return None
    return {name: _number(value) for name, value in told.items()}


def _fields(answer: Answer) -> dict[str, Any]:
    return answer.value if isinstance(answer.value, dict) else {}


def shape_of(value: Any) -> Shape:
    """A shape as told, -1 for a size that is free; ``(-2,)``, which is none, for anything else."""
    sizes = value if isinstance(value, list | tuple) else [None]
    if len(sizes) <= MAX_RANK and all(
        type(size) is int and -1 <= size < MAX_SIZE for size in sizes
    ):
        return tuple(sizes)
    return (-2,)


def _number(value: Any) -> Any:
    if isinstance(value, Leaf):
        return value.array.item() if value.array.ndim == 0 else None
    return value
