"""Which trainings a submission gets, with whom in the place of what, and in which kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.asked import probes_of
from grader.checks import accuracy, kinds, variables
from grader.checks.evidence import Evidence, Training
from grader.course import Lab
from grader.data import DataSet
from grader.desk import Desk
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.matching import Matching
from grader.model import CheckStatus, Fault, FaultKind, Observations, Observed
from grader.progress import OnEvent
from grader.rubric import Accuracy, Task
from grader.training import train

from .order import Order
from .probing import target
from .reference import ReferenceDesk


@dataclass
class Trainer:
    """Plans and runs the trainings of one submission."""

    lab: Lab
    order: Order
    matching: Matching
    desk: Desk
    bench: ReferenceDesk
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
        images = self.order.images(training.task)
        assert images is not None
        return await train(desk, training, request, images, self.order.seed, self.on_event)

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
        images = self.order.images(training.task)
        assert images is not None
        facts = _facts(images)
        return {"data": images.name, "arguments": [facts[a] for a in training.check.arguments]}


def _facts(images: DataSet) -> dict[str, Any]:
    return {"input_shape": images.shape, "num_classes": images.class_count}


def _shapes(leaves: Sequence[Leaf]) -> list[tuple[int, ...]]:
    return [leaf.array.shape for leaf in leaves]


def _keras_settings(check: Accuracy) -> dict[str, Any]:
    assert check.optimizer is not None
    said = check.optimizer.model_dump(exclude={"name"}, exclude_unset=True)
    return {"class_name": check.optimizer.name, "config": said}


def _keys(check: Any, task: Task, lab: Lab, seed: int) -> list[str]:
    return [probe.key for probe in kinds.plan(check, task, lab, seed)]
