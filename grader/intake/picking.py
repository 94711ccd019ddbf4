"""From what a student handed in to the notebooks to grade: one an attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from . import names, reasons
from .archives import Archives
from .entries import Problem
from .layouts import HandIn
from .limits import Refused
from .tree import File, Folder, stem
from .works import modules_of, works

_NEVER = datetime.min.replace(tzinfo=UTC)
_KINDS = ("notebook", "archive", "foreign", "script", "document", "other")


@dataclass(frozen=True)
class Draft:
    """An attempt before it is known whether there were others. ``turn``: its number, if told."""

    path: Path
    source: str
    handed_in: datetime | None
    place: str
    turn: int
    copies: int

    @property
    def order(self) -> tuple[int, int, datetime, names.NaturalKey]:
        return self.turn, self.copies, self.handed_in or _NEVER, names.natural(self.source)


def drafts(handed_in: Sequence[HandIn], archives: Archives) -> tuple[list[Draft], list[Problem]]:
    """One student's attempts, unordered, and what should be said about them."""
    archives = archives.of_student()
    found: list[Draft] = []
    problems = [Problem(h.contents.source, note) for h in handed_in for note in h.notes]
    for one in _of_one_work(handed_in, problems):
        for turn, contents in _turns(one.contents):
            handed = replace(one, turn=turn or one.turn, contents=contents)
            found.extend(_draft(handed, archives, problems))
    if found:  # what was typed into the form came beside a file, as a comment does
        problems = [problem for problem in problems if problem.reason != reasons.TEXT_ONLY]
    return found, problems


def _of_one_work(handed_in: Sequence[HandIn], problems: list[Problem]) -> list[HandIn]:
    """Of files with different names in one place, those of one name: its copies are attempts."""
    kept: list[HandIn] = []
    places: dict[tuple[str, str], list[HandIn]] = {}
    for one in handed_in:
        places.setdefault((one.layout, one.place), []).append(one)
    for beside in places.values():
        files = [(file, one) for one in beside for file in one.contents.files if one.base]
        whole = [one for one in beside if not one.base]
        kept.extend(whole)
        if not files:
            continue
        best, chosen = min(files, key=lambda pair: _preference(pair[0], ""))
        base = names.folded(chosen.base)
        same = [one for _, one in files if names.folded(one.base) == base]
        rest = [f for f, o in files if f.kind == "script" and names.folded(o.base) != base]
        chosen_ones = [one for one in same if _rank(one) == _KINDS.index(best.kind)]
        kept.extend(_with(one, rest) for one in chosen_ones)
        others = [f.name for f in _notebooks(f for f, o in files if names.folded(o.base) != base)]
        if best.kind == "notebook" and others:
            problems.append(Problem(best.source, reasons.picked(best.name, others)))
    return kept


def _with(one: HandIn, scripts: Sequence[File]) -> HandIn:
    """The hand-in with the student's scripts beside it, which it may import."""
    files = (*one.contents.files, *scripts)
    return replace(one, contents=replace(one.contents, files=files)) if scripts else one


def _rank(one: HandIn) -> int:
    return min((_KINDS.index(file.kind) for file in one.contents.files), default=len(_KINDS))


def _turns(contents: Folder) -> list[tuple[int, Folder]]:
    """The folders ``attempt 1``, ``attempt 2``… in it; without such, itself as number 0."""
    found = [(names.without_turn(sub.name), sub) for sub in contents.folders]
    turns = [(number, sub) for (rest, number), sub in found if number and not rest]
    return turns or [(0, contents)]


def _draft(one: HandIn, archives: Archives, problems: list[Problem]) -> list[Draft]:
    """The attempt in what was handed in, if there is one; else a problem says why not."""
    with ExitStack() as stack:
        files = list(one.contents.every_file())
        try:
            _check(files)
            if not _notebooks(files):
                files = _unpacked(files, archives, stack, problems)
            found = sorted(works(files), key=lambda f: _preference(f, one.contents.source))
            if not found:
                _say_nothing_found(one, files, problems)
                return []
            best, *others = found
            modules = modules_of(best, files)
            plain = best.kind == "notebook" and not modules
            path = archives.extract(best) if plain else archives.packed(best, modules)
        except Refused as refused:
            problems.append(Problem(one.contents.source, refused.reason))
            return []
    if others:
        listed = [_below(file, one.contents) for file in others]
        problems.append(Problem(best.source, reasons.picked(_below(best, one.contents), listed)))
    time = one.time or best.time
    return [Draft(path, best.source, time, one.place, one.turn, one.copies)]


def _unpacked(
    files: Sequence[File], archives: Archives, stack: ExitStack, problems: list[Problem]
) -> list[File]:
    """The files, those in archives in the place of the archives; one refused is a problem."""
    found = [file for file in files if file.kind != "archive"]
    for file in files:
        if file.kind != "archive":
            continue
        with ExitStack() as trial:
            try:
                inside = list(trial.enter_context(archives.opened(file)).every_file())
                _check(inside)
            except Refused as refused:
                problems.append(Problem(file.source, refused.reason))
                continue
            if not _notebooks(inside) and any(f.kind == "archive" for f in inside):
                inside = _unpacked(inside, archives, trial, problems)
            stack.enter_context(trial.pop_all())
            found.extend(inside)
    return found


def _check(files: Iterable[File]) -> None:
    """Raises ``Refused`` where one of the files must not be taken: then none of them is."""
    for file in files:
        if file.fault:
            raise Refused(file.fault)


def _notebooks(files: Iterable[File]) -> list[File]:
    return [file for file in files if file.kind == "notebook"]


def _preference(file: File, within: str) -> tuple[int, int, int, float, names.NaturalKey]:
    """Sorts first what is most like the lab: a notebook, no copy, not deep down, the newest."""
    copies = names.without_copies(stem(file.name))[1]
    depth = file.source[len(within) :].count("/") + file.source[len(within) :].count("!")
    age = -(file.time or _NEVER).timestamp()
    return _KINDS.index(file.kind), copies, depth, age, names.natural(file.source)


def _say_nothing_found(one: HandIn, files: Sequence[File], problems: list[Problem]) -> None:
    """Why there is nothing to grade, unless that has been said already."""
    source = one.contents.source
    if reasons.TEXT_ONLY in one.notes or any(p.source.startswith(f"{source}") for p in problems):
        return
    if named := next((file.name for file in files if file.kind == "foreign"), None):
        problems.append(Problem(source, reasons.unsupported(named)))
        return
    problems.append(Problem(source, reasons.no_notebook([file.name for file in files])))


def _below(file: File, folder: Folder) -> str:
    return file.source.removeprefix(folder.source).lstrip("/!") or file.name
