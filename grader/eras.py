"""When a notebook was written, read from its code, its magics and what it printed.

Nothing is run. Each sign is a fact about TensorFlow's history: a name that version 1 had, a keyword
that Keras 3 refuses. A notebook of today has none of them.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .matching.lines import without_magics
from .model import Cell, Runtime, Submission
from .notebook import python

OPTIMIZERS = {"SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"}

KERAS_2 = (
    "keras.layers.experimental",
    "keras.layers.normalization",
    "keras.layers.convolutional",
    "keras.layers.core",
    "keras.layers.pooling",
    "keras.layers.merge",
    "keras.layers.advanced_activations",
    "keras.optimizers.legacy",
    "keras.utils.np_utils",
    "keras.wrappers",
    "keras.experimental",
    "tf.python.keras",
    "tf.estimator",
)
"""Modules that Keras 3 no longer has."""

KERAS_2_ATTRIBUTES = {
    "fit_generator",
    "predict_generator",
    "evaluate_generator",
    "predict_classes",
    "compiled_loss",
}

LAYERS = {
    "Dense",
    "Conv2D",
    "Flatten",
    "MaxPooling2D",
    "MaxPool2D",
    "BatchNormalization",
    "Dropout",
}

TENSORFLOW_1 = {
    "placeholder",
    "Session",
    "InteractiveSession",
    "get_variable",
    "variable_scope",
    "global_variables_initializer",
    "reset_default_graph",
    "layers",
    "contrib",
    "flags",
    "variance_scaling_initializer",
    "disable_v2_behavior",
    "disable_eager_execution",
}
"""What ``tf`` had in version 1 and has no more."""

_TRAINED_1 = re.compile(r"tf\.train\.\w+Optimizer")
_ALWAYS_1 = re.compile(r"tf\.compat\.v1\.(?:disable_v2_behavior|disable_eager_execution)")
_TENSORFLOW_2 = re.compile(r"tf\.(?:GradientTape|function|config|data|keras\.optimizers)\b")
_MAGIC = re.compile(r"^\s*%tensorflow_version\s+([12])", re.MULTILINE)
_INSTALLED = re.compile(r"^\s*[!%].*\btensorflow(?:-gpu|-cpu)?\s*==\s*(\d+)\.(\d+)", re.MULTILINE)
_PRINTED = re.compile(r"\b([12])\.(\d{1,2})\.\d+\b")
_LAST_KERAS_2 = (2, 15)
"""The last TensorFlow whose Keras was Keras 2."""
_FIRST_PYTHON = 9
"""Keras 3 came when TensorFlow had left all Pythons before 3.9."""


Trace = tuple[Runtime, str]
"""The runtime that is meant, and what says so."""


@dataclass(frozen=True)
class Sign:
    """One trace of an older TensorFlow: ``what`` was found in the cell of that index, or in the
    file's metadata (None)."""

    runtime: Runtime
    what: str
    cell: int | None


def signs(submission: Submission) -> tuple[Sign, ...]:
    """All traces: in the notebook's order, and then what its metadata say."""
    found = [sign for cell in submission.code_cells() for sign in _of_cell(cell)]
    version = re.match(r"3\.(\d+)", submission.python)
    if version and int(version[1]) < _FIRST_PYTHON:
        found.append(Sign("keras2", f"Python {version[0]}", None))
    return tuple(found)


def era(submission: Submission) -> Sign | None:
    """The trace that decides what the notebook was written for; None for one of today.

    Version 1 needs two different traces, and more of them than of version 2, whose notebooks
    open a session now and then to set up a GPU.
    """
    found = signs(submission)
    first = {sign.what for sign in found if sign.runtime == "tf1"}
    asked = next((s for s in found if s.what.startswith("%tensorflow_version 1")), None)
    if asked is not None:
        return asked
    if len(first) > max(1, _of_version_2(submission)):
        return next(sign for sign in found if sign.runtime == "tf1")
    return next((sign for sign in found if sign.runtime == "keras2"), None)


def parsed(source: str) -> ast.Module | None:
    """A cell's syntax tree without IPython's lines; None where it cannot be had."""
    return python.parsed(without_magics(source))


