"""The clean kernel: where networks are trained, and where no notebook has ever run.

Its room holds the open arrays of the data set and our own code; no cell, no reference, no label of
a validation or test image. Networks come into it as graphs and arrays. It serves one submission,
all of whose trainings run in it: a graph keeps nothing but its own variables.
Where several train at a time, each does so in a clean kernel of its own.
"""

from __future__ import annotations

from dataclasses import replace

from grader.desk import Desk
from grader.model import Submission
from grader.progress import silent
from grader.sandbox.room import Limits

from .order import Order


class CleanDesk:
    """A kernel of its own for trainings, opened when it is first needed."""

    def __init__(self, submission: Submission, order: Order) -> None:
        sets = [images for images in (order.data, *order.sets.values()) if images is not None]
        data = {images.name: images.folder for images in sets}
        setting = replace(
            order.setting,
            drivers=(),
            given=(),
            data=data,
            as_submitted=False,
            files={},
            recorded=(),
            runtime="keras3",  # whatever the notebook was written for: a graph is a graph
            limits=_shared(order.setting.limits, order.abreast),
        )
        self._desk = Desk(replace(submission, cells=()), setting, silent)
        self._open = False

    async def ready(self) -> Desk:
        if not self._open:
            self._open = True
            await self._desk.open()
        return self._desk

    async def close(self) -> None:
        await self._desk.close()


def _shared(limits: Limits, by: int) -> Limits:
    """A training that shares the machine with others may take so many times longer."""
    return replace(limits, train_seconds=by * limits.train_seconds)
