"""``grade CLASS/`` and ``grade rejudge CLASS/``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .options import FOLDER, PATH, each_submission
from .say import say

UNGRADED = 3
INTERRUPTED = 130


@click.command("class")
@click.argument("folder", type=FOLDER)
@click.option("--out", type=FOLDER, help="Folder for the results (default: FOLDER/_grades).")
@each_submission
@click.option("--jobs", type=click.IntRange(min=1), help="Gradings at once (default: as many "
              "as cores and memory allow).")  # fmt: skip
@click.option("--roster", type=PATH, help="CSV of the class: also names who handed in nothing.")
@click.option("--times", type=PATH, help="CSV of when things were handed in.")
@click.option(
    "--attempts",
    type=click.Choice(["latest", "best"]),
    default="latest",
    show_default=True,
    help="Which of a student's attempts counts.",
)
@click.option("--marks", type=PATH, help="Points and comments given by hand (CSV or YAML).")
@click.option(
    "--executor", type=click.Choice(["local", "dask"]), default="local", help="Where to grade."
)
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="The Dask cluster's scheduler.")
@click.option("--dry-run", is_flag=True, help="Only show what was matched to whom.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each step of each submission.")
def class_(
    folder: Path,
    out: Path | None,
    jobs: int | None,
    roster: Path | None,
    times: Path | None,
    attempts: Any,
    marks: Path | None,
    executor: Any,
    scheduler: str | None,
    dry_run: bool,
    verbose: bool,
    **each: Any,
) -> None:
    """Grade every submission in FOLDER; goes on where it was if it was stopped."""
    from grader import classroom
    from grader.preparing import Options
    from grader.report import class_terminal

    options = classroom.ClassOptions(
        out=out,
        roster=roster,
        times=times,
        jobs=jobs,
        executor=executor,
        scheduler=scheduler,
        policy=attempts,
        marks=marks,
    )
    if dry_run:
        class_terminal.print_intake(classroom.preview(folder, options))
        return
    try:
        with class_terminal.Live(verbose=verbose) as live:
            result = classroom.grade_class(folder, Options(**each), options, live.show)
    except KeyboardInterrupt:
        say("interrupted; what was graded is kept, and the same command goes on", err=True)
        sys.exit(INTERRUPTED)
    class_terminal.print_result(result)
    sys.exit(UNGRADED if result.tally.ungraded else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--out", type=FOLDER, help="Where the results are (default: FOLDER/_grades).")
@click.option("--course", type=PATH, help="Course folder to judge by.")
@click.option("--attempts", type=click.Choice(["latest", "best"]), default="latest")
@click.option("--marks", type=PATH, help="Points and comments given by hand (CSV or YAML).")
def rejudge(
    folder: Path, out: Path | None, course: Path | None, attempts: Any, marks: Path | None
) -> None:
    """Judge a graded class again by the rubric as it is now, without running a notebook."""
    from grader import classroom
    from grader.marks import find as find_marks
    from grader.rejudge import rejudge as judge_again
    from grader.report import class_terminal

    done = judge_again(
        out or folder / classroom.OUT,
        course,
        policy=attempts,
        given=marks or find_marks(folder),
    )
    class_terminal.print_rejudged(done)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "moodle", "canvas", "gradescope", "junit", "feedback"]),
    default="csv",
    show_default=True,
    help="moodle, canvas: fill the file that the system exported (--fill).",
)
@click.option("--to", type=PATH, help="File (gradescope: folder) to write (default: by format).")
@click.option("--fill", type=PATH, help="The LMS's own exported file, to be filled in.")
@click.option("--assignment", help="canvas: the column to fill, by its title.")
@click.option("--scale", is_flag=True, help="Convert points where the LMS has another maximum.")
@click.option("--excel", is_flag=True, help="csv: semicolons, decimal commas, a byte-order mark.")
@click.option("--out", type=FOLDER, help="Where the results are (default: FOLDER/_grades).")
@click.option("--course", type=PATH, help="Course folder.")
@click.option("--attempts", type=click.Choice(["latest", "best"]), default="latest")
@click.option("--marks", type=PATH, help="Points and comments given by hand (CSV or YAML).")
def export(
    folder: Path,
    kind: str,
    to: Path | None,
    fill: Path | None,
    assignment: str | None,
    scale: bool,
    excel: bool,
    out: Path | None,
    course: Path | None,
    attempts: Any,
    marks: Path | None,
) -> None:
    """Write the marks of a graded class for another system."""
    from grader import exporting

    order = exporting.Order(kind, to, fill, assignment, scale, excel)
    done = exporting.export(folder, out, course, attempts, marks, order)
    for line in done.said:
        say(line, err=True)
    for path in done.written:
        say(path)
