"""Public cases in a file for self-checks: the student's function, called with numbers and words.

No code that is run first, no files, no path, no graph of TensorFlow 1: what a case may bring is
listed here, for writing and for reading alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course.lab import Case
from grader.kernel.wire import Leaf
from grader.model import CallCase, ModelCase

from . import fields
from .fields import Refused

FIELDS = {
    "call": {"kind", "id", "title", "args", "cotangent", "graph"},
    "model": {"kind", "id", "title", "args", "input", "weights"},
}


def fits(case: Case) -> bool:
    """Whether ``case`` needs nothing but what may stand in a file for self-checks."""
    try:
        unpacked(packed(case))
    except Refused:
        return False
    return True


def packed(case: Case) -> dict[str, Any]:
    """A public case as a tree for the wire; :func:`unpacked` reads it again.

    Raises:
        Refused: it needs what no such file may hold.
    """
    what = f"the case {case.id!r}"
    tree = {
        "id": case.id,
        "title": [case.title.ru, case.title.en],
        "args": fields.argument(tuple(case.args), what),
    }
    match case:
        case CallCase(setup="", files=files) if not files:
            cotangent = None if case.cotangent is None else _leaf(case.cotangent, what)
            return {"kind": "call", **tree, "cotangent": cotangent, "graph": bool(case.graph)}
        case ModelCase():
            weights = [_leaf(weight, what) for weight in case.weights]
            return {"kind": "model", **tree, "input": _leaf(case.input, what), "weights": weights}
    raise Refused(f"{what} needs code, files or a graph")


def unpacked(tree: Any) -> Case:
    """The public case that :func:`packed` made a tree of.

    Raises:
        Refused: there is anything else in it.
    """
    kind = tree.get("kind") if isinstance(tree, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        raise Refused(f"a case is of the kind {str(kind)[:80]!r}, not {' or '.join(FIELDS)}")
    what = f"the case {str(tree.get('id'))[:80]!r}"
    fields.only(tree, FIELDS[kind], what)
    name, title = fields.of_type(tree["id"], str, what), fields.words(tree["title"], what)
    args = fields.argument(fields.of_type(tree["args"], tuple, f"`args` of {what}"), what)
    if kind == "call":
        given = tree["cotangent"]
        cotangent = None if given is None else fields.array(given, f"`cotangent` of {what}")
        graph = fields.of_type(tree["graph"], bool, f"`graph` of {what}")
        return CallCase(name, title, args, cotangent, public=True, graph=graph)
    weights = fields.of_type(tree["weights"], list, f"`weights` of {what}")
    arrays = tuple(fields.array(weight, f"`weights` of {what}") for weight in weights)
    fed = fields.array(tree["input"], f"`input` of {what}")
    return ModelCase(name, title, fed, args, arrays, public=True)


def _leaf(value: Any, what: str) -> Leaf:
    return Leaf("ndarray", fields.array(Leaf("ndarray", np.asarray(value)), what))
