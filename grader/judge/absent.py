"""Faults that go back to a module which is not installed here: no mistake, so a person looks."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from grader.checks.explain import explain
from grader.model import CellRun, CheckGrade, CheckStatus, Fault, FaultKind, Submission, Text
from grader.notebook.python import parsed

USUAL = (
    "tensorflow", "numpy", "matplotlib", "pandas", "scipy", "sklearn", "keras", "skimage",
    "imageio", "seaborn", "torch", "torchvision", "requests", "random", "collections", "itertools",
)  # fmt: skip
"""What is nearly one of these is misspelt, and that is the student's own mistake."""
NEAR = 0.8
_NO_MODULE = re.compile(r"No module named '([\w.]{1,100})'")
_NO_NAME = re.compile(r"name '(\w{1,100})' is not defined")


@dataclass(frozen=True)
class Absence:
    """What the cells of one notebook could not import."""

    submission: Submission
    runs: Sequence[CellRun]

    def left_open(self, check: CheckGrade, cells: Collection[int]) -> CheckGrade:
        """``check``, ungraded where all that went wrong in it goes back to such a module; a
        function that is missing was to be defined in ``cells``."""
        if check.status is not CheckStatus.FAILED or not check.faults:
            return check
        modules = [self._module(fault, cells) for fault in check.faults]
        if None in modules:
            return check
        message = _message(str(modules[0]), explain(check.faults[0]))
        return replace(check, status=CheckStatus.UNGRADED, message=message)

    def _module(self, fault: Fault, cells: Collection[int]) -> str | None:
        if fault.kind is FaultKind.MISSING:
            faults = [run.fault for run in self.runs if run.index in cells and run.fault]
            found = (self._module(each, ()) for each in faults)
            return next((module for module in found if module), None)
        name = _NO_NAME.match(fault.message) if fault.type == "NameError" else None
        if name is None:
            return absent(fault)
        for run in self.runs:
            module = absent(run.fault) if run.fault else None
            if module and name[1] in _imported(self.submission.cells[run.index].source):
                return module
        return None


def absent(fault: Fault) -> str | None:
    """The module that is not here, where ``fault`` says so and it is not misspelt."""
    if fault.type != "ModuleNotFoundError":
        return None
    found = _NO_MODULE.match(fault.message)
    if found is None:
        return None
    top = found[1].split(".")[0]
    misspelt = top not in USUAL and difflib.get_close_matches(top, USUAL, 1, NEAR)
    return None if misspelt else found[1]


def _imported(source: str) -> set[str]:
    """The names that the import statements of a cell would have set."""
    tree = parsed(source)
    nodes = ast.walk(tree) if tree is not None else ()
    aliases = (a for n in nodes if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names)
    return {alias.asname or alias.name.split(".")[0] for alias in aliases}


def _message(module: str, said: Text) -> Text:
    return Text(
        f"Там, где проверяют работы, нет модуля «{module}», и проверить это нельзя: решает "
        f"преподаватель (он может установить модуль и проверить снова). {said.ru}",
        f"There is no module “{module}” where notebooks are graded, so this cannot be tried: a "
        f"person decides (and may install the module and grade again). {said.en}",
    )
