"""What was taken for a task's answer where it did not come under the name that the lab gives it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.model import Observed, Text

FIT = "Model.fit"
_MADE = re.compile(r"(\w{1,100}) = (\w{1,100})\(…\)")
_FACTORY = re.compile(r"(\w{1,100})\(\)")


def elsewhere(mine: Iterable[Observed]) -> bool:
    """Whether the answer is a model that the notebook made or trained itself."""
    return any(seen.found == FIT or _MADE.fullmatch(seen.found) for seen in mine)


def taken(mine: Iterable[Observed]) -> tuple[Text, ...]:
    """Words for a model, an optimizer or a factory that was looked for and found in its globals.

    How something was found is the kernel's word: only names are taken from it.
    """
    return tuple(dict.fromkeys(note for seen in mine if (note := _note(seen.found))))


def _note(found: str) -> Text | None:
    if made := _MADE.fullmatch(found):
        name, kind = made.groups()
        return Text(
            f"Проверен объект «{name}» ({kind}), который создан в блокноте: обучающей функции "
            "никакой фабрики не передано.",
            f"The object `{name}` ({kind}), which the notebook makes, was taken: no factory was "
            "given to a training driver.",
        )
    if factory := _FACTORY.fullmatch(found):
        return Text(
            f"Сеть создана функцией «{factory[1]}» из блокнота: у конструктора класса есть "
            "обязательные аргументы.",
            f"The network was made by the notebook's own function `{factory[1]}`: the class's "
            "constructor wants arguments.",
        )
    return None
