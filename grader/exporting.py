"""``grade export``: a settled class into one of the formats of :mod:`grader.exports`, as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import course, marks
from .classroom import OUT
from .errors import UsageError
from .exports import canvas, feedback, gradescope, junit, moodle, plain
from .exports.filling import Filled
from .exports.plain import Dialect
from .report.deliver import whole_bytes
from .settling import settle
from .standing import Policy, Standing

ENDINGS = {
    "csv": "grades.csv",
    "moodle": "moodle.csv",
    "canvas": "canvas.csv",
    "gradescope": "gradescope",
    "junit": "junit.xml",
    "feedback": "feedback.zip",
}


@dataclass(frozen=True)
class Order:
    """Which format, and what it needs."""

    kind: str
    to: Path | None = None
    fill: Path | None = None
    assignment: str | None = None
    scale: bool = False
    excel: bool = False


@dataclass(frozen=True)
class Exported:
    """The files, and what a teacher should know (who was not placed, and why)."""

    written: tuple[Path, ...]
    said: tuple[str, ...]


def export(
    folder: Path,
    out: Path | None,
    course_folder: Path | None,
    policy: Policy,
    given: Path | None,
    order: Order,
) -> Exported:
    """Write the marks of the class in ``folder``.

    Raises:
        UsageError: the class is not graded, or the format lacks what it needs.
    """
    results = out or folder / OUT
    root = course.find(course_folder, folder, Path.cwd())
    settled = settle(results, root, policy=policy, given=given or marks.find(folder))
    files, said = _made(settled.standings, order)
    written = _write(files, _goal(results, order))
    unused = tuple(f"mark without effect: {m.student}, {m.task}" for m in settled.without_effect)
    return Exported(tuple(written), (*said, *unused))


def _goal(results: Path, order: Order) -> Path:
    """Where it is to go: a folder that is there gets a file of the usual name."""
    usual = ENDINGS[order.kind]
    if order.to is None:
        return results / usual
    return order.to / usual if order.to.is_dir() and "." in usual else order.to


def _write(files: Mapping[str, bytes], goal: Path) -> list[Path]:
    """Returns the files that were written; a pipe, or the terminal, is none."""
    written = []
    for name, content in files.items():
        path = goal / name if name else goal
        plain = not path.is_symlink() and (path.is_file() or not path.exists())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole_bytes(path, content)
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be written: {error}; name another with --to"
            ) from error
        if plain:
            written.append(path)
    return written


def _made(
    standings: tuple[Standing, ...], order: Order
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Files by name below the goal (an empty name is the goal itself), and what to say."""
    match order.kind:
        case "moodle":
            return _filled(moodle.fill(_fill(order), standings, scale=order.scale))
        case "canvas":
            if order.assignment is None:
                found = ", ".join(canvas.assignments(_fill(order)))
                raise UsageError(f"--format canvas needs --assignment; the file has: {found}")
            filled = canvas.fill(_fill(order), standings, order.assignment, scale=order.scale)
            return _filled(filled)
        case "gradescope":
            return gradescope.files(standings), ()
        case "junit":
            return {"": junit.export(standings)}, ()
        case "feedback":
            numbers = moodle.numbers(order.fill, standings) if order.fill else None
            packed = feedback.pack(standings, numbers)
            return {"": packed.content}, packed.left
        case _:
            dialect = Dialect(";", bom=True) if order.excel else Dialect()
            return {"": plain.export(standings, dialect)}, ()


def _fill(order: Order) -> Path:
    if order.fill is None:
        raise UsageError(
            f"--format {order.kind} fills the file that {order.kind.title()} exported: "
            "name it with --fill"
        )
    return order.fill


def _filled(filled: Filled) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    said = [f"in the file, not in the class: {name}" for name in filled.unmatched]
    said += [f"in the class, not in the file: {name}" for name in filled.unplaced]
    said += [f"left as it was: {name}" for name in filled.left]
    return {"": filled.content}, tuple(said)
