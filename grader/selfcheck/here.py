"""This very process as the one that answers probes: the student's own code, in their own kernel.

The only place outside of :mod:`grader.kernel` that uses its modules: nothing is confined here, and
nothing that has to be kept from anybody is in this process.
"""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, TypeVar

from grader.errors import UsageError
from grader.kernel import faults
from grader.kernel.recorder import Recorder
from grader.kernel.serve import Server
from grader.kernel.targets import NotFound, resolve
from grader.model import Cell
from grader.rubric import Rubric
from grader.sandbox.kernel import OnMessage

from .own import own

Result = TypeVar("Result")


class Here:
    """Answers probes from a namespace of this process."""

    def __init__(self, recorder: Recorder, folder: Path) -> None:
        self._loop = _Loop()
        self._recorder, self._folder = recorder, folder
        self._server = Server(self._loop, recorder, {"data": {}, "gpu": False})  # type: ignore[arg-type]

    @classmethod
    def run(cls, cells: Sequence[Cell], rubric: Rubric, folder: Path) -> Here:
        """Run ``cells`` one after the other in ``folder``; what they print is thrown away.

        Modules that are recorded while grading are recorded here where they are not installed.
        """
        os.environ.setdefault("MPLBACKEND", "Agg")
        from IPython.core.interactiveshell import InteractiveShell

        from grader.kernel import standins
        from grader.kernel.oldnames import restore_old_names
        from grader.kernel.stage import record_fit, silence_shell

        shell: Any = InteractiveShell.instance()
        shell.history_manager.enabled = False
        recorder = Recorder(shell, frozenset(rubric.drivers))
        recorder.sources = [(cell.index, cell.source) for cell in cells]
        silence_shell(shell)
        record_fit(recorder.runtime.tf, recorder)
        restore_old_names(recorder.runtime.tf)
        recorder.install()
        absent = [m.for_kernel() for m in rubric.recorded_modules if not _installed(m.name)]
        standins.install(recorder.runtime.tf, recorder.log, absent)
        nowhere = io.StringIO()
        with chdir(folder), redirect_stdout(nowhere), redirect_stderr(nowhere):
            for cell in cells:
                shell.run_cell(cell.source)
        return cls(recorder, folder)

    @classmethod
    def running(cls, cells: Iterable[int]) -> Here:
        """The notebook that runs this code. ``cells``: where the handout has the asked names.

        Raises:
            UsageError: no notebook runs this code.
        """
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is None:
            raise UsageError("check() works in a notebook; elsewhere: grade check NOTEBOOK.ipynb")
        recorder = Recorder(shell, frozenset())
        recorder.snapshots = {cell: dict(recorder.namespace) for cell in cells}
        return cls(recorder, Path.cwd())

    async def ask(
        self, request: Mapping[str, Any], *, on_message: OnMessage | None = None
    ) -> dict[str, Any]:
        """One probe's answer; what it asks back goes to ``on_message``."""
        if self._foreign(request):
            name = request["target"]["name"]
            said = f"{name} is not defined in this notebook, so it is not called here"
            return {"fault": faults.fault("unusable", said)}
        return self._loop.carry(dict(request), on_message, self._server.one)

    def _foreign(self, request: Mapping[str, Any]) -> bool:
        cases = request["cases"]
        try:
            found = resolve(self._recorder, request["target"], cases[0]["args"] if cases else ())
        except NotFound:  # the probe says so
            return False
        handed_on = getattr(found.thing, "__module__", None) == resolve.__module__
        return not handed_on and not own(found.thing, self._folder)  # the former is made already


class _Loop:
    """A channel to oneself: a question that is sent is answered before it is received."""

    def __init__(self) -> None:
        self._next: dict[str, Any] = {}
        self._answer: dict[str, Any] = {}
        self._on_message: OnMessage | None = None

    def carry(
        self, request: dict[str, Any], on_message: OnMessage | None, serve: Callable[[], None]
    ) -> dict[str, Any]:
        self._next, self._on_message = request, on_message
        serve()
        return self._answer

    def receive(self) -> dict[str, Any]:
        return self._next

    def send(self, tree: dict[str, Any]) -> None:
        if tree["final"]:
            self._answer = tree
        else:
            assert self._on_message is not None
            self._next = finished(self._on_message(tree))


def finished(work: Awaitable[Result]) -> Result:
    """What a coroutine that waits for nothing returns; a notebook has a loop of its own running."""
    try:
        next(iter(work.__await__()))
    except StopIteration as done:
        result: Result = done.value
        return result
    raise AssertionError("a check in one process waits for nothing")


def _installed(module: str) -> bool:
    """Whether it could be imported; no package is imported to find out what lies in it."""
    top, *below = module.split(".")
    try:
        found = importlib.util.find_spec(top)
        for depth in range(1, len(below) + 1):
            places = found.submodule_search_locations if found is not None else None
            if places is None:
                return False
            found = PathFinder.find_spec(".".join([top, *below[:depth]]), places)
    except ValueError:  # it is there, and says nothing of where it came from
        return True
    except KeyError:  # a package without a file of its own, below one that is not imported
        return False
    return found is not None
