"""What the judge feeds to the students' answers in the triplet lab, drawn from one generator.

Every public function is ``name(rng, language)`` and returns the cases of the probe of that name.
Pictures are smooth, so that every sensible interpolation and every JPEG decoder gives nearly the
same pixels, and unlike in each channel and each direction, so that swapped channels, mirrored axes
and another brightness are far off. Vectors are drawn so that one term of the loss is above zero and
the other below in some cases: a single maximum over their sum then shows.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.kernel.wire import Leaf
from grader.model import CallCase, Language, ModelCase, Text

Vector = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Size = tuple[int, int]

FOLDER = "images_cropped"
SIDE = 112
SETUP = """
import os
import pandas
df = pandas.DataFrame({row!r})
if not os.path.isdir(globals().get("images_dir") or ""):
    images_dir = os.path.join(os.getcwd(), {folder!r})
"""
BATCH = "batch_size = 4\ndelta = 0.5"


def get_sample(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``get_sample()`` with a table of one row and three new pictures on the disk."""
    return [
        _sample(rng, "faces", Text("три новые картинки", "three new pictures"), public=True),
        _sample(rng, "other_faces", Text("ещё три картинки", "three more pictures")),
    ]


def get_sample_grey(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """The same, with a file among the three that holds one channel."""
    title = Text("одна из картинок чёрно-белая", "one of the pictures is grey")
    return [_sample(rng, "grey", title, grey=True)]


def read_and_resize_image(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls ``read_and_resize_image(id)`` with an int64 scalar tensor, on new files."""
    return [
        _picture(rng, "colour", Text("цветная картинка", "a colour picture"), public=True),
        _picture(rng, "another", Text("ещё одна картинка", "another picture")),
        _picture(rng, "grey", Text("чёрно-белый файл", "a grey file"), grey=True),
        _picture(rng, "graph", Text("вызов внутри графа", "called in a graph"), graph=True),
    ]


def read_and_resize_other(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Pictures that are not square, which the data set does not have."""
    return [
        _picture(rng, "wide", Text("картинка 150×90", "a picture of 150×90"), (90, 150)),
        _picture(rng, "tall", Text("картинка 120×200", "a picture of 120×200"), (200, 120)),
    ]


def triplet_loss_on_single_triplet(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Calls it with three float32 vectors and a number; gradients by the vectors where asked."""
    ones, zeros = np.ones(16, np.float32), np.zeros(16, np.float32)
    one, same = _near(rng), _near(rng)[1]
    both = Text("оба слагаемых больше нуля", "both terms above zero")
    mixed = Text("одно слагаемое больше нуля, другое — нет", "one term above zero, one not")
    return [
        _loss("handout", _FIRST, (ones, ones, zeros), 0.5, public=True),
        _loss("handout_zero", _SECOND, (ones, zeros, zeros), 0.5, public=True),
        _loss("both", both, _both(rng, 8), 0.7),
        _loss("long", Text("векторы длины 128", "vectors of length 128"), _both(rng, 128), 0.3),
        _loss("one_term", mixed, one, 0.2),
        _loss("other_term", mixed, (one[0], one[2], one[1]), 0.2),
        _loss("far", Text("далёкий вектор очень далеко", "the far vector is far"), _far(rng), 0.5),
        _loss("no_delta", Text("дельта равна нулю", "delta is zero"), _both(rng, 5), 0.0),
        _loss("near_coincide", _COINCIDE, (same + 0.1, same, same), 0.5),
        _loss(
            "all_coincide", Text("все три вектора равны", "all three are equal"), (same,) * 3, 0.5
        ),
        _slope("gradients", Text("градиенты", "gradients"), _both(rng, 6), 0.4),
        _slope("gradients_one_term", mixed, _near(rng), 0.2),
    ]


def coincident(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """Gradients where two vectors coincide: the derivative of a bare norm is 0/0 there."""
    same = rng.standard_normal(6).astype(np.float32)
    return [_slope("near_coincide", _COINCIDE, (same + 0.1, same, same), 0.5)]


def get_conv_net(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """The one call ``get_conv_net()``."""
    title = Text("вызов без аргументов", "a call without arguments")
    return [CallCase("call", title, args=(), public=True)]


def conv_net_layer(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """What ``get_conv_net()`` returns is fed two pictures from −1 to 1."""
    x = rng.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    return [ModelCase("images", Text("две картинки", "two pictures"), x, public=True)]


# ------------------------------------------------------------------ the given functions


def by_votes(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """``triplet_loss_on_single_triplet_by_votes``: three vectors, three shares, delta."""
    shares = {"agreed": (1.0, 0.0, 0.0), "split": (0.25, 0.6, 0.15), "tied": (0.5, 0.0, 0.5)}
    return [
        CallCase(name, _votes(votes), (*_tensors(_both(rng, 8)), *votes, 0.5))
        for name, votes in shares.items()
    ]


def batch_loss(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """``triplet_loss(votes, features)`` on four triplets."""
    return [
        _batch(rng, "batch", [(1.0, 0.0, 0.0), (0.2, 0.7, 0.1), (0.5, 0.5, 0.0), (0.0, 0.1, 0.9)])
    ]


def accuracy_of_one(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """``triplet_accuracy_on_single_triplet``: right, wrong, and NaN where votes are tied."""
    vectors = _far(rng)
    shares = {"right": (0.8, 0.2, 0.0), "wrong": (0.1, 0.7, 0.2), "half": (0.5, 0.5, 0.0)}
    shares |= {"no_majority": (0.4, 0.35, 0.25), "last": (0.0, 0.2, 0.8)}
    return [
        CallCase(name, _votes(votes), (*_tensors(vectors), *_tensors(votes)))
        for name, votes in shares.items()
    ]


def batch_accuracy(rng: np.random.Generator, language: Language) -> list[CallCase]:
    """``triplet_accuracy(votes, features)``: ties are left out, and 0.5 where nothing is left."""
    clear = [(0.9, 0.1, 0.0), (0.1, 0.8, 0.1), (0.5, 0.5, 0.0), (0.2, 0.2, 0.6)]
    return [_batch(rng, "mixed", clear), _batch(rng, "tied", [(0.5, 0.5, 0.0)] * 4)]


def whole_model(rng: np.random.Generator, language: Language) -> list[ModelCase]:
    """``get_model(embedding_size, scale, dropout)`` with set weights: rows of length ``scale``."""
    x = rng.uniform(0, 255, (3, 16, 16, 3)).astype(np.float32)
    shapes = ((3, 1280), (1280, 16), (16,))
    weights = tuple(rng.standard_normal(shape).astype(np.float32) for shape in shapes)
    title = Text("длина векторов 2.5", "rows of length 2.5")
    return [ModelCase("scale", title, x, args=(16, 2.5, 0.4), weights=weights)]


# ------------------------------------------------------------------------------ drawing


def _smooth(rng: np.random.Generator, size: Size) -> Pixels:
    """A colour picture of slow waves; each channel has a level, a slope and a phase of its own."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]]
    y, x = y / size[0], x / size[1]
    channels = []
    for level in rng.permutation([55.0, 125.0, 195.0]):
        slope, phase = rng.uniform(15, 30, 2) * (1, -1), rng.uniform(0, 2 * np.pi)
        wave = 12 * np.sin(2 * np.pi * (0.7 * x + 0.4 * y) + phase)
        channels.append(level + slope[0] * (2 * x - 1) + slope[1] * (2 * y - 1) + wave)
    return np.clip(np.stack(channels, axis=-1), 0, 255).round().astype(np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    """A JPEG file of high quality, without subsampled colours: decoders agree on it."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=97, subsampling=0)
    return stream.getvalue()


def _sample(
    rng: np.random.Generator, case: str, title: Text, *, grey: bool = False, public: bool = False
) -> CallCase:
    ids = [int(i) for i in rng.choice(np.arange(900_000, 999_000), 3, replace=False)]
    votes = [float(v) for v in rng.permutation([0.75, 0.125, 0.125])]
    row: dict[str, list[Any]] = {f"face{n}": [face] for n, face in enumerate(ids, 1)}
    row |= {f"votes{n}": [vote] for n, vote in enumerate(votes, 1)}
    row |= {"triplet_type": ["ONE_CLASS_TRIPLET"], "subset": ["test"]}
    files = {_path(face): _jpeg(_smooth(rng, (SIDE, SIDE))) for face in ids}
    if grey:
        files[_path(ids[1])] = _jpeg(_smooth(rng, (SIDE, SIDE))[..., 0])
    setup = SETUP.format(row=row, folder=FOLDER)
    return CallCase(case, title, args=(), public=public, files=files, setup=setup)


def _picture(
    rng: np.random.Generator, case: str, title: Text, size: Size = (SIDE, SIDE), **options: bool
) -> CallCase:
    face = int(rng.integers(900_000, 999_000))
    pixels = _smooth(rng, size)
    files = {_path(face): _jpeg(pixels[..., 0] if options.pop("grey", False) else pixels)}
    return CallCase(case, title, (Leaf("tensor", np.array(face)),), files=files, **options)


def _path(face: int) -> str:
    return f"{FOLDER}/{face}.jpg"


def _both(rng: np.random.Generator, length: int) -> list[Vector]:
    """far, near1, near2 of which the pair is farther apart than far is from either."""
    return _near_a_line(rng, length, 0.2, 1.0, -1.1)


def _near(rng: np.random.Generator) -> list[Vector]:
    """far is nearer to near1 than near2 is, and far away from near2."""
    return _near_a_line(rng, 8, -0.8, 0.0, 1.2)


def _far(rng: np.random.Generator) -> list[Vector]:
    return _near_a_line(rng, 8, 9.0, 0.0, 0.7)


def _near_a_line(rng: np.random.Generator, length: int, *places: float) -> list[Vector]:
    """Vectors near these places of a drawn line: on it, gradients would cancel to roundings."""
    start, way, *aside = rng.standard_normal((2 + len(places), length))
    way /= np.linalg.norm(way)
    steps = [
        place * way + 0.1 * a / np.linalg.norm(a) for place, a in zip(places, aside, strict=True)
    ]
    return [(start + step).astype(np.float32) for step in steps]


def _tensors(values: Sequence[Vector | float]) -> list[Leaf]:
    return [Leaf("tensor", np.asarray(value, np.float32)) for value in values]


def _loss(
    case: str, title: Text, vectors: Sequence[Vector], delta: float, *, public: bool = False
) -> CallCase:
    trace = case == "both"
    return CallCase(case, title, (*_tensors(vectors), delta), public=public, trace=trace)


def _slope(case: str, title: Text, vectors: Sequence[Vector], delta: float) -> CallCase:
    """Gradients of the loss by its three vectors."""
    leaves = [Leaf("watched", vector) for vector in vectors]
    return CallCase(case, title, (*leaves, delta), cotangent=np.array(1.0, np.float32))


def _batch(
    rng: np.random.Generator, case: str, shares: list[tuple[float, float, float]]
) -> CallCase:
    votes = np.array(shares, np.float32).ravel()
    features = np.concatenate([np.stack(_far(rng)) for _ in shares])
    args = (Leaf("tensor", votes), Leaf("tensor", features))
    title = Text("четыре тройки", "four triplets")
    return CallCase(case, title, args, setup=BATCH)


def _votes(votes: tuple[float, ...]) -> Text:
    said = ", ".join(f"{vote:g}" for vote in votes)
    return Text(f"голоса {said}", f"votes {said}")


_FIRST = Text("первая проверка из задания", "the handout's first check")
_SECOND = Text("вторая проверка из задания", "the handout's second check")
_COINCIDE = Text("два близких вектора совпадают", "the two near vectors coincide")
