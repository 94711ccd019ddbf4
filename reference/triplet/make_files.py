"""Makes the small data set beside the handout: ``python reference/triplet/make_files.py``.

Drawn faces in the place of the photographs, which may not be passed on: the same layout (JPEG files
of 112×112 in ``images_cropped``, ``labels.csv``), the same columns, no face in both subsets. The
same files come out each time.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from cases import FOLDER, SIDE, _jpeg, _smooth
from PIL import Image, ImageDraw, ImageFilter

HERE = Path(__file__).resolve().parent.parent.parent / "assignments/triplet"
SUBSETS = {"train": (range(1000, 1024), 200), "test": (range(2000, 2012), 80)}
"""Ids of the faces, and how many triplets there are."""
VOTERS = 6
MOODS = (-1.0, 0.0, 1.0)


def main() -> None:
    rng = np.random.default_rng(11)
    folder = HERE / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for subset, (ids, count) in SUBSETS.items():
        moods = {face: float(rng.choice(MOODS)) for face in ids}
        for face, mood in moods.items():
            (folder / f"{face}.jpg").write_bytes(_jpeg(face_of(rng, mood)))
        rows += [triplet(rng, moods, subset) for _ in range(count)]
    with (HERE / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def face_of(rng: np.random.Generator, mood: float) -> np.ndarray:
    """A face, uint8 (112, 112, 3): ``mood`` from -1 (sad) to 1 (glad) bends its mouth."""
    picture = Image.fromarray(_smooth(rng, (SIDE, SIDE)))
    draw = ImageDraw.Draw(picture)
    skin = tuple(int(c) for c in np.array([222, 178, 150]) + rng.integers(-35, 30, 3))
    dark = tuple(int(c) for c in rng.integers(20, 80, 3))
    x, y = (SIDE / 2 + rng.uniform(-5, 5, 2)).tolist()
    draw.ellipse((x - 36, y - 46, x + 36, y + 48), fill=skin)
    for side in (-15, 15):
        draw.ellipse((x + side - 6, y - 18, x + side + 6, y - 10), fill="white")
        draw.ellipse((x + side - 3, y - 17, x + side + 3, y - 11), fill=dark)
        draw.line((x + side - 8, y - 26, x + side + 8, y - 26 + 3 * mood), fill=dark, width=3)
    draw.line((x, y - 6, x - 3, y + 8, x + 3, y + 8), fill=dark, width=2)
    steps = np.linspace(-1, 1, 15)
    mouth = [(x + 18 * t, y + 24 + 9 * mood * (1 - t * t)) for t in steps]
    draw.line(mouth, fill=(160, 40, 50), width=4)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(0.8)))


def triplet(rng: np.random.Generator, moods: dict[int, float], subset: str) -> dict[str, object]:
    """Three faces, and which of them so many people found least like the other two."""
    faces = [int(face) for face in rng.choice(list(moods), 3, replace=False)]
    unlike = [sum(abs(moods[a] - moods[b]) for b in faces) for a in faces]
    shares = np.exp(np.array(unlike)) / np.exp(unlike).sum()
    votes = rng.multinomial(VOTERS, shares) / VOTERS
    kinds = len({moods[face] for face in faces})
    names = {1: "ONE_CLASS_TRIPLET", 2: "TWO_CLASS_TRIPLET", 3: "THREE_CLASS_TRIPLET"}
    row: dict[str, object] = {f"face{n}": face for n, face in enumerate(faces, 1)}
    row |= {f"votes{n}": round(float(vote), 6) for n, vote in enumerate(votes, 1)}
    return {**row, "triplet_type": names[kinds], "subset": subset}


if __name__ == "__main__":
    main()
