"""The page of a class: one file, nothing fetched, one small script that sorts and filters."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from grader.model import Language, Status
from grader.overview.values import ClassOverview, StudentRow
from grader.report.classfigures import histogram
from grader.report.classwords import ICONS, ClassPhrases
from grader.report.html import style, templates
from grader.report.tame import tamed

MAX_CHECKS, MAX_CLUSTERS, MAX_LIKENESSES = 10, 8, 50
"""Shown of each; further checks and groups lie closed, further pairs are counted."""


def page(overview: ClassOverview, language: Language) -> str:
    """The class's ``index.html``, to lie beside its folder ``students/``."""
    phrases = ClassPhrases(language)
    places = {one.student: place for place, one in enumerate(overview.students)}
    links = [_link(one) for one in overview.students]  # keys, before they are made fit to be read
    shown = tamed(overview, language)
    script = _file("class.js")
    return (
        templates()
        .get_template("classpage.html.j2")
        .render(
            o=shown,
            lang=language,
            w=phrases.words(),
            say=phrases,
            style=style() + _file("class.css"),
            script=script,
            script_hash=_hash(script),
            icons_of=ICONS,
            statuses=tuple(Status),
            links=links,
            members=_members(overview, places),
            breakable=_breakable,
            histogram=_drawing(shown, phrases),
            fine_print=_fine_print(shown, phrases),
            most={
                "checks": MAX_CHECKS,
                "clusters": MAX_CLUSTERS,
                "likenesses": MAX_LIKENESSES,
            },
        )
    )


def _link(student: StudentRow) -> str:
    """Where ``grader.report.deliver.write_student`` puts the staff's page; empty without one."""
    if not student.graded or not student.anchors:
        return ""
    folder = quote(student.student, safe="", errors="replace")
    return f"students/{folder}/{student.number}.staff.html"


def _members(overview: ClassOverview, places: Mapping[str, int]) -> dict[str, Any]:
    """Students of clusters and likenesses as places in the table."""

    def found(students: Sequence[str]) -> list[int]:
        return sorted(places[student] for student in students if student in places)

    likenesses = overview.similarity.likenesses if overview.similarity else ()
    return {
        "clusters": [found(one.students) for one in overview.clusters],
        "likenesses": [(found(one.first), found(one.second)) for one in likenesses],
    }


def _drawing(overview: ClassOverview, phrases: ClassPhrases) -> Markup:
    if overview.distribution is None:
        return Markup()
    return Markup(histogram(overview.distribution, phrases, "points"))  # noqa: S704  our drawing


def _fine_print(overview: ClassOverview, phrases: ClassPhrases) -> str:
    found = overview.similarity
    if found is None:
        return ""
    return phrases.compared(found.compared, found.short, found.common, found.threshold)


def _breakable(name: str) -> list[str]:
    """An identifier in the pieces between which a line may end."""
    return [piece for piece in re.split(r"(?<=_)|(?<=[a-z])(?=[A-Z])", name) if piece]


@functools.cache
def _file(name: str) -> Markup:
    file = resources.files("grader.report") / "templates" / name
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704  our own file


def _hash(script: str) -> str:
    """What a Content-Security-Policy calls this very script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
