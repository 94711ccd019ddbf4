"""What can be said of a wrong answer that no known misconception gives."""

from __future__ import annotations

import ast

from grader.checks import kinds
from grader.checks.agreement import Pair, agreements
from grader.checks.evidence import Evidence
from grader.course import Lab
from grader.model import Text
from grader.rubric import Task


def nearly(task: Task, lab: Lab, evidence: Evidence) -> tuple[Text, ...]:
    """In which cases the answer is wrong and how it differs there, where that is one thing."""
    pairs: dict[str, Pair] = {}
    for check in task.checks:
        for pair in kinds.pairs(check, evidence):
            pairs.setdefault(pair.case.id, pair)
    return agreements(list(pairs.values()), _parameters(task, lab))


def _parameters(task: Task, lab: Lab) -> tuple[str, ...]:
    """The names of the function's parameters, as the reference has them."""
    if task.object is None:
        return ()
    try:
        tree = ast.parse(lab.solution.get(task.home, ""))
    except SyntaxError:  # a cell with magics
        return ()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == task.object.name:
            return tuple(argument.arg for argument in node.args.args)
    return ()
