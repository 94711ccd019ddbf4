"""Training curves as inline SVG that takes its colours and fonts from the page around it.

Matplotlib draws with stand-in colours, and each is then replaced by a custom property of the style
sheet, so that one drawing is right in light, in dark and in print. It is imported only here, and
only when there is a curve to draw.
"""

from __future__ import annotations

import io
import math
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from grader.model import Curve, CurvePoint, Run
from grader.report.phrases import Phrases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 400, 230
"""In SVG units; text is 11 of them, which a phone of 360 px still shows at 8 px."""

TEXT, GRID, RULE = "#0a0b01", "#0a0b02", "#0a0b03"
SEEDS = ("#0a0c01", "#0a0c02", "#0a0c03", "#0a0c04", "#0a0c05")
COLOURS = {TEXT: "var(--plot-text)", GRID: "var(--plot-grid)", RULE: "var(--plot-rule)"} | {
    colour: f"var(--seed-{index})" for index, colour in enumerate(SEEDS, 1)
}
MARKERS = ("o", "s", "^", "D", "v")
MAX_MARKERS = 14

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"


def svg(curve: Curve, phrases: Phrases, name: str) -> str:
    """The curve as an ``<svg>`` element whose ids all start with ``name``; empty without points.

    Accuracy in per cent over epochs: one line for each seed, their spread shaded, the rule dashed,
    the interval of the deciding accuracy as a bracket at the right edge.
    """
    runs = [(run, points) for run in curve.runs if (points := drawable(run))]
    if not runs:
        return ""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a user's own matplotlibrc must not change a report
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11})
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), layout="constrained")
        axes = figure.subplots()
        _frame(axes, curve, [points for _, points in runs], phrases)
        _lines(axes, runs, phrases)
        drawn = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(drawn, format="svg", transparent=True, metadata=nothing)
    return _inline(drawn.getvalue(), name, curve.title[phrases.language], describe(curve, phrases))


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


def _inline(drawn: str, name: str, title: str, description: str) -> str:
    """Matplotlib's file as an element for a page: ids of its own, page colours, a spoken name."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(drawn)  # noqa: S314  drawn by matplotlib from numbers and our own words
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    kept = _rename_ids(root, name)
    for element in root.iter():
        style = element.get("style", "")
        element.set("style", re.sub(r"font-family:[^;]*;? ?", "", style))
        for attribute, value in list(element.attrib.items()):
            if (attribute == "id" and value not in kept) or not value:
                del element.attrib[attribute]
            else:
                element.set(attribute, _coloured(value))
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("class", "plot")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for tag, text in (("desc", description), ("title", title)):
        spoken = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        spoken.text = text
        root.insert(0, spoken)
    return ET.tostring(root, encoding="unicode")


def _rename_ids(root: ET.Element, name: str) -> set[str]:
    """Give each id that something refers to a name of this drawing's own; return the new ids."""
    ids: dict[str, str] = {}
    for element in root.iter():
        for attribute in (_HREF, "clip-path"):
            found = re.search(r"#([\w-]+)", element.get(attribute, ""))
            if found:
                new = ids.setdefault(found[1], f"{name}-{len(ids) + 1}")
                target = "href" if attribute == _HREF else attribute
                value = element.attrib.pop(attribute).replace(f"#{found[1]}", f"#{new}")
                element.set(target, value)
    for element in root.iter():
        if element.get("id") in ids:
            element.set("id", ids[element.attrib["id"]])
    return set(ids.values())


def _coloured(value: str) -> str:
    for colour, variable in COLOURS.items():
        value = value.replace(colour, variable)
    return value
