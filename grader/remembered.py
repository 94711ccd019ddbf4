"""The cache in front of ``observe``: an unchanged submission is not run twice.

The key holds what an observation depends on: the notebook's cells, what the lab asks of it (not
its points, thresholds or messages), the data, the limits, the seed, the versions, and the code of
the observing side itself.
"""

from __future__ import annotations

import hashlib

from . import environment, store
from .asked import asked
from .checks.accuracy import enough
from .course import Lab
from .model import Observations
from .preparing import Job
from .rubric import Accuracy, Task
from .secret import fingerprint


def key_of(job: Job) -> str:
    """The name under which this job's observations are kept."""
    order, lab = job.order, job.lab
    cells = [[c.kind, c.source] for c in job.submission.cells]
    limits = order.setting.limits
    return store.key(
        "observations",
        cells,
        {name: hashlib.sha256(data).hexdigest() for name, data in job.submission.modules},
        asked(lab, order.seed),
        [order.data.name, order.data.digest] if order.data else None,
        {task: [images.name, images.digest] for task, images in order.sets.items()},
        {task.id: check.epochs for task, check in _rules(lab)},
        [limits.cell_seconds, limits.probe_seconds, limits.train_seconds, limits.memory],
        fingerprint(order.secret) if order.train and _rules(lab) else None,
        [order.seed, order.train, sorted(order.tasks), order.setting.as_submitted],
        [order.setting.sandbox.name, order.setting.gpu, order.setting.threads],
        order.setting.runtime,
        [dict(module) for module in order.setting.recorded],
        environment.versions(),
    )


def recall(job: Job, *, stopped: bool = False) -> Observations | None:
    """Earlier observations, where they are enough for the rubric as it stands now.

    Where a limit was hit, another day may be kinder: such ones are only for judging again
    (``stopped``), which runs nothing.
    """
    found = store.load(key_of(job))
    if found is None or not suffices(job, found):
        return None
    return found if stopped or store.lasting(found) else None


def remember(job: Job, observations: Observations) -> None:
    """Keep them."""
    store.save(key_of(job), observations)


def suffices(job: Job, observations: Observations) -> bool:
    """False where a training stopped before it could answer what the rule asks now."""
    return all(enough(check, task, observations.probes) for task, check in _rules(job.lab))


def _rules(lab: Lab) -> list[tuple[Task, Accuracy]]:
    return [
        (task, check)
        for task in lab.rubric.tasks
        for check in task.checks
        if isinstance(check, Accuracy)
    ]
