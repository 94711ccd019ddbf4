"""What a folder holds, told by the names in it: a class or one student, repositories, works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from . import names
from .tree import Folder, stem

Known = Callable[[str], bool]

WORK = ("notebook", "archive", "foreign", "script")
"""Kinds of files that may be a submission."""


def is_class(folder: Folder, alone: bool, known: Known) -> bool:
    """Whether several students' work is in the folder (or archive), rather than one's.

    Marks of a learning system tell, and names that are ``known`` from a roster. Otherwise it has to
    be the only one beside its like (``alone``), or be called like a class, and what it holds must
    not be called like pieces of work.
    """
    person = is_student(folder.name, known)
    if person and not alone:
        return False
    called = alone or names.is_class(folder.name)
    below = units(folder)
    if _has_marks(folder, called) or len({unit for unit in below if known(unit)}) > 1:
        return True
    if person or not called:
        return False
    if len(folder.folders) == 1 and not any(file.kind in WORK for file in folder.files):
        return is_class(folder.folders[0], True, known)
    return len(below) > 1 and not any(names.is_work(unit) for unit in below)


def is_student(name: str, known: Known) -> bool:
    """Whether it is a student's name: then what it stands on is that student's, whole."""
    return names.is_person(name) or known(name)


def units(folder: Folder) -> list[str]:
    """Names of what lies in the folder and may be a student's each, copies counted once."""
    below = [
        sub.name for sub in folder.folders if any(file.kind in WORK for file in sub.every_file())
    ]
    files = [names.without_copies(stem(file.name))[0] for file in folder.files if file.kind in WORK]
    return list({names.folded(name): name for name in (*below, *files)}.values())


def repo_prefix(folder: Folder) -> str:
    """What the names of all repositories here start with, up to a dash: the assignment's name.

    One repository alone does not tell; then it is the name of the folder around it.
    """
    repos = [sub.name for sub in folder.folders if sub.repo]
    if len(repos) < 2:
        around = f"{folder.name.removesuffix('-submissions')}-"
        return around if all(repo.startswith(around) for repo in repos) else ""
    first, last = min(repos), max(repos)
    pairs = enumerate(zip(first, last, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), len(first))
    return first[: first.rfind("-", 0, same) + 1]


def shared_works(folder: Folder) -> Counter[str]:
    """How many names share what follows the dash in ``Name - work``."""
    bases = {names.without_copies(stem(file.name))[0] for file in folder.files}
    sides = {(pair[0], names.folded(pair[1])) for base in bases if (pair := names.dashed(base))}
    return Counter(work for _, work in sides)


def _has_marks(folder: Folder, called: bool) -> bool:
    """Names that a learning system gave. One repository may be a student's own."""
    repos = sum(sub.repo for sub in folder.folders)
    return (
        repos > (0 if called else 1)
        or any(names.moodle(s.name) or names.is_gradescope(s.name) for s in folder.folders)
        or any(names.moodle(file.name) or names.canvas(file.name) for file in folder.files)
    )
