"""``grade validate``, ``grade release``: what a teacher runs before students meet a lab; and
``grade check``, which students run themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .options import FOLDER, PATH
from .say import say

SOUND, PROBLEMS = 0, 1


@click.command()
@click.argument("labs", nargs=-1, metavar="[LAB]...")
@click.option("--course", type=PATH, help="Course folder (default: found upward).")
@click.option("--quick", is_flag=True, help="No training: accuracy rules are left out.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How many seeds to try; they take turns in the handout's languages.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="The first seed.")
@click.option("--data-dir", type=PATH, help="Folder or file of the data set.")
@click.option("--sandbox", default="auto", type=click.Choice(["auto", "bubblewrap", "process"]))
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the tables.")
@click.option("-v", "--verbose", is_flag=True, help="Say each step on a line of its own.")
def validate(
    labs: tuple[str, ...],
    course: Path | None,
    quick: bool,
    seeds: int,
    seed: int,
    data_dir: Path | None,
    sandbox: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """Test the rubric of each LAB (default: all): the reference earns every point, the blank
    handout none, every misconception fails its own task and no other, every check can fail.

    Ends with 0 where all of that holds, with 1 where something does not."""
    from grader import course as courses
    from grader import validate as testing
    from grader.preparing import Options
    from grader.report import validation
    from grader.report.live import Live

    options = Options(course=course, quick=quick, seed=seed, data_dir=data_dir, sandbox=sandbox)
    found = []
    for lab in labs or courses.labs(courses.find(course, Path.cwd())):
        with Live(verbose=verbose) as live:
            found.append(testing.validate(lab, options, seeds, live.show))
        if not as_json:
            validation.print_validation(found[-1])
    if as_json:
        say(validation.as_json(found))
    sys.exit(SOUND if all(one.sound for one in found) else PROBLEMS)


@click.command()
@click.argument("lab")
@click.option("--out", type=FOLDER, required=True, help="Folder for the students' files.")
@click.option("--course", type=PATH, help="Course folder (default: found upward).")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Of the public cases.")
@click.option("--sandbox", default="auto", type=click.Choice(["auto", "bubblewrap", "process"]))
def release(lab: str, out: Path, course: Path | None, seed: int | None, sandbox: str) -> None:
    """Write what students get of LAB: notebooks, files, and a file for `grade check`.

    Refuses where anything of the reference or of a hidden case is in it."""
    from grader import release as releasing
    from grader.preparing import Options
    from grader.report.live import Live

    options = Options(course=course, sandbox=sandbox)
    with Live() as live:
        seed = releasing.SEED if seed is None else seed
        written = releasing.release(lab, out, options, seed, live.show)
    for path in written:
        say(path)


@click.command()
@click.argument("notebook", type=PATH)
@click.option("--task", "tasks", multiple=True, metavar="ID", help="Check only this task.")
@click.option("--bundle", type=PATH, help="File for self-checks (default: beside the notebook).")
def check(notebook: Path, tasks: tuple[str, ...], bundle: Path | None) -> None:
    """Check your own NOTEBOOK by its public checks, here and now: this is no grade.

    Runs it in this process, so use it for your own code only. Ends with 0 where every public
    check passes and with 1 where one does not."""
    from grader import selfcheck
    from grader.report.selfcheck import print_selfcheck

    found = selfcheck.check_notebook(notebook, bundle, tasks)
    print_selfcheck(found)
    sys.exit(0 if found.right else 1)


@click.command()
@click.argument("lab")
@click.option("--out", type=FOLDER, default=Path(), help="Folder for the page (default: here).")
@click.option("--course", type=PATH, help="Course folder (default: found upward).")
@click.option("--lang", "language", type=click.Choice(["ru", "en"]), default="en")
def preview(lab: str, out: Path, course: Path | None, language: Any) -> None:
    """Write LAB's rubric as a page for students: tasks, points, thresholds, deadlines."""
    from grader import course as courses
    from grader import preview as previewing
    from grader.report import deliver
    from grader.report.preview import page

    loaded = courses.load(courses.find(course, Path.cwd()), lab, language)
    deliver.check(out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{lab}.rubric.html"
    deliver.whole(path, page(previewing.preview(loaded.rubric), language))
    say(path)
