"""Runs the student's cells to the end, and notes what they handed to the training drivers.

Three jobs, all on the student's own namespace:

* a cell goes on after a failing statement, so that an error in a training does not lose the
  definitions below it (each top-level statement is guarded by an AST transformer);
* the notebook's training drivers and ``Model.fit`` are replaced by recorders that keep what they
  were given and return at once;
* the namespace is remembered after each cell and at each driver call (shallow copies), so that a
  factory can later be called with the globals that its driver would have seen.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import faults
from .runtimes import Runtime
from .standins import Log
from .steps import Steps

HOOK = "_grader_recorder"
FIT = "Model.fit"
Namespace = dict[str, Any]


@dataclass
class DriverCall:
    """One call of a training driver: of which, from which cell, with what, in which globals."""

    driver: str
    cell: int
    arguments: Mapping[str, Any]
    namespace: Namespace
    made: dict[str, Any] = field(default_factory=dict)
    """What each function among the arguments last returned, where the driver really ran."""


@dataclass
class Recorder:
    """The notes taken while a notebook runs in ``shell`` (an IPython ``InteractiveShell``)."""

    shell: Any
    drivers: frozenset[str]
    as_submitted: bool = False
    runtime: Runtime = field(default_factory=Runtime)
    served: dict[str, Callable[..., Any]] = field(default_factory=dict)
    """Given functions whose result is known, by name."""
    log: Log = field(default_factory=Log)
    """Calls of the modules that are only recorded."""
    steps: Steps = field(default_factory=Steps)
    """Of the case that is being answered."""
    sources: list[tuple[int, str]] = field(default_factory=list)
    cell: int = -1
    snapshots: dict[int, Namespace] = field(default_factory=dict)
    calls: list[DriverCall] = field(default_factory=list)
    failures: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    _earlier: Namespace = field(default_factory=dict)
    """The namespace as the running cell found it."""

    def install(self) -> None:
        """Hook into the shell: cell events, file names, and the guard around statements."""
        setattr(builtins, HOOK, self)
        self.shell.events.register("pre_run_cell", self._before_cell)
        self.shell.events.register("post_run_cell", self._after_cell)
        self.shell.ast_transformers.append(_Guard())
        remember = self.shell.compile.cache

        @functools.wraps(remember)
        def cache(*args: Any, **options: Any) -> str:
            name: str = remember(*args, **options)
            self.files[name] = self.cell
            return name

        self.shell.compile.cache = cache

    # ------------------------------------------------------------ the namespace

    @property
    def namespace(self) -> Namespace:
        names: Namespace = self.shell.user_ns
        return names

    @contextmanager
    def as_of(self, snapshot: Namespace) -> Iterator[Namespace]:
        """The student's globals as they stood in ``snapshot``, for the length of a block."""
        names = self.namespace
        now = dict(names)
        names.clear()
        names.update(snapshot)
        try:
            yield names
        finally:
            names.clear()
            names.update(now)

    # ------------------------------------------------------ hooks that cells call

    def failed(self) -> None:
        """Called from a guarded statement's ``except``: keep the first error of the cell."""
        error = sys.exc_info()[1]
        if error is not None:
            self.failures.setdefault(self.cell, faults.describe(error, self.files))

    def watch(self) -> None:
        """Called after each statement: a driver that was just defined becomes a recorder."""
        for name in self.drivers & self.namespace.keys():
            driver = self.namespace[name]
            if callable(driver) and not getattr(driver, HOOK, False):
                self.namespace[name] = self._recording(name, driver)
        for name in self.served.keys() & self.namespace.keys():
            self.namespace[name] = self.served[name]

    def note(self, driver: str, arguments: Mapping[str, Any]) -> DriverCall:
        call = DriverCall(driver, self.cell, arguments, dict(self.namespace))
        self.calls.append(call)
        return call

    def _recording(self, name: str, driver: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(driver)
        def record(*args: Any, **keywords: Any) -> Any:
            arguments = _bind(driver, args, keywords)
            call = self.note(name, arguments)
            if not self.as_submitted:
                return None
            kept = {id(v): _keeping(call.made, k, v) for k, v in arguments.items()}
            return driver(
                *(kept.get(id(v), v) for v in args),
                **{k: kept.get(id(v), v) for k, v in keywords.items()},
            )

        setattr(record, HOOK, True)
        return record

    # -------------------------------------------------------------- cell events

    def _before_cell(self, info: Any) -> None:
        same = [i for i, source in self.sources if source == info.raw_cell]
        later = [i for i in same if i > self.cell]
        if same:
            self.cell = (later or same)[0]
        self._earlier = dict(self.namespace)

    def _after_cell(self, result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            self.failures.setdefault(self.cell, faults.describe(error, self.files))
        if self.cell in self.snapshots:
            self._revise()
        else:
            self.snapshots[self.cell] = dict(self.namespace)

    def _revise(self) -> None:
        """A cell ran again: it and those below are as if it had been so the first time."""
        was = self.snapshots[self.cell].copy()
        new = {k: v for k, v in self.namespace.items() if self._earlier.get(k) is not v}
        for cell, snapshot in self.snapshots.items():
            if cell >= self.cell:
                same = [name for name in new if snapshot.get(name) is was.get(name)]
                snapshot.update({name: new[name] for name in same})


class _Guard(ast.NodeTransformer):
    """``statement`` → ``try: statement; watch() / except BaseException: failed()``.

    An expression at the end of a cell stays bare: IPython shows its value, and keeps its error.
    """

    def visit_Module(self, node: ast.Module) -> ast.Module:
        guarded: list[ast.stmt] = []
        for statement in node.body:
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if future or (isinstance(statement, ast.Expr) and statement is node.body[-1]):
                guarded.append(statement)
                continue
            block = ast.Try(
                body=[statement, _hook("watch", statement)],
                handlers=[
                    ast.ExceptHandler(
                        type=ast.copy_location(ast.Name("BaseException", ast.Load()), statement),
                        name=None,
                        body=[_hook("failed", statement)],
                    )
                ],
                orelse=[],
                finalbody=[],
            )
            guarded.append(ast.fix_missing_locations(ast.copy_location(block, statement)))
        node.body = guarded
        return node


def _hook(method: str, at: ast.stmt) -> ast.stmt:
    call = ast.parse(f"{HOOK}.{method}()").body[0]
    for part in ast.walk(call):
        ast.copy_location(part, at)
    return call


def _keeping(made: dict[str, Any], name: str, value: Any) -> Any:
    """``value``; a function keeps what it returned under ``name``."""
    if not inspect.isroutine(value) and not inspect.isclass(value):
        return value

    @functools.wraps(value)
    def kept(*args: Any, **keywords: Any) -> Any:
        made[name] = value(*args, **keywords)
        return made[name]

    return kept


def _bind(
    driver: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> dict[str, Any]:
    """Arguments by parameter name; a call that does not fit is kept by position."""
    try:
        bound = inspect.signature(driver).bind(*args, **keywords)
    except (TypeError, ValueError):
        return {**{str(i): value for i, value in enumerate(args)}, **keywords}
    bound.apply_defaults()
    return dict(bound.arguments)
