"""Which data set a notebook is about: what it says, or else what it loads. Nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .matching.lines import without_magics
from .model import Fault, FaultKind, Submission
from .notebook.python import parsed
from .rubric import Choice, ChosenSet

MANY = 1000
"""Classes: more than any data set to choose has."""


@dataclass(frozen=True)
class Chosen:
    """What the student chose. Without a ``set`` nobody knows, and ``fault`` says why."""

    set: ChosenSet | None
    classes: tuple[int | str, ...] = ()
    fault: Fault | None = None


def chosen(submission: Submission, handout: Submission, choice: Choice) -> Chosen:
    """The set that the variable names, as it was last set; or the only one that is loaded.

    A set is named by its id, its title, its name among the grader's, or its number in the list
    (from 1); case, spaces and hyphens do not matter. Cells of the handout load nothing that counts.
    """
    code = list(_trees(submission))
    said = _last_value(code, choice.variable)
    found = None if said is None else _named(said, choice)
    if said is not None and found is None:
        known = ", ".join(each.id for each in choice.sets)
        return Chosen(None, fault=_unusable(f"{choice.variable} = {repr(said)[:60]}: {known}"))
    if found is None:
        given = {cell.source.strip() for cell in handout.code_cells()}
        own = [tree for source, tree in code if source.strip() not in given]
        loaded = [each for each in choice.sets if _loaded(each, own)]
        if len(loaded) != 1:
            return Chosen(None, fault=Fault(FaultKind.MISSING, choice.variable))
        found = loaded[0]
    return _with_classes(found, code, choice)


def _with_classes(found: ChosenSet, code: list[tuple[str, ast.Module]], choice: Choice) -> Chosen:
    if found.classes is None or choice.classes is None:
        return Chosen(found)
    least, most = found.classes
    value = _last_value(code, choice.classes)
    listed = list(value) if isinstance(value, list | tuple) else []
    picked = tuple(each for each in listed if isinstance(each, int | str))
    if len(picked) != len(listed) or not least <= len(set(picked)) <= most:
        said = f"{choice.classes}: {len(set(picked))} ({least}…{most})"
        return Chosen(found, fault=_unusable(said))
    return Chosen(found, picked)


def _unusable(said: str) -> Fault:
    return Fault(FaultKind.UNUSABLE, said[:300])


def _trees(submission: Submission) -> Iterator[tuple[str, ast.Module]]:
    for cell in submission.code_cells():
        tree = parsed(without_magics(cell.source))
        if tree is not None:
            yield cell.source, tree


def _last_value(code: list[tuple[str, ast.Module]], name: str) -> object:
    """The plain value that the variable was last set to, other than None."""
    found: object = None
    for _, tree in code:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                value = _literal(node.value)  # type: ignore[attr-defined]
                found = found if value is None else value
    return found


def _literal(node: ast.expr | None) -> object:
    """What an expression of plain values says; of calls, ``range`` and lists of it."""
    match node:
        case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted"), args=[inner], keywords=[]):
            return _literal(inner)
        case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]):
            bounds = [value for arg in args if isinstance(value := _literal(arg), int)]
            whole = len(bounds) == len(args) and 1 <= len(args) <= 3 and 0 not in bounds[2:]
            return list(range(*bounds)[:MANY]) if whole else None
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, ArithmeticError, SyntaxError, MemoryError, RecursionError):
        return None


def _named(said: object, choice: Choice) -> ChosenSet | None:
    if isinstance(said, str) and said.strip().isdecimal() and len(said.strip()) < 4:
        said = int(said)
    if isinstance(said, int) and not isinstance(said, bool):
        return choice.sets[said - 1] if 1 <= said <= len(choice.sets) else None
    if not isinstance(said, str):
        return None
    return next((each for each in choice.sets if _plain(said) in _names(each)), None)


def _names(each: ChosenSet) -> set[str]:
    listed = (each.id, each.title.ru, each.title.en, each.data or each.id, *each.folder)
    return {_plain(name) for name in listed}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _loaded(each: ChosenSet, code: list[ast.Module]) -> bool:
    """Whether some code imports the set's module, or opens a folder of its name."""
    for node in (node for tree in code for node in ast.walk(tree)):
        match node:
            case ast.Attribute(attr=name, value=ast.Attribute(attr="datasets")) if each.data:
                found = name == each.data
            case ast.Attribute(attr=name, value=ast.Name(id="datasets")) if each.data:
                found = name == each.data
            case ast.ImportFrom(module=module, names=names) if each.data and module:
                listed = [*module.split("."), *(alias.name for alias in names)]
                found = "datasets" in listed and each.data in listed
            case ast.Constant(value=str() as path) if each.folder:
                steps = {_plain(step) for step in path.replace("\\", "/").split("/")}
                found = bool(steps & _names(each)) and "/" in path.replace("\\", "/")
            case _:
                found = False
        if found:
            return True
    return False
