"""Real kernels for tests: one with an event loop of its own, and a desk that notebooks kill."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import psutil

from grader.desk import Desk, Setting
from grader.kernel.wire import Leaf
from grader.model import Cell, CellRun, Fault, Runtime, Submission
from grader.progress import Event, silent
from grader.sandbox.kernel import Kernel, OnMessage
from grader.sandbox.room import Limits, Sandbox

PATIENCE = 300.0
"""Seconds for what takes less than one, on a machine with other things to do."""


def cells_of(sources: Mapping[str, str]) -> dict[str, Cell]:
    """Code cells by name, numbered in their order."""
    return {
        name: Cell(index, "code", source) for index, (name, source) in enumerate(sources.items())
    }


def request(name: str, *arguments: Any) -> dict[str, Any]:
    """A `call` probe of the function `name`, wherever it was defined."""
    target = {"name": name, "driver": None, "argument": None, "fit": None, "scoped": False}
    return {
        "probe": "call",
        "target": {**target, "cells": [0], "section": [0, 1000]},
        "cases": [{"id": "case", "args": list(arguments)}],
        "seed": 1,
    }


def tiny_data(folder: Path) -> Path:
    """The open arrays of a data set of 40 images, as they lie in a kernel's room."""
    folder.mkdir(parents=True)
    draw = np.random.default_rng(7)
    for part, count in (("train_x", 24), ("val_x", 8), ("test_x", 8)):
        np.save(folder / f"{part}.npy", draw.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8))
    np.save(folder / "train_y.npy", draw.integers(0, 10, 24))
    return folder


class Booted:
    """A kernel driven from tests that are no coroutines; it closes itself as a context manager."""

    def __init__(
        self,
        sandbox: Sandbox,
        sources: Mapping[str, str],
        data: Path,
        runtime: Runtime = "keras3",
        drivers: Sequence[str] = (),
    ) -> None:
        self._cells = cells_of(sources)
        self._runner = asyncio.Runner()
        self.kernel = self._runner.run(
            Kernel.start(
                sandbox,
                cells=list(self._cells.values()),
                drivers=drivers,
                given=[],
                data={"cifar10": data},
                limits=Limits(),
                seed=1,
                threads=1,
                runtime=runtime,
            )
        )

    def run(self, name: str, seconds: float = PATIENCE) -> tuple[str, Fault | None]:
        return self._runner.run(self.kernel.run(self._cells[name], seconds))

    def ask(
        self,
        wanted: Mapping[str, Any],
        seconds: float = PATIENCE,
        on_message: OnMessage | None = None,
    ) -> dict[str, Any] | Fault:
        return self._runner.run(self.kernel.ask(wanted, seconds, on_message))

    def value(self, function: str) -> Any:
        """What a function of the notebook answers to a probe."""
        answer = self.ask(request(function))
        assert isinstance(answer, dict), answer
        value = answer["answers"][0]["value"]["value"]
        return value.array if isinstance(value, Leaf) else value

    def failure(self, name: str) -> dict[str, Any]:
        """The error that a cell raised, as the recorder in the kernel kept it."""
        notes = self.ask({"probe": "notes"})
        assert isinstance(notes, dict), notes
        told: dict[str, Any] = notes["failures"][str(self._cells[name].index)]
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self.kernel.close())
        self._runner.close()


def fall(*fallen: Fallen) -> None:
    """Let notebooks of deadly cells run side by side."""

    async def all_of_them() -> None:
        await asyncio.gather(*(each.work() for each in fallen))

    asyncio.run(all_of_them())


class Fallen:
    """What a notebook of deadly cells came to: each cell's run, each probe's answer, our memory."""

    def __init__(
        self, sandbox: Sandbox, sources: Mapping[str, str], limits: Limits, probes: list[str]
    ) -> None:
        self._probes = probes
        self._cells = cells = cells_of(sources)
        setting = Setting(sandbox, [], [], {}, limits, seed=1, threads=1)
        submission = Submission(Path("n.ipynb"), "n", "0", tuple(cells.values()), "en")
        self._desk = Desk(submission, setting, self._measure)
        self.answers: dict[str, dict[str, Any] | Fault] = {}
        self.grown: dict[int, int] = {}
        self._before = 0

    @property
    def runs(self) -> dict[str, CellRun]:
        return {name: self._desk.cells[cell.index] for name, cell in self._cells.items()}

    async def work(self) -> None:
        try:
            await self._desk.open()
            for name in self._probes:
                self.answers[name] = await self._desk.ask(request(name))
        finally:
            await self._desk.close()

    def _measure(self, event: Event) -> None:
        """Our own resident bytes: how much they grew while a cell ran, by cell."""
        silent(event)
        now = psutil.Process().memory_info().rss
        if event.step == "cell":
            self.grown[int(event.detail) - 2] = now - self._before
        self._before = now

    def fault(self, name: str) -> Fault:
        fault = self.runs[name].fault
        assert fault is not None, self.runs[name]
        return fault
