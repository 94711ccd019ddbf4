"""The command line: parse, call once, print, set the exit code. No heavy import at start-up."""

from __future__ import annotations

import io
import sys
import traceback

import click

from grader.errors import GraderError

from .classes import class_, export, rejudge
from .group import Commands
from .handouts import handout
from .say import say
from .single import completion, doctor, run
from .teaching import check, preview, release, validate

INTERRUPTED = 130
"""What shells call a command that Ctrl-C ended."""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`grade SUBMISSION.ipynb` is short for `grade run SUBMISSION.ipynb`. "
    "Exit codes: 0 passed, 1 below the pass mark, 2 wrong use or unreadable input, "
    "3 the grader could not do its job (no grade is written).",
)
@click.version_option(package_name="grader", prog_name="grade")
def app() -> None:
    """Grade deep-learning notebooks: run them in a sandbox, check them, train them, report."""


for command in (
    run,
    class_,
    rejudge,
    export,
    handout,
    validate,
    release,
    preview,
    check,
    doctor,
    completion,
):
    app.add_command(command)


def main() -> None:
    """The entry point: however it ends, there is one message and an exit code that tells a grade
    (0 or 1) from none."""
    try:
        sys.exit(app.main(prog_name="grade", standalone_mode=False))
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except GraderError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except click.Abort:
        _complain("interrupted; what was written before stays")
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001  Python itself would exit with 1, which is a grade
        say(traceback.format_exc().rstrip("\n"), err=True)
        _complain(
            "this is a fault of the grader, not of the notebook, so no grade was written; "
            "please report it together with the lines above"
        )
        sys.exit(GraderError.exit_code)


def _complain(message: str) -> None:
    say(f": {message}", mark="error", colour="red", bold=True, err=True)
