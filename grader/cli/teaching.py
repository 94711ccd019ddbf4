"""``grade validate``: what a teacher runs on a course before students meet it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .options import PATH

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
        click.echo(validation.as_json(found))
    sys.exit(SOUND if all(one.sound for one in found) else PROBLEMS)
