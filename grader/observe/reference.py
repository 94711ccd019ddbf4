"""The reference, observed by the same code as a student's notebook and kept on disk.

So are the misconceptions: the reference with one cell as somebody with that mistake writes it.
Of several gradings that miss the same one at once, one observes it and the others wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader import environment, runtimes, store
from grader.asked import asked
from grader.course import Lab, Misconception
from grader.errors import ReferenceFailed
from grader.model import Observations, Observed
from grader.progress import Event, OnEvent
from grader.rubric import Task

from .bench import ReferenceDesk
from .order import Order
from .probing import answers_of, probes_for

PAUSE = 0.2
"""Seconds between two looks at whether somebody else has finished."""


async def reference(lab: Lab, order: Order, on_event: OnEvent) -> Observations:
    """The reference's answers to every probe, from the cache or from a kernel of its own.

    Raises:
        ReferenceFailed: the reference does not answer one of them.
    """
    while (known := known_reference(lab, order)) is None:
        with store.claim(_reference_key(lab, order)) as ours:
            if ours:
                return known_reference(lab, order) or await _answers(lab, order, on_event)
        await asyncio.sleep(PAUSE)
    return known


async def _answers(lab: Lab, order: Order, on_event: OnEvent) -> Observations:
    probes = probes_for(lab, replace(order, tasks=frozenset()))
    desk = ReferenceDesk(lab, order, on_event)
    try:
        observed = await answers_of(await desk.ready(), probes, order.seed, desk.matching, on_event)
    finally:
        await desk.close()
    must_answer(lab, observed)
    recorded = runtimes.recorded(lab.rubric.runtime)
    result = Observations((), observed, recorded, order.seed)
    store.save(_reference_key(lab, order), result)
    return result


def known_reference(lab: Lab, order: Order) -> Observations | None:
    """The reference's answers, where they were observed before, or where nothing is asked."""
    if not probes_for(lab, replace(order, tasks=frozenset())):
        return Observations((), {}, runtimes.recorded(lab.rubric.runtime), order.seed)
    return store.load(_reference_key(lab, order))


def known_variants(lab: Lab, order: Order, tasks: Sequence[str]) -> dict[str, Observations]:
    """What the misconceptions of ``tasks`` answer, as far as it was observed before."""
    mistakes = [m for m in lab.variants() if m.task in tasks and m.edits]
    found = {m.id: store.load(_variant_key(lab, order, m, everywhere=False)) for m in mistakes}
    return {name: observations for name, observations in found.items() if observations}


async def variants(
    lab: Lab, order: Order, tasks: Sequence[str], on_event: OnEvent, *, ahead: bool = False
) -> dict[str, Observations]:
    """What each misconception of ``tasks`` answers to the probes of its own task.

    With ``ahead``, whoever misses one goes on to those of the other tasks that nobody is at: in a
    class they will be wanted too, and one kernel observes all.
    """
    every = [m for m in lab.variants() if m.edits]
    wanted = [m for m in every if m.task in tasks]
    others = [m for m in every if m.task not in tasks] if ahead else []
    return await mistaken(lab, order, wanted, on_event, others=others)


async def mistaken(
    lab: Lab,
    order: Order,
    mistakes: Sequence[Misconception],
    on_event: OnEvent,
    *,
    expected: Observations | None = None,
    others: Sequence[Misconception] = (),
    bench: ReferenceDesk | None = None,
) -> dict[str, Observations]:
    """What each of ``mistakes`` answers to the probes of its own task; with the reference's
    answers ``expected``, to all: those that the mistake cannot reach are the reference's.

    One that a limit stopped is left out: it has no answer to compare with. Where one has to be
    observed, ``others`` that nobody knows yet are too; at ``bench``, which stays open.
    """
    everywhere = expected is not None
    names = {m.id: _variant_key(lab, order, m, everywhere=everywhere) for m in (*mistakes, *others)}
    found = {m.id: known for m in mistakes if (known := store.load(names[m.id]))}
    missing = [m for m in mistakes if m.id not in found]
    if not missing:
        return found
    unknown = [m for m in others if not store.known(names[m.id])]
    place = bench or ReferenceDesk(lab, order, on_event)
    made: dict[str, Observations | None] = {}
    try:
        for done, mistake in enumerate((*missing, *unknown)):
            on_event(Event("compare", done, len(missing) + len(unknown), detail=mistake.id))
            made[mistake.id] = await _unless_claimed(place, names[mistake.id], mistake, expected)
        for mistake in missing:
            while made[mistake.id] is None:
                await asyncio.sleep(PAUSE)
                name = names[mistake.id]
                made[mistake.id] = await _unless_claimed(place, name, mistake, expected)
    finally:
        if bench is None:
            await place.close()
    seen = {m.id: one for m in missing if (one := made[m.id]) and store.lasting(one)}
    return {**found, **seen}


async def _unless_claimed(
    bench: ReferenceDesk, name: str, mistake: Misconception, expected: Observations | None
) -> Observations | None:
    """What it answers, made or found under ``name``; nothing while somebody else is at it."""
    with store.claim(name) as ours:
        if not ours:
            return None
        made = store.load(name)
        if made is None:
            made = await bench.mistaken(mistake, expected)
            if store.lasting(made):
                store.save(name, made)
        return made


def network_key(lab: Lab, order: Order, task: Task) -> str:
    """Under which the reference's network is kept, as ``task`` trains it."""
    solution, asking = dict(lab.solution), asked(lab, order.seed)
    return store.key("network", asking, solution, task.id, environment.versions())


def _reference_key(lab: Lab, order: Order) -> str:
    solution = dict(lab.solution)
    return store.key("reference", asked(lab, order.seed), solution, environment.versions())


def _variant_key(lab: Lab, order: Order, mistake: Misconception, *, everywhere: bool) -> str:
    cells = {**lab.solution, **lab.mistaken(mistake)}
    asking = asked(lab, order.seed)
    tasks = "all" if everywhere else mistake.task
    return store.key("variant", asking, cells, tasks, environment.versions())


def must_answer(lab: Lab, observed: Mapping[str, Observed]) -> None:
    for key, value in observed.items():
        broken = value.fault or next((a.fault for a in value.answers if a.fault), None)
        if broken is not None:
            raise ReferenceFailed(
                f"the reference of {lab.name} fails its own probe {key}: {broken.kind} "
                f"{broken.type} {broken.message} (cell {broken.cell}, line {broken.line}); "
                f"mend reference/{lab.name}/solution.py or cases.py"
            )
