"""The fixed words of every report, in both languages."""

from __future__ import annotations

from grader.model import CheckStatus, FaultKind, Status, Text

STATUS: dict[Status, Text] = {
    Status.PASSED: Text(ru="Верно", en="Passed"),
    Status.PARTIAL: Text(ru="Частично", en="Partial"),
    Status.FAILED: Text(ru="Неверно", en="Failed"),
    Status.NOT_ATTEMPTED: Text(ru="Не сделано", en="Not attempted"),
    Status.UNGRADED: Text(ru="Не оценено", en="Not graded"),
}

CHECK: dict[CheckStatus, Text] = {
    CheckStatus.PASSED: Text(ru="Верно", en="Passed"),
    CheckStatus.FAILED: Text(ru="Неверно", en="Failed"),
    CheckStatus.FOLLOWS: Text(ru="Следствие", en="Follows"),
    CheckStatus.REMARK: Text(ru="Замечание", en="Remark"),
    CheckStatus.NOT_ATTEMPTED: Text(ru="Не сделано", en="Not attempted"),
    CheckStatus.SKIPPED: Text(ru="Не запускалось", en="Not run"),
    CheckStatus.UNGRADED: Text(ru="Не оценено", en="Not graded"),
}

FAULT: dict[FaultKind, Text] = {
    FaultKind.EXCEPTION: Text(ru="Исключение", en="Exception"),
    FaultKind.SYNTAX: Text(ru="Синтаксическая ошибка", en="Syntax error"),
    FaultKind.MISSING: Text(ru="Не найдено", en="Not found"),
    FaultKind.TIME: Text(ru="Вышло время", en="Out of time"),
    FaultKind.MEMORY: Text(ru="Не хватило памяти", en="Out of memory"),
    FaultKind.OUTPUT: Text(ru="Слишком много вывода", en="Too much output"),
    FaultKind.DIED: Text(ru="Процесс завершился", en="The process died"),
    FaultKind.UNUSABLE: Text(ru="Непригодное значение", en="Unusable value"),
    FaultKind.NOT_A_GRAPH: Text(ru="Нельзя обучить как граф", en="Cannot be trained as a graph"),
    FaultKind.TOO_LARGE: Text(ru="Слишком большая сеть", en="Network too large"),
    FaultKind.FORGED: Text(ru="Точность не от обучения", en="Accuracy not from training"),
}

STOPPED: dict[str, Text] = {
    "rule_met": Text(ru="порог достигнут", en="reached the bar"),
    "budget": Text(ru="эпохи закончились", en="ran out of epochs"),
    "time_limit": Text(ru="вышло время", en="ran out of time"),
    "diverged": Text(ru="обучение разошлось", en="diverged"),
    "fault": Text(ru="ошибка в коде", en="error in the code"),
}

