"""A rubric as a page for students: one file, no script, nothing fetched from anywhere."""

from __future__ import annotations

from grader.model import Language, Text
from grader.previewed import Preview
from grader.report.html import style, templates
from grader.report.phrases import Phrases
from grader.report.tame import tamed

WORDS: dict[str, Text] = {
    "overline": Text("Что и как оценивается", "What is graded, and how"),
    "points": Text("Баллы", "Points"),
    "check": Text("Проверка", "Check"),
    "hidden": Text("Скрытая проверка", "A hidden check"),
    "remark": Text("замечание, без баллов", "a remark, no points"),
    "manual": Text("Ещё баллов от преподавателя", "More points, given by the teacher"),
    "total": Text("Всего", "In total"),
    "pass_mark": Text("Для зачёта нужно", "To pass you need"),
    "deadline": Text("Срок сдачи", "Due"),
    "late": Text("Если позже", "If later"),
    "up_to": Text("до {hours} ч после срока", "up to {hours} h after that"),
    "after": Text("ещё позже", "later still"),
    "kept": Text("сохраняется {keep} % баллов", "{keep} % of the points are kept"),
}


def page(preview: Preview, language: Language) -> str:
    """The whole page in ``language``."""
    return (
        templates()
        .get_template("preview.html.j2")
        .render(
            p=tamed(preview, language),
            lang=language,
            w={key: text[language] for key, text in WORDS.items()},
            say=Phrases(language),
            style=style(),
        )
    )
