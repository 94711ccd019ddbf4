"""What can be said of a wrong answer that no known misconception gives."""

from __future__ import annotations

import ast

from grader.checks import kinds
from grader.checks.agreement import Pair, agreements, parting
from grader.checks.evidence import Evidence
from grader.course import Lab
from grader.model import Text
from grader.rubric import Task


def nearly(task: Task, lab: Lab, evidence: Evidence) -> tuple[Text, ...]:
    """In which cases the answer is wrong and how it differs there, where that is one thing; and
    the first step that leads away from the reference, where steps were noted."""
    pairs: dict[str, Pair] = {}
    for check in task.checks:
        for pair in kinds.pairs(check, evidence):
            pairs.setdefault(pair.case.id, pair)
    said = agreements(list(pairs.values()), _parameters(task, lab))
    parted = _parting(task, evidence)
    return said if parted is None else (*said, parted)


def _parting(task: Task, evidence: Evidence) -> Text | None:
    for key, probe in evidence.probes.items():
        for case in probe.cases if key.split("/")[0] == task.id else ():
            mine, theirs = (
                seen[key].answer(case.id) if key in seen else None
                for seen in (evidence.observed, evidence.expected)
            )
            if getattr(case, "trace", False) and mine is not None and theirs is not None:
                found = parting(case.title, theirs.steps, mine.steps)
                if found is not None:
                    return found
    return None


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
