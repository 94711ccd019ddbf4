"""Wrong answers that no list has, in the labs' own tasks: the report says where they go astray."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from conftest import ROOT

from grader import course
from grader.grading import verdict
from grader.model import TaskGrade
from grader.observe import observe, reference
from grader.preparing import Options, plan
from grader.progress import silent

pytestmark = [pytest.mark.labs, pytest.mark.timeout(300)]

STRANGE: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "convnets": {
        "three_layer_convnet": ("h2 = tf.nn.relu(", "h2 = tf.sin(", "ReLU no. 2"),
        "ThreeLayerConvNet": (
            'channel_1, 5, padding="same", activation="relu"',
            'channel_1, 5, padding="same", activation="softplus"', "ReLU no. 1",
        ),
        "part4_model": (
            'Dense(10, activation="softmax"', 'Dense(10, activation="softplus"', "softmax",
        ),
    },
    "triplet": {
        "triplet_loss_on_single_triplet": (
            "first = pair -", "first = pair * tf.sqrt(pair) -", "difference no. 3",
        ),
    },
    "cnn_lecture": {
        "le_net": ("fc1 = tf.nn.relu(", "fc1 = tf.nn.softplus(", "ReLU no. 3"),
        "alex_net": ("fc1 = tf.nn.relu(", "fc1 = tf.nn.softplus(", "ReLU no. 6"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_the_first_step_that_differs_is_named(name: str) -> None:
    """Of answers that equal no misconception, the report names the step that was exchanged."""
    found = asyncio.run(_graded(name))
    said = {task: " ".join(text.en for text in grade.agreement) for task, grade in found.items()}
    wanted = {task: f"of “{step}”" for task, (_, _, step) in STRANGE[name].items()}
    assert {task: said[task] for task in wanted if wanted[task] not in said[task]} == {}


async def _graded(name: str) -> dict[str, TaskGrade]:
    lab = course.load(ROOT, name, "en")
    cells = dict(lab.solution)
    for task, (old, new, _) in STRANGE[name].items():
        home = lab.rubric.task(task).home
        assert cells[home].count(old) == 1
        cells[home] = cells[home].replace(old, new)
    options = Options(course=lab.root, quick=True, tasks=tuple(STRANGE[name]))
    job = plan(lab.solved(cells), lab, options, silent)
    expected = await reference(lab, job.order, silent)
    observed = await observe(job.submission, lab, job.order, expected, silent)
    grade = verdict(job, observed, expected, {})
    return {task.id: task for task in grade.tasks}
