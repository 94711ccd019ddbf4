"""What must hold of a lab's trials: pure functions of their grades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.checks import formula
from grader.course import Lab
from grader.model import CheckStatus, Grade, Language, Status, TaskGrade
from grader.rubric import Answer, Formula, FreeText, Task
from grader.validated import Rule, TaskRow

from .trials import Trial, Trials

ENOUGH = 6
"""Misconceptions that a task should have at least."""
WRONG = {Status.FAILED, Status.PARTIAL}
BAD = {CheckStatus.FAILED, CheckStatus.REMARK}


def judged(labs: Mapping[Language, Lab], trials: Trials) -> tuple[Rule, ...]:
    """Every rule that is about grades, in the order in which a teacher mends them."""
    return (
        _reference(trials),
        _blank(trials),
        _own(labs, trials),
        _others(trials),
        _named(trials),
        _checks(labs, trials),
        _points(labs, trials),
        _seeds(trials),
    )


def rows(labs: Mapping[Language, Lab], trials: Trials) -> tuple[TaskRow, ...]:
    """The table's lines."""
    return tuple(_row(task, labs, trials) for task in _lab(labs).rubric.tasks)


def _row(task: Task, labs: Mapping[Language, Lab], trials: Trials) -> TaskRow:
    mine = [trial for trial in trials.own if _mistake_task(trial) == task.id]
    ids = {trial.mistake.id for trial in mine if trial.mistake}
    slipped = {t.mistake.id for t in mine if t.mistake and _graded(t).status not in WRONG}
    waiting = {t.mistake.id for t in mine if t.mistake and _waits(_graded(t))}
    failing = _failing(task, trials)
    untried = {c.id for t in mine for c in _graded(t).checks if c.status is CheckStatus.SKIPPED}
    untried -= failing | {c.id for t in mine for c in _graded(t).checks if _made(c.status)}
    return TaskRow(
        id=task.id,
        points=task.points,
        checks=len(task.checks),
        failing=len(failing),
        misconceptions=len(ids),
        caught=len(ids - slipped),
        untried=len(untried) + len(waiting),
    )


def _reference(trials: Trials) -> Rule:
    problems = [
        f"{trial.where}: {task.id} gets {_said(task)}"
        for trial in trials.reference
        for task in trial.grade.tasks
        if task.max_points and task.status is not Status.PASSED
    ]
    return Rule(
        "reference", "The reference earns every point", len(trials.reference), tuple(problems)
    )


def _blank(trials: Trials) -> Rule:
    problems = [
        f"{trial.where}: {task.id} is {task.status}, with {task.points:g} points"
        for trial in trials.blank
        for task in trial.grade.tasks
        if task.points or task.status is not Status.NOT_ATTEMPTED
    ]
    return Rule("blank", "The blank handout earns nothing", len(trials.blank), tuple(problems))


def _own(labs: Mapping[Language, Lab], trials: Trials) -> Rule:
    problems, waiting = [], set()
    for trial in trials.own:
        task = _graded(trial)
        if _waits(task):
            waiting.add(_name(trial))
        elif task.status not in WRONG:
            problems.append(f"{_name(trial)} ({trial.where}) is {task.status}")
    ran = {(trial.language, _name(trial)) for trial in trials.own}
    for language, lab in labs.items():
        for mistake in lab.misconceptions:
            if (language, mistake.id) not in ran:
                problems.append(f"{mistake.id} ({language}) hits a limit: it never answers")
    notes = [f"{name}: only a training can show it" for name in sorted(waiting)]
    return Rule(
        "own", "Every misconception fails its task", len(trials.own), _once(problems), _once(notes)
    )


def _others(trials: Trials) -> Rule:
    right = {
        (trial.language, task.id): task.status
        for trial in trials.reference
        for task in trial.grade.tasks
    }
    problems = [
        f"{_name(trial)} ({trial.where}) also makes {task.id} {task.status}: {task.message.en}"
        for trial in trials.first
        for task in trial.grade.tasks
        if task.id != _mistake_task(trial) and task.status is not right[trial.language, task.id]
    ]
    return Rule("others", "… and no other task", len(trials.first), tuple(problems))


def _named(trials: Trials) -> Rule:
    problems, notes = [], []
    for trial in trials.first:
        mistake = trial.mistake
        if mistake is None or _graded(trial).status not in WRONG or trial.named == mistake.name:
            continue
        if trial.named is None:
            problems.append(f"{_name(trial)} ({trial.where}): its answers name no misconception")
        else:
            notes.append(f"{_name(trial)} answers as {trial.named} does, which is named instead")
    return Rule(
        "named", "… and is recognised by its answers", len(trials.first), _once(problems),
        _once(notes),
    )  # fmt: skip


