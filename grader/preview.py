"""What a rubric says to students: tasks, points, thresholds and deadlines, and no more."""

from __future__ import annotations

from .model import Text
from .previewed import Preview, PreviewedCheck, PreviewedTask
from .rubric import Accuracy, AnyCheck, Rubric, Rule, Task


def preview(rubric: Rubric) -> Preview:
    """The rubric without its hidden checks' titles, its objects, cases and tolerances."""
    points = sum(task.points for task in rubric.tasks)
    return Preview(
        title=rubric.title.text,
        points=points,
        pass_mark=round(rubric.pass_mark / 100 * points, 6),
        deadline=rubric.deadline,
        late=tuple((step.hours, step.keep) for step in rubric.late),
        keep_after=rubric.keep_after,
        tasks=tuple(_task(task) for task in rubric.tasks),
    )


def _task(task: Task) -> PreviewedTask:
    checks = tuple(_check(check) for check in task.checks)
    return PreviewedTask(task.id, task.title.text, task.points, task.manual_points, checks)


def _check(check: AnyCheck) -> PreviewedCheck:
    if not check.public:
        return PreviewedCheck(None, check.points, check.remark)
    return PreviewedCheck(check.title.text, check.points, check.remark, _rule(check))


def _rule(check: AnyCheck) -> Text | None:
    """A training's threshold; where data are chosen, each set has its own and none is said."""
    if not isinstance(check, Accuracy) or check.rules:
        return None
    mark = _mark(check.rule)
    within = check.rule.when == "within"
    ru = f"нужно {mark} " + ("в пределах эпох: " if within else "после эпох: ") + f"{check.epochs}"
    en = f"{mark} wanted " + (f"within {check.epochs}" if within else f"after {check.epochs}")
    return Text(ru, f"{en} epoch{'s' * (check.epochs != 1)}")


def _mark(rule: Rule) -> str:
    return f"{'>' if rule.strict else '≥'} {100 * rule.threshold:g} %"
