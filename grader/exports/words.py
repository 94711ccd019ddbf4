"""What a student is told beside a mark, in a few plain lines of the notebook's language."""

from __future__ import annotations

from datetime import timedelta

from grader.model import Text
from grader.report.phrases import Phrases
from grader.standing import Standing, TaskStanding

from .cells import line

LIMIT = 500
"""Characters of one message: these lines are read in a narrow column."""

POINTS = Text(ru="Итог: {}.", en="Mark: {}.")
PROVISIONAL = Text(ru="Оценка предварительная: {}.", en="This mark may change: {}.")
LATE = Text(
    ru="Сдано позже срока на {}: засчитывается {} баллов.",
    en="Handed in {} after the deadline: {} of the points count.",
)
LATE_ONLY = Text(ru="Сдано позже срока на {}.", en="Handed in {} after the deadline.")
BY_HAND = Text(ru="Баллы выставил преподаватель: {}.", en="Points given by the teacher: {}.")
COMMENT = Text(ru="Комментарий преподавателя: {}", en="The teacher's comment: {}")
TASK_BY_HAND = Text(
    ru="{}: {}, выставил преподаватель (автоматическая проверка: {})",
    en="{}: {}, given by the teacher (automatic checks: {})",
)
TASK_READ = Text(ru="{}: {}, выставил преподаватель", en="{}: {}, given by the teacher")
UNITS = Text(ru="д ч мин", en="d h min")
MOMENT = Text(ru="меньше минуты", en="less than a minute")


def summary(standing: Standing) -> tuple[str, ...]:
    """The mark, what changed it, and each task that lost points or that a person wrote about."""
    language, phrases = standing.language, Phrases(standing.language)
    told: list[str] = []
    if standing.points is not None and standing.max_points is not None:
        told.append(POINTS[language].format(phrases.out_of(standing.points, standing.max_points)))
    if standing.by_hand:
        told.append(BY_HAND[language].format(_short(standing.why).rstrip(".")))
    if standing.provisional:
        told.append(PROVISIONAL[language].format(_short(standing.reason).rstrip(".")))
    if standing.late is not None:
        told.append(_late(standing, standing.late, phrases))
    if standing.comment:
        told.append(COMMENT[language].format(_short(standing.comment)))
    for task in standing.tasks:
        if task.by_hand or task.comment or task.points < task.max_points:
            told.append(about_task(task, phrases))
    return tuple(told)


def about_task(task: TaskStanding, phrases: Phrases) -> str:
    """One task in a line: points, who gave them, why."""
    language = phrases.language
    title, points = _short(task.title), phrases.out_of(task.points, task.max_points)
    if not task.by_hand:
        said = f"{title}: {points}. {_short(task.message)}"
    else:
        before = sum(check.max_points for check in task.checks)
        said = (TASK_BY_HAND if before else TASK_READ)[language].format(
            title, points, phrases.number(task.judged)
        )
        said += f": {_short(task.why)}" if task.why else "."
    return f"{said} {COMMENT[language].format(_short(task.comment))}" if task.comment else said


def duration(late: timedelta, phrases: Phrases) -> str:
    """``1 d 3 h``: the two largest units that are not zero, minutes counted as begun."""
    minutes = -(-late // timedelta(minutes=1))
    if late < timedelta(minutes=1):
        return MOMENT[phrases.language]
    days, rest = divmod(minutes, 24 * 60)
    values = (days, *divmod(rest, 60))
    units = UNITS[phrases.language].split()
    parts = [f"{value}\u00a0{unit}" for value, unit in zip(values, units, strict=True) if value]
    return " ".join(parts[:2])


def _late(standing: Standing, late: timedelta, phrases: Phrases) -> str:
    after = duration(late, phrases)
    if standing.by_hand or standing.kept == 1:
        return LATE_ONLY[phrases.language].format(after)
    return LATE[phrases.language].format(after, phrases.percent(standing.kept))


def _short(text: str) -> str:
    text = line(text)
    return text if len(text) <= LIMIT else f"{text[:LIMIT]}…"
