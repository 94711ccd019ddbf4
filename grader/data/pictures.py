"""One picture file of any kind as an array: RGB, upright, of a stated size."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

ENDINGS = frozenset(
    (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
)
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 2**26
"""More is a bomb or a mistake, and no picture of a data set."""


def is_picture(path: Path) -> bool:
    """By its name: a file with the ending of a picture, and no hidden one."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def read_picture(path: Path, size: tuple[int, int]) -> Array | None:
    """The picture as uint8 ``(height, width, 3)`` of ``size``; None where it cannot be read.

    Grey ones get three equal channels, transparent ones a white ground, those that a camera took
    sideways are turned upright, those with 16 bits keep the upper 8. The whole picture is squeezed
    into ``size``, as Keras does it. Of an animation it is the first frame.
    """
    from PIL import Image, ImageOps

    height, width = size
    try:
        with warnings.catch_warnings(), Image.open(path, formats=FORMATS) as image:
            warnings.simplefilter("ignore")  # of odd but readable files
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (2 * width, 2 * height))
            upright = _rgb(ImageOps.exif_transpose(image))
            fitted = upright.resize((width, height), Image.Resampling.BILINEAR)
            return np.asarray(fitted, np.uint8)
    except Exception:  # noqa: BLE001  Pillow raises a dozen kinds on damaged files
        return None


def _rgb(image: Any) -> Any:
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits and more: Pillow would cut them off at 255
        values = np.asarray(image).astype(np.float64)
        grey = (np.clip(values, 0, 65535) / 257).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        drawn = image.convert("RGBA")
        ground = Image.new("RGBA", drawn.size, "white")
        return Image.alpha_composite(ground, drawn).convert("RGB")
    return image.convert("RGB")
