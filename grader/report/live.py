"""Live progress in the terminal: what is being done, how far, and how long it may still take."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.progress import Event

WORDS = {
    "data": "data",
    "read": "reading",
    "start": "starting a kernel",
    "cell": "running cell",
    "probe": "probing",
    "train": "training",
    "compare": "comparing with known mistakes",
    "report": "writing",
}


class Live:
    """A context in which :meth:`show` draws events on stderr: a line that changes in a terminal,
    plain lines elsewhere (one a step, each event with ``verbose``)."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._console = Console(stderr=True)
        self._verbose = verbose
        self._moving = self._console.is_terminal and not verbose
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None)
        self._trainings: dict[str, TaskID] = {}
        """A line of its own for each training that is under way."""
        self._last: tuple[str, str] | None = None
        self._said: set[str] = set()

    def __enter__(self) -> Live:
        if self._moving:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._moving:
            self._progress.stop()

    def show(self, event: Event) -> None:
        """Draw one event."""
        if self._moving:
            self._move(event)
        elif self._verbose or self._is_new(event):
            self._console.print(
                line(event), highlight=False, markup=False, emoji=False, soft_wrap=True
            )

    def _move(self, event: Event) -> None:
        task = self._training(event) if event.step == "train" else self._other(event)
        if task is None:
            return
        self._progress.update(
            task,
            description=line(event),
            completed=event.done,
            total=event.total if event.total > 1 else None,
        )
        self._progress.update(self._task, visible=not self._trainings)

    def _training(self, event: Event) -> TaskID | None:
        """The line of this training; none once it has ended."""
        if event.accuracy is None:
            if event.detail in self._trainings:
                self._progress.remove_task(self._trainings.pop(event.detail))
            return None
        if event.detail not in self._trainings:
            self._trainings[event.detail] = self._progress.add_task("")
        return self._trainings[event.detail]

    def _other(self, event: Event) -> TaskID:
        """The line of all that is done one after the other."""
        step = (event.step, f"{event.seed}")
        if step != self._last:
            self._progress.reset(self._task)
            self._last = step
        return self._task

    def _is_new(self, event: Event) -> bool:
        """Without a terminal: one line a step, and one a training."""
        if event.step == "train":
            fresh = event.detail not in self._said
            self._said.add(event.detail)
            return fresh
        step = (event.step, event.detail if event.step == "data" else "")
        fresh = step != self._last
        self._last = step
        return fresh


def line(event: Event) -> str:
    """An event in words: ``training part3_model, epoch 0.42, accuracy 47.1 %``."""
    words = [WORDS[event.step], event.detail] if event.detail else [WORDS[event.step]]
    text = " ".join(words)
    if event.step == "cell":
        text += f" ({event.done + 1} of {event.total})"
    if event.seed is not None:
        text += f", seed {event.seed}"
    if event.epoch is not None:
        text += f", epoch {event.epoch:.2f}"
    if event.accuracy is not None:
        text += f", accuracy {100 * event.accuracy:.1f} %"
    return text
