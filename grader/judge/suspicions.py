"""What is said of a decoy that was taken: the evidence, for the staff to look at."""

from __future__ import annotations

from collections.abc import Sequence

from grader.course import Lab
from grader.model import Bait, Caught, Suspicion, Text


def suspicions(caught: Sequence[Caught], lab: Lab) -> tuple[Suspicion, ...]:
    """One for each decoy and place where it was taken (see :mod:`grader.decoys`)."""
    titles = {task.id: task.title.text for task in lab.rubric.tasks}
    return tuple(Suspicion(one.bait, _evidence(one, titles.get(one.task))) for one in caught)


def _evidence(caught: Caught, title: Text | None) -> Text:
    if caught.bait is Bait.CHECK:
        return Text(
            "Ядро блокнота ответило за функцию, которой нет ни в одном задании: её имя названо "
            "только в подложном файле с ответами. Либо этот файл прочитан, либо ответы проверке "
            "подделывает сам блокнот.",
            "The notebook's kernel answered for a function that no task has: only the decoy of an "
            "answer key names it. Either that file was read, or the notebook forges its answers.",
        )
    if caught.opened:
        when = _when(caught, title)
        return Text(
            f"Подложный файл с ответами открыт {when.ru}.",
            f"The decoy of an answer key was opened {when.en}.",
        )
    said = title or Text(caught.task, caught.task)
    if caught.bait is Bait.FILE:
        return Text(
            f"«{said.ru}»: ответ состоит из чисел подложного файла с ответами.",
            f"“{said.en}”: the answer consists of numbers of the decoy of an answer key.",
        )
    return Text(
        f"«{said.ru}»: ответ состоит из чисел, которые лежат только во внутренних переменных "
        "проверки под именем expected.",
        f"“{said.en}”: the answer consists of numbers that lie in the grader's own variables "
        "alone, under the name `expected`.",
    )


def _when(caught: Caught, title: Text | None) -> Text:
    if caught.cell is not None:
        number = caught.cell + 1
        return Text(f"во время работы ячейки {number}", f"while cell {number} ran")
    if title is not None:
        return Text(f"во время проверки «{title.ru}»", f"while “{title.en}” was checked")
    return Text("после проверки заданий", "after the tasks were checked")
