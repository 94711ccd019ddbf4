"""Where parcels are worked on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.queues import Queue

import psutil

from .errors import UsageError
from .parcel import Outcome, Parcel, work
from .progress import Event

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
def local(jobs: int) -> Iterator[Workers]:
    """A maker of process pools (a broken one is replaced), and the reports of their workers."""
    context = multiprocessing.get_context("spawn")
    queue: Queue[Report] = context.Queue()
    made: list[ProcessPoolExecutor] = []

    def make() -> Executor:
        pool = ProcessPoolExecutor(
            jobs, mp_context=context, initializer=_begin, initargs=(queue, os.getpid())
        )
        made.append(pool)
        return pool

    def reports() -> list[Report]:
        found = []
        while not queue.empty():
            found.append(queue.get())
        return found

    try:
        yield make, reports
    finally:
        for pool in made:
            pool.shutdown(wait=False, cancel_futures=True)
        queue.close()
        queue.cancel_join_thread()


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


def _begin(queue: Queue[Report], parent: int) -> None:
    """In a new worker: remember the queue, and end when the parent is killed."""
    global _queue
    _queue = queue
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
