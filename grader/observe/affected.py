"""Which answers of the reference a change of one of its cells can reach, by the names in the code.

A misconception changes one cell. Only tasks whose functions use what that cell defines, directly or
through other cells, can answer otherwise: nothing else has to be asked again.
"""

from __future__ import annotations

import functools
import symtable
from collections.abc import Mapping, Set
from dataclasses import dataclass

from grader.course import Lab
from grader.matching.lines import without_magics
from grader.model import Cell
from grader.rubric import Object, Scaffold, Task


@dataclass(frozen=True)
class Names:
    """What a cell defines and what it uses."""

    defined: frozenset[str]
    used: frozenset[str]


def affected(lab: Lab, cell: str, aside: Set[str] = frozenset()) -> frozenset[str]:
    """Ids of the tasks and given functions that a change of ``cell`` may reach.

    ``aside``: names that something else stands for, through which nothing is reached.
    """
    graph = _graph(lab)
    return frozenset(
        one.id
        for one in (*lab.rubric.tasks, *lab.rubric.scaffold)
        if cell in _reached(graph, _homes(one), aside)
    )


def independent(lab: Lab, task: Task, cell: str) -> bool:
    """Whether ``task`` with stand-ins for other tasks' functions answers alike whatever ``cell``
    holds: it reaches the cell through those functions alone."""
    helpers = lab.helpers(task)
    return helpers is not None and task.id not in affected(lab, cell, frozenset(helpers.names))


def dependents(lab: Lab, cell: str) -> frozenset[str]:
    """Ids of the cells whose own code a change of ``cell`` may reach, itself among them."""
    graph = _graph(lab)
    return frozenset(other for other in graph if cell in _reached(graph, {other}, frozenset()))


def _homes(one: Task | Scaffold) -> set[str]:
    objects = [getattr(part, "object", None) for part in (one, *one.checks)]
    found = {place for o in objects if isinstance(o, Object) for place in (o.cell, o.part) if place}
    return found | ({one.home} if isinstance(one, Task) else set())


def _reached(graph: Mapping[str, Names], homes: Set[str], aside: Set[str]) -> Set[str]:
    """Ids of the cells on which the code in ``homes`` depends, these among them."""
    seen, left = set(homes), list(homes)
    while left:
        names = graph.get(left.pop())
        if names is None:
            continue
        used = names.used - aside
        for cell, other in graph.items():
            if cell not in seen and used & other.defined:
                seen.add(cell)
                left.append(cell)
    return seen


@functools.lru_cache(maxsize=8)
def _graph(lab: Lab) -> dict[str, Names]:
    return {cell.id: _names(cell) for cell in lab.solved().code_cells() if cell.id}


def _names(cell: Cell) -> Names:
    """The notebook's globals that the cell binds, in functions too, and those that it reads."""
    left = [symtable.symtable(without_magics(cell.source), cell.id, "exec")]
    defined, used = set[str](), set[str]()
    while left:
        table = left.pop()
        left += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if top or symbol.is_global():
                name = symbol.get_name()
                defined |= {name} if symbol.is_assigned() or symbol.is_imported() else set()
                used |= {name} if symbol.is_referenced() else set()
    return Names(frozenset(defined), frozenset(used))
