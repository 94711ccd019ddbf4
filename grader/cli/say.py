"""All that the command line prints, but for tables: cleaned, since it may quote a submission."""

from __future__ import annotations

import click


def say(
    text: object, *, mark: str = "", colour: str = "", bold: bool = False, err: bool = False
) -> None:
    """Print ``text`` on a line of its own, on the standard error with ``err``.

    ``mark`` goes before it, in ``colour``. File names, a notebook's names and exceptions come from
    people who are not trusted: no escape or control character of theirs reaches the terminal.
    """
    before = click.style(_cleaned(mark), fg=colour or None, bold=bold or None) if mark else ""
    click.echo(f"{before}{_cleaned(str(text))}", err=err)


def _cleaned(text: str) -> str:
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text  # nothing to take out, so the cleaner and what it loads are not needed
    from grader.report.tame import clean

    return clean(text)
