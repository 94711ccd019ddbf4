"""``grade SUBMISSION``, ``grade doctor``, ``grade completion``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from .options import FOLDER, PATH, each_submission
from .say import say

PASSED, BELOW, UNGRADED = 0, 1, 3


@click.command()
@click.argument("submission", type=PATH)
@click.option(
    "--out",
    type=FOLDER,
    help="Folder for the report and the grade file (default: beside the notebook).",
)
@each_submission
@click.option(
    "--feedback",
    type=click.Choice(["brief", "full", "staff"]),
    help="What the page shows (default: what the rubric lets students see).",
)
@click.option("-v", "--verbose", is_flag=True, help="Say each step on a line of its own.")
def run(submission: Path, out: Path | None, feedback: Any, verbose: bool, **each: Any) -> None:
    """Grade one SUBMISSION (.ipynb): print the tasks, write the report and the grade file."""
    from grader import grading
    from grader.report import deliver, terminal
    from grader.report.live import Live

    folder = out or submission.parent
    deliver.check(folder)
    with Live(verbose=verbose) as live:
        grade = grading.grade(submission, grading.Options(**each), live.show)
    terminal.print_grade(grade, deliver.write(grade, folder, submission.stem, feedback))
    if grade.broken and not grade.passed:
        say(f"Not graded, by the grader's own fault: {', '.join(grade.broken)}", err=True)
        sys.exit(UNGRADED)
    sys.exit(PASSED if grade.passed else BELOW)


@click.command()
@click.option("--course", type=PATH, help="Course folder to look at.")
@click.option("--data-dir", type=PATH, help="Folder of the data sets.")
@click.option(
    "--notebook",
    type=PATH,
    help="Say what is seen in this notebook instead: its lab and era, its tasks, what is skipped.",
)
@click.option("--lab", help="With --notebook: the lab to look for in it.")
def doctor(
    course: Path | None, data_dir: Path | None, notebook: Path | None, lab: str | None
) -> None:
    """Say what is there and what is missing on this machine, and how to get it."""
    from grader import doctor as examination

    if notebook is not None:
        _walk(notebook, course, lab)
        return
    found = examination.examine(course, data_dir)
    for finding in found:
        word, colour = ("ok", "green") if finding.fine else ("missing", "red")
        if not finding.fine and not finding.needed:
            word, colour = "none", "yellow"
        say(f"  {finding.what}: {finding.says}", mark=f"{word:>8}", colour=colour)
    sys.exit(0 if all(finding.fine for finding in found if finding.needed) else 3)


def _walk(notebook: Path, course: Path | None, lab: str | None) -> None:
    from grader import walkthrough

    for line in walkthrough.walk(notebook, course, lab):
        colour = "green" if line.fine else "yellow"
        says = " ".join(line.says.split())  # a module's name may hold line breaks
        say(f"  {says}", mark=f"{' '.join(line.what.split()):>32}", colour=colour)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL; `grade completion bash --help` says how to use it.

    \b
    bash: echo 'eval "$(grade completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(grade completion zsh)"' >> ~/.zshrc
    fish: grade completion fish > ~/.config/fish/completions/grade.fish
    """
    maker = get_completion_class(shell)
    assert maker is not None
    say(
        maker(
            click.get_current_context().find_root().command, {}, "grade", "_GRADE_COMPLETE"
        ).source()
    )
