"""Trainings on another device than the first CPU: what can be tried where there is no GPU."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT, command

from grader.errors import UsageError
from grader.kernel import devices
from grader.machine import gpu

LOGICAL = """
import tempfile
import numpy as np
import tensorflow as tf
from pathlib import Path

cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
tf.config.set_logical_device_configuration(cpu, two)
tf.config.experimental.enable_op_determinism()

import networks
from grader.kernel import training

seen = []
step = training._step

def watched(tf, network, optimizer, rates, images):
    seen.extend(v.device for v in network.variables)
    seen.extend(x.device for x in (images.train, images.labels, images.val, images.mean))
    return step(tf, network, optimizer, rates, images)

training._step = watched
squares = networks.made(Path(tempfile.mkdtemp()))
curves = []
for device in (None, "/CPU:0", "/CPU:1"):
    told = networks.Notebook(networks.BASICS).export("sequential")["network"]
    line = networks.Line()
    tf.keras.utils.set_random_seed(0)
    training.Trainer(line, {"tiny": str(squares.folder)}, device).train(
        networks.request(told, squares))
    assert all(each.endswith((device or "/CPU:0")[1:]) for each in seen), (device, seen)
    assert len(seen) > 8
    seen.clear()
    curves.append(np.concatenate(line.scores))
assert np.array_equal(curves[0], curves[1]) and np.array_equal(curves[0], curves[2])
print(len(curves[0]))
"""


@dataclass
class Config:
    """As much of ``tf.config`` as is set before anything is computed, of a machine with GPUs."""

    gpus: list[str]
    growing: list[str] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    @property
    def threading(self) -> Any:
        return SimpleNamespace(
            set_intra_op_parallelism_threads=self.threads.append,
            set_inter_op_parallelism_threads=self.threads.append,
        )

    @property
    def experimental(self) -> Any:
        def set_memory_growth(device: str, enable: bool) -> None:
            if enable:
                self.growing.append(device)

        return SimpleNamespace(set_memory_growth=set_memory_growth)

    def list_physical_devices(self, kind: str) -> list[str]:
        return self.gpus if kind == "GPU" else ["CPU:0"]


def test_a_gpus_memory_is_taken_as_it_is_needed() -> None:
    """Memory growth is set for every GPU that is visible, and threads wherever one computes."""
    two, none = Config(["GPU:0", "GPU:1"]), Config([])
    devices.prepare(two, 3)
    devices.prepare(none, 3)
    assert two.growing == ["GPU:0", "GPU:1"]
    assert none.growing == []
    assert two.threads == none.threads == [3, devices.QUEUES]


@pytest.mark.parametrize(
    ("asked", "seen"), [("auto", "1"), ("gpu", "1"), ("gpu:3", "3"), ("cpu", None)]
)
def test_one_gpu_is_seen_by_a_grading(tmp_path: Path, asked: str, seen: str | None) -> None:
    """Whatever a machine has, a grading's kernels see one GPU: the first, or the one asked for."""
    for node in ("nvidia1", "nvidia3", "nvidiactl", "nvidia-uvm"):
        (tmp_path / node).touch()
    assert gpu(asked, tmp_path) == seen


def test_a_gpu_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where there is none, asking for one is refused with what there is; `auto` takes the CPU."""
    assert gpu("auto", tmp_path) is None
    with pytest.raises(UsageError, match=r"--device gpu: no such GPU.*found: none.*--device cpu"):
        gpu("gpu", tmp_path)
    (tmp_path / "nvidia0").touch()
    with pytest.raises(UsageError, match=r"found: gpu:0"):
        gpu("gpu:2", tmp_path)


def test_a_training_lies_on_the_device_that_it_was_given() -> None:
    """Weights, images and labels are on the device asked for (TensorFlow's second logical device
    here), and the curve is the same to the last bit wherever that is."""
    done = command(
        [sys.executable, "-c", LOGICAL],
        environment={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
        },
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 0
