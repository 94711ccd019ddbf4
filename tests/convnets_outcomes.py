"""What the answers of a convnets notebook compute, tried in this process. For our own code only.

The graded cells run with the two training drivers replaced by functions that keep what they were
handed and train nothing; then each task's answer is called on the lab's cases.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import tensorflow as tf
from convnets_filling import Notebook

from grader.kernel.wire import Leaf
from grader.model import CallCase, Language, ModelCase

Namespace = dict[str, Any]
Outcome = list[Any]
"""Arrays by case, or what was raised in their place."""

REFERENCE = Path(__file__).parents[1] / "reference/convnets"
SEED = 20
PARTS = {
    "part3_model": 0,
    "part3_optimizer": 0,
    "part4_model": 1,
    "part4_optimizer": 1,
    "CustomConvNet": 2,
}
"""Which of the notebook's graded driver calls a task is about."""
GIVEN = """
import numpy as np
import tensorflow as tf
device = '/cpu:0'
print_every = 100
"""


def _load(path: Path) -> ModuleType:
    """A module of the reference, which is no package: courses are folders."""
    spec = importlib.util.spec_from_file_location(f"convnets_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cases = _load(REFERENCE / "cases.py")


def reference_cells(language: str) -> dict[str, str]:
    """The cells of solution.py that count in that language."""
    found: dict[str, str] = {}
    text = (REFERENCE / "solution.py").read_text(encoding="utf-8")
    for part in re.split(r"^# %% \[", text, flags=re.MULTILINE)[1:]:
        head, source = part.split("\n", 1)
        cell_id, only = head.split("]")
        if only.strip() in ("", language):
            assert cell_id not in found
            found[cell_id] = source.strip("\n")
    return found


def run(notebook: Notebook) -> Namespace:
    """The namespace after the definitions of ``notebook``; ``handed`` has what drivers got."""
    namespace = base()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and _defines(cell["source"]):
            run_cell(cell["source"], namespace)
    return namespace


def base() -> Namespace:
    """What the cells need before any of them has run."""
    namespace: Namespace = {"handed": [], "raised": []}
    exec(GIVEN, namespace)
    return namespace


def run_cell(source: str, namespace: Namespace) -> None:
    """Runs one cell, drivers replaced; what it raises is kept in ``raised``."""
    handed = namespace["handed"]

    def train_part2(model_fn: Any, init_fn: Any, learning_rate: float) -> None:
        pass

    def train_part34(
        model_init_fn: Callable[[], Any],
        optimizer_init_fn: Callable[[], Any],
        num_epochs: int = 1,
        is_training: bool = False,
    ) -> None:
        # The factories read globals of their part: they are called now or never.
        handed.append((attempt(model_init_fn), attempt(optimizer_init_fn)))

    namespace.update(train_part2=train_part2, train_part34=train_part34)
    try:
        exec(compile(source, "<cell>", "exec"), namespace)
    except Exception as error:
        namespace["raised"].append(error)


def _defines(source: str) -> bool:
    """Whether a cell defines what the answers use: no data, no drivers, no two-layer training."""
    given = (
        r"load_cifar10|Dataset|def train_part|def (?:test_|\w+_test\b)|hidden_(?:layer_)?size, num"
    )
    wanted = "class TwoLayerFC" in source or re.search(given, source) is None
    return wanted and re.search(r"^(?:def|class) ", source, re.MULTILINE) is not None


def attempt(function: Callable[..., Any], *args: Any) -> Any:
    """The value of the call, or the name of what it raised."""
    try:
        return function(*args)
    except Exception as error:
        return f"raised {type(error).__name__}"


def outcome(task: str, namespace: Namespace, language: Language) -> Outcome:
    """What one task computes, in the namespace after a whole notebook or after its cell alone."""
    if task == "three_layer_convnet":
        return calls(namespace[task], language)
    if task == "three_layer_convnet_init":
        return variables(namespace[task])
    if task == "ThreeLayerConvNet":
        models = drawn(cases.three_layer_class, language)
        return [forward(attempt(namespace[task], *case.args), case) for case in models]
    handed = namespace["handed"]
    model, optimizer = handed[PARTS[task] if len(handed) > 1 else 0]
    if task.endswith("_optimizer"):
        return steps(optimizer)
    if task == "CustomConvNet":
        return probabilities(model, *drawn(cases.custom_model, language))
    return [forward(model, *drawn(getattr(cases, task), language))]


def drawn(generator: Callable[..., Sequence[Any]], language: Language) -> Sequence[Any]:
    return generator(np.random.default_rng(SEED), language)


def calls(function: Callable[..., Any], language: Language) -> Outcome:
    """The outputs of ``three_layer_convnet``, and the gradients where the case asks for them."""
    return [
        result
        for case in drawn(cases.three_layer_convnet, language)
        for result in call(function, case)
    ]


def call(function: Callable[..., Any], case: CallCase) -> Outcome:
    x, params = case.args[0].array, [tf.Variable(leaf.array) for leaf in case.args[1]]
    assert all(isinstance(leaf, Leaf) for leaf in case.args[1])
    with tf.GradientTape() as tape:
        output = attempt(function, tf.constant(x), params)
        if isinstance(output, str) or output is None or case.cotangent is None:
            return [output if isinstance(output, str | None) else np.asarray(output)]
        if output.shape != case.cotangent.shape:
            return [f"shape {output.shape}"]
        total = tf.reduce_sum(output * case.cotangent)
    gradients = tape.gradient(total, params)
    return [np.asarray(output), *[None if g is None else g.numpy() for g in gradients]]


def variables(function: Callable[[], Any]) -> Outcome:
    """Per parameter: what it is, its shape and, for weights, its scale to the nearest step."""
    tf.keras.utils.set_random_seed(SEED)
    params = attempt(function)
    if not isinstance(params, list | tuple):
        return [str(params)]
    return [
        (isinstance(param, tf.Variable), tuple(param.shape), _scale(np.asarray(param)))
        for param in params
    ]


def _scale(value: np.ndarray) -> int | None:
    """log₁.₂₅ of the deviation over Kaiming's, rounded: 0 where it is right."""
    if value.ndim < 2 or not value.std():
        return None if value.ndim < 2 else -99
    kaiming = np.sqrt(2 / np.prod(value.shape[:-1]))
    return round(float(np.log(value.std() / kaiming) / np.log(1.25)))


def forward(model: Any, case: ModelCase) -> Any:
    """The output with the case's weights, each given to the variable of its shape."""
    output = attempt(lambda: model(tf.constant(case.input)))
    if isinstance(output, str) or output is None:
        return str(output)
    weights = {weight.shape: weight for weight in case.weights}
    shapes = sorted(tuple(variable.shape) for variable in model.weights)
    if shapes != sorted(weights):
        return f"weights of shapes {shapes}"
    for variable in model.weights:
        variable.assign(weights[tuple(variable.shape)])
    return np.asarray(model(tf.constant(case.input)))


def steps(optimizer: Any) -> Outcome:
    """Where three known gradients take a variable."""
    variable = tf.Variable([1.0, -2.0])
    for gradient in ([1.0, -0.5], [0.25, 2.0], [-1.0, 1.0]):
        error = attempt(lambda g=gradient: optimizer.apply_gradients([(tf.constant(g), variable)]))
        if isinstance(error, str):
            return [error]
    return [variable.numpy()]


def probabilities(model: Any, case: ModelCase) -> Outcome:
    """Whether the open task's model returns ten probabilities an image."""
    output = attempt(lambda: model(tf.constant(case.input), training=False))
    if isinstance(output, str) or output is None:
        return [str(output)]
    rows = np.asarray(output)
    return [rows.shape, bool(np.allclose(rows.sum(-1), 1, atol=1e-4) and rows.min() >= 0)]


def agree(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are the same within rounding."""
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-5)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    return bool(one == other)
