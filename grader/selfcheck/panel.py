"""A self-check as a notebook shows it."""

from __future__ import annotations

from pathlib import Path

from grader.report import selfcheck

from . import check_running


class Panel:
    """What the last line of a cell may be: a notebook draws it."""

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html


def shown(task: str, bundle: Path | None) -> Panel:
    """The panel of a check of ``task`` in the running notebook."""
    return Panel(selfcheck.panel(check_running(task, bundle)))
