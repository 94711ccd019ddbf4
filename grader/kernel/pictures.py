"""A folder of pictures, as ``keras.utils.image_dataset_from_directory`` would read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


def serve_pictures(tf: Any, folder: Path, seed: int) -> None:
    """Keras's function answers from the open arrays in ``folder``, whatever directory it is given.

    Validation pictures have random labels in the place of the sealed ones. Code that walks through
    the directory by itself finds none.
    """
    arrays = {part: folder / f"{part}.npy" for part in ("train_x", "train_y", "val_x")}
    train_y = np.load(arrays["train_y"])
    listed = folder / "classes.json"
    count = int(train_y.max()) + 1
    names = (
        json.loads(listed.read_text("utf-8")) if listed.exists() else list(map(str, range(count)))
    )

    def part_of(x: Any, y: Any, options: dict[str, Any]) -> Any:
        height, width = options.get("image_size") or (256, 256)
        pictures = tf.data.Dataset.from_tensor_slices(np.asarray(x))
        grey = options.get("color_mode") == "grayscale"

        def fitted(picture: Any) -> Any:
            if grey:
                picture = tf.image.rgb_to_grayscale(picture)
            return tf.image.resize(picture, (height, width))

        made = pictures.map(fitted)
        if options.get("labels", "inferred") is not None and options.get("label_mode", "int"):
            labels = tf.data.Dataset.from_tensor_slices(_labels(y, len(names), options))
            made = tf.data.Dataset.zip((made, labels))
        size = options.get("batch_size", 32)
        made = made if size is None else made.batch(size)
        made.class_names = list(names)
        made.file_paths = []
        return made

    def image_dataset_from_directory(directory: Any = None, *_: Any, **options: Any) -> Any:
        val_x = np.load(arrays["val_x"], mmap_mode="r")
        noise = np.random.default_rng(seed).integers(0, len(names), len(val_x))
        train = part_of(np.load(arrays["train_x"], mmap_mode="r"), train_y, options)
        validation = part_of(val_x, noise, options)
        if options.get("subset") == "both":
            return train, validation
        tested = any(word in str(directory).lower() for word in ("test", "val"))
        return validation if options.get("subset") == "validation" or tested else train

    tf.keras.utils.image_dataset_from_directory = image_dataset_from_directory
    tf.keras.preprocessing.image_dataset_from_directory = image_dataset_from_directory


def _labels(y: Any, count: int, options: dict[str, Any]) -> Any:
    match options.get("label_mode", "int"):
        case "categorical":
            return np.eye(count, dtype=np.float32)[y]
        case "binary":
            return np.asarray(y, np.float32)[:, None]
    return np.asarray(y, np.int32)
