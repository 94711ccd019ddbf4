"""Submissions to the classifier lab: the handout, filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from conftest import ROOT

from grader import course
from grader.course import Lab
from grader.grading import Options, grade
from grader.model import Grade, Language

LABS: dict[Language, Lab] = {
    "ru": course.load(ROOT, "cifar_classifier", "ru"),
    "en": course.load(ROOT, "cifar_classifier", "en"),
}


def filled(path: Path, language: Language, changes: Mapping[str, str] | None = None) -> Path:
    """The reference in the handout, with ``changes`` by cell id, as a file."""
    lab = LABS[language]
    sources = {cell.id: cell.source for cell in lab.solved(changes).cells}
    return _written(path, language, sources)


def blank(path: Path, language: Language, changes: Mapping[str, str] | None = None) -> Path:
    """The handout as it is handed out, with ``changes`` by cell id."""
    return _written(path, language, changes or {})


def graded(path: Path, **options: object) -> Grade:
    """As the command line grades it: the course, and nothing said of lab or language."""
    return grade(path, Options(course=ROOT, **options))  # type: ignore[arg-type]


def _written(path: Path, language: Language, sources: Mapping[str, str]) -> Path:
    handout = ROOT / f"assignments/cifar_classifier/handout.{language}.ipynb"
    notebook = json.loads(handout.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return path