def _checks(labs: Mapping[Language, Lab], trials: Trials) -> Rule:
    problems, notes, count = [], [], 0
    for task in _lab(labs).rubric.tasks:
        failing = _failing(task, trials)
        for check in task.checks:
            if isinstance(check, FreeText) or (isinstance(check, Answer) and check.form == "done"):
                continue  # nobody misunderstands an empty text or box; the blank handout fails it
            count += 1
            if check.id in failing or (isinstance(check, Formula) and formula.catches(check)):
                continue
            place = f"{task.id}/{check.id}"
            if _untried(trials, task.id, check.id):
                notes.append(f"{place}: not tried without trainings")
            elif check.remark:
                notes.append(f"{place}: no misconception draws this remark")
            else:
                problems.append(f"{place} fails for no misconception")
    return Rule(
        "checks", "Every check fails for some misconception", count, tuple(problems), tuple(notes)
    )


def _points(labs: Mapping[Language, Lab], trials: Trials) -> Rule:
    problems, notes = [], []
    for task in _lab(labs).rubric.tasks:
        if not task.points and not task.manual_points and task.object is not None:
            problems.append(f"{task.id} has no points at all")
        count = max(sum(m.task == task.id for m in lab.misconceptions) for lab in labs.values())
        if task.object is not None and count < ENOUGH:
            notes.append(f"{task.id} has {count} misconceptions; {ENOUGH} are a good number")
    for trial in trials.reference:
        most = sum(t.points for t in _lab(labs).rubric.tasks) - _left_out(trial.grade)
        tasks = sum(task.points for task in trial.grade.tasks)
        if not trial.grade.points == trial.grade.max_points == most == tasks:
            problems.append(
                f"{trial.where}: the reference has {trial.grade.points:g} of "
                f"{trial.grade.max_points:g} points, its tasks {tasks:g}, the rubric {most:g}"
            )
    return Rule("points", "The points add up", len(trials.reference), tuple(problems), tuple(notes))


def _seeds(trials: Trials) -> Rule:
    """One verdict on each check for each subject, whatever the seed and the language."""
    verdicts: dict[tuple[str, str], dict[str, list[str]]] = {}
    for trial in (*trials.reference, *trials.own):
        name = _name(trial) or "the reference"
        for task in trial.grade.tasks:
            for check in task.checks:
                seen = verdicts.setdefault((name, f"{task.id}/{check.id}"), {})
                if check.status is not CheckStatus.SKIPPED:
                    seen.setdefault(check.status, []).append(trial.where)
    problems = [
        f"{name}: {check} is " + "; ".join(f"{s} ({', '.join(w)})" for s, w in seen.items())
        for (name, check), seen in verdicts.items()
        if len(seen) > 1
    ]
    count = len({trial.seed for trial in trials.reference})
    return Rule("seeds", "No verdict changes with the seed", count, tuple(problems))


# --------------------------------------------------------------------------- parts


def _lab(labs: Mapping[Language, Lab]) -> Lab:
    """Any of them: the rubric is the same in all languages."""
    return next(iter(labs.values()))


def _name(trial: Trial) -> str:
    return trial.mistake.id if trial.mistake else ""


def _mistake_task(trial: Trial) -> str:
    return trial.mistake.task if trial.mistake else ""


def _graded(trial: Trial) -> TaskGrade:
    """A misconception's own task."""
    return next(task for task in trial.grade.tasks if task.id == _mistake_task(trial))


def _waits(task: TaskGrade) -> bool:
    """Whether the task is right as far as it was looked at, and a training was left out."""
    skipped = any(check.status is CheckStatus.SKIPPED for check in task.checks)
    return skipped and task.status is Status.PASSED


def _made(status: CheckStatus) -> bool:
    return status is not CheckStatus.SKIPPED


def _failing(task: Task, trials: Trials) -> set[str]:
    """Ids of the task's checks that failed for one of its misconceptions."""
    graded = [_graded(t) for t in (*trials.own, *trials.first) if _mistake_task(t) == task.id]
    return {check.id for one in graded for check in one.checks if check.status in BAD}


def _untried(trials: Trials, task: str, check: str) -> bool:
    found = {
        c.status
        for trial in trials.own
        if _mistake_task(trial) == task
        for c in _graded(trial).checks
        if c.id == check
    }
    return found == {CheckStatus.SKIPPED}


def _left_out(grade: Grade) -> float:
    checks = [check for task in grade.tasks for check in task.checks]
    return sum(c.max_points for c in checks if c.status is CheckStatus.SKIPPED)


def _said(task: TaskGrade) -> str:
    return f"{task.points:g} of {task.max_points:g} ({task.status}): {task.message.en}"


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
