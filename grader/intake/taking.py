"""A class folder in, the students with their attempts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from grader.errors import UsageError

from . import names, picking, reasons, students, tree
from . import roster as rosters
from . import times as timetables
from .archives import Archives
from .entries import Intake, Problem
from .layouts import HandIn, Survey
from .limits import Limits
from .roster import Roster
from .times import Said


def take_in(
    folder: Path,
    *,
    scratch: Path,
    roster: Path | None = None,
    times: Path | None = None,
    ignore: Sequence[str] = (),
    limits: Limits | None = None,
) -> Intake:
    """Who handed in what, in a class folder as a learning system or a teacher left it.

    Notebooks in archives are copied to ``scratch`` (a folder of the caller's, which may be kept for
    the next run: places in it depend on where things came from only). ``roster`` names who is in
    the class, ``times`` when things were handed in; ``ignore`` are patterns of names or paths, as
    of a shell, that are not submissions. A single archive of the class may stand for the folder.

    The same files give the same value; students are sorted by name, numbers in names by value.

    Raises:
        UsageError: the folder is none or holds nothing, or ``roster`` or ``times`` is wrong (all
            problems in one message, with their lines).
        GradingFailed: ``scratch`` cannot be written.
    """
    known, told = _tables(roster, times)
    ignored = tree.ignoring(ignore)
    bound = limits or Limits()
    archives = Archives(scratch, ignored, bound)
    root, problems = _root(folder, ignored, scratch, bound)
    with ExitStack() as kept:
        survey = Survey(archives, kept, known.knows)
        survey.level(root)
        problems += survey.problems
        if not survey.handed_in and not problems:
            raise UsageError(
                f"{folder}: no submissions in it: neither a notebook nor an archive nor a folder "
                "of a student's. Give the folder that the learning system's download unpacks to."
            )
        found = students.grouped(survey.handed_in, known)
        for student in found:
            student.drafts, student.problems = picking.drafts(student.handed_in, archives)
    problems += students.put_in_time(found, told, str(times or ""))
    if not told and any(one.layout == "github" for one in survey.handed_in):
        problems.append(Problem(folder.name, reasons.CLONE_TIMES))
    entries = students.entries(found, known)
    problems.sort(key=lambda problem: names.natural(problem.source))
    return Intake(tuple(entries), tuple(problems), _layout(survey.handed_in))


def _tables(roster: Path | None, times: Path | None) -> tuple[Roster, tuple[Said, ...]]:
    """Both tables; what is wrong with either is told at once."""
    wrong: list[str] = []
    known, told = Roster(), tuple[Said, ...]()
    try:
        known = rosters.read(roster) if roster else known
    except UsageError as error:
        wrong.append(str(error))
    try:
        told = timetables.read(times) if times else told
    except UsageError as error:
        wrong.append(str(error))
    if wrong:
        raise UsageError("\n".join(wrong))
    return known, told


def _root(
    folder: Path, ignored: tree.Ignored, scratch: Path, bound: Limits
) -> tuple[tree.Folder, list[Problem]]:
    if folder.is_file() and tree.kind(folder.name) == "archive":
        return tree.single(folder.resolve()), []
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "no such folder"
        raise UsageError(f"{folder}: {what}. Give the folder with the class's submissions.")
    return tree.read_folder(folder.resolve(), ignored, {scratch.resolve()}, bound.members)


def _layout(handed_in: Sequence[HandIn]) -> str:
    """The layouts found, the most frequent first: ``moodle + flat``."""
    count = Counter(one.layout for one in handed_in)
    return " + ".join(sorted(count, key=lambda layout: (-count[layout], layout)))
