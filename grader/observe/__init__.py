"""``observe``: Submission × Lab → Observations. Slow, untrusted, never a verdict.

The notebook runs in its sandbox with its training drivers recorded; then each probe that the rubric
asks for is answered by the student's functions; then the grader trains what has an accuracy rule.
Networks leave the notebook as graphs and are trained in a kernel that it has never been in.
The reference is observed by the same code, in a kernel of its own, and kept on disk: judging
compares two observations.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from grader import matching, runtimes
from grader.course import Lab
from grader.decoys import Decoys
from grader.desk import Desk
from grader.model import Observations, Submission
from grader.progress import OnEvent, silent
from grader.rubric import Accuracy

from .affected import affected
from .bench import ReferenceDesk
from .clean import CleanDesk
from .order import Order
from .probing import answers_of, asked_with_helpers, probes_for
from .reference import (
    known_reference,
    known_variants,
    mistaken,
    reference,
    variants,
)
from .trainer import Trainer

__all__ = [
    "Order",
    "ReferenceDesk",
    "affected",
    "known_reference",
    "known_variants",
    "mistaken",
    "observe",
    "reference",
    "variants",
]


DECOY_SECONDS = 20.0


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
    if not probes and not (order.train and (order.data or order.sets)):
        return Observations((), {}, runtimes.recorded(order.setting.runtime), order.seed)
    found = matching.match(submission, lab.handout)
    decoys = Decoys([task.object.name for task in lab.rubric.tasks if task.object is not None])
    desk = Desk(submission, order.setting, on_event, decoy=decoys.file)
    bench = ReferenceDesk(lab, order, silent)
    clean = [CleanDesk(submission, order) for _ in range(_trainings(lab, order))[: order.abreast]]
    try:
        await asyncio.gather(desk.open(), *(each.ready() for each in clean))
        observed = await answers_of(desk, probes, order.seed, found, on_event, decoys=decoys)
        reply = await desk.ask(decoys.question(), DECOY_SECONDS) if desk.alive else None
        taken = tuple(decoys.taken(observed, reply))
        if order.train and (order.data is not None or order.sets):
            known = expected if isinstance(expected, Observations) else await expected
            trainer = Trainer(submission, lab, order, found, desk, bench, clean, known, on_event)
            await trainer.train_all(observed)
        helped = await asked_with_helpers(  # the last: by now, no network is taken out any more
            desk, probes, order.seed, found, on_event, decoys=decoys
        )
        taken += tuple(decoys.taken(helped, None))
        observed.update(helped)
    finally:
        await asyncio.gather(desk.close(), bench.close(), *(each.close() for each in clean))
    return Observations(
        cells=tuple(desk.cells[i] for i in sorted(desk.cells)),
        probes=observed,
        environment=runtimes.recorded(order.setting.runtime),
        seed=order.seed,
        notes=found.notes,
        seconds=time.monotonic() - started,
        caught=tuple(dict.fromkeys((*desk.opened, *taken))),
    )


def _trainings(lab: Lab, order: Order) -> int:
    """How many trainings need a clean kernel: those kernels boot while the notebook runs."""
    if not order.train or order.setting.as_submitted or not (order.data or order.sets):
        return 0
    return sum(
        isinstance(check, Accuracy)
        for task in lab.rubric.tasks
        if order.wants(task)
        for check in task.checks
    )
