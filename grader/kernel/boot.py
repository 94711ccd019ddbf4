"""Starts an ipykernel with TensorFlow loaded, recorders in place and a channel to the grader."""

from __future__ import annotations

import builtins
import os
import sys
from typing import Any

from . import devices, runtimes
from .channel import Channel

SERVE = "_grader_serve"


def main() -> None:
    """``python -c "…main()" -f connection.json``; the settings come over the channel."""
    channel = Channel(os.environ.pop("GRADER_SOCKET"))
    runtime = runtimes.boot(os.environ.pop("GRADER_RUNTIME"))
    tf = runtime.tf.compat.v2
    settings = channel.receive()
    devices.prepare(tf.config, settings["threads"])
    runtime.pin(settings["seed"])
    tf.config.experimental.enable_op_determinism()
    _start(settings, channel, runtime)


def _start(settings: dict[str, Any], channel: Channel, runtime: runtimes.Runtime) -> None:
    from ipykernel.kernelapp import IPKernelApp

    from .recorder import Recorder
    from .serve import Server
    from .stage import set_up

    app: Any = IPKernelApp.instance()
    app.initialize(sys.argv[1:])
    shell = app.shell
    shell.history_manager.enabled = False
    drivers = frozenset(settings["drivers"])
    recorder = Recorder(shell, drivers, as_submitted=settings["as_submitted"], runtime=runtime)
    recorder.sources = [(int(index), source) for index, source in settings["cells"]]
    set_up(shell, recorder, settings)
    recorder.install()
    setattr(builtins, SERVE, Server(channel, recorder, settings))
    app.start()
