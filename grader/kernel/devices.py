"""Which device a kernel computes on, how many threads it takes, and how much of a GPU's memory."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

GPU = "/GPU:0"
"""The one GPU that a kernel sees: which one that is, ``CUDA_VISIBLE_DEVICES`` has said."""
QUEUES = 2
"""Operations that run at a time, each with its own threads."""


def prepare(config: Any, threads: int) -> None:
    """Before TensorFlow computes anything; ``config`` is ``tf.config``. Of a GPU's memory as much
    is taken as is needed, not all there is."""
    config.threading.set_intra_op_parallelism_threads(threads)
    config.threading.set_inter_op_parallelism_threads(QUEUES)
    for device in config.list_physical_devices("GPU"):
        config.experimental.set_memory_growth(device, True)


def place(tf: Any, device: str | None) -> AbstractContextManager[Any]:
    """For the length of a block, on ``device`` what it can do; where that is None, as ever."""
    return nullcontext() if device is None else tf.device(device)
