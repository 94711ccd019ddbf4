"""A self-check in the terminal, and as a small panel in a notebook."""

from __future__ import annotations

from html import escape

from rich.console import Console
from rich.text import Text as Line

from grader.model import CheckGrade, CheckStatus, Language, Text
from grader.report.tame import clean
from grader.selfchecked import CheckedTask, SelfCheck

SIGNS = {CheckStatus.PASSED: ("✓", "green"), CheckStatus.REMARK: ("i", "yellow")}
WRONG = ("✗", "red")
MAX_MESSAGE = 400

WORDS = {
    "none": Text("открытых проверок нет", "no public checks"),
    "right": Text("Все открытые проверки пройдены.", "All public checks pass."),
    "wrong": Text("Есть ошибки.", "Something is wrong."),
    "no_grade": Text(
        "Это не оценка: при сдаче делаются и скрытые проверки.",
        "This is no grade: hidden checks are made when the work is graded.",
    ),
}


def print_selfcheck(found: SelfCheck) -> None:
    """Each task with its public checks, and how many others there are, on stdout."""
    console = Console(soft_wrap=True)
    language = found.language
    for task in found.tasks:
        console.print(Line(clean(f"{task.title[language]} ({task.id})"), style="bold"))
        for check in task.checks:
            sign, colour = SIGNS.get(check.status, WRONG)
            console.print(Line(f"  {_plain(sign, console)} {_said(check, language)}", style=colour))
        console.print(Line(f"    {_others(task)[language]}", style="dim"))
    console.print(Line(f"{_verdict(found)} {WORDS['no_grade'][language]}", style="bold"))


def panel(found: SelfCheck) -> str:
    """The same as a piece of HTML that needs no style sheet; every text in it is escaped."""
    language, parts = found.language, []
    for task in found.tasks:
        rows = "".join(_row(check, language) for check in task.checks)
        parts.append(
            f"<div><b>{escape(task.title[language])}</b>"
            f"<ul style='list-style:none;margin:4px 0;padding:0'>{rows}</ul>"
            f"<div style='opacity:.7'>{escape(_others(task)[language])}</div></div>"
        )
    return (
        "<div style='border:1px solid #8888;border-radius:6px;padding:8px 12px;max-width:60em'>"
        f"{''.join(parts)}<div style='margin-top:6px'>{escape(_verdict(found))} "
        f"<span style='opacity:.7'>{escape(WORDS['no_grade'][language])}</span></div></div>"
    )


def _row(check: CheckGrade, language: Language) -> str:
    sign, colour = SIGNS.get(check.status, WRONG)
    return f"<li><span style='color:{colour}'>{sign}</span> {escape(_said(check, language))}</li>"


def _said(check: CheckGrade, language: Language) -> str:
    title = clean(check.title[language])
    if check.status is CheckStatus.PASSED:
        return title
    message = " ".join(clean(check.message[language]).split())
    return f"{title}: {message[:MAX_MESSAGE]}"


def _others(task: CheckedTask) -> Text:
    if not task.checks:
        return Text(
            f"{WORDS['none'].ru}; скрытых: {task.hidden}",
            f"{WORDS['none'].en}; hidden: {task.hidden}",
        )
    return Text(
        f"открытых проверок: {len(task.checks)}, скрытых: {task.hidden}",
        f"public checks: {len(task.checks)}, hidden: {task.hidden}",
    )


def _verdict(found: SelfCheck) -> str:
    return WORDS["right" if found.right else "wrong"][found.language]


def _plain(sign: str, console: Console) -> str:
    try:
        sign.encode(console.encoding)
    except UnicodeEncodeError:
        return "+" if sign == "✓" else "x"
    return sign