WORDS: dict[str, Text] = {
    "report": Text(ru="Отчёт о проверке", en="Grade report"),
    "passed": Text(ru="Зачтено", en="Passed"),
    "not_passed": Text(ru="Не зачтено", en="Not passed"),
    "pass_mark": Text(ru="Для зачёта нужно", en="Pass mark:"),
    "out_of": Text(ru="из", en="of"),
    "notebook": Text(ru="Блокнот", en="Notebook"),
    "provisional": Text(ru="Оценка предварительная", en="This grade is provisional"),
    "provisional_why": Text(ru="Она может измениться, потому что:", en="It may change, because:"),
    "tasks": Text(ru="Задания", en="Tasks"),
    "task": Text(ru="Задание", en="Task"),
    "status": Text(ru="Итог", en="Status"),
    "points": Text(ru="Баллы", en="Points"),
    "reason": Text(ru="Почему", en="Reason"),
    "show": Text(ru="Показать", en="Show"),
    "all": Text(ru="Все", en="All"),
    "no_points": Text(ru="без баллов", en="no points"),
    "hint": Text(ru="Похоже на известную ошибку", en="This looks like a known mistake"),
    "agreement": Text(ru="Чем ответ отличается от верного", en="How it differs from what is right"),
    "follows_from": Text(
        ru="Баллы не сняты: причина в другом задании",
        en="No points taken: the cause is in another task",
    ),
    "follows_partly": Text(
        ru="Часть ошибок следует из другого задания",
        en="Part of this follows from another task",
    ),
    "checks": Text(ru="Что проверялось", en="What was checked"),
    "expected": Text(ru="Ожидалось", en="Expected"),
    "got": Text(ru="Получено", en="Got"),
    "nothing": Text(ru="ничего", en="nothing"),
    "shape": Text(ru="форма", en="shape"),
    "setting": Text(ru="Величина", en="Setting"),
    "largest_error": Text(ru="Наибольшее отклонение", en="Largest error"),
    "at": Text(ru="в элементе", en="at"),
    "tolerance": Text(ru="допуск", en="tolerance"),
    "case_right": Text(ru="Совпало", en="Agrees"),
    "case_wrong": Text(ru="Расходится", en="Differs"),
    "hidden_case": Text(
        ru="Скрытый случай: его числа не показываются.",
        en="A hidden case: its numbers are not shown.",
    ),
    "code": Text(ru="Ваш код", en="Your code"),
    "answer": Text(ru="Ваш текст", en="Your text"),
    "reply": Text(ru="Ваш ответ", en="Your answer"),
    "answer_empty": Text(ru="Текста нет.", en="There is no text."),
    "printed": Text(ru="Что напечатал код", en="What the code printed"),
    "cell": Text(ru="ячейка", en="cell"),
    "line": Text(ru="строка", en="line"),
    "faulty_line": Text(ru="здесь возникла ошибка", en="the error arose here"),
    "accuracy": Text(ru="точность на проверочной выборке", en="validation accuracy"),
    "epoch": Text(ru="эпоха", en="epoch"),
    "seed": Text(ru="зерно", en="seed"),
    "runs": Text(ru="Запуски", en="Runs"),
    "last_accuracy": Text(ru="Точность в конце", en="Final accuracy"),
    "ended": Text(ru="Чем кончилось", en="How it ended"),
    "interval": Text(ru="95-процентный интервал", en="95% interval"),
    "curve_points": Text(ru="Точки кривой", en="Points of the curve"),
    "no_curve": Text(ru="Обучение не дало ни одной точки.", en="The training gave no point."),
    "rule_more": Text(ru="нужно больше", en="needed: more than"),
    "rule_least": Text(ru="нужно не меньше", en="needed: at least"),
    "cells": Text(ru="Ячейки, которые не выполнились", en="Cells that did not run"),
    "cells_why": Text(
        ru="Остальные ячейки это не остановило, задания проверены как обычно.",
        en="The other cells ran all the same, and the tasks were graded as usual.",
    ),
    "notes": Text(ru="Замечания", en="Notes"),
    "suspicions": Text(ru="Взята приманка", en="A decoy was taken"),
    "suspicions_why": Text(
        ru="Честному блокноту она попасться не может. На баллы это не влияет: решать вам. "
        "Студент этого раздела не видит.",
        en="No honest notebook comes by one. It changes no points: what follows is for you to "
        "decide. The student does not see this.",
    ),
    "conditions": Text(ru="Как проверялось", en="How it was graded"),
    "environment": Text(ru="Среда", en="Environment"),
    "limits": Text(ru="Ограничения", en="Limits"),
    "time": Text(ru="Время", en="Time"),
    "repeat": Text(ru="Повторяемость", en="Repeatability"),
    "repeat_why": Text(
        ru="То же зерно на той же машине даёт ту же оценку.",
        en="The same seed on the same machine gives the same grade.",
    ),
    "cells_count": Text(
        ru="Ячейки считаются подряд с единицы, текстовые тоже; строки — тоже с единицы.",
        en="Cells are counted from 1, text cells too; so are the lines of a cell.",
    ),
    "seed_row": Text(ru="Зерно генератора", en="Random seed"),
}

ROWS: dict[str, Text] = {
    "python": Text(ru="Python", en="Python"),
    "tensorflow": Text(ru="TensorFlow", en="TensorFlow"),
    "keras": Text(ru="Keras", en="Keras"),
    "tf_keras": Text(ru="Keras 2 (tf-keras)", en="Keras 2 (tf-keras)"),
    "runtime": Text(ru="Для какого TensorFlow написан", en="Runtime"),
    "numpy": Text(ru="NumPy", en="NumPy"),
    "grader": Text(ru="Программа проверки", en="Grader"),
    "device": Text(ru="Устройство", en="Device"),
    "platform": Text(ru="Система", en="Platform"),
    "sandbox": Text(ru="Песочница", en="Sandbox"),
    "data": Text(ru="Данные", en="Data"),
    "machine": Text(ru="Архитектура", en="Machine"),
    "ipykernel": Text(ru="ipykernel", en="ipykernel"),
    "mode": Text(ru="Режим", en="Mode"),
    "cell": Text(ru="На одну ячейку", en="For one cell"),
    "probe": Text(ru="На одну проверку", en="For one probe"),
    "training": Text(ru="На одно обучение", en="For one training"),
    "submission": Text(ru="На весь блокнот", en="For the notebook"),
    "memory": Text(ru="Память", en="Memory"),
    "processes": Text(ru="Процессы", en="Processes"),
    "threads": Text(ru="Потоки вычислений", en="Threads of arithmetic"),
    "reference": Text(ru="Чтение и эталон", en="Reading and reference"),
    "observe": Text(ru="Выполнение и обучение", en="Running and training"),
    "compare": Text(ru="Сравнение с известными ошибками", en="Comparing with known mistakes"),
    "judge": Text(ru="Оценивание", en="Judging"),
    "report": Text(ru="Отчёт", en="Report"),
    "total": Text(ru="Всего", en="Total"),
}
"""Names of the rows that a grade's environment, limits and times usually have."""
