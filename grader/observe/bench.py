"""The reference's own notebook at work, which can take on the look of each misconception."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from grader import matching, runtimes
from grader.checks.evidence import OptimizerCase, Probe, helped_key
from grader.course import Lab, Misconception
from grader.desk import Desk
from grader.model import Cell, Observations, Observed
from grader.progress import OnEvent, silent

from .affected import affected, dependents, independent
from .order import Order
from .probing import answers_of, asked_with_helpers, probes_for


class ReferenceDesk:
    """The reference's own notebook in a kernel of its own, opened when it is first needed."""

    def __init__(self, lab: Lab, order: Order, on_event: OnEvent) -> None:
        self._lab = lab
        self._order = order
        self._on_event = on_event
        self._desk: Desk | None = None
        self._stood_in: dict[str, dict[str, Observed]] = {}
        self.submission = lab.solved()
        self.matching = matching.match(self.submission, lab.handout)

    async def ready(self) -> Desk:
        """The desk, for one observation: none of them pays for what the others answered."""
        if self._desk is None:
            names = tuple(given.name for given in self._lab.rubric.given)
            runtime = self._lab.rubric.runtime  # its own, whichever the notebook needs
            setting = replace(self._order.setting, as_submitted=False, given=names, runtime=runtime)
            extra = tuple(self._cell(m) for m in self._lab.variants() if m.edits)
            self._desk = Desk(self.submission, setting, self._on_event, extra)
            await self._desk.open()
        self._desk.afresh()
        return self._desk

    async def mistaken(
        self, mistake: Misconception, expected: Observations | None = None
    ) -> Observations:
        """The answers of the reference with one cell as ``mistake`` has it, for its own task.

        With the reference's answers ``expected``, for every task. Those of tasks that the cell
        cannot reach are taken from there; those of tasks that reach it through functions for which
        others can stand in are what they are with these, whatever the cell holds.
        """
        recorded = runtimes.recorded(self._lab.rubric.runtime)
        wrong = self._cell(mistake)
        own, stood_in = frozenset({mistake.task}), frozenset[str]()
        if expected is not None:
            reached = affected(self._lab, wrong.id) - own
            tasks = [task for task in self._lab.rubric.tasks if task.id in reached]
            stood_in = frozenset(t.id for t in tasks if independent(self._lab, t, wrong.id))
            own |= {task.id for task in tasks} - stood_in
        probes = [_untraced(p) for p in probes_for(self._lab, replace(self._order, tasks=own))]
        known = dict(expected.probes) if expected is not None else {}
        if not probes and not stood_in:
            return Observations((), known, recorded, self._order.seed)
        desk = await self.ready()
        known.update(await self._with_stand_ins(stood_in))
        desk.afresh()
        below = self._below(wrong) if expected is not None else ()
        await _run(desk, (wrong, *below))
        observed = await answers_of(
            desk, probes, self._order.seed, self.matching, silent, helped=len(own) > 1
        )
        await _run(desk, (self.submission.cells[wrong.index], *below))
        return Observations((), {**known, **observed}, recorded, self._order.seed)

    async def answers(self) -> Observations:
        """The answers of the reference itself, as this kernel gives them now."""
        probes = probes_for(self._lab, replace(self._order, tasks=frozenset()))
        recorded, seed = runtimes.recorded(self._lab.rubric.runtime), self._order.seed
        if not probes:
            return Observations((), {}, recorded, seed)
        observed = await answers_of(await self.ready(), probes, seed, self.matching, silent)
        return Observations((), observed, recorded, seed)

    async def _with_stand_ins(self, tasks: Set[str]) -> dict[str, Observed]:
        """What the reference answers for ``tasks`` with stand-ins for other tasks' functions."""
        missing = tasks - self._stood_in.keys()
        if missing:
            probes = probes_for(self._lab, replace(self._order, tasks=frozenset(missing)))
            found = await asked_with_helpers(
                await self.ready(), probes, self._order.seed, self.matching, silent
            )
            self._stood_in.update({task: {} for task in missing})
            for probe in probes:
                if probe.helpers is not None:
                    self._stood_in[probe.key.split("/")[0]][probe.key] = found[
                        helped_key(probe.key)
                    ]
        return {key: one for task in tasks for key, one in self._stood_in[task].items()}

    def _below(self, changed: Cell) -> tuple[Cell, ...]:
        """The reference's cells further down whose own code uses what ``changed`` defines."""
        cells, reached = (
            self.submission.cells[changed.index + 1 :],
            dependents(self._lab, changed.id),
        )
        return tuple(cell for cell in cells if cell.id in self._lab.solution and cell.id in reached)

    def _cell(self, mistake: Misconception) -> Cell:
        ((cell_id, source),) = self._lab.mistaken(mistake).items()
        original = next(c for c in self.submission.cells if c.id == cell_id)
        return replace(original, source=source)

    async def close(self) -> None:
        if self._desk is not None:
            await self._desk.close()
            self._desk = None


def _untraced(probe: Probe) -> Probe:
    """The same without noting steps: a known mistake is told by its answers."""
    if not any(getattr(case, "trace", False) for case in probe.cases):
        return probe
    cases = tuple(
        case if isinstance(case, OptimizerCase) else replace(case, trace=False)
        for case in probe.cases
    )
    return replace(probe, cases=cases)


async def _run(desk: Desk, cells: Sequence[Cell]) -> None:
    for cell in cells:
        if cell.kind == "code":
            await desk.rerun(cell)
