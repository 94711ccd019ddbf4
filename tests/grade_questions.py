"""A hand-made grade of many small questions."""

from __future__ import annotations

from dataclasses import replace

from grade_samples import right

from grader.model import CheckGrade, CheckStatus, Grade, Language, Status, TaskGrade, Text

HINT = Text("Посчитаны только матрицы.", "Only the matrices are counted.")
SHARE = Text("Доля баллов: (3 − 1) / 4.", "Share of the points: (3 − 1) / 4.")
CHECKS = {
    Status.PASSED: (CheckStatus.PASSED, Text("Верно.", "Right.")),
    Status.PARTIAL: (CheckStatus.FAILED, SHARE),
    Status.FAILED: (CheckStatus.FAILED, Text("Неверно.", "Wrong.")),
    Status.NOT_ATTEMPTED: (CheckStatus.NOT_ATTEMPTED, Text("Ответа нет.", "There is no answer.")),
}


def questions(language: Language = "ru") -> Grade:
    """26 questions, of which some are wrong, half right and unanswered; one names a mistake."""
    order = [Status.PASSED, Status.PARTIAL, Status.PASSED, Status.FAILED, Status.NOT_ATTEMPTED]
    tasks = tuple(question(f"{n // 5}.{n % 5}", order[n % 5]) for n in range(5, 31))
    points = sum(task.points for task in tasks)
    return replace(right(language), tasks=tasks, points=points, max_points=52, pass_mark=26)


def question(name: str, status: Status) -> TaskGrade:
    found, message = CHECKS[status]
    points = {Status.PASSED: 2.0, Status.PARTIAL: 1.2}.get(status, 0.0)
    title = Text("Ответ", "The answer")
    check = CheckGrade("answer", "answer", title, found, points, 2.0, message)
    said = "" if status is Status.NOT_ATTEMPTED else "☒ первый вариант <b>\n☐ второй вариант"
    hint = HINT if status is Status.FAILED else None
    return TaskGrade(
        id=name,
        title=Text(f"Вопрос {name} о слоях и весах", f"Question {name} on layers and weights"),
        status=status,
        points=points,
        max_points=2.0,
        message=hint or message,
        checks=(check,),
        misconception="biases_forgotten" if hint else None,
        hint=hint,
        text=said,
    )