def _of_cell(cell: Cell) -> Iterator[Sign]:
    for runtime, what in (*_in_text(cell), *_in_code(cell.source)):
        yield Sign(runtime, what, cell.index)


def _in_text(cell: Cell) -> Iterator[Trace]:
    """Magics, installations, and versions that were printed."""
    for found in _MAGIC.finditer(cell.source):
        if found[1] == "1":
            yield "tf1", "%tensorflow_version 1.x"
    for found in _INSTALLED.finditer(cell.source):
        yield from _version(int(found[1]), int(found[2]))
    if "__version__" in cell.source and re.search(r"\b(?:tf|tensorflow)\b", cell.source):
        for found in _PRINTED.finditer(cell.printed[:2000]):
            yield from _version(int(found[1]), int(found[2]))


@functools.lru_cache(maxsize=2**10)
def _in_code(source: str) -> tuple[Trace, ...]:
    """Of one cell; most cells of a class are the same."""
    tree = parsed(source)
    return tuple(trace for node in (ast.walk(tree) if tree else ()) for trace in _of_node(node))


def _version(major: int, minor: int) -> Iterator[Trace]:
    if major == 1:
        yield "tf1", f"TensorFlow {major}.{minor}"
    elif (major, minor) <= _LAST_KERAS_2:
        yield "keras2", f"TensorFlow {major}.{minor}"


def _of_node(node: ast.AST) -> Iterator[Trace]:
    match node:
        case ast.Import(names=names):
            for name in names:
                yield from _of_name(_plain(name.name))
        case ast.ImportFrom(module=str(module), names=names):
            for name in names:
                yield from _of_name(f"{_plain(module)}.{name.name}")
        case ast.Attribute():
            yield from _of_name(_dotted(node))
        case ast.Call():
            yield from _of_call(node)
        case ast.FunctionDef(name="call") if any(map(_makes_a_layer, ast.walk(node))):
            yield "keras2", "self.layer = … in call()"


def _of_name(dotted: str) -> Iterator[Trace]:
    for module in KERAS_2:
        if dotted == module or dotted.endswith(f".{module}") or f".{module}." in f".{dotted}.":
            yield "keras2", module
            return
    head, _, rest = dotted.partition(".")
    if head == "tf" and rest.split(".")[0] in TENSORFLOW_1:
        yield "tf1", f"tf.{rest.split('.')[0]}"
    elif _TRAINED_1.fullmatch(dotted) or _ALWAYS_1.fullmatch(dotted):
        yield "tf1", dotted
    elif dotted.rpartition(".")[2] in KERAS_2_ATTRIBUTES:
        yield "keras2", dotted.rpartition(".")[2]


def _of_call(call: ast.Call) -> Iterator[Trace]:
    name = _dotted(call.func).rpartition(".")[2]
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if name in OPTIMIZERS:
        for old in sorted({"lr", "decay"} & given.keys()):
            yield "keras2", f"{name}({old}=…)"
    elif name == "compile" and _is_a(given.get("metrics"), str):
        yield "keras2", "compile(metrics='…')"
    elif name == "InputLayer" and call.args and _is_a(call.args[0], int):
        yield "keras2", "InputLayer(n)"


def _makes_a_layer(node: ast.AST) -> bool:
    """True for ``self.x = Dense(…)``, which Keras 3 allows in ``__init__`` and ``build`` only."""
    match node:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name(id="self"))], value=ast.Call() as made
        ):
            return _dotted(made.func).rpartition(".")[2] in LAYERS
    return False


def _of_version_2(submission: Submission) -> int:
    """How many different things of TensorFlow 2 the code has."""
    code = "\n".join(cell.source for cell in submission.code_cells())
    return len(set(_TENSORFLOW_2.findall(code)))


def _is_a(node: ast.expr | None, kind: type) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, kind)


def _plain(module: str) -> str:
    """A module's name as code writes it after ``import tensorflow as tf``."""
    return "tf" + module[10:] if module.split(".")[0] == "tensorflow" else module


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` of an attribute; what stands before other expressions is left out."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Name):
        return _plain(node.id)
    return ""
