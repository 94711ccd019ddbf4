"""Which trainings a submission gets, with whom in the place of what, and in which kernel.

The student's kernel gives a network out as a graph, and a clean kernel trains it, beside another
where the machine has room. A run as submitted alone is measured where the notebook ran.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader import environment, store
from grader.asked import probes_of
from grader.checks import accuracy, kinds, variables
from grader.checks.compare import numeric
from grader.checks.evidence import Evidence, Training
from grader.course import Lab
from grader.data import DataSet
from grader.desk import Desk, read_fault
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.matching import Matching
from grader.model import Answer, CheckStatus, Fault, FaultKind, Observations, Observed, Submission
from grader.progress import Event, OnEvent
from grader.rubric import Accuracy, Task
from grader.secret import entropy
from grader.training import train
from grader.unseen import draw

from .asking import asking
from .bench import ReferenceDesk
from .clean import CleanDesk
from .order import Order
from .probing import target
from .reference import network_key


@dataclass
class Trainer:
    """Plans and runs the trainings of one submission."""

    submission: Submission
    lab: Lab
    order: Order
    matching: Matching
    desk: Desk
    bench: ReferenceDesk
    clean: Sequence[CleanDesk]
    """As many trainings run at a time; none for a run as submitted."""
    expected: Observations
    on_event: OnEvent
    _notebooks: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever asks ``desk`` or ``bench``: a kernel answers one question at a time."""

    async def train_all(self, observed: dict[str, Observed]) -> None:
        """Add a training to ``observed`` for each accuracy rule, cheapest budget first."""
        wanted = [
            Training(accuracy.key_of(task), task, check)
            for task in self.lab.rubric.tasks
            if self.order.wants(task)
            for check in task.checks
            if isinstance(check, Accuracy)
        ]
        lanes = asyncio.Queue[CleanDesk | None]()
        for lane in self.clean or (None,):
            lanes.put_nowait(lane)
        for trained in await _all(
            self._in_turn(training, observed, lanes)
            for training in sorted(wanted, key=lambda t: t.check.epochs)
        ):
            observed.update(trained)

    async def _in_turn(
        self,
        training: Training,
        observed: Mapping[str, Observed],
        lanes: asyncio.Queue[CleanDesk | None],
    ) -> dict[str, Observed]:
        """One rule's training, and where its partner is wrong, that of the student's own pair.

        Not before a lane is free: a network that waits would only take memory.
        """
        refused = self.order.refused.get(training.task.id)
        if refused is not None:
            return {training.key: Observed(fault=refused)}
        clean = await lanes.get()
        try:
            trained = {training.key: await self._one(training, observed, clean)}
            partner = training.check.partner
            if partner and clean is not None and not self._right(partner, observed):
                own = replace(training, own=True, key=accuracy.key_of(training.task, own=True))
                trained[own.key] = await self._one(own, observed, clean)
            self.on_event(Event("train", 1, 1, training.task.id))
            return trained
        finally:
            lanes.put_nowait(clean)

    def _right(self, task_id: str, observed: Mapping[str, Observed]) -> bool:
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

    async def _one(
        self, training: Training, observed: Mapping[str, Observed], clean: CleanDesk | None
    ) -> Observed:
        """In the kernel ``clean``; without one, as submitted."""
        request = asking(training, self.lab.rubric, self.matching, self._images(training))
        if clean is None:
            return await self._train(self.desk, training, {**request, "probe": "evaluate"})
        if training.check.style == "functional" and not training.own:
            return await self._under_reference(training, request, observed, clean)
        async with self._notebooks:
            network = await self._exported(self.desk, request)
        if isinstance(network, Observed):
            return network
        return await self._cleanly(training, request, network, clean)

    async def _under_reference(
        self,
        training: Training,
        request: dict[str, Any],
        observed: Mapping[str, Observed],
        clean: CleanDesk,
    ) -> Observed:
        """The student's initial weights, as arrays, in the reference's network.

        Raises:
            ReferenceFailed: the reference network cannot train weights of its own shapes.
        """
        key = variables.key_of(training.task)
        made = variables.initial(observed[key]) if key and key in observed else None
        model = variables.initial(self.expected.probes[key]) if key else None
        if made is not None and model is not None:
            made = variables.biases_lined_up(made, model)
        if made is None or model is None or _shapes(made) != _shapes(model):
            what = f"{_shapes(made or [])} instead of {_shapes(model or [])}"
            return Observed(fault=Fault(FaultKind.UNUSABLE, what))
        if not all(numeric(leaf.array) for leaf in made):
            return Observed(fault=Fault(FaultKind.UNUSABLE, "arrays that hold no numbers"))
        async with self._notebooks:
            network = await self._reference_network(training, request)
        entries = [
            {**entry, "value": _as(leaf, entry["value"])}
            for entry, leaf in zip(network["variables"], made, strict=False)
        ]
        own = {**network, "variables": [*entries, *network["variables"][len(made) :]]}
        result = await self._cleanly(training, request, own, clean)
        broken = result.fault or next((run.fault for run in result.runs if run.fault), None)
        if broken is not None and broken.kind is not FaultKind.TOO_LARGE:  # for this machine
            raise _does_not_train(training, broken)
        return result

    async def _reference_network(
        self, training: Training, request: dict[str, Any]
    ) -> dict[str, Any]:
        """The reference's network as a graph: the same for every submission, so it is kept."""
        key = network_key(self.lab, self.order, training.task)
        known = store.load(key)
        if known is not None:
            value = known.probes["network"].answers[0].value
            assert isinstance(value, dict)
            return value
        assert training.check.partner is not None
        partner = self.lab.rubric.task(training.check.partner).object
        assert partner is not None
        assert training.task.object is not None
        whose = {
            "network": target(partner, self.bench.matching),
            "maker": target(training.task.object, self.bench.matching),
        }
        network = await self._exported(await self.bench.ready(), {**request, **whose})
        if isinstance(network, Observed):
            assert network.fault is not None
            raise _does_not_train(training, network.fault)
        answers = (Answer("network", network),)
        observed = {"network": Observed(answers)}
        store.save(key, Observations((), observed, environment.versions(), self.order.seed))
        return network

    async def _exported(self, desk: Desk, request: Mapping[str, Any]) -> dict[str, Any] | Observed:
        """A network as graphs and arrays, or why there is none. Untrusted, and not looked into."""
        asked = {**request, "probe": "export", "seed": self.order.seed}
        answer = await desk.ask(asked)
        if isinstance(answer, Fault) or "fault" in answer:
            fault = answer if isinstance(answer, Fault) else read_fault(answer["fault"])
            slow = fault.kind is FaultKind.TIME and desk.left > 0
            return Observed(fault=_too_slow(desk.setting.limits.probe_seconds) if slow else fault)
        network = answer.get("network")
        if not isinstance(network, dict):
            return Observed(fault=Fault(FaultKind.UNUSABLE, "no network"))
        return network

    async def _cleanly(
        self,
        training: Training,
        request: Mapping[str, Any],
        network: Mapping[str, Any],
        clean: CleanDesk,
    ) -> Observed:
        names = ("batch_size", "epochs", "every", "data")
        asked = {"probe": "train", "network": network, **{name: request[name] for name in names}}
        started = time.monotonic()
        try:
            return await self._train(await clean.ready(), training, asked)
        finally:  # no time of the notebook's
            self.desk.extend(time.monotonic() - started)

    async def _train(self, desk: Desk, training: Training, request: dict[str, Any]) -> Observed:
        data, seed = self._images(training), self.order.seed
        unseen = draw(data, entropy(self.order.secret, seed, self.submission.sha256))
        return await train(desk, training, request, data, unseen, seed, self.on_event)

    def _images(self, training: Training) -> DataSet:
        images = self.order.images(training.task)
        assert images is not None
        return images


async def _all(
    trainings: Iterable[Coroutine[Any, Any, dict[str, Observed]]],
) -> list[dict[str, Observed]]:
    """What each brings, in their order; where one fails, the others end and it is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in trainings]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def _too_slow(seconds: float) -> Fault:
    """The clock is ours, and tracing a large network takes long; whether its code ever ends is
    seen where it is built."""
    return Fault(FaultKind.TOO_LARGE, f"it was not taken out of the notebook within {seconds:g} s")


def _does_not_train(training: Training, why: Fault) -> ReferenceFailed:
    return ReferenceFailed(
        f"the reference network of {training.check.partner} does not train: "
        f"{why.kind} {why.type} {why.message}; mend the lab's reference"
    )


def _as(leaf: Leaf, model: Leaf) -> Leaf:
    """The same numbers, of the dtype that the network was traced with."""
    return Leaf("variable", leaf.array.astype(model.array.dtype))


def _shapes(leaves: Sequence[Leaf]) -> list[tuple[int, ...]]:
    return [leaf.array.shape for leaf in leaves]


def _keys(check: Any, task: Task, lab: Lab, seed: int) -> list[str]:
    return [probe.key for probe in kinds.plan(check, task, lab, seed)]
