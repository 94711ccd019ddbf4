"""The drawings of a class's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.overview.values import Bin, Distribution
from grader.report.classwords import ClassPhrases
from grader.report.drawing import FAILED, GRID, PASSED, RULE, TEXT, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 420, 215
"""In SVG units; text is 11 of them, which a phone of 360 px still shows at 8 px."""

GAP = 0.08
"""Of a bar's width, left free at either side."""


def histogram(found: Distribution, phrases: ClassPhrases, name: str) -> str:
    """The distribution as an ``<svg>`` element whose ids all start with ``name``.

    Bars are students over points, those who passed on top of the others; the pass mark is a line.
    """

    def draw(axes: Axes) -> None:
        _bars(axes, found.bins)
        _frame(axes, found, phrases)

    words = phrases.words()
    return drawn(draw, name, (WIDTH, HEIGHT), words["distribution"], describe(found, phrases))


def describe(found: Distribution, phrases: ClassPhrases) -> str:
    """The distribution in words, for those who do not see it."""
    words, number = phrases.words(), phrases.number
    bars = "; ".join(
        f"{number(one.low)}–{number(one.high)}: {one.passed + one.failed}"
        for one in found.bins
        if one.passed + one.failed
    )
    return (
        f"{words['median']}: {number(found.quartiles[1])}. "
        f"{words['pass_mark_short'].capitalize()}: {number(found.pass_mark)}. "
        f"{words['range']}: {bars}."
    )


def _bars(axes: Axes, bins: tuple[Bin, ...]) -> None:
    for one in bins:
        width = one.high - one.low
        left, inner = one.low + GAP * width, (1 - 2 * GAP) * width
        if one.failed:
            axes.bar(left, one.failed, inner, align="edge", color=FAILED, linewidth=0)
        if one.passed:
            axes.bar(left, one.passed, inner, one.failed, align="edge", color=PASSED, linewidth=0)
        if one.passed + one.failed:
            axes.annotate(
                str(one.passed + one.failed),
                (left + inner / 2, one.passed + one.failed),
                (0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                color=TEXT,
            )


def _frame(axes: Axes, found: Distribution, phrases: ClassPhrases) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    words = phrases.words()
    right = found.bins[-1].high
    most = max(one.passed + one.failed for one in found.bins)
    axes.set_xlim(0, right)
    axes.set_ylim(0, most * 1.28)
    step = -(-len(found.bins) // 8)
    axes.set_xticks([*(one.low for one in found.bins), right][::step])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: phrases.number(value)))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: phrases.number(value)))
    axes.set_xlabel(words["points_axis"], color=TEXT)
    axes.set_title(words["students_count"], loc="left", color=TEXT, fontsize=11, x=0)
    axes.tick_params(colors=TEXT, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    _pass_mark(axes, found, right, phrases)


def _pass_mark(axes: Axes, found: Distribution, right: float, phrases: ClassPhrases) -> None:
    axes.axvline(found.pass_mark, color=RULE, linewidth=1.4, linestyle=(0, (5, 3)))
    leftwards = found.pass_mark > right / 2
    axes.annotate(
        f"{phrases.words()['pass_mark_short']} {phrases.number(found.pass_mark)}",
        (found.pass_mark, axes.get_ylim()[1]),
        (-5 if leftwards else 5, -2),
        textcoords="offset points",
        color=RULE,
        va="top",
        ha="right" if leftwards else "left",
    )
