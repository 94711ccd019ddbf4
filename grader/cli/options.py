"""The options that are said of every submission, alone or in a class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_EACH = (
    click.option("--lab", help="Lab to grade it as (default: recognised from the notebook)."),
    click.option(
        "--course", type=PATH, help="Course folder (default: GRADER_COURSE, or found upward)."
    ),
    click.option(
        "--task",
        "tasks",
        multiple=True,
        metavar="ID",
        help="Grade only this task; may be given several times.",
    ),
    click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="auto|cpu|gpu[:N]",
        help="Where to train.",
    ),
    click.option(
        "--data-dir",
        type=PATH,
        help="Folder or file of the data set (default: GRADER_DATA, the Keras cache, …).",
    ),
    click.option(
        "--lang",
        "language",
        type=click.Choice(["ru", "en"]),
        help="Language of the report (default: the notebook's).",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**31 - 1),
        default=0,
        show_default=True,
        metavar="NUMBER",
        help="Seed of cases and trainings.",
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(min=0, min_open=True),
        metavar="MINUTES",
        help="For the whole submission, trainings included (default: the rubric's).",
    ),
    click.option(
        "--memory-limit",
        type=click.FloatRange(min=0, min_open=True),
        metavar="GIB",
        help="Resident memory of the student's processes (default: the rubric's).",
    ),
    click.option("--quick", is_flag=True, help="No training: accuracy rules are left out."),
    click.option(
        "--as-submitted",
        is_flag=True,
        help="Run the notebook's own training loops too, as the student wrote them (slow).",
    ),
    click.option(
        "--sandbox",
        default="auto",
        show_default=True,
        type=click.Choice(["auto", "bubblewrap", "process"]),
        help="What confines the student's code; `process` is for your own code only.",
    ),
    click.option(
        "--runtime",
        type=click.Choice(["keras3", "keras2", "tf1"]),
        help="TensorFlow to run notebooks on (default: the one that each was written for).",
    ),
    click.option(
        "--fresh",
        is_flag=True,
        help="Run the notebook again even if an unchanged one was observed before.",
    ),
)
"""What may be said of every submission, alone or in a class."""


def each_submission(command: Decorated) -> Decorated:
    """Add the options whose names are the fields of :class:`grader.preparing.Options`."""
    for option in reversed(_EACH):
        command = option(command)
    return command
