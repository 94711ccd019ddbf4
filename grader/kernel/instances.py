"""What a notebook made itself, where it gave nobody a factory: models, optimizers, classes whose
constructor wants arguments that only the notebook knows."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Namespace = Mapping[str, Any]
Named = tuple[str, Any]


def is_made(thing: Any) -> bool:
    """True for a model or an optimizer, and not what makes one."""
    return not isinstance(thing, type) and (is_model(thing) or hasattr(thing, "apply_gradients"))


def is_model(thing: Any) -> bool:
    """Whether it is called like a network and has weights that are trained."""
    network = not isinstance(thing, type) and callable(thing) and hasattr(thing, "call")
    return network and hasattr(thing, "trainable_variables") and hasattr(thing, "compile")


def is_optimizer(thing: Any) -> bool:
    return not isinstance(thing, type) and hasattr(thing, "apply_gradients")


def takes(thing: Any, arguments: Sequence[Any]) -> bool:
    """False for a class that cannot be constructed with ``arguments``."""
    if not isinstance(thing, type):
        return True
    try:
        inspect.signature(thing.__init__).bind(None, *arguments)  # type: ignore[misc]
    except TypeError:
        return False
    except ValueError:  # it has no signature to look at
        return True
    return True


def instance_of(kind: type, namespace: Namespace) -> Named | None:
    """The last name in ``namespace`` that stands for one of this very class."""
    found = [(name, thing) for name, thing in namespace.items() if type(thing) is kind]
    return found[-1] if found else None


def factory_of(kind: type, namespace: Namespace) -> Named | None:
    """The last function that can be called with nothing and returns what it makes of ``kind``."""
    found = [
        (name, thing)
        for name, thing in namespace.items()
        if inspect.isfunction(thing) and _makes(thing, kind.__name__)
    ]
    return found[-1] if found else None


def newest(
    snapshots: Mapping[int, Namespace], low: int, high: int, wanted: Callable[[Any], bool]
) -> tuple[int, Named] | None:
    """The last thing of this sort that a cell from ``low`` to ``high`` (half-open) gave a name, and
    that cell."""
    earlier = [cell for cell in snapshots if cell < low]
    before: Namespace = snapshots[max(earlier)] if earlier else {}
    found = None
    for cell in sorted(cell for cell in snapshots if low <= cell < high):
        for name, thing in snapshots[cell].items():
            if name[:1] != "_" and before.get(name) is not thing and wanted(thing):
                found = (cell, (name, thing))
        before = snapshots[cell]
    return found


def _makes(function: Any, class_name: str) -> bool:
    """Whether it plainly returns one: no loop, nothing to be handed, the class called in it."""
    if class_name not in function.__code__.co_names:
        return False
    try:
        inspect.signature(function).bind()
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (TypeError, ValueError, OSError, SyntaxError, RecursionError):
        return False
    nodes = list(ast.walk(tree))
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in nodes)
    return returns and not any(isinstance(node, ast.For | ast.While) for node in nodes)


def wants_logits(loss: Any) -> bool:
    """Whether a loss (or a function that trains) takes scores before the softmax."""
    if inspect.isroutine(loss):
        try:
            source = inspect.getsource(inspect.unwrap(loss)).replace(" ", "")
        except (OSError, TypeError):
            return False
        return "from_logits=True" in source or "softmax_cross_entropy" in source
    if isinstance(loss, type) or not hasattr(loss, "get_config") or not hasattr(loss, "reduction"):
        return False
    try:
        return bool(loss.get_config().get("from_logits") is True)
    except Exception:  # noqa: BLE001  a loss of the student's own
        return False
