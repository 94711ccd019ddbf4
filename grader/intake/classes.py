"""Archives in which a class lies, told from those of one student."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from . import names, structure
from .archives import Archives
from .entries import Problem
from .limits import Refused
from .structure import Known
from .tree import File, Folder, stem


def classes_in(
    folder: Folder, archives: Archives, kept: ExitStack, known: Known
) -> tuple[Mapping[str, Folder | None], list[Problem]]:
    """Archives of several students' work, by source, open for as long as ``kept`` is; None (and a
    problem) for one that is refused.

    Beside more students' files there are none: an archive there is a student's, whatever the files
    in it are called.
    """
    alone = len(structure.units(folder)) == 1
    found: dict[str, Folder | None] = {}
    problems: list[Problem] = []
    with ExitStack() as trial:
        for file in folder.files:
            if not structure.may_be_class(file, alone, known):
                continue
            try:
                inside = _opened(file, alone, archives, trial, known)
            except Refused as refused:
                if alone or names.is_class(stem(file.name)):  # else a student's, who is told then
                    problems.append(Problem(file.source, refused.reason))
                    found[file.source] = None
                continue
            if inside is not None:
                found[file.source] = inside
        if not _believed(folder, found, known):
            return {}, []
        kept.enter_context(trial.pop_all())
    return found, problems


def _opened(
    file: File, alone: bool, archives: Archives, kept: ExitStack, known: Known
) -> Folder | None:
    """The archive, if it looks like one of a class."""
    with ExitStack() as trial:
        inside = trial.enter_context(archives.opened(file))
        if not structure.is_class(inside, alone, known):
            return None
        kept.enter_context(trial.pop_all())
        return inside


def _believed(folder: Folder, found: Mapping[str, Folder | None], known: Known) -> bool:
    """Whether what looks like archives of a class is no student's: there are as many as works of
    students beside them, and each holds several."""
    folders = (sub.source for sub in structure.class_folders(folder, known))
    students = structure.students(folder, {*found, *folders})
    opened = [inside for inside in found.values() if inside is not None]
    several = all(len(structure.units(inside)) > 1 for inside in opened)
    return not students or (students <= len(found) and several)
