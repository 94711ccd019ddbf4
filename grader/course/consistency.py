"""Rubric, handout and reference must speak of the same cells, tasks and cases."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.errors import CourseError
from grader.matching.blank import is_prompt
from grader.rubric import Formula, Task, objects

from . import keys, stand_ins
from .lab import Lab, Misconception

SEED = 0
"""Any seed does: a generator's case ids do not depend on it."""


def check(lab: Lab) -> None:
    """Raises:
    CourseError: they do not; the message lists every contradiction.
    """
    wrong = [*_names(lab), *_tasks(lab), *_cases(lab), *_solution(lab), *_misconceptions(lab)]
    wrong += [*_functions(lab), *_stand_ins(lab), *_own_answers(lab), *keys.problems(lab)]
    if wrong:
        raise CourseError("\n".join(["the lab is not consistent:", *wrong]))


def _names(lab: Lab) -> Iterator[str]:
    if lab.rubric.lab != lab.name:
        yield f"rubrics/{lab.name}.yaml: it calls the lab {lab.rubric.lab!r}, not {lab.name!r}"


def _tasks(lab: Lab) -> Iterator[str]:
    """Every cell that the rubric names is in the handout."""
    known = {cell.id for cell in lab.handout.cells}
    for task in (*lab.rubric.tasks, *lab.rubric.scaffold):
        named = {task.home} | {
            cell for _, wanted in objects(task) for cell in (wanted.cell, wanted.part) if cell
        }
        named |= {check.cell for check in task.checks if isinstance(check, Formula)}
        for cell in sorted(named - known):
            yield (
                f"rubrics/{lab.name}.yaml: task {task.id}: "
                f"the handout ({lab.language}) has no cell {cell!r}"
            )
        yield from _prompt(lab, task)


def _prompt(lab: Lab, task: Task) -> Iterator[str]:
    """The cell of a free text says that something is to be written there."""
    cell = next((cell for cell in lab.handout.cells if cell.id == task.cell), None)
    if cell is None or cell.kind == "code" or is_prompt(cell.source):
        return
    if any(check.kind == "text" for check in task.checks):
        yield (
            f"assignments/{lab.name}: cell {cell.id!r} ({lab.language}), where task {task.id} "
            "wants a text, asks for none: begin a line of it with TODO: (or TASK:, ЗАДАНИЕ:)"
        )


def _stand_ins(lab: Lab) -> Iterator[str]:
    """Whatever may be wrong of other tasks has something to stand in for it."""
    there = {getattr(node, "name", "") for node in ast.parse(lab.stand_ins).body}
    for task in lab.rubric.tasks:
        helpers = lab.helpers(task)
        for name in sorted(set(helpers.names) - there) if helpers else ():
            where = f"reference/{lab.name}/stand_ins.py"
            yield f"{where}: it does not define {name!r}, which task {task.id} may call"


def _own_answers(lab: Lab) -> Iterator[str]:
    """No stand-in brings a task's own function into a kernel before the task is asked there."""
    given: set[str] = set()
    for task in lab.rubric.tasks:
        helpers = lab.helpers(task)
        given |= stand_ins.defined(helpers.source) if helpers else set()
        if helpers and task.object is not None and task.object.name in given:
            yield (
                f"rubrics/{lab.name}.yaml: task {task.id}: {task.object.name!r} stands in for it, "
                "or is used by what stands in, before it is asked; put it above what it helps"
            )


def _cases(lab: Lab) -> Iterator[str]:
    """Every generator that the rubric names exists, and draws the cases that it names."""
    for task in (*lab.rubric.tasks, *lab.rubric.scaffold):
        for name, only in _wanted(task).items():
            if name not in lab.generators:
                yield (
                    f"rubrics/{lab.name}.yaml: task {task.id}: "
                    f"reference/{lab.name}/cases.py has no generator {name!r}"
                )
                continue
            ids = [case.id for case in lab.draw(name, SEED)]
            where = f"reference/{lab.name}/cases.py: {name}"
            if not ids:
                yield f"{where}: it draws no case"
            for twice in sorted({i for i in ids if ids.count(i) > 1}):
                yield f"{where}: two cases are called {twice!r}"
            for case in sorted(only - set(ids)):
                yield f"rubrics/{lab.name}.yaml: task {task.id}: {name} draws no case {case!r}"


def _functions(lab: Lab) -> Iterator[str]:
    """Every function of its own that the rubric names is there."""
    for task in lab.rubric.tasks:
        for check in task.checks:
            if check.kind == "python" and check.function not in lab.checks:
                yield (
                    f"rubrics/{lab.name}.yaml: task {task.id}: "
                    f"reference/{lab.name}/checks.py has no function {check.function!r}"
                )


def _wanted(task: Task) -> dict[str, set[str]]:
    """The generators of a task's checks, with the case ids that the checks name."""
    wanted: dict[str, set[str]] = {}
    for check in task.checks:
        match check.kind:
            case "values" | "calls" | "layers" | "distribution" | "python" | "graphs" | "batches":
                wanted.setdefault(check.cases, set()).update(check.only)
            case "variables":
                wanted.setdefault(check.cases, set())
    return wanted


def _solution(lab: Lab) -> Iterator[str]:
    where = f"reference/{lab.name}/solution.py"
    known = {cell.id for cell in lab.handout.cells}
    for cell in lab.solution:
        if cell not in known:
            yield f"{where}: the handout ({lab.language}) has no cell {cell!r}"
    for task in lab.rubric.tasks:
        if task.object is not None and task.home in known and task.home not in lab.solution:
            yield f"{where}: it has no cell {task.home!r}, which task {task.id} needs"


def _misconceptions(lab: Lab) -> Iterator[str]:
    tasks = {task.id for task in lab.rubric.tasks}
    ids = [mistake.id for mistake in lab.variants()]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"reference/{lab.name}/misconceptions.yaml: two are called {twice!r}"
    for mistake in lab.variants():
        if mistake.task not in tasks:
            yield f"misconception {mistake.id}: the rubric has no task {mistake.task!r}"
        else:
            yield from _edits(lab, mistake)


def _edits(lab: Lab, mistake: Misconception) -> Iterator[str]:
    cell = mistake.cell or lab.rubric.task(mistake.task).home
    source = lab.solution.get(cell, "")
    for edit in mistake.edits:
        if source.count(edit.old) != 1:
            yield (
                f"misconception {mistake.id}: {edit.old!r} occurs {source.count(edit.old)} times "
                "in the reference's cell, not once"
            )
