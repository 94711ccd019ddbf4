"""``distribution``: a random function, by what it does to an image over many calls.

No single value is right or wrong; how often each comes is. The bounds are those of Dvoretzky,
Kiefer and Wolfowitz (constant by P. Massart, Ann. Probab. 18, 1990) and of W. Hoeffding (JASA 58,
1963): a right function fails one of them once in a million notebooks, whatever its seed.
"""

from __future__ import annotations

import math

import numpy as np

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, CheckGrade, Comparison, Text
from grader.rubric import Distribution, Expectation, Task

from .cases import judge_cases
from .compare import Array
from .evidence import Evidence, Probe
from .measures import TITLES, measured
from .replies import repeated

RARE = 1e-6
"""How often a right function is taken for a wrong one, by one expectation."""
ALIKE = 1e-4
"""How often two samples of one distribution are taken for two."""


def plan(check: Distribution, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """One probe for all checks of the task that ask for as many calls of the same cases."""
    assert task.object is not None
    cases = lab.draw(check.cases, seed)
    key = _key(check, task)
    return (Probe(key, "repeat", task.object, cases, calls=check.calls, traced=check.traced),)


def judge(check: Distribution, evidence: Evidence) -> CheckGrade:
    """Passed when in every case every measure is distributed as expected."""
    images = _images(check, evidence)

    def rows(case: str, title: Text, wanted: Answer, answer: Answer) -> list[Comparison]:
        values = repeated(answer, check.calls)
        if isinstance(values, Text):
            return [Comparison(case, title, False, note=values)]
        return [_row(e, case, title, images[case], values) for e in check.expect]

    return judge_cases(check, _key(check, evidence.task), evidence, check.only, rows)


def same(check: Distribution, evidence: Evidence, other: Evidence) -> bool:
    """Each measure distributed alike in every case, or the same exception, or the same no-image."""
    key = _key(check, evidence.task)
    mine, theirs = evidence.observed[key], other.observed[key]
    if mine.fault or theirs.fault:
        return False
    images = _images(check, evidence)
    return all(
        _alike(check, images[case], mine.answer(case), theirs.answer(case)) for case in images
    )


def _row(e: Expectation, case: str, title: Text, image: Array, values: Array) -> Comparison:
    name = TITLES[e.measure]
    what = Text(f"{title.ru}: {name.ru}", f"{title.en}: {name.en}")
    try:
        drawn = _finite(measured(e.measure, image, values))
    except ValueError:
        return Comparison(case, what, False, note=_no_piece(values))
    if not drawn.size:
        return Comparison(case, what, False, expected=_expected(e), note=_NOTHING)
    note = _complaint(e, drawn, image, values)
    return Comparison(case, what, note is None, expected=_expected(e), got=_told(drawn), note=note)


def _complaint(e: Expectation, drawn: Array, image: Array, values: Array) -> Text | None:
    """What is wrong with how one measure came out; ``None`` where nothing is."""
    if e.independent_of is not None:
        return _dependent(
            e.independent_of, drawn, _finite(measured(e.independent_of, image, values))
        )
    if e.chance is not None:
        return _wrong_chance(e.chance, drawn)
    low, high = e.uniform or e.within or (0.0, 0.0)
    if drawn.min() < low - e.slack or drawn.max() > high + e.slack:
        return Text(
            f"бывает от {drawn.min():.3g} до {drawn.max():.3g}, а нужно от {low:g} до {high:g}",
            f"goes from {drawn.min():.3g} to {drawn.max():.3g}, not from {low:g} to {high:g}",
        )
    if e.uniform is None:
        return None
    if np.ptp(drawn) < 1e-9:
        return _always(drawn)
    if _distance(drawn, low, high, e.whole) <= margin(len(drawn)):
        return None
    return Text(
        f"распределено не равномерно от {low:g} до {high:g}: {_told(drawn)}",
        f"not spread evenly from {low:g} to {high:g}: {_told(drawn)}",
    )


def margin(count: int, rare: float = RARE) -> float:
    """How far ``count`` draws' distribution function may be off: √(ln(2 / rare) / 2n)."""
    return math.sqrt(math.log(2 / rare) / (2 * count))


def _distance(drawn: Array, low: float, high: float, whole: bool) -> float:
    """The largest distance between the draws' distribution function and the even one's."""
    if whole:
        steps = np.arange(low, high + 1)
        seen = np.searchsorted(np.sort(drawn), steps, side="right") / len(drawn)
        return float(np.max(np.abs(seen - (steps - low + 1) / len(steps))))
    ordered = np.clip((np.sort(drawn) - low) / (high - low), 0, 1)
    ranks = np.arange(len(drawn) + 1) / len(drawn)
    return float(np.max(np.maximum(ranks[1:] - ordered, ordered - ranks[:-1])))


def _wrong_chance(chance: float, drawn: Array) -> Text | None:
    share = float(drawn.mean())
    off = abs(share - chance)
    if (off == 0) if chance in (0.0, 1.0) else (off <= margin(len(drawn))):
        return None
    return Text(
        f"так бывает в {100 * share:.0f} % вызовов, а должно в {100 * chance:g} %",
        f"so in {100 * share:.0f} % of the calls, where {100 * chance:g} % are wanted",
    )


def _dependent(other: str, mine: Array, theirs: Array) -> Text | None:
    if len(mine) != len(theirs) or not mine.std() or not theirs.std():
        return None  # one that never changes is told by its own expectation
    correlation = float(np.corrcoef(mine, theirs)[0, 1])
    if abs(correlation) <= 2 * margin(len(mine)):
        return None
    name = TITLES[other]
    return Text(
        f"связано с другим: «{name.ru}» (корреляция {correlation:.2f}), а нужно независимо",
        f"goes with “{name.en}” (correlation {correlation:.2f}), and should not",
    )


def _images(check: Distribution, evidence: Evidence) -> dict[str, Array]:
    """The image that each case is about: its first argument."""
    images = {}
    for case in evidence.probes[_key(check, evidence.task)].cases:
        if check.only and case.id not in check.only:
            continue
        first = case.args[0] if isinstance(case, CallCase) and case.args else None
        if not isinstance(first, Leaf) or first.array.ndim != 3:
            raise ReferenceFailed(
                f"check {check.id} of {evidence.task.id}: the first argument of case {case.id} "
                "is no image (H, W, C); mend its generator"
            )
        images[case.id] = first.array
    return images


def _alike(check: Distribution, image: Array, a: Answer | None, b: Answer | None) -> bool:
    if a is None or b is None:
        return False
    if a.fault or b.fault:
        return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
    mine, theirs = repeated(a, check.calls), repeated(b, check.calls)
    if isinstance(mine, Text) or isinstance(theirs, Text):
        return isinstance(mine, Text) and isinstance(theirs, Text) and mine == theirs
    names = {e.measure for e in check.expect}
    return (
        mine.shape == theirs.shape
        and all(_alike_measure(name, image, mine, theirs) for name in names)
        and all(_met(e, image, mine) == _met(e, image, theirs) for e in check.expect)
    )


def _met(e: Expectation, image: Array, values: Array) -> bool:
    """Whether an expectation is met: of two measures together no distribution of one tells."""
    try:
        drawn = _finite(measured(e.measure, image, values))
    except ValueError:
        return False
    return drawn.size > 0 and _complaint(e, drawn, image, values) is None


def _alike_measure(name: str, image: Array, mine: Array, theirs: Array) -> bool:
    """Two samples of one distribution, as far as they tell (N. V. Smirnov's test)."""
    try:
        x, y = (np.sort(_finite(measured(name, image, values))) for values in (mine, theirs))
    except ValueError:
        return True  # of one shape, and neither is a piece of the image
    if not x.size or not y.size:
        return x.size == y.size
    grid = np.round(np.concatenate([x, y]), 6)
    shares = [np.searchsorted(np.round(s, 6), grid, side="right") / len(s) for s in (x, y)]
    distance = float(np.max(np.abs(shares[0] - shares[1])))
    return distance <= margin(len(x), ALIKE) + margin(len(y), ALIKE)


def _finite(values: Array) -> Array:
    kept: Array = values[np.isfinite(values)]
    return kept


def _expected(e: Expectation) -> str:
    if e.uniform:
        return (
            f"U{'{' if e.whole else '['}{e.uniform[0]:g}…{e.uniform[1]:g}{'}' if e.whole else ']'}"
        )
    if e.within:
        return f"{e.within[0]:g}…{e.within[1]:g}"
    return f"P = {e.chance:g}" if e.chance is not None else "r = 0"


def _told(drawn: Array) -> str:
    return f"{drawn.min():.3g}…{drawn.max():.3g}, x̄ = {drawn.mean():.3g}, n = {len(drawn)}"


def _always(drawn: Array) -> Text:
    return Text(
        f"каждый раз одно и то же ({drawn[0]:.3g}), а должно быть случайным",
        f"the same every time ({drawn[0]:.3g}), where it should be random",
    )


def _no_piece(values: Array) -> Text:
    shape = str(values.shape[1:])
    return Text(
        f"результат формы {shape} нельзя сравнить с исходной картинкой",
        f"a result of shape {shape} cannot be compared with the image",
    )


def _key(check: Distribution, task: Task) -> str:
    return f"{task.id}/repeat/{check.cases}/{check.calls}{'/traced' if check.traced else ''}"


_NOTHING = Text(
    "измерить нечего: картинки серые или одноцветные",
    "there is nothing to measure: the images are grey or of one colour",
)
