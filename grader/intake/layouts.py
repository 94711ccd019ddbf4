"""Which student each file and folder is from, by the layout that its name and place show.

What is told by structure is told for what the teacher put into the folder only: inside a student's
folder or archive everything is that student's, whatever it is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from grader.model import Text

from . import gradescope, names, reasons, structure
from .archives import Archives
from .classes import classes_in
from .entries import Problem
from .gradescope import Submitter
from .limits import Refused
from .structure import Known
from .tree import File, Folder, stem
from .works import shared_modules


@dataclass(frozen=True)
class HandIn:
    """What one student handed in at one time, or one file of that (then ``base`` is its name).

    ``place`` is the folder or archive that it was found in. ``turn`` is the attempt's number where
    a name tells it (else 0); ``copies`` orders attempts without one.
    """

    student: str
    name: str
    layout: str
    contents: Folder
    place: str
    base: str = ""
    turn: int = 0
    copies: int = 0
    email: str = ""
    time: datetime | None = None
    notes: tuple[Text, ...] = ()


class Survey:
    """Goes through a class folder; ``handed_in`` and ``problems`` hold what it found.

    Archives that hold a class stay open for as long as ``kept`` does.
    """

    def __init__(self, archives: Archives, kept: ExitStack, known: Known) -> None:
        self._archives, self._kept, self._known = archives, kept, known
        self.handed_in: list[HandIn] = []
        self.problems: list[Problem] = []

    def level(self, folder: Folder, turn: int = 0) -> None:
        """Sort out a folder in which several students' work lies; ``turn``: all of one attempt."""
        before = len(self.handed_in)
        self._folders(folder)
        self._files(folder)
        if turn:
            self.handed_in[before:] = [replace(h, turn=turn) for h in self.handed_in[before:]]

    # ------------------------------------------------------------------ folders

    def _folders(self, folder: Folder) -> None:
        told = self._submitters(folder)
        prefix = structure.repo_prefix(folder)
        classes = structure.class_folders(folder, self._known)
        for sub in folder.folders:
            base, turn = names.without_turn(sub.name)
            if label := names.moodle(sub.name):
                self._moodle(folder, sub, label)
            elif names.is_gradescope(sub.name):
                self._gradescope(folder, sub, told.get(sub.name, []))
            elif sub.repo:
                user = names.tidy(sub.name.removeprefix(prefix))
                self.handed_in.append(HandIn(user, user, "github", sub, folder.source))
            elif turn and not base:
                self.level(sub, turn)
            elif sub in classes:
                self.level(sub)
            else:
                student, name = names.tidy(base), names.shown(base)
                self.handed_in.append(
                    HandIn(student, name, "folders", sub, folder.source, turn=turn)
                )

    def _moodle(self, folder: Folder, sub: Folder, label: names.Label) -> None:
        handed = Folder(sub.name, sub.source) if label.text_only else sub
        notes = (reasons.TEXT_ONLY,) if label.text_only else ()
        self.handed_in.append(
            HandIn(label.id, label.name, "moodle", handed, folder.source, notes=notes)
        )

    def _gradescope(self, folder: Folder, sub: Folder, submitters: Sequence[Submitter]) -> None:
        if not submitters:
            notes = (reasons.NO_METADATA,)
            unknown = HandIn(sub.name, sub.name, "gradescope", sub, folder.source, notes=notes)
            self.handed_in.append(unknown)
        for one in submitters:
            student = one.id or one.email or one.name or sub.name
            self.handed_in.append(
                HandIn(
                    student,
                    one.name or student,
                    "gradescope",
                    sub,
                    folder.source,
                    email=one.email,
                    time=one.time,
                )
            )

    def _submitters(self, folder: Folder) -> dict[str, list[Submitter]]:
        if not any(names.is_gradescope(sub.name) for sub in folder.folders):
            return {}
        try:
            return gradescope.read(folder)
        except (Refused, OSError) as error:
            reason = error.reason if isinstance(error, Refused) else reasons.forbidden(error)
            self.problems.append(Problem(f"{folder.source}/{gradescope.METADATA[0]}", reason))
            return {}

    # -------------------------------------------------------------------- files

    def _files(self, folder: Folder) -> None:
        moodle: dict[str, list[tuple[File, names.Label]]] = {}
        works = structure.shared_works(folder)
        modules, own = shared_modules(folder.files)
        labelled = structure.labelled(folder)
        classes, refused = classes_in(folder, self._archives, self._kept, self._known)
        self.problems.extend(refused)
        for file in folder.files:
            if labelled and (label := names.canvas(file.name)):
                self._canvas(folder, file, label)  # what follows its numbers, the student chose
            elif labelled and (label := names.moodle(file.name)):
                moodle.setdefault(label.id, []).append((file, label))
            elif file.source in classes:
                if inside := classes[file.source]:
                    self.level(inside)
            elif file.kind in structure.WORK and file.source not in modules:
                self._plain(folder, file, works, own.get(file.source, []))
            elif file.kind == "document":
                self.problems.append(Problem(file.source, reasons.other_kind(file.name)))
        for files in moodle.values():
            self._moodle_files(folder, files)

    def _moodle_files(self, folder: Folder, files: Sequence[tuple[File, names.Label]]) -> None:
        """All files of one student in Moodle's flat layout are one attempt."""
        first, label = files[0]
        handed = tuple(replace(f, name=lb.rest) for f, lb in files if not lb.text_only)
        contents = Folder(label.name, first.source, files=handed)
        notes = () if handed else (reasons.TEXT_ONLY,)
        self.handed_in.append(
            HandIn(label.id, label.name, "moodle", contents, folder.source, notes=notes)
        )

    def _canvas(self, folder: Folder, file: File, label: names.Label) -> None:
        base, copies = names.canvas_turn(stem(label.rest))
        handed = () if label.text_only else (replace(file, name=label.rest),)
        contents = Folder(label.name, file.source, files=handed)
        notes = [reasons.TEXT_ONLY] * label.text_only + [reasons.LATE] * label.late
        self.handed_in.append(
            HandIn(
                label.id,
                label.name,
                "canvas",
                contents,
                folder.source,
                base=base,
                copies=copies,
                notes=tuple(notes),
            )
        )

    def _plain(
        self, folder: Folder, file: File, works: Counter[str], modules: Sequence[File]
    ) -> None:
        """A file that no learning system named, with the modules that are its own by name."""
        base, copies = names.without_copies(stem(file.name))
        base, turn = names.without_turn(base)
        layout = "flat"
        sides = names.dashed(base)
        if sides:
            base, copies = f"{sides[0]} - {sides[1]}", copies + sides[2]
        if names.disputed(base):  # nobody's attempt but that of a name of its own
            person = base
        elif sides and (names.is_person(sides[0]) or works[names.folded(sides[1])] > 1):
            person, layout = sides[0], "google"
        elif sides and names.is_person(sides[1]):
            person = sides[1]
        else:
            person = base or file.name
        self.handed_in.append(
            HandIn(
                names.tidy(person),
                names.shown(person),
                layout,
                Folder(file.name, file.source, files=(file, *modules)),
                folder.source,
                base=base or file.name,
                turn=turn,
                copies=copies,
            )
        )
