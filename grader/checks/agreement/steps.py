"""The first step at which a computation leaves the reference.

Neither the order of steps nor how they are written matters: a step of the reference is found where
its result is among the results of the other computation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import prod

from grader.model import Step, Text

CLOSE = 1e-3
"""Of two sketches of one result: rounding is far below it, another result far above."""
PASSING = {"Identity", "Reshape", "Squeeze", "ExpandDims", "StopGradient", "Cast"}
"""Steps whose result is what went in."""
ADDED = ("сложение", "addition")
TITLES = {
    "Conv2D": ("свёртка", "convolution"),
    "DepthwiseConv2dNative": ("поканальная свёртка", "depthwise convolution"),
    "BiasAdd": ("прибавление смещения", "adding the bias"),
    "AddV2": ADDED,
    "Add": ADDED,
    "AddN": ADDED,
    "MatMul": ("умножение на матрицу весов", "multiplication by the weights"),
    "Relu": ("ReLU", "ReLU"),
    "Softmax": ("softmax", "softmax"),
    "Sigmoid": ("сигмоида", "sigmoid"),
    "Tanh": ("tanh", "tanh"),
    "MaxPool": ("max pooling", "max pooling"),
    "AvgPool": ("average pooling", "average pooling"),
    "Mean": ("среднее", "mean"),
    "Sum": ("сумма", "sum"),
    "Max": ("максимум", "maximum"),
    "Maximum": ("поэлементный максимум", "elementwise maximum"),
    "Sub": ("разность", "difference"),
    "Mul": ("произведение", "product"),
    "RealDiv": ("частное", "quotient"),
    "Square": ("квадрат", "square"),
    "SquaredDifference": ("квадрат разности", "squared difference"),
    "Sqrt": ("корень", "square root"),
    "ConcatV2": ("объединение каналов", "concatenation"),
    "Pad": ("дополнение нулями", "padding"),
    "Transpose": ("перестановка осей", "transposition"),
    "ResizeBilinear": ("изменение размера", "resizing"),
}
"""Operations by what TensorFlow calls them."""


def parting(case: Text, wanted: Sequence[Step], got: Sequence[Step]) -> Text | None:
    """The first step of ``wanted`` that ``got`` has not, though all that goes into it is there.

    Nothing where nothing was noted, or where the last result is there: then it is not this case
    that is wrong.
    """
    if not wanted or not got:
        return None
    found = _found(wanted, got)
    if found[-1]:
        return None
    later = _leads_on(wanted, found)
    for place, step in enumerate(wanted):
        if not found[place] and not later[place] and all(found[i] for i in step.inputs):
            return _said(case, wanted, place)
    return None


def _found(wanted: Sequence[Step], got: Sequence[Step]) -> list[bool]:
    """Of each step, whether its result is among the others'."""
    by_size: dict[int, list[Step]] = defaultdict(list)
    for step in got:
        by_size[prod(step.shape)].append(step)
    found: list[bool] = []
    for step in wanted:
        passed = step.op in PASSING and all(found[i] for i in step.inputs)
        rivals = by_size[prod(step.shape)]
        found.append(passed or any(_alike(step.sketch, one.sketch) for one in rivals))
    return found


def _alike(a: Sequence[float], b: Sequence[float]) -> bool:
    norm = max(abs(a[0]), abs(b[0]))
    directions = zip(a[1:], b[1:], strict=True)
    return abs(a[0] - b[0]) <= CLOSE * norm and all(abs(x - y) <= CLOSE for x, y in directions)


def _leads_on(wanted: Sequence[Step], found: Sequence[bool]) -> list[bool]:
    """Of each step, whether one that was found rests on it: then it was only made another way."""
    later = [False] * len(wanted)
    for place in reversed(range(len(wanted))):
        for before in wanted[place].inputs:
            later[before] |= later[place] or found[place]
    return later


def _said(case: Text, wanted: Sequence[Step], place: int) -> Text:
    step, shape = _name(wanted, place), "×".join(str(n) for n in wanted[place].shape)
    size = Text(f" ({shape})", f" ({shape})") if shape else Text("", "")
    before = next(_before(wanted, place), None)
    if before is None:
        return Text(
            f"{case.ru}: с эталоном расходится уже первый шаг, «{step.ru}»{size.ru}: "
            "такого результата среди ваших промежуточных нет.",
            f"{case.en}: already the first step, “{step.en}”{size.en}, parts from the reference: "
            "its result is not among your intermediate ones.",
        )
    last = _name(wanted, before)
    return Text(
        f"{case.ru}: промежуточные результаты совпадают с эталоном до шага «{last.ru}» "
        f"включительно; первый, которого среди ваших нет, даёт шаг «{step.ru}»{size.ru}.",
        f"{case.en}: your intermediate results are the reference's up to “{last.en}”; the first "
        f"that is not among yours is that of “{step.en}”{size.en}.",
    )


def _before(wanted: Sequence[Step], place: int) -> Iterator[int]:
    """The steps that go into one, the latest first, each that passes on by what goes into it."""
    for before in sorted(wanted[place].inputs, reverse=True):
        if wanted[before].op in PASSING:
            yield from _before(wanted, before)
        else:
            yield before


def _name(wanted: Sequence[Step], place: int) -> Text:
    """What the step is called, with its number where there are several of the kind."""
    title = _title(wanted[place])
    same = [i for i, step in enumerate(wanted) if _title(step) == title]
    if len(same) == 1:
        return Text(*title)
    number = same.index(place) + 1
    return Text(f"{title[0]} № {number}", f"{title[1]} no. {number}")


def _title(step: Step) -> tuple[str, str]:
    title = TITLES.get(step.op, (step.op, step.op))
    return TITLES["BiasAdd"] if title == ADDED and len(step.inputs) < 2 else title
