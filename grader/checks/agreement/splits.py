"""What the wrong cases have in common and the right ones have not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.checks.compare import Array
from grader.kernel.wire import Leaf
from grader.model import Text

from .pairs import Pair
from .shifts import called

Property = Callable[[Array], bool]

PROPERTIES: tuple[tuple[Property, str, str], ...] = (
    (lambda x: x.ndim > 1 and x.shape[0] > 1, "в пакете больше одного примера",
     "there is more than one example in the batch"),
    (lambda x: x.ndim > 1 and x.shape[0] == 1, "в пакете один пример",
     "there is one example in the batch"),
    (lambda x: _sides(x)[0] != _sides(x)[1], "высота не равна ширине", "height and width differ"),
    (lambda x: x.ndim == 4 and x.shape[-1] != 3, "каналов не три", "there are not three channels"),
    (lambda x: any(s % 2 == 1 for s in _sides(x)), "есть нечётный размер", "a size is odd"),
    (lambda x: any(s and s % 2 == 0 for s in _sides(x)), "есть чётный размер", "a size is even"),
    (lambda x: x.dtype.kind in "iu", "на входе целые числа", "the input holds whole numbers"),
    (lambda x: x.dtype.kind == "f", "на входе дробные числа", "the input holds fractions"),
    (lambda x: bool(x.size and x.min() < 0), "на входе есть отрицательные числа",
     "there are negative numbers in the input"),
    (lambda x: bool(x.size and x.max() <= 0), "на входе нет положительных чисел",
     "there are no positive numbers in the input"),
    (lambda x: not x.any(), "на входе одни нули", "the input is all zeros"),
)  # fmt: skip
"""What may be true of the first array that goes in, and how that is said."""


def split(pairs: Sequence[Pair], names: Sequence[str]) -> Text | None:
    """The property that all wrong cases have and no right one, if the right ones tell anything."""
    wrong = [pair for pair in pairs if not pair.right]
    right = [pair for pair in pairs if pair.right and pair.telling]
    if not right:
        return None
    reason = next(_reasons(wrong, right, names), None)
    if reason is None:
        return None
    return Text(
        f"Ошибка только там, где {reason.ru}; в остальных случаях ответ верен.",
        f"Wrong only where {reason.en}; in the other cases the answer is right.",
    )


def _reasons(wrong: Sequence[Pair], right: Sequence[Pair], names: Sequence[str]) -> Iterator[Text]:
    yield from _of_settings(wrong, right, names)
    for holds, ru, en in PROPERTIES:
        if all(_has(holds, pair) for pair in wrong) and not any(
            _has(holds, pair) for pair in right
        ):
            yield Text(ru, en)


def _has(holds: Property, pair: Pair) -> bool:
    return pair.first is not None and holds(pair.first)


def _of_settings(
    wrong: Sequence[Pair], right: Sequence[Pair], names: Sequence[str]
) -> Iterator[Text]:
    """A plain argument (a number, a word) whose values differ between wrong and right cases."""
    for place in range(min(len(pair.arguments) for pair in (*wrong, *right))):
        bad = {_plain(pair.arguments[place]) for pair in wrong}
        good = {_plain(pair.arguments[place]) for pair in right}
        if None in bad | good or bad & good:
            continue
        name = called((place,), names)
        ru, en = _values(name.ru, bad, good, "больше"), _values(name.en, bad, good, "above")
        yield Text(ru, en)


def _plain(value: Any) -> Any:
    """A setting's value; ``None`` for an array or anything else that is none."""
    if isinstance(value, Leaf):
        return None
    if isinstance(value, tuple | list):
        items = tuple(_plain(item) for item in value)
        return items if None not in items else None
    return value if isinstance(value, bool | int | float | str) else None


def _values(name: str, bad: set[Any], good: set[Any], more: str) -> str:
    numbers = all(type(value) in (int, float) for value in bad | good)
    if numbers and len(bad) > 1 and min(bad) > max(good):
        return f"{name} {more} {max(good)}"
    listed = ", ".join(sorted(repr(value) for value in bad))
    return f"{name} = {listed}"


def _sides(x: Array) -> tuple[int, int]:
    """Height and width of images, rows and columns of a matrix."""
    if x.ndim == 4:
        return x.shape[1], x.shape[2]
    if x.ndim in (2, 3):
        return x.shape[0], x.shape[1]
    return 0, 0
