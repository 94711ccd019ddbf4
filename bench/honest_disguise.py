"""How much harder honest networks find a small data set in disguise: what the limit is set by.

Usage::

    python bench/honest_disguise.py                     # 24 pairs of trainings: ten minutes
    python bench/honest_disguise.py --seeds 3 --data-dir DIR

Each network is trained on a part of CIFAR-10 or of Fashion-MNIST, as it is and in disguise, with
the real loop. A row: the accuracy of the first, of the best look of the second, and the part of
the allowed difference that lies between them. See grader/checks/honesty.py.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import numpy as np  # noqa: E402
from networks import Notebook, request  # noqa: E402

from grader import data  # noqa: E402
from grader.checks.honesty import DEVIATIONS, HARDER  # noqa: E402
from grader.kernel.training import Trainer  # noqa: E402
from grader.training import accuracy_of  # noqa: E402
from grader.unseen import draw  # noqa: E402

EPOCHS, EVERY, SEEN = 8, 20, 300
NETWORKS = """
import tensorflow as tf
layers = tf.keras.layers


def dense():
    return tf.keras.Sequential([
        layers.Flatten(), layers.Dense(128, activation='relu'),
        layers.Dense(CLASSES, activation='softmax')])


def convolutions():
    return tf.keras.Sequential([
        layers.Conv2D(32, 5, padding='same', activation='relu'), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding='same', activation='relu'), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(CLASSES, activation='softmax')])


def normalised():
    return tf.keras.Sequential([
        layers.Conv2D(32, 3, padding='same', use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), layers.MaxPooling2D(), layers.Conv2D(64, 3, padding='same', use_bias=False),
        layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(), layers.Dropout(0.3),
        layers.Flatten(), layers.Dense(CLASSES, activation='softmax')])


def pooled():
    return tf.keras.Sequential([
        layers.Conv2D(48, 3, padding='same', activation='relu'), layers.MaxPooling2D(),
        layers.Conv2D(96, 3, padding='same', activation='relu'),
        layers.GlobalAveragePooling2D(), layers.Dense(CLASSES, activation='softmax')])
"""
SETS = (("cifar10", 10, 4000), ("cifar10", 3, 900), ("fashion_mnist", 10, 2000))
"""Data set, its first classes, and so many training images."""


class Line:
    """The kernel's end of a channel to a grader that lets each training run to its end."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []

    def send(self, tree: dict[str, Any]) -> None:
        self.shown.append(tree)

    def receive(self) -> dict[str, Any]:
        return {"go": True, "confirm": True, "again": False}

    def phase(self, name: str) -> list[np.ndarray[Any, Any]]:
        return [each["scores"].array for each in self.shown if each["phase"] == name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=2, help="pairs of trainings of each network")
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    asked = parser.parse_args(arguments)
    print("| images | network | seed | as they are | in disguise | of what is allowed |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    parts = []
    with tempfile.TemporaryDirectory() as name:
        for images, title in _sets(Path(name), asked.data_dir):
            notebook = Notebook(f"CLASSES = {images.class_count}\n{NETWORKS}")
            for network in ("dense", "convolutions", "normalised", "pooled"):
                for seed in range(asked.seeds):
                    plain, disguised = _pair(notebook, network, images, seed)
                    allowed = HARDER + DEVIATIONS * np.sqrt(
                        disguised * (1 - disguised) * 2 / len(images.val_y)
                    )
                    parts.append((plain - disguised) / allowed)
                    shown = f"{plain:.3f} | {disguised:.3f} | {parts[-1]:.0%}"
                    print(f"| {title} | {network} | {seed} | {shown} |", flush=True)
    print(f"\n{len(parts)} pairs: at most {max(parts):.0%} of what is allowed")
    return 0


def _pair(notebook: Notebook, network: str, images: data.DataSet, seed: int) -> tuple[float, float]:
    """The last look of a training on the images as they are, and the best of one in disguise."""
    told = notebook.export(network, shape=list(np.load(images.folder / "val_x.npy").shape[1:]))
    line, unseen = Line(), draw(images, seed)
    asked = request(
        told["network"], images, epochs=EPOCHS, every=EVERY, seed=seed,
        aside=unseen.seed, unseen=unseen.request, disguise={**unseen.disguise.request, "worth": 0},
    )  # fmt: skip
    asked["network"]["optimizer"] = {"class_name": "Adam", "config": {"learning_rate": 1e-3}}
    answer = Trainer(line, {images.name: str(images.folder)}).train(asked)  # type: ignore[arg-type]
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    labels = unseen.disguise.classes[images.val_y]
    best = max(accuracy_of(scores, labels) for scores in line.phase("disguised"))
    return accuracy_of(line.phase("training")[-1], images.val_y), best


def _sets(folder: Path, data_dir: Path | None) -> Iterator[tuple[data.DataSet, str]]:
    for name, classes, count in SETS:
        found = data.find(name, folders=data.search_folders(data_dir, ROOT))
        small = folder / f"{name}-{count}"
        small.mkdir()
        labels = {
            "train": np.load(found.folder / "train_y.npy"),
            "val": found.val_y,
            "test": found.test_y,
        }
        chosen = {}
        for part, size in (("train", count), ("val", SEEN), ("test", SEEN)):
            rows = np.flatnonzero(labels[part] < classes)[:size]
            np.save(small / f"{part}_x.npy", np.load(found.folder / f"{part}_x.npy")[rows])
            chosen[part] = labels[part][rows]
        np.save(small / "train_y.npy", chosen["train"])
        yield dataclasses.replace(
            found, name=small.name, folder=small, val_y=chosen["val"], test_y=chosen["test"],
            classes=found.classes[:classes],
        ), f"{count} of {name}, {classes} classes"  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
