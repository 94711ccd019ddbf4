"""Reasons that are the grader's own, which a fault carries in English: the same in Russian."""

from __future__ import annotations

import re

from grader.model import Text

_RUSSIAN = {
    r"more than (\d+) characters printed": "напечатано больше {} символов",
    r"more than (\d+) bytes in files": "в файлах больше {} байт",
    r"more than (\d+) bytes of answers in all": "все ответы вместе больше {} байт",
    r"more than (\d+) values in one answer": "в одном ответе больше {} значений",
    r"more than (\d+) processes": "процессов и потоков больше {}",
    r"a step takes more memory than ([\d.]+) GiB": "шагу обучения не хватает {} ГиБ памяти",
    r"a step takes more memory than there is": "шагу обучения не хватает памяти",
    r"no step was done within ([\d.]+) s": "за {} с не сделано ни одного шага",
    r"it was not taken out of the notebook within ([\d.]+) s": (
        "за {} с её не удалось вынести из блокнота"
    ),
    r"it has (\d+) million parameters; up to (\d+) million are trained": (
        "в ней {} млн параметров, а обучаются сети до {} млн"
    ),
    r"the kernel that trains it died": "ядро, в котором она обучалась, аварийно завершилось",
    r"the training ended at step (\d+) of (\d+)": "обучение закончилось на шаге {} из {}",
    r"the graph takes (\d+) bytes, (\d+) are allowed": "граф занимает {} байт, а можно {}",
    r"the graph cannot be read": "граф не читается",
    r"arrays that hold no numbers": "в массивах не числа",
    r"no answer(?:| came|s to what was asked)": "нет ответа",
    r"no value": "нет значения",
    r"no network": "нет сети",
    r"([\d.]+) GiB": "{} ГиБ",
    r"([\d.]+) s": "{} с",
}
_PATTERNS = [(re.compile(pattern), russian) for pattern, russian in _RUSSIAN.items()]


def reason(said: str) -> Text:
    """``said`` in both languages where it is a reason of the grader's; else as it is."""
    for pattern, russian in _PATTERNS:
        if found := pattern.fullmatch(said):
            return Text(russian.format(*found.groups()), said)
    return Text(said, said)
