"""Sets the stage for a notebook that was written for another machine.

Data sets come from the room instead of the internet, the files that come with the notebook lie in
its working folder, shell commands and plot windows cost nothing, ``Model.fit`` and
``Model.evaluate`` are recorded, and a few names that Keras 3 dropped are back under their old
spelling.
"""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import files, standins
from .faults import OutputLimit
from .oldnames import restore_old_names
from .pictures import serve_pictures
from .recorder import FIT, Recorder

PICTURES = "pictures"
"""The name under which a folder of pictures lies in the room."""


def set_up(shell: Any, recorder: Recorder, settings: dict[str, Any]) -> None:
    """Make ``shell`` ready: ``settings["data"]`` maps data sets to folders of open arrays."""
    tf = recorder.runtime.tf
    silence_shell(shell)
    bound_output(shell, settings["output"])
    seed, data = settings["seed"], settings["data"]
    if PICTURES in data:
        serve_pictures(tf, Path(data[PICTURES]), seed)
    for name in settings["datasets"]:
        if hasattr(tf.keras.datasets, name):
            serve_data(tf, name, Path(data[name]), seed)
        if settings["given"] and f"{name}-standardised" in data:
            standard = Path(data[f"{name}-standardised"])
            serve_given(recorder, settings["given"], standard, Path(data[name]), seed)
    files.lay_out(settings["files"])
    standins.install(tf, recorder.log, settings["recorded"])
    record_fit(tf, recorder)
    restore_old_names(tf)


def silence_shell(shell: Any) -> None:
    """``!command``, ``%pip`` and ``exit()`` are skipped; ``%matplotlib`` keeps the Agg backend."""

    def skipped(command: str) -> None:
        print(f"[grader] skipped: {command}")

    def unanswered(command: str, **_: Any) -> list[str]:
        skipped(command)
        return []

    shell.system = skipped
    shell.getoutput = unanswered
    shell.ask_exit = lambda: skipped("exit")
    if hasattr(shell, "kernel"):
        shell.kernel.do_shutdown = lambda restart: skipped("shutdown")
    for magic in ("pip", "conda", "mamba", "uv", "tensorflow_version", "sx", "system"):
        shell.register_magic_function(
            lambda line, name=magic: skipped(f"%{name} {line}"), "line", magic
        )
    for magic in ("matplotlib", "pylab", "load_ext", "reload_ext", "autoreload", "tensorboard"):
        shell.register_magic_function(lambda line: None, "line", magic)
    for magic in ("bash", "sh", "script"):
        shell.register_magic_function(
            lambda line, cell, name=magic: skipped(f"%%{name}"), "cell", magic
        )


def bound_output(shell: Any, limit: int) -> None:
    """A cell that has printed ``limit`` characters gets an error for more.

    Here, because the thread that sends the output gets no turn while a loop prints without end.
    """
    printed = 0

    def another_cell(_: Any) -> None:
        nonlocal printed
        printed = 0

    def bounded(write: Callable[[str], int]) -> Callable[[str], int]:
        def count(text: str) -> int:
            nonlocal printed
            printed += len(text)
            if printed <= limit:
                return write(text)
            if threading.current_thread() is threading.main_thread():
                raise OutputLimit(f"more than {limit} characters printed")
            return len(text)

        return count

    shell.events.register("pre_run_cell", another_cell)
    for stream in (sys.stdout, sys.stderr):
        stream.write = bounded(stream.write)  # type: ignore[method-assign]


def serve_data(tf: Any, name: str, folder: Path, seed: int) -> None:
    """``keras.datasets.<name>.load_data`` answers from ``folder``.

    The labels of validation and test images are sealed: random ones stand in their place.
    """

    def load_data(*_: Any, **__: Any) -> Any:
        noise = np.random.default_rng(seed)
        train_x, train_y, val_x, test_x = (
            np.load(folder / f"{part}.npy", mmap_mode="r")
            for part in ("train_x", "train_y", "val_x", "test_x")
        )
        classes = int(train_y.max()) + 1
        hidden = [noise.integers(0, classes, len(x)) for x in (val_x, test_x)]
        x, test = np.concatenate([train_x, val_x]), np.array(test_x)
        y = np.concatenate([train_y, hidden[0]]).astype(np.uint8)
        if x.shape[-1] == 1:  # Keras gives grey images and their labels with one axis less
            return (x[..., 0], y), (test[..., 0], hidden[1].astype(np.uint8))
        return (x, y[:, None]), (test, hidden[1].astype(np.uint8)[:, None])

    getattr(tf.keras.datasets, name).load_data = load_data
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").endswith(f"datasets.{name}"):
            module.load_data = load_data  # type: ignore[attr-defined]


def serve_given(
    recorder: Recorder, names: list[str], folder: Path, images: Path, seed: int
) -> None:
    """The handout's own loaders, unchanged, answer from the standardised arrays in ``folder``."""

    def load(*_: Any, **__: Any) -> Any:
        noise = np.random.default_rng(seed)
        train_x, val_x, test_x = (
            np.load(folder / f"{part}.npy", mmap_mode="c")
            for part in ("train_x", "val_x", "test_x")
        )
        train_y = np.load(images / "train_y.npy").astype(np.int32)
        hidden = [
            noise.integers(0, train_y.max() + 1, len(x)).astype(np.int32) for x in (val_x, test_x)
        ]
        return train_x, train_y, val_x, hidden[0], test_x, hidden[1]

    recorder.served.update(dict.fromkeys(names, load))


def record_fit(tf: Any, recorder: Recorder) -> None:
    """``Model.fit`` notes the model, and ``evaluate`` answers with NaN: neither costs time.

    Where the notebook runs as submitted, both do their work, and the model is noted all the same.
    """
    for model in recorder.runtime.models():
        _record_fit_of(tf, model, recorder)


def _record_fit_of(tf: Any, model_class: Any, recorder: Recorder) -> None:
    really_fit = model_class.fit

    class History(dict[str, Any]):
        def __missing__(self, key: str) -> list[float]:
            return [float("nan")]

    @functools.wraps(really_fit)
    def fit(model: Any, *args: Any, **options: Any) -> Any:
        optimizer = getattr(model, "optimizer", None)
        asked = inspect.signature(really_fit).bind(model, *args, **options)
        epochs = asked.arguments.get("epochs", 1)
        call = recorder.note(FIT, {"model": model, "optimizer": optimizer, "epochs": epochs})
        if recorder.as_submitted:
            call.made["model"] = model
            return really_fit(model, *args, **options)
        result = tf.keras.callbacks.History()
        result.history = History()
        result.epoch = list(range(int(epochs))) if isinstance(epochs, int) else []
        return result

    def evaluate(model: Any, *args: Any, return_dict: bool = False, **options: Any) -> Any:
        names = ["loss", "accuracy"]
        return dict.fromkeys(names, float("nan")) if return_dict else [float("nan")] * len(names)

    model_class.fit = fit
    if not recorder.as_submitted:
        model_class.evaluate = evaluate
