"""The reference, observed by the same code as a student's notebook and kept on disk.

So are the misconceptions: the reference with one cell as somebody with that mistake writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader import environment, matching, store
from grader.asked import asked
from grader.course import Lab, Misconception
from grader.desk import Desk
from grader.errors import ReferenceFailed
from grader.model import Cell, Observations, Observed
from grader.progress import Event, OnEvent, silent

from .order import Order
from .probing import answers_of


async def reference(lab: Lab, order: Order, on_event: OnEvent) -> Observations:
    """The reference's answers to every probe, from the cache or from a kernel of its own.

    Raises:
        ReferenceFailed: the reference does not answer one of them.
    """
    known = known_reference(lab, order)
    if known is not None:
        return known
    desk = ReferenceDesk(lab, order, on_event)
    try:
        everything = replace(order, tasks=frozenset())
        observed = await answers_of(await desk.ready(), lab, everything, desk.matching, on_event)
    finally:
        await desk.close()
    must_answer(lab, observed)
    result = Observations((), observed, environment.versions(), order.seed)
    store.save(_reference_key(lab, order), result)
    return result


def known_reference(lab: Lab, order: Order) -> Observations | None:
    """The reference's answers, where they were observed before."""
    return store.load(_reference_key(lab, order))


def known_variants(lab: Lab, order: Order, tasks: Sequence[str]) -> dict[str, Observations]:
    """What the misconceptions of ``tasks`` answer, as far as it was observed before."""
    mistakes = [m for m in lab.misconceptions if m.task in tasks]
    found = {m.id: store.load(_variant_key(lab, order, m)) for m in mistakes}
    return {name: observations for name, observations in found.items() if observations}


async def variants(
    lab: Lab, order: Order, tasks: Sequence[str], on_event: OnEvent
) -> dict[str, Observations]:
    """What each misconception of ``tasks`` answers to the probes of its own task."""
    found = known_variants(lab, order, tasks)
    missing = [m for m in lab.misconceptions if m.task in tasks and m.id not in found]
    bench = ReferenceDesk(lab, order, on_event)
    try:
        for done, mistake in enumerate(missing):
            on_event(Event("compare", done, len(missing), detail=mistake.id))
            observations = await bench.mistaken(mistake)
            if not store.lasting(observations):  # stopped by a limit: no answer to compare with
                continue
            found[mistake.id] = observations
            store.save(_variant_key(lab, order, mistake), observations)
    finally:
        await bench.close()
    return found


def _reference_key(lab: Lab, order: Order) -> str:
    solution = dict(lab.solution)
    return store.key("reference", asked(lab, order.seed), solution, environment.versions())


def _variant_key(lab: Lab, order: Order, mistake: Misconception) -> str:
    cells = {**lab.solution, **lab.mistaken(mistake)}
    asking = asked(lab, order.seed)
    return store.key("variant", asking, cells, mistake.task, environment.versions())


class ReferenceDesk:
    """The reference's own notebook in a kernel of its own, opened when it is first needed."""

    def __init__(self, lab: Lab, order: Order, on_event: OnEvent) -> None:
        self._lab = lab
        self._order = order
        self._on_event = on_event
        self._desk: Desk | None = None
        self.submission = lab.solved()
        self.matching = matching.match(self.submission, lab.handout)

    async def ready(self) -> Desk:
        if self._desk is None:
            names = tuple(given.name for given in self._lab.rubric.given)
            setting = replace(self._order.setting, as_submitted=False, given=names)
            extra = tuple(self._cell(mistake) for mistake in self._lab.misconceptions)
            self._desk = Desk(self.submission, setting, self._on_event, extra)
            await self._desk.open()
        return self._desk

    async def mistaken(self, mistake: Misconception) -> Observations:
        """The answers of the reference with one cell as ``mistake`` has it, for its own task."""
        desk = await self.ready()
        wrong = self._cell(mistake)
        order = replace(self._order, tasks=frozenset({mistake.task}))
        await desk.rerun(wrong)
        observed = await answers_of(desk, self._lab, order, self.matching, silent)
        await desk.rerun(self.submission.cells[wrong.index])
        return Observations((), observed, environment.versions(), order.seed)

    def _cell(self, mistake: Misconception) -> Cell:
        ((cell_id, source),) = self._lab.mistaken(mistake).items()
        original = next(c for c in self.submission.cells if c.id == cell_id)
        return replace(original, source=source)

    async def close(self) -> None:
        if self._desk is not None:
            await self._desk.close()
            self._desk = None


def must_answer(lab: Lab, observed: Mapping[str, Observed]) -> None:
    for key, value in observed.items():
        broken = value.fault or next((a.fault for a in value.answers if a.fault), None)
        if broken is not None:
            raise ReferenceFailed(
                f"the reference of {lab.name} fails its own probe {key}: {broken.kind} "
                f"{broken.type} {broken.message} (cell {broken.cell}, line {broken.line}); "
                f"mend reference/{lab.name}/solution.py or cases.py"
            )
