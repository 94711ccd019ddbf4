"""The reference's answers in a file for self-checks: what the public checks read, and no more.

Where a check looks at shapes alone, its answer's numbers stay behind: there are zeros in their
place. An optimizer's settings are not written down; its steps tell them to whoever fits them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Answer, Observed
from grader.rubric import AnyCheck, Layers, Optimizer, Values, Variables

from .fields import Refused

FIELDS = {"value", "gradients", "first", "output", "variables", "steps"}
"""Of a kernel's answer to one case: all that any check of a bundle reads of the reference's."""


def packed(
    observed: Observed, checks: Sequence[AnyCheck], cases: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """By case, what the judges of ``checks`` read of the reference's answer."""
    wanted: dict[str, bool] = {}
    for check in checks:
        for name, numbers in _read_by(check).items():
            wanted[name] = wanted.get(name, False) or numbers
    return {
        answer.case: {
            name: _kept(name, answer.value[name], numbers)
            for name, numbers in wanted.items()
            if name in answer.value
        }
        for answer in observed.answers
        if answer.case in cases and isinstance(answer.value, dict)
    }


def unpacked(tree: Any, what: str) -> Observed:
    """What the reference answered to one probe, as far as it is told.

    Raises:
        Refused: more is told than any public check reads.
    """
    if not isinstance(tree, dict) or not all(isinstance(told, dict) for told in tree.values()):
        raise Refused(f"{what} is no table of answers")
    for told in tree.values():
        more = sorted(told.keys() - FIELDS)
        if more:
            raise Refused(f"{what} has `{more[0][:80]}`, which no public check reads")
    return Observed(tuple(Answer(case, told) for case, told in tree.items()))


def _read_by(check: AnyCheck) -> Mapping[str, bool]:
    """The fields that ``check`` reads, and whether their numbers count or their shapes alone."""
    match check:
        case Values(compare="gradients"):
            return {"gradients": True}
        case Values():
            return {"value": check.compare not in ("shape", "dtype")}
        case Variables(compare="shapes"):
            return {"value": False}
        case Layers():
            more = {"variables": {"variables": False}, "outputs": {"output": True}}
            return {"first": False, **more.get(check.compare, {})}
        case Optimizer():
            return {"steps": True}
    return {}  # whether the student's own numbers are right shows in these


def _kept(name: str, value: Any, numbers: bool) -> Any:
    if name == "variables":
        return [{"shape": entry["shape"]} for entry in value]
    return value if numbers else _blank(value)


def _blank(value: Any) -> Any:
    """Zeros in the place of all numbers."""
    if isinstance(value, Leaf):
        return Leaf(value.kind, np.zeros_like(value.array))
    if isinstance(value, list | tuple):
        return type(value)(_blank(item) for item in value)
    return value
