"""The fixed words of a class's page, in both languages, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.model import Language, Text
from grader.overview.values import Outcome
from grader.report.phrases import NBSP, Phrases, plural_ru

OUTCOME: dict[Outcome, Text] = {
    "passed": Text(ru="Зачтено", en="Passed"),
    "failed": Text(ru="Не зачтено", en="Not passed"),
    "ungraded": Text(ru="Не оценено", en="Not graded"),
    "unreadable": Text(ru="Не прочитано", en="Unreadable"),
    "missing": Text(ru="Не сдано", en="Not handed in"),
}

ICONS: dict[Outcome, str] = {
    "passed": "passed",
    "failed": "failed",
    "ungraded": "ungraded",
    "unreadable": "warning",
    "missing": "not_attempted",
}

CLASS_WORDS: dict[str, Text] = {
    "overview": Text(ru="Обзор группы", en="Class overview"),
    "contents": Text(ru="На этой странице", en="On this page"),
    "made": Text(ru="Составлено", en="Made"),
    "lab": Text(ru="Работа", en="Lab"),
    "handed_in": Text(ru="Всего", en="Total"),
    "graded": Text(ru="Оценено", en="Graded"),
    "provisional_many": Text(
        ru="Есть предварительные оценки", en="Some of these grades are provisional"
    ),
    "provisional_open": Text(
        ru="Они могут измениться; почему — сказано на странице студента.",
        en="They may change; a student's own page says why.",
    ),
    "attention": Text(ru="Требуют внимания", en="Need your attention"),
    "attention_why": Text(
        ru="Оценки у них нет, и это не ноль баллов.",
        en="They have no grade, which is not a grade of zero.",
    ),
    "distribution": Text(ru="Распределение баллов", en="Distribution of points"),
    "students_count": Text(ru="студентов", en="students"),
    "points_axis": Text(ru="баллы", en="points"),
    "median": Text(ru="Медиана", en="Median"),
    "mean": Text(ru="Среднее", en="Mean"),
    "quartiles": Text(ru="Средняя половина", en="Middle half"),
    "pass_mark_short": Text(ru="порог зачёта", en="pass mark"),
    "grading_time": Text(ru="Время проверки, медиана", en="Grading time, median"),
    "nobody": Text(ru="Пока никто не оценён.", en="Nobody is graded yet."),
    "range": Text(ru="От и до, баллов", en="From and to, points"),
    "pass_rate": Text(ru="Выполнили", en="Pass rate"),
    "average": Text(ru="Средний балл", en="Mean points"),
    "task_time": Text(ru="Время, медиана", en="Time, median"),
    "task_time_why": Text(
        ru="Время — сколько у одной работы считались ответы этого задания и обучались его сети.",
        en="Time is what one submission's answers and trainings of this task took.",
    ),
    "checks_most": Text(ru="Проверки, которые чаще всего не пройдены", en="Checks that fail most"),
    "check": Text(ru="Проверка", en="Check"),
    "failed_by": Text(ru="Не прошли", en="Failed"),
    "mistakes": Text(ru="Известные ошибки", en="Known mistakes"),
    "no_checks": Text(ru="Все проверки у всех пройдены.", en="Everybody passed every check."),
    "clusters": Text(ru="Одинаковые неверные ответы", en="Equal wrong answers"),
    "clusters_why": Text(
        ru="Ответы этих студентов на задание неверны одинаково: вернулись те же значения или та же"
        " ошибка. Объяснить можно всем сразу.",
        en="These students' answers to a task are wrong in the same way: the same values or the"
        " same error came back. One explanation serves them all.",
    ),
    "no_clusters": Text(
        ru="Одинаковых неверных ответов нет.", en="No two wrong answers are equal."
    ),
    "failed_checks": Text(ru="Не пройдено", en="Failed"),
    "similar": Text(ru="Похожий код", en="Similar code"),
    "similar_why": Text(
        ru="Сравнивается только то, что студенты написали сами: без кода заготовки и без того, что"
        " пишут многие. Имена, строки и комментарии не учитываются. Сходство — повод посмотреть,"
        " а не доказательство.",
        en="Only what students wrote themselves is compared: without the handout's code and without"
        " what many write. Names, strings and comments do not count. A likeness is a reason to"
        " look, not a proof.",
    ),
    "no_similar": Text(ru="Похожих пар не найдено.", en="No pair is alike."),
    "who": Text(ru="Кто", en="Who"),
    "likeness": Text(ru="Сходство", en="Likeness"),
    "where_alike": Text(ru="В каких заданиях", en="In which tasks"),
    "same_code": Text(ru="один и тот же код", en="the same code"),
    "students": Text(ru="Студенты", en="Students"),
    "student": Text(ru="Студент", en="Student"),
    "outcome": Text(ru="Итог", en="Outcome"),
    "marks_why": Text(
        ru="Имя ведёт на страницу студента. Заголовок столбца сортирует таблицу.",
        en="A name leads to the student's page. A column's heading sorts the table.",
    ),
    "marks_plain": Text(
        ru="Имя ведёт на страницу студента.", en="A name leads to the student's page."
    ),
    "caption": Text(
        ru="Все студенты: баллы, итог и каждое задание",
        en="All students: points, outcome and every task",
    ),
    "late": Text(ru="Поздно", en="Late"),
    "by_hand": Text(ru="Вручную", en="By hand"),
    "provisional_one": Text(ru="Предварительно", en="Provisional"),
    "suspected": Text(ru="Взята приманка", en="A decoy was taken"),
    "find": Text(ru="Имя содержит", en="Name contains"),
    "any_outcome": Text(ru="Любой", en="Any"),
    "any_task": Text(ru="Любое", en="Any"),
    "any_status": Text(ru="Любой", en="Any"),
    "in_task": Text(ru="Задание", en="Task"),
    "task_status": Text(ru="Итог задания", en="Task status"),
    "reset": Text(ru="Сбросить", en="Reset"),
    "shown": Text(ru="Показано {shown} из {total}", en="{shown} of {total} shown"),
    "sort": Text(ru="Сортировать", en="Sort"),
    "comment": Text(ru="Комментарий", en="Comment"),
    "no_grade": Text(ru="нет оценки", en="no grade"),
}


@dataclass(frozen=True)
class ClassPhrases(Phrases):
    """The phrases of all reports, and those of a class."""

    language: Language

    def words(self) -> dict[str, str]:
        return super().words() | {key: text[self.language] for key, text in CLASS_WORDS.items()}

    def outcome(self, outcome: Outcome) -> str:
        return OUTCOME[outcome][self.language]

    def students(self, count: int) -> str:
        """``1 студент``, ``2 студента``, ``5 студентов``; ``1 student``, ``2 students``."""
        if self.language == "en":
            noun = "student" if count == 1 else "students"
        else:
            noun = plural_ru(count, "студент", "студента", "студентов")
        return f"{self.number(count)}{NBSP}{noun}"

    def share(self, part: int, whole: int) -> str:
        """``12 из 20``."""
        return f"{self.number(part)} {self.words()['out_of']}{NBSP}{self.number(whole)}"

    def when(self, time: datetime) -> str:
        """``23.11.2026, 09:15 UTC``; ``2026-11-23, 09:15 UTC``."""
        form = "%d.%m.%Y" if self.language == "ru" else "%Y-%m-%d"
        return f"{time:{form}}, {time:%H:%M %Z}".strip()

    def duration(self, seconds: float) -> str:
        """Seconds below two minutes, else minutes: ``8,5 с``, ``3 мин 20 с``."""
        if seconds < 120:
            return self.seconds(seconds if seconds < 10 else round(seconds))
        minutes, left = divmod(round(seconds), 60)
        names = ("мин", "с") if self.language == "ru" else ("min", "s")
        return f"{minutes}{NBSP}{names[0]} {left}{NBSP}{names[1]}"

    def lateness(self, late: timedelta, kept: float) -> str:
        """``2 д 3 ч, засчитано 90 %``: how late, and what is kept of the points."""
        days, hours = late.days, late.seconds // 3600
        names = ("д", "ч", "мин") if self.language == "ru" else ("d", "h", "min")
        parts = [(days, names[0]), (hours, names[1]), (late.seconds // 60 % 60, names[2])]
        shown = [f"{self.number(n)}{NBSP}{unit}" for n, unit in parts if n][:2]
        text = " ".join(shown) or f"<{NBSP}1{NBSP}{names[2]}"
        if kept == 1:
            return text
        word = "засчитано" if self.language == "ru" else "keeps"
        return f"{text}, {word} {self.percent(kept)}"

    def more_checks(self, count: int) -> str:
        if self.language == "en":
            return f"{self.number(count)} more {'check' if count == 1 else 'checks'}"
        noun = plural_ru(count, "проверка", "проверки", "проверок")
        return f"Ещё {self.number(count)} {noun}"

    def more_groups(self, count: int) -> str:
        if self.language == "en":
            return f"{self.number(count)} more {'group' if count == 1 else 'groups'}"
        return f"Ещё {self.number(count)} {plural_ru(count, 'группа', 'группы', 'групп')}"

    def more_pairs(self, count: int) -> str:
        if self.language == "en":
            return f"and {self.number(count)} less similar"
        return f"и ещё {self.number(count)} менее похожих"

    def compared(self, compared: int, short: int, common: int, threshold: float) -> str:
        """How many were compared and who could not be."""
        at_least = self.percent(threshold, 0)
        if self.language == "en":
            text = f"Compared: {self.students(compared)}; shown from a likeness of {at_least}."
            if short:
                text += f" Too little code of their own: {self.students(short)}."
            if common:
                text += f" Hardly anything that many others did not write: {self.students(common)}."
            return text
        text = f"Сравнивались: {self.students(compared)}; показано сходство от {at_least}."
        if short:
            text += f" Слишком мало своего кода: {self.students(short)}."
        if common:
            text += f" Почти весь код такой же, как у многих: {self.students(common)}."
        return text
