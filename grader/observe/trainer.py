"""Which trainings a submission gets, with whom in the place of what, and in which kernel.

The student's kernel gives a network out as a graph, and a clean kernel trains it. A run as
submitted alone is measured where the notebook ran.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

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
from grader.progress import OnEvent
from grader.rubric import Accuracy, Task
from grader.training import train
from grader.unseen import draw

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
    clean: CleanDesk | None
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
            refused = self.order.refused.get(training.task.id)
            if refused is not None:
                observed[training.key] = Observed(fault=refused)
                continue
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
        request = self._request(training)
        if self.order.setting.as_submitted:
            return await self._train(self.desk, training, {**request, "probe": "evaluate"})
        if training.check.style == "functional" and not training.own:
            return await self._under_reference(training, request, observed)
        network = await self._exported(self.desk, request)
        return (
            network
            if isinstance(network, Observed)
            else await self._cleanly(training, request, network)
        )

    async def _under_reference(
        self, training: Training, request: dict[str, Any], observed: Mapping[str, Observed]
    ) -> Observed:
        """The student's initial weights, as arrays, in the reference's network.

        Raises:
            ReferenceFailed: the reference network cannot train weights of its own shapes.
        """
        key = variables.key_of(training.task)
        made = variables.initial(observed[key]) if key and key in observed else None
        model = variables.initial(self.expected.probes[key]) if key else None
        if made is None or model is None or _shapes(made) != _shapes(model):
            what = f"{_shapes(made or [])} instead of {_shapes(model or [])}"
            return Observed(fault=Fault(FaultKind.UNUSABLE, what))
        if not all(numeric(leaf.array) for leaf in made):
            return Observed(fault=Fault(FaultKind.UNUSABLE, "arrays that hold no numbers"))
        network = await self._reference_network(training, request)
        entries = [
            {**entry, "value": _as(leaf, entry["value"])}
            for entry, leaf in zip(network["variables"], made, strict=False)
        ]
        own = {**network, "variables": [*entries, *network["variables"][len(made) :]]}
        result = await self._cleanly(training, request, own)
        broken = result.fault or next((run.fault for run in result.runs if run.fault), None)
        if broken is not None:
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
        if isinstance(answer, Fault):
            return Observed(fault=answer)
        if "fault" in answer:
            return Observed(fault=read_fault(answer["fault"]))
        network = answer.get("network")
        if not isinstance(network, dict):
            return Observed(fault=Fault(FaultKind.UNUSABLE, "no network"))
        return network

    async def _cleanly(
        self, training: Training, request: Mapping[str, Any], network: Mapping[str, Any]
    ) -> Observed:
        assert self.clean is not None
        names = ("batch_size", "epochs", "every", "data")
        asked = {"probe": "train", "network": network, **{name: request[name] for name in names}}
        return await self._train(await self.clean.ready(), training, asked)

    async def _train(self, desk: Desk, training: Training, request: dict[str, Any]) -> Observed:
        data, seed = self._images(training), self.order.seed
        unseen = draw(data, seed, self.submission.sha256)
        return await train(desk, training, request, data, unseen, seed, self.on_event)

    def _images(self, training: Training) -> DataSet:
        images = self.order.images(training.task)
        assert images is not None
        return images

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
            **self._data(training),
        }
        if check.style == "functional":
            assert check.partner is not None
            network = self.lab.rubric.task(check.partner).object
            assert network is not None
            return {**request, "network": target(network, self.matching), "maker": mine}
        if (training.own or check.optimizer is None) and check.own_optimizer is not None:
            request["maker"] = target(check.own_optimizer, self.matching)
        return request

    def _data(self, training: Training) -> dict[str, Any]:
        """Which images, and what the model's factory is told of them."""
        images, check = self._images(training), training.check
        facts = {"input_shape": images.shape, "num_classes": images.class_count}
        count = len(np.load(images.folder / "train_y.npy", mmap_mode="r"))
        return {
            "data": images.name,
            "arguments": [facts[a] for a in check.arguments],
            "shape": list(images.shape),
            "steps": check.epochs * -(-count // check.batch_size),
        }


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


def _keras_settings(check: Accuracy) -> dict[str, Any]:
    assert check.optimizer is not None
    said = check.optimizer.model_dump(exclude={"name"}, exclude_unset=True)
    return {"class_name": check.optimizer.name, "config": said}


def _keys(check: Any, task: Task, lab: Lab, seed: int) -> list[str]:
    return [probe.key for probe in kinds.plan(check, task, lab, seed)]
