"""Where parcels are worked on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from .errors import UsageError
from .parcel import Outcome, Parcel, work
from .progress import Event
from .sandbox.remove import remove
from .sandbox.watch import end_children

PER_JOB = 2.5 * 2**30
"""Bytes of memory that one grading is expected to need (kernel, TensorFlow, a training)."""

Report = tuple[str, Event]
Workers = tuple[Callable[[], Executor], Callable[[], list[Report]]]
"""A maker of executors (a broken one is replaced), and what their workers have reported since."""


def jobs_here(wanted: int | None) -> int:
    """As many gradings at once as cores and memory allow, or as ``wanted``."""
    if wanted is not None:
        return wanted
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, int(psutil.virtual_memory().available / PER_JOB)))


@contextmanager
def local(jobs: int) -> Iterator[tuple[Callable[[], Executor], Callable[[], list[Report]]]]:
    """A maker of process pools (a broken one is replaced), and the reports of their workers.

    However this process ends, its workers and their kernels end with it: they hold one end of a
    pipe, and see it closed.
    """
    context = multiprocessing.get_context("spawn")
    queue: Queue[Report] = context.Queue()
    theirs, ours = context.Pipe(duplex=False)
    made: list[_Pool] = []

    def make() -> Executor:
        made.append(_Pool(jobs, mp_context=context, initializer=_begin, initargs=(queue, theirs)))
        return made[-1]

    def reports() -> list[Report]:
        found = []
        while not queue.empty():
            found.append(queue.get())
        return found

    try:
        yield make, reports
    finally:
        ours.close()
        for pool in made:
            pool.shutdown(cancel_futures=True)
        theirs.close()
        queue.close()
        queue.cancel_join_thread()


class _Pool(ProcessPoolExecutor):
    """Its workers are started deaf to Ctrl-C, which is for the process that leads them."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(work, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(work, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def dask(address: str, *, gpu: bool) -> Iterator[Workers]:
    """The workers of a Dask cluster; they send no reports while they work.

    With ``gpu``, a grading takes one unit of the workers' resource ``GPU``
    (``dask worker … --resources GPU=1``).

    Raises:
        UsageError: the extra ``dask`` is not installed, or nobody answers at ``address``.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--executor dask needs the extra of that name: pip install 'grader[dask]'"
        ) from error
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler {address}: no Dask scheduler answers there: {error}; start one with "
            "`dask scheduler` and workers with `dask worker ADDRESS`"
        ) from error
    try:
        resources = {"GPU": 1} if gpu else None
        yield lambda: client.get_executor(pure=False, retries=2, resources=resources), list
    finally:
        client.close()


_queue: Queue[Report] | None = None


def grade_parcel(parcel: Parcel) -> Outcome:
    """What an executor is given: :func:`grader.parcel.work`; it reports where there is a queue."""
    queue = _queue
    if queue is None:
        return work(parcel)
    return work(parcel, lambda event: queue.put((parcel.name, event)))


def _begin(queue: Queue[Report], leader: Connection) -> None:
    """In a new worker: remember the queue, and end with the process that leads."""
    global _queue
    _queue = queue
    signal.signal(signal.SIGINT, _ignore)
    if hasattr(signal, "pthread_sigmask"):  # a kernel inherits the mask, and is to be interrupted
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    tempfile.tempdir = tempfile.mkdtemp(prefix="grade-worker-")
    # A worker that ends with its pool runs no `atexit`, and may be quicker than the thread below.
    Finalize(None, remove, args=(Path(tempfile.tempdir),), exitpriority=0)
    threading.Thread(target=_end_with, args=(leader, tempfile.tempdir), daemon=True).start()


def _ignore(number: int, frame: FrameType | None) -> None:
    """Unlike ``SIG_IGN``, a handler is not inherited by what this process starts."""


def _end_with(leader: Connection, scratch: str) -> None:
    """Wait for the end of the pipe; then end the kernels, remove what is left, and go."""
    with contextlib.suppress(EOFError, OSError):
        leader.recv_bytes()
    try:
        end_children()
        remove(Path(scratch))
    finally:
        os._exit(1)
