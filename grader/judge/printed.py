"""The accuracies that a notebook says it reached, beside what was measured: shown, never believed.

What a cell printed when the student ran it is in the file. It decides nothing; where it is far from
our own measurement, a person may want to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Cell, CheckGrade, CheckStatus, Run, Text

WIDE = 0.10
"""A difference (in fractions of 1) that two honest runs do not have."""

_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)\s*(%?)"
_SAID = re.compile(
    rf"(?:val(?:idation)?[\s_]*acc(?:uracy)?|acc(?:uracy)?|correct|точность[^\d\n]{{0,30}})"
    rf"\s*+[:=(]?\s*+{_NUMBER}",
    re.IGNORECASE,
)
_VALIDATION = re.compile(r"val|correct|валид|проверочн", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """An accuracy (a fraction of 1) that the cell of that index says it reached last."""

    accuracy: float
    cell: int


def claim(cells: Sequence[Cell]) -> Claim | None:
    """The last accuracy that one of ``cells`` printed; on validation images where it says so."""
    for cell in reversed(cells):
        said = list(_accuracies(cell.printed))
        held_out = [accuracy for accuracy, validation in said if validation]
        if said:
            return Claim(held_out[-1] if held_out else said[-1][0], cell.index)
    return None


def note(claimed: Claim | None, checks: Sequence[CheckGrade]) -> Text | None:
    """What is said of it beside the trainings of ``checks``; None without one or the other."""
    runs = [run for check in checks if _trained(check) for curve in check.curves[:1]
            for run in curve.runs]  # fmt: skip
    if claimed is None or not runs:
        return None
    measured = _best(runs)
    said, ours, cell = 100 * claimed.accuracy, 100 * measured, claimed.cell + 1
    told = Text(
        f"В сохранённом выводе ячейки {cell} точность {said:.1f} %; у нас получилось {ours:.1f} %.",
        f"The recorded output of cell {cell} says {said:.1f} %; we measured {ours:.1f} %.",
    )
    if claimed.accuracy - measured <= WIDE:
        return told
    return Text(
        f"{told.ru} Разница велика: вывод мог остаться от другой версии кода.",
        f"{told.en} That is a wide difference: the output may be of another version of the code.",
    )


def _accuracies(printed: str) -> Iterator[tuple[float, bool]]:
    for found in _SAID.finditer(printed[-20_000:]):
        value = float(found[1].replace(",", "."))
        accuracy = value / 100 if found[2] or value > 1 else value
        if 0 < accuracy <= 1:
            yield accuracy, bool(_VALIDATION.search(found[0]))


def _trained(check: CheckGrade) -> bool:
    return check.kind == "accuracy" and check.status is not CheckStatus.SKIPPED


def _best(runs: Sequence[Run]) -> float:
    return max((point.accuracy for run in runs for point in run.points), default=0.0)
