"""The command line: parse, call once, print, set the exit code. No heavy import at start-up."""

from __future__ import annotations

import difflib
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from .errors import GraderError, UsageError

if TYPE_CHECKING:
    from .model import Grade, Language

PATH = click.Path(path_type=Path)
PASSED, BELOW = 0, 1
INTERRUPTED = 130
"""What shells call a command that Ctrl-C ended."""


class _Commands(click.Group):
    """``grade submission.ipynb`` is ``grade run submission.ipynb``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if args and args[0] not in own and self.get_command(ctx, args[0]) is None:
            self._refuse_misspelt(ctx, args[0])
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of ``run`` stand here too: they are what most people look for."""
        options = [
            option.get_help_record(ctx) for option in run.params if option.name != "submission"
        ]
        with formatter.section("Options of `grade SUBMISSION.ipynb`"):
            formatter.write_dl([option for option in options if option is not None])
        super().format_options(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Where a command may stand, a notebook may stand too."""
        return [*super().shell_complete(ctx, incomplete), CompletionItem(incomplete, type="file")]

    def _refuse_misspelt(self, ctx: click.Context, word: str) -> None:
        """``grade docter`` is no request to grade a file of that name."""
        near = difflib.get_close_matches(word, self.list_commands(ctx), n=1, cutoff=0.7)
        if near and not ctx.resilient_parsing and not Path(word).exists():
            raise UsageError(
                f"{word}: no such file and no such command. Did you mean `grade {near[0]}`?"
            )


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`grade SUBMISSION.ipynb` is short for `grade run SUBMISSION.ipynb`. "
    "Exit codes: 0 passed, 1 below the pass mark, 2 wrong use or unreadable input, "
    "3 the grader could not do its job (no grade is written).",
)
@click.version_option(package_name="grader", prog_name="grade")
def app() -> None:
    """Grade deep-learning notebooks: run them in a sandbox, check them, train them, report."""


@app.command()
@click.argument("submission", type=PATH)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the report and the grade file (default: beside the notebook).",
)
@click.option("--lab", help="Lab to grade it as (default: recognised from the notebook).")
@click.option(
    "--course", type=PATH, help="Course folder (default: GRADER_COURSE, or found upward)."
)
@click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="ID",
    help="Grade only this task; may be given several times.",
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|gpu[:N]",
    help="Where to train.",
)
@click.option(
    "--data-dir",
    type=PATH,
    help="Folder or file of the data set (default: GRADER_DATA, the Keras cache, …).",
)
@click.option(
    "--lang",
    type=click.Choice(["ru", "en"]),
    help="Language of the report (default: the notebook's).",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    metavar="NUMBER",
    help="Seed of cases and trainings.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="MINUTES",
    help="For the whole submission, trainings included (default: the rubric's).",
)
@click.option(
    "--memory-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="GIB",
    help="Resident memory of the student's processes (default: the rubric's).",
)
@click.option("--quick", is_flag=True, help="No training: accuracy rules are left out.")
@click.option(
    "--as-submitted",
    is_flag=True,
    help="Run the notebook's own training loops too, as the student wrote them (slow).",
)
@click.option(
    "--sandbox",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "bubblewrap", "process"]),
    help="What confines the student's code; `process` is for your own code only.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Run the notebook again even if an unchanged one was observed before.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say each step on a line of its own.")
def run(
    submission: Path,
    out: Path | None,
    lab: str | None,
    course: Path | None,
    tasks: tuple[str, ...],
    device: str,
    data_dir: Path | None,
    lang: Language | None,
    seed: int,
    time_limit: float | None,
    memory_limit: float | None,
    quick: bool,
    as_submitted: bool,
    sandbox: str,
    fresh: bool,
    verbose: bool,
) -> None:
    """Grade one SUBMISSION (.ipynb): print the tasks, write the report and the grade file."""
    from . import grading
    from .report import deliver
    from .report.live import Live

    folder = out or submission.parent
    deliver.check(folder)
    options = grading.Options(
        course=course,
        lab=lab,
        tasks=tasks,
        device=device,
        data_dir=data_dir,
        language=lang,
        seed=seed,
        time_limit=time_limit,
        memory_limit=memory_limit,
        quick=quick,
        as_submitted=as_submitted,
        sandbox=sandbox,
        fresh=fresh,
    )
    with Live(verbose=verbose) as live:
        grade = grading.grade(submission, options, live.show)
    _deliver(grade, folder, submission.stem)
    sys.exit(PASSED if grade.passed else BELOW)


@app.command()
@click.option("--course", type=PATH, help="Course folder to look at.")
@click.option("--data-dir", type=PATH, help="Folder of the data sets.")
def doctor(course: Path | None, data_dir: Path | None) -> None:
    """Say what is there and what is missing on this machine, and how to get it."""
    from . import doctor as examination

    found = examination.examine(course, data_dir)
    for finding in found:
        word, colour = ("ok", "green") if finding.fine else ("missing", "red")
        if not finding.fine and not finding.needed:
            word, colour = "none", "yellow"
        click.echo(f"{click.style(f'{word:>8}', fg=colour)}  {finding.what}: {finding.says}")
    sys.exit(0 if all(finding.fine for finding in found if finding.needed) else 3)


@app.command()
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
    click.echo(maker(app, {}, "grade", "_GRADE_COMPLETE").source())


def main() -> None:
    """The entry point: however it ends, there is one message and an exit code that tells a grade
    (0 or 1) from none."""
    try:
        sys.exit(app.main(prog_name="grade", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except GraderError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except click.Abort:
        _complain("interrupted; no grade was written")
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001  Python itself would exit with 1, which is a grade
        traceback.print_exc()
        _complain(
            "this is a fault of the grader, not of the notebook, so no grade was written; "
            "please report it together with the lines above"
        )
        sys.exit(GraderError.exit_code)


def _complain(message: str) -> None:
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True)


def _deliver(grade: Grade, folder: Path, stem: str) -> None:
    from rich.console import Console

    from .report import deliver, terminal

    written = deliver.write(grade, folder, stem)
    console = Console()
    console.print(terminal.table(grade))
    for path in written:
        console.print(str(path), style="cyan", highlight=False, markup=False, soft_wrap=True)
