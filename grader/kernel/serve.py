"""Answers one request of the grader at a time, from the kernel's main thread."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from . import (
    devices,
    export,
    faults,
    graphmodels,
    graphs,
    probes,
    reading,
    repeats,
    sessions,
    submitted,
    training,
)
from .channel import Channel
from .recorder import Recorder


class Server:
    """What the grader's own cells call: each call takes one request and sends one answer."""

    def __init__(self, channel: Channel, recorder: Recorder, settings: dict[str, Any]) -> None:
        self._channel = channel
        self._recorder = recorder
        self._settings = settings
        self._trainer = training.Trainer(
            channel, settings["data"], devices.GPU if settings["gpu"] else None
        )

    def one(self) -> None:
        request = self._channel.receive()
        while "probe" not in request:  # an answer to a question that was interrupted meanwhile
            request = self._channel.receive()
        try:
            with self._world(request["probe"]):
                answer = self._answer(request)
        except BaseException as error:  # noqa: BLE001  whatever a student's code raises is data
            answer = {"fault": faults.describe(error, self._recorder.files)}
        try:
            self._channel.send({"final": True, **answer})
        except (TypeError, ValueError, RecursionError) as error:  # nothing of it was sent yet
            self._channel.send({"final": True, "fault": faults.fault("unusable", str(error))})

    def _world(self, probe: str) -> AbstractContextManager[None]:
        """Values instead of graphs, but where functions are called that build graphs."""
        return nullcontext() if probe in ("call", "graph") else self._recorder.runtime.eagerly()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self._channel.send({"final": False, **question})
        told: dict[str, Any] = self._channel.receive()
        return told

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        recorder = self._recorder
        match request["probe"]:
            case "notes":
                return {"failures": {str(k): v for k, v in recorder.failures.items()}}
            case "call":
                in_graphs = recorder.runtime.graphs
                return (sessions.call if in_graphs else probes.call)(recorder, request)
            case "graph":
                return graphs.graph(recorder, request)
            case "repeat":
                return repeats.repeat(recorder, request)
            case "build":
                in_graphs = recorder.runtime.graphs
                return (graphmodels.build if in_graphs else probes.build)(
                    recorder, request, self._ask
                )
            case "inspect":
                return probes.inspect_optimizer(recorder, request)
            case "export":
                return export.export(recorder, request)
            case "read":
                return reading.read(recorder, request)
            case "train":
                return self._trainer.train(request)
            case "evaluate":
                return submitted.evaluate(recorder, self._channel, self._settings["data"], request)
        raise ValueError(f"unknown probe {request['probe']!r}")
