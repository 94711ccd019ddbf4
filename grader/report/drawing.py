"""Inline SVG by matplotlib that takes its colours and fonts from the page around it.

Matplotlib draws with stand-in colours, and each is then replaced by a custom property of the style
sheet, so that one drawing is right in light, in dark and in print. It is imported only here, and
only when there is something to draw.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXT, GRID, RULE = "#0a0b01", "#0a0b02", "#0a0b03"
PASSED, FAILED = "#0a0d01", "#0a0d02"
SEEDS = ("#0a0c01", "#0a0c02", "#0a0c03", "#0a0c04", "#0a0c05")
COLOURS = {
    TEXT: "var(--plot-text)",
    GRID: "var(--plot-grid)",
    RULE: "var(--plot-rule)",
    PASSED: "var(--bar-passed)",
    FAILED: "var(--bar-failed)",
} | {colour: f"var(--seed-{index})" for index, colour in enumerate(SEEDS, 1)}

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"


def drawn(
    draw: Callable[[Axes], None],
    name: str,
    size: tuple[float, float],
    title: str,
    description: str,
) -> str:
    """What ``draw`` puts on the axes, as an ``<svg>`` element whose ids all start with ``name``.

    ``size`` is in SVG units (points). Colours are to be this module's; ``title`` and
    ``description`` are what a screen reader says.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a user's own matplotlibrc must not change a report
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11})
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        draw(figure.subplots())
        file = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    return _inline(file.getvalue(), name, title, description)


def _inline(source: str, name: str, title: str, description: str) -> str:
    """Matplotlib's file as an element for a page: ids of its own, page colours, a spoken name."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(source)  # noqa: S314  drawn by matplotlib from numbers and our own words
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
