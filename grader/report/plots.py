"""Training curves as inline SVG that takes its colours and fonts from the page around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.model import Curve, CurvePoint, Run
from grader.report.drawing import GRID, RULE, SEEDS, TEXT, drawn
from grader.report.phrases import Phrases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 400, 230
"""In SVG units; text is 11 of them, which a phone of 360 px still shows at 8 px."""

MARKERS = ("o", "s", "^", "D", "v")
MAX_MARKERS = 14


def svg(curve: Curve, phrases: Phrases, name: str) -> str:
    """The curve as an ``<svg>`` element whose ids all start with ``name``; empty without points.

    Accuracy in per cent over epochs: one line for each seed, their spread shaded, the rule dashed,
    the interval of the deciding accuracy as a bracket at the right edge.
    """
    runs = [(run, points) for run in curve.runs if (points := drawable(run))]
    if not runs:
        return ""

    def draw(axes: Axes) -> None:
        _frame(axes, curve, [points for _, points in runs], phrases)
        _lines(axes, runs, phrases)

    spoken = curve.title[phrases.language], describe(curve, phrases)
    return drawn(draw, name, (WIDTH, HEIGHT), *spoken)


def drawable(run: Run) -> list[CurvePoint]:
    """The points of a run that have a place on paper."""
    return [p for p in run.points if math.isfinite(p.accuracy) and math.isfinite(p.epoch)]


def describe(curve: Curve, phrases: Phrases) -> str:
    """The curve in a sentence or two, for those who do not see it."""
    words = phrases.words()
    parts = [f"{words['accuracy']}; {phrases.rule(curve.rule, curve.strict)}"]
    for run in curve.runs:
        points = drawable(run)
        last = phrases.percent(points[-1].accuracy) if points else "—"
        parts.append(f"{words['seed']} {run.seed}: {last}, {phrases.stopped(run.stopped)}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _frame(axes: Axes, curve: Curve, lines: list[list[CurvePoint]], phrases: Phrases) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    last = max(point.epoch for points in lines for point in points)
    seen = [point.accuracy for points in lines for point in points]
    seen += [curve.rule, *(curve.interval or ())]
    margin = max(0.03, 0.14 * (max(seen) - min(seen)))
    right = max(1.0, math.ceil(last - 1e-6))
    axes.set_xlim(0, right * 1.03)
    axes.set_ylim(max(0.0, min(seen) - margin), min(1.02, max(seen) + margin))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=right > 3, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: phrases.number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: phrases.percent(value)))
    words = phrases.words()
    axes.set_xlabel(words["epoch"], color=TEXT)
    axes.set_title(words["accuracy"], loc="left", color=TEXT, fontsize=11, x=0)
    axes.tick_params(colors=TEXT, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.axhline(curve.rule, color=RULE, linewidth=1.4, linestyle=(0, (5, 3)))
    label = phrases.rule(curve.rule, curve.strict)
    axes.annotate(
        label, (0, curve.rule), (2, 4), textcoords="offset points", color=RULE, va="bottom"
    )
    if curve.interval:
        axes.plot([right * 1.015] * 2, curve.interval, color=TEXT, linewidth=1.2, marker="_")


def _lines(axes: Axes, runs: list[tuple[Run, list[CurvePoint]]], phrases: Phrases) -> None:
    _spread(axes, [points for _, points in runs])
    for index, (run, points) in enumerate(runs):
        axes.plot(
            [point.epoch for point in points],
            [point.accuracy for point in points],
            color=SEEDS[index % len(SEEDS)],
            linewidth=1.8,
            marker=MARKERS[index % len(MARKERS)],
            markersize=4.5,
            markevery=[len(points) - 1] if len(points) > MAX_MARKERS else 1,
            label=f"{phrases.words()['seed']} {run.seed}",
            clip_on=False,
        )
    if len(runs) > 1:
        axes.legend(loc="lower right", frameon=False, labelcolor=TEXT, handlelength=1.6)


def _spread(axes: Axes, lines: list[list[CurvePoint]]) -> None:
    """The band between the lowest and the highest seed, over the epochs that all of them saw."""
    import numpy as np

    start = max(points[0].epoch for points in lines)
    end = min(points[-1].epoch for points in lines)
    if len(lines) < 2 or end <= start:
        return
    epochs = np.linspace(start, end, 50)
    heights = np.array(
        [np.interp(epochs, [p.epoch for p in line], [p.accuracy for p in line]) for line in lines]
    )
    low, high = heights.min(axis=0), heights.max(axis=0)
    axes.fill_between(epochs, low, high, color=SEEDS[0], alpha=0.14, linewidth=0)
