"""``observe``: Submission × Lab → Observations. Slow, untrusted, never a verdict.

The notebook runs in its sandbox with its training drivers recorded; then each probe that the rubric
asks for is answered by the student's functions; then the grader trains what has an accuracy rule.
The reference is observed by the same code, in a kernel of its own, and kept on disk: judging
compares two observations.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Coroutine
from typing import Any

from grader import matching, runtimes
from grader.course import Lab
from grader.desk import Desk
from grader.model import Observations, Submission
from grader.progress import OnEvent, silent
from grader.rubric import Accuracy

from .order import Order
from .probing import answers_of, probes_for
from .reference import (
    ReferenceDesk,
    known_reference,
    known_variants,
    mistaken,
    reference,
    variants,
)
from .trainer import Trainer

__all__ = [
    "Order",
    "known_reference",
    "known_variants",
    "mistaken",
    "observe",
    "reference",
    "variants",
]


async def observe(
    submission: Submission,
    lab: Lab,
    order: Order,
    expected: Observations | Awaitable[Observations],
    on_event: OnEvent,
) -> Observations:
    """Run ``submission``, probe it, train it.

    ``expected`` is the reference's own observation, which may still be under way: only trainings
    wait for it. Where nothing of the submission is asked to compute, nothing of it runs.
    """
    started = time.monotonic()
    probes = probes_for(lab, order, submission)
    if not probes and not (order.train and order.data is not None):
        return Observations((), {}, runtimes.recorded(order.setting.runtime), order.seed)
    found = matching.match(submission, lab.handout)
    desk = Desk(submission, order.setting, on_event)
    bench = ReferenceDesk(lab, order, silent)
    try:
        await asyncio.gather(desk.open(), *(_early(bench) if _needs(lab, order) else ()))
        observed = await answers_of(desk, probes, order, found, on_event)
        if order.train and (order.data is not None or order.sets):
            known = expected if isinstance(expected, Observations) else await expected
            trainer = Trainer(lab, order, found, desk, bench, known, on_event)
            await trainer.train_all(observed)
    finally:
        await desk.close()
        await bench.close()
    return Observations(
        cells=tuple(desk.cells[i] for i in sorted(desk.cells)),
        probes=observed,
        environment=runtimes.recorded(order.setting.runtime),
        seed=order.seed,
        notes=found.notes,
        seconds=time.monotonic() - started,
    )


def _needs(lab: Lab, order: Order) -> bool:
    """Whether a training will want the reference's network: its kernel then boots meanwhile."""
    return (
        order.train
        and not order.setting.as_submitted
        and any(
            isinstance(check, Accuracy) and check.style == "functional"
            for task in lab.rubric.tasks
            if order.wants(task)
            for check in task.checks
        )
    )


def _early(bench: ReferenceDesk) -> tuple[Coroutine[Any, Any, Desk]]:
    return (bench.ready(),)
