"""What matching had to recover or assume, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from grader.matching.given import Given, calls, defined
from grader.matching.lines import regions
from grader.matching.values import Part
from grader.model import Cell, Text

_COMMENTED_CALL = r"^[ \t]*+#[ \t#]*+{name}\s*+\("


def notes(
    mine: Sequence[Cell], handout: Sequence[Cell], parts: Mapping[str, Part], moved: Set[int]
) -> Iterator[Text]:
    """What was recovered or assumed about the cells that students write.

    ``moved`` are the indices of the handout cells whose answers were found out of their order.
    """
    for given in handout:
        part = parts.get(given.id)
        if part is not None and Given(given).open_names():
            yield from _part_notes(mine, given, part, given.index in moved)


def _part_notes(mine: Sequence[Cell], given: Cell, part: Part, moved: bool) -> Iterator[Text]:
    names = Given(given).names()
    what = ", ".join(f"`{name}`" for name in names)
    if not part.cells:
        yield Text(
            ru=f"Не найдена ячейка задания ({what}).",
            en=f"The cell of the task was not found ({what}).",
        )
        return
    cells = [mine[i] for i in part.cells]
    where = ", ".join(str(cell.index + 1) for cell in cells)
    if not any(regions(cell.source) for cell in cells):
        yield Text(
            ru=f"Ячейка {where} узнана по коду ({what}): отметок начала и конца в ней нет.",
            en=f"Cell {where} was matched by its code ({what}): its markers are gone.",
        )
    if len(cells) > 1:
        yield Text(
            ru=f"Ответ на одно задание ({what}) собран из нескольких ячеек: {where}.",
            en=f"The answer to one task ({what}) was put together from cells {where}.",
        )
    for name, instead in part.renamed.items():
        yield Text(
            ru=f"Функции или класса `{name}` нет; вместо него проверено `{instead}` "
            "с теми же параметрами.",
            en=f"There is no `{name}`; `{instead}`, which takes the same parameters, was graded "
            "in its place.",
        )
    if moved:
        yield Text(
            ru=f"Ячейка {where} ({what}) стоит не на своём месте.",
            en=f"Cell {where} ({what}) was found out of its order.",
        )
    yield from _version_notes(mine, given, part)


def _version_notes(mine: Sequence[Cell], given: Cell, part: Part) -> Iterator[Text]:
    cells = [mine[i] for i in part.cells]
    stretch = [c for c in mine[slice(*part.section)] if c.kind == "code"]
    for name in Given(given).open_names():
        found = [cell.index + 1 for cell in stretch if name in defined(cell)]
        if len(found) > 1:
            last = max((i for i in found if i - 1 in part.cells), default=found[-1])
            yield Text(
                ru=f"`{name}` определяется в ячейках {found}; засчитана ячейка {last}.",
                en=f"`{name}` is defined in cells {found}; cell {last} counts.",
            )
    for name in Given(given).called():
        if any(calls(cell, name) for cell in stretch):
            continue
        if any(re.search(_COMMENTED_CALL.format(name=name), c.source, re.M) for c in cells):
            yield Text(
                ru=f"Вызов `{name}` в ячейке {cells[-1].index + 1} закомментирован.",
                en=f"The call of `{name}` in cell {cells[-1].index + 1} is commented out.",
            )
