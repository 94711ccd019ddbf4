"""``grade submission.ipynb`` and ``grade class/`` need no command's name."""

from __future__ import annotations

import difflib
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from grader.errors import UsageError


class Commands(click.Group):
    """``grade submission.ipynb`` is ``grade run``, and ``grade class/`` is ``grade class``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if args and args[0] not in own and self.get_command(ctx, args[0]) is None:
            self._refuse_misspelt(ctx, args[0])
            args = ["class" if self._names_folder(ctx, args) else "run", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of ``run`` stand here too: they are what most people look for."""
        run = self.get_command(ctx, "run")
        assert run is not None
        options = [
            option.get_help_record(ctx) for option in run.params if option.name != "submission"
        ]
        with formatter.section("Options of `grade SUBMISSION.ipynb`"):
            formatter.write_dl([option for option in options if option is not None])
        super().format_options(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Where a command may stand, a notebook may stand too."""
        return [*super().shell_complete(ctx, incomplete), CompletionItem(incomplete, type="file")]

    def _names_folder(self, ctx: click.Context, args: list[str]) -> bool:
        """Whether what is to be graded is a folder: an argument that is no option and no value."""
        command = self.get_command(ctx, "class")
        assert command is not None
        valued = {
            name
            for option in command.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        if "--dry-run" in args:  # said of classes only, whether the folder is there or not
            return True
        before = ["", *args]
        return any(
            Path(word).is_dir() and not word.startswith("-") and before[i] not in valued
            for i, word in enumerate(args)
        )

    def _refuse_misspelt(self, ctx: click.Context, word: str) -> None:
        """``grade docter`` is no request to grade a file of that name."""
        near = difflib.get_close_matches(word, self.list_commands(ctx), n=1, cutoff=0.7)
        if near and not ctx.resilient_parsing and not Path(word).exists():
            raise UsageError(
                f"{word}: no such file and no such command. Did you mean `grade {near[0]}`?"
            )
