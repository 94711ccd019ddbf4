"""``observe``: Submission × Lab → Observations. Slow, untrusted, never a verdict.

The notebook runs in its sandbox with its training drivers recorded; then each probe that the rubric
asks for is answered by the student's functions; then the grader trains what has an accuracy rule.
The reference is observed by the same code, in a kernel of its own, and kept on disk: judging
compares two observations.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import environment, matching, store
from .asked import asked, case_tree, probes_of
from .checks import accuracy, kinds, variables
from .checks.evidence import Evidence, Probe, Training
from .course import Lab, Misconception
from .data import DataSet
from .desk import Desk, Setting, read_fault
from .errors import ReferenceFailed
from .kernel.wire import Leaf
from .matching import Matching
from .model import (
    Answer,
    Cell,
    CheckStatus,
    Fault,
    FaultKind,
    Observations,
    Observed,
    Submission,
)
from .progress import Event, OnEvent, silent
from .rubric import Accuracy, Object, Task
from .training import train

Variants = Mapping[str, Observations]


@dataclass(frozen=True)
class Order:
    """What to observe, and how."""

    setting: Setting
    seed: int
    data: DataSet | None
    train: bool = True
    tasks: frozenset[str] = frozenset()
    """Task ids; all when empty."""

    def wants(self, task: Task) -> bool:
        return not self.tasks or task.id in self.tasks


async def observe(
    submission: Submission, lab: Lab, order: Order, expected: Observations, on_event: OnEvent
) -> Observations:
    """Run ``submission``, probe it, train it. ``expected`` is the reference's own observation."""
    started = time.monotonic()
    found = matching.match(submission, lab.handout)
    desk = Desk(submission, order.setting, on_event)
    bench = _ReferenceDesk(lab, order, silent)
    try:
        await asyncio.gather(desk.open(), *(_early(bench) if _needs(lab, order) else ()))
        observed = await _probe(desk, lab, order, found, on_event)
        if order.train and order.data is not None:
            trainer = _Trainer(lab, order, found, desk, bench, expected, on_event)
            await trainer.train_all(observed)
    finally:
        await desk.close()
        await bench.close()
    return Observations(
        cells=tuple(desk.cells[i] for i in sorted(desk.cells)),
        probes=observed,
        environment=environment.versions(),
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


def _early(bench: _ReferenceDesk) -> tuple[Coroutine[Any, Any, Desk]]:
    return (bench.ready(),)


async def reference(lab: Lab, order: Order, on_event: OnEvent) -> Observations:
    """The reference's answers to every probe, from the cache or from a kernel of its own.

    Raises:
        ReferenceFailed: the reference does not answer one of them.
    """
    key = store.key("reference", asked(lab, order.seed), dict(lab.solution), environment.versions())
    cached = store.load(key)
    if cached is not None:
        return cached
    desk = _ReferenceDesk(lab, order, on_event)
    try:
        everything = replace(order, tasks=frozenset())
        observed = await _probe(await desk.ready(), lab, everything, desk.matching, on_event)
    finally:
        await desk.close()
    _must_answer(lab, observed)
    result = Observations((), observed, environment.versions(), order.seed)
    store.save(key, result)
    return result


async def variants(
    lab: Lab, order: Order, tasks: Sequence[str], on_event: OnEvent
) -> dict[str, Observations]:
    """What each misconception of ``tasks`` answers to the probes of its own task."""
    versions, asking = environment.versions(), asked(lab, order.seed)
    found: dict[str, Observations] = {}
    missing: list[tuple[str, Misconception]] = []
    for mistake in lab.misconceptions:
        if mistake.task in tasks:
            cells = {**lab.solution, **lab.mistaken(mistake)}
            key = store.key("variant", asking, cells, mistake.task, versions)
            cached = store.load(key)
            if cached is None:
                missing.append((key, mistake))
            else:
                found[mistake.id] = cached
    bench = _ReferenceDesk(lab, order, on_event)
    try:
        for done, (key, mistake) in enumerate(missing):
            on_event(Event("compare", done, len(missing), detail=mistake.id))
            found[mistake.id] = await bench.mistaken(mistake)
            store.save(key, found[mistake.id])
    finally:
        await bench.close()
    return found


# ---------------------------------------------------------------------- probes


async def _probe(
    desk: Desk, lab: Lab, order: Order, found: Matching, on_event: OnEvent
) -> dict[str, Observed]:
    wanted = {t.id for t in lab.rubric.tasks if order.wants(t)}
    probes = [p for p in probes_of(lab, order.seed).values() if p.key.split("/")[0] in wanted]
    observed = {}
    for done, probe in enumerate(probes):
        on_event(Event("probe", done, len(probes), detail=probe.key.split("/")[0]))
        answer = await desk.ask(_request(probe, found, order.seed))
        observed[probe.key] = _read(answer, probe)
    return observed


def _request(probe: Probe, found: Matching, seed: int) -> dict[str, Any]:
    cases = [case_tree(case) for case in probe.cases]
    stand_in = None
    if probe.stand_in is not None:
        stand_in = {"name": probe.stand_in.name, "parameters": list(probe.stand_in.parameters)}
    return {
        "probe": probe.kind,
        "target": target(probe.object, found),
        "cases": cases,
        "stand_in": stand_in,
        "seed": seed,
    }


def target(wanted: Object, found: Matching) -> dict[str, Any]:
    """Where in this notebook the object is to be looked for."""
    part = found.parts[wanted.part or wanted.cell]
    return {
        "name": wanted.name,
        "driver": wanted.driver,
        "argument": wanted.argument,
        "fit": wanted.fit,
        "scoped": wanted.scoped,
        "cells": list(part.cells),
        "section": list(part.section),
    }


def _read(answer: dict[str, Any] | Fault, probe: Probe) -> Observed:
    """A probe's answer as the kernel tells it: untrusted, so forced into shape."""
    if isinstance(answer, Fault):
        return Observed(fault=answer)
    if "fault" in answer:
        return Observed(fault=_missing(answer["fault"], probe))
    told = answer.get("answers")
    entries = [a for a in told if isinstance(a, dict)] if isinstance(told, list) else []
    answers = tuple(_answer(entry) for entry in entries)
    if not answers:
        return Observed(fault=Fault(FaultKind.UNUSABLE, "no answers"))
    cell = answer.get("cell")
    return Observed(
        answers, found=str(answer.get("found"))[:200], cell=cell if isinstance(cell, int) else None
    )


def _answer(entry: Mapping[str, Any]) -> Answer:
    value, printed, seconds = (entry.get(name) for name in ("value", "printed", "seconds"))
    fault = read_fault(entry["fault"]) if "fault" in entry else None
    if fault is None and not isinstance(value, dict):
        fault = Fault(FaultKind.UNUSABLE, "no value")
    return Answer(
        case=str(entry.get("case"))[:100],
        value=value if fault is None else None,
        fault=fault,
        printed=printed[:20_000] if isinstance(printed, str) else "",
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
    )


def _missing(told: Any, probe: Probe) -> Fault:
    """A missing function, with the nearest name that the notebook does define."""
    fault = read_fault(told)
    if fault.kind is not FaultKind.MISSING:
        return fault
    names = told.get("defined") if isinstance(told, dict) else None
    defined = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
    near = matching.nearest(probe.object.name, [n for n in defined if n != probe.object.name])
    return replace(fault, message=probe.object.name, source=near or "")


def _must_answer(lab: Lab, observed: Mapping[str, Observed]) -> None:
    for key, value in observed.items():
        broken = value.fault or next((a.fault for a in value.answers if a.fault), None)
        if broken is not None:
            raise ReferenceFailed(
                f"the reference of {lab.name} fails its own probe {key}: {broken.kind} "
                f"{broken.type} {broken.message} (cell {broken.cell}, line {broken.line}); "
                f"mend reference/{lab.name}/solution.py or cases.py"
            )


# --------------------------------------------------------------- the reference


class _ReferenceDesk:
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
        observed = await _probe(desk, self._lab, order, self.matching, silent)
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


# ------------------------------------------------------------------- trainings


@dataclass
class _Trainer:
    """Plans and runs the trainings of one submission."""

    lab: Lab
    order: Order
    matching: Matching
    desk: Desk
    bench: _ReferenceDesk
    expected: Observations
    on_event: OnEvent

    async def train_all(self, observed: dict[str, Observed]) -> None:
        """Add a training to ``observed`` for each accuracy rule, cheapest budget first."""
        wanted = [
            Training(accuracy.key_of(task), task, check)
            for task in self.lab.rubric.tasks
            if self.order.wants(task)
            for check in task.checks
            if isinstance(check, Accuracy)
        ]
        for training in sorted(wanted, key=lambda t: t.check.epochs):
            observed[training.key] = await self._one(training, observed)
            partner = training.check.partner
            as_submitted = self.order.setting.as_submitted
            if partner and not as_submitted and not self._right(partner, observed):
                own = replace(training, own=True, key=accuracy.key_of(training.task, own=True))
                observed[own.key] = await self._one(own, observed)

    def _right(self, task_id: str, observed: dict[str, Observed]) -> bool:
        """Whether the partner answers as the reference does, so that both combinations are one."""
        task = self.lab.rubric.task(task_id)
        probes = probes_of(self.lab, self.order.seed)
        evidence = Evidence(task, observed, self.expected.probes, probes)
        checks = [c for c in task.checks if not isinstance(c, Accuracy) and not c.remark]
        if any(
            not set(_keys(c, task, self.lab, self.order.seed)) <= observed.keys() for c in checks
        ):
            return True
        return all(kinds.judge(c, evidence).status is CheckStatus.PASSED for c in checks)

    async def _one(self, training: Training, observed: Mapping[str, Observed]) -> Observed:
        if self.order.setting.as_submitted:
            return await self._train(
                self.desk, training, {**self._request(training), "probe": "evaluate"}
            )
        if training.check.style == "functional" and not training.own:
            return await self._under_reference(training, observed)
        return await self._train(self.desk, training, self._request(training))

    async def _under_reference(
        self, training: Training, observed: Mapping[str, Observed]
    ) -> Observed:
        """The student's initial weights travel as arrays into the reference's kernel.

        Raises:
            ReferenceFailed: the reference network cannot train weights of its own shapes.
        """
        key = variables.key_of(training.task)
        made = variables.initial(observed[key]) if key and key in observed else None
        model = variables.initial(self.expected.probes[key]) if key else None
        if made is None or model is None or _shapes(made) != _shapes(model):
            what = f"{_shapes(made or [])} instead of {_shapes(model or [])}"
            return Observed(fault=Fault(FaultKind.UNUSABLE, what))
        assert training.check.partner is not None
        network = self.lab.rubric.task(training.check.partner).object
        assert network is not None
        request = {
            **self._request(training),
            "network": target(network, self.bench.matching),
            "maker": None,
            "initial": made,
        }
        result = await self._train(await self.bench.ready(), training, request)
        broken = result.fault or next((run.fault for run in result.runs if run.fault), None)
        if broken is not None:
            raise ReferenceFailed(
                f"the reference network of {training.check.partner} does not train: "
                f"{broken.kind} {broken.type} {broken.message}; mend the lab's reference"
            )
        return result

    async def _train(self, desk: Desk, training: Training, request: dict[str, Any]) -> Observed:
        assert self.order.data is not None
        return await train(desk, training, request, self.order.data, self.order.seed, self.on_event)

    def _request(self, training: Training) -> dict[str, Any]:
        check, task = training.check, training.task
        assert task.object is not None
        mine = target(task.object, self.matching)
        request: dict[str, Any] = {
            "probe": "train",
            "style": check.style,
            "network": mine,
            "maker": None,
            "optimizer": None if check.optimizer is None else _keras_settings(check),
            "training": check.training,
            "batch_size": check.batch_size,
            "epochs": check.epochs,
            "every": check.every,
            "data": self.lab.rubric.data,
        }
        if check.style == "functional":
            assert check.partner is not None
            network = self.lab.rubric.task(check.partner).object
            assert network is not None
            return {**request, "network": target(network, self.matching), "maker": mine}
        if (training.own or check.optimizer is None) and check.own_optimizer is not None:
            request["maker"] = target(check.own_optimizer, self.matching)
        return request


def _shapes(leaves: Sequence[Leaf]) -> list[tuple[int, ...]]:
    return [leaf.array.shape for leaf in leaves]


def _keras_settings(check: Accuracy) -> dict[str, Any]:
    assert check.optimizer is not None
    values = check.optimizer.model_dump()
    return {"class_name": values.pop("name"), "config": values}


def _keys(check: Any, task: Task, lab: Lab, seed: int) -> list[str]:
    return [probe.key for probe in kinds.plan(check, task, lab, seed)]
