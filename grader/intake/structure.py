"""What a folder holds, told by the names in it: a class or one student, repositories, works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from . import names
from .tree import File, Folder, stem

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


def class_folders(folder: Folder, known: Known) -> list[Folder]:
    """Those of its folders in which a class lies: all that hold work and that no learning system
    named, or none. Beside one student's folder another is a student's too, whatever the files in it
    are called."""
    beside = unnamed(folder)
    alone = len(units(folder)) == 1
    found = [sub for sub in beside if is_class(sub, alone, known)]
    like = [sub for sub in beside if sub in found or names.is_class(sub.name)]
    return found if like == beside else []


def is_student(name: str, known: Known) -> bool:
    """Whether it is a student's name, alone or beside a dash and the name of a work: then what it
    stands on is that student's, whole."""
    sides = (names.dashed(name) or ())[:2]
    return any(names.is_person(said) or known(said) for said in (name, *sides))


def may_be_class(file: File, alone: bool, known: Known) -> bool:
    """Whether it is an archive that has to be opened to see whose work is in it."""
    if (
        file.kind != "archive"
        or file.archives
        or names.canvas(file.name)
        or names.moodle(file.name)
    ):
        return False
    return alone or not is_student(stem(file.name), known)


def labelled(folder: Folder) -> bool:
    """Whether the names of the files in it are a learning system's: at least those of half are. One
    among others is a student's, who may call it as such systems do."""
    files = [file for file in folder.files if file.kind in (*WORK, "document")]
    told = [file for file in files if names.canvas(file.name) or names.moodle(file.name)]
    return 2 * len(told) >= len(files)


def holding(folder: Folder) -> list[Folder]:
    """The folders in it that have work in them."""
    return [sub for sub in folder.folders if any(f.kind in WORK for f in sub.every_file())]


def units(folder: Folder) -> list[str]:
    """Names of what lies in the folder and may be a student's each, copies counted once."""
    below = [sub.name for sub in holding(folder)]
    files = [names.without_copies(stem(file.name))[0] for file in folder.files if file.kind in WORK]
    return list({names.folded(name): name for name in (*below, *files)}.values())


def unnamed(folder: Folder) -> list[Folder]:
    """The folders with work that neither a learning system named nor an attempt's number."""
    return [
        sub
        for sub in holding(folder)
        if not (sub.repo or names.moodle(sub.name) or names.is_gradescope(sub.name))
        and names.without_turn(sub.name)[0]
    ]


def students(folder: Folder, classes: Collection[str]) -> int:
    """How many files and folders in it may be a student's whole hand-in and have the student's own
    name for it: those that no learning system named, but for ``classes`` (sources)."""
    by_system = labelled(folder)
    files = [
        file.source
        for file in folder.files
        if file.kind in WORK
        and not (by_system and (names.canvas(file.name) or names.moodle(file.name)))
    ]
    folders = [sub.source for sub in unnamed(folder)]
    return len({*files, *folders} - set(classes))


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
