"""A zip of the students' pages, laid out as Moodle's "Upload multiple feedback files" takes it.

Moodle finds the student by the number in ``Full name_12345_assignsubmission_file_/`` and makes
every file in that folder feedback (``mod/assign/feedback/file/importziplib.php`` of its source).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.standing import Standing

from . import people, words
from .cells import folder_name, line

PAGE, NOTE = "report.html", "mark.txt"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can hold: the same pages make the same bytes."""

_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


@dataclass(frozen=True)
class Packed:
    """The archive; ``students`` are in it, ``left`` are not, each with the reason."""

    content: bytes
    students: tuple[str, ...]
    left: tuple[str, ...]


def pack(
    standings: Sequence[Standing], numbers: Mapping[str, tuple[str, str]] | None = None
) -> Packed:
    """The pages of all that Moodle can be told about.

    The folder is the one in which Moodle gave the submission, where its source shows it, else made
    of ``numbers``: full name and participant's number by student, as
    :func:`grader.exports.moodle.numbers` reads them. Where the mark is not what the page shows (a
    late penalty, a person's points or comment), ``mark.txt`` beside the page tells it.
    """
    out = io.BytesIO()
    students: list[str] = []
    left: list[str] = []
    folders: set[str] = set()
    with zipfile.ZipFile(out, "w") as archive:
        for standing in standings:
            files = _files(standing)
            folder = _folder(standing, numbers or {})
            if why := _why_left(standing, files, folder, folders):
                left.append(f"{line(standing.name)} ({line(standing.student)}): {why}")
                continue
            folders.add(folder)
            students.append(standing.student)
            for name, content in files.items():
                _add(archive, f"{folder}/{name}", content)
    return Packed(out.getvalue(), tuple(students), tuple(left))


def _why_left(
    standing: Standing, files: Mapping[str, bytes], folder: str, folders: set[str]
) -> str:
    if not files:
        return "no page" if standing.status == "graded" else f"no page: {standing.status}"
    if not folder:
        return "Moodle's number is not known; give the grading worksheet, which has it"
    return f"two students have the folder {folder}" if folder in folders else ""


def _files(standing: Standing) -> dict[str, bytes]:
    files = {}
    if standing.page is not None and standing.page.is_file():
        files[PAGE] = standing.page.read_bytes()
    by_hand = standing.by_hand or any(task.by_hand or task.comment for task in standing.tasks)
    if by_hand or standing.comment or (files and standing.late is not None):
        files[NOTE] = ("\r\n".join(words.summary(standing)) + "\r\n").encode("utf-8-sig")
    return files


def _folder(standing: Standing, numbers: Mapping[str, tuple[str, str]]) -> str:
    """The name as Moodle had it; an underscore in it would hide the number from Moodle."""
    if known := people.moodle_folder(standing):
        return folder_name(known.name) + known.rest
    name, number = numbers.get(standing.student, ("", ""))
    if not number:
        return ""
    return f"{folder_name(name).replace('_', ' ').strip()}_{number}_assignsubmission_file_"


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system, member.external_attr = _UNIX, _PLAIN_FILE
    archive.writestr(member, content)
