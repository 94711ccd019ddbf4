"""Where parcels are worked on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import psutil

from .errors import UsageError
from .machine import cores_here
from .parcel import Outcome, Parcel, work
from .preparing import THREADS
from .progress import Event
from .sandbox.remove import remove
from .sandbox.watch import end_children

PER_JOB = 2.5 * 2**30
"""Bytes of memory that one grading is expected to need (kernel, TensorFlow, a training)."""

Report = tuple[str, Event]


@dataclass(frozen=True)
class Workers:
    """Where parcels are worked on."""

    make: Callable[[], Executor]
    """An executor; called again where the last one broke."""
    reports: Callable[[], list[Report]]
    """What the workers have reported since the last call."""
    width: Callable[[], int]
    """How many parcels can be worked on at once, at this moment."""


def jobs_here(wanted: int | None, *, train: bool = False) -> int:
    """As many gradings at once as cores and memory allow, or as ``wanted``.

    One that trains has :data:`grader.preparing.THREADS` cores, any other one. A quarter more than
    fit, as each waits now and then, for its kernel to boot above all.
    """
    if wanted is not None:
        return wanted
    fit = max(1, cores_here() // (THREADS if train else 1))
    return max(1, min(fit + max(1, fit // 4), int(psutil.virtual_memory().available / PER_JOB)))


@contextmanager
def local(jobs: int, scratch: Path | None = None) -> Iterator[Workers]:
    """Processes of this machine.

    However this process ends, its workers and their kernels end with it: they hold one end of a
    pipe, and see it closed. They then remove ``scratch`` too, as this process cannot any more.
    """
    context = multiprocessing.get_context("spawn")
    queue: Queue[Report] = context.Queue()
    theirs, ours = context.Pipe(duplex=False)
    made: list[_Pool] = []

    def make() -> Executor:
        told = (queue, theirs, scratch)
        made.append(_Pool(jobs, mp_context=context, initializer=_begin, initargs=told))
        return made[-1]

    def reports() -> list[Report]:
        found = []
        while not queue.empty():
            found.append(queue.get())
        return found

    try:
        yield Workers(make, reports, lambda: jobs)
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
def dask(address: str, *, gpu: bool, jobs: int | None = None) -> Iterator[Workers]:
    """The workers of a Dask cluster, all of them or up to ``jobs``; they send no reports.

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
        _knock(address)
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler {address}: no Dask scheduler answers there: {error}; start one with "
            "`dask scheduler` and workers with `dask worker ADDRESS`"
        ) from error
    try:
        resources = {"GPU": 1} if gpu else None
        yield Workers(
            lambda: client.get_executor(pure=False, retries=2, resources=resources),
            list,
            lambda: jobs or max(1, sum(client.nthreads().values())),
        )
    finally:
        client.close()


def _knock(address: str) -> None:
    """See that somebody listens at ``tcp://HOST:PORT``: the client would go on trying.

    Raises:
        OSError: nobody does.
    """
    parts = urlsplit(address)
    if parts.scheme == "tcp" and parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), timeout=10).close()


_queue: Queue[Report] | None = None


def grade_parcel(parcel: Parcel) -> Outcome:
    """What an executor is given: :func:`grader.parcel.work`; it reports where there is a queue."""
    queue = _queue
    if queue is None:
        return work(parcel)
    return work(parcel, lambda event: queue.put((parcel.label, event)))


def _begin(queue: Queue[Report], leader: Connection, shared: Path | None) -> None:
    """In a new worker: remember the queue, and end with the process that leads."""
    global _queue
    _queue = queue
    signal.signal(signal.SIGINT, _ignore)
    if hasattr(signal, "pthread_sigmask"):  # a kernel inherits the mask, and is to be interrupted
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    tempfile.tempdir = tempfile.mkdtemp(prefix="grade-worker-")
    # A worker that ends with its pool runs no `atexit`, and may be quicker than the thread below.
    Finalize(None, remove, args=(Path(tempfile.tempdir),), exitpriority=0)
    scratch = [Path(tempfile.tempdir), *([shared] if shared else [])]
    threading.Thread(target=_end_with, args=(leader, scratch), daemon=True).start()


def _ignore(number: int, frame: FrameType | None) -> None:
    """Unlike ``SIG_IGN``, a handler is not inherited by what this process starts."""


def _end_with(leader: Connection, scratch: list[Path]) -> None:
    """Wait for the end of the pipe; then end the kernels, remove what is left, and go."""
    with contextlib.suppress(EOFError, OSError):
        leader.recv_bytes()
    try:
        end_children()
        for folder in scratch:
            remove(folder)
    finally:
        os._exit(1)
