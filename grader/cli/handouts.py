"""``grade handout``: one notebook a student, with the options of its questions shuffled."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from .options import FOLDER, PATH
from .say import say


@click.command()
@click.argument("lab")
@click.option("--student", "students", multiple=True, metavar="ID", help="For whom; repeatable.")
@click.option("--roster", type=PATH, help="For everyone in this table of the class.")
@click.option(
    "--course", type=PATH, help="Course folder (default: GRADER_COURSE, or found upward)."
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(["ru", "en"]),
    default="ru",
    show_default=True,
    help="Language of the notebooks, where the lab has it.",
)
@click.option("--out", type=FOLDER, required=True, help="Folder for the notebooks.")
def handout(
    lab: str,
    students: tuple[str, ...],
    roster: Path | None,
    course: Path | None,
    language: Literal["ru", "en"],
    out: Path,
) -> None:
    """Write LAB's handout for each student, its options in an order of the student's own."""
    from grader import handing

    for path in handing.out(lab, students, roster, course, language, out):
        say(path)
