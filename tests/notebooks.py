"""Submissions for the tests of matching: the handout, answered, and what students do to it.

Every cell carries the id of the handout cell that it belongs to, so that the truth is known; the
submission that is made of them has no ids, other prose and other comments.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.matching import Matching, match
from grader.matching.lines import regions
from grader.model import Cell, Submission
from grader.notebook import read

ROOT = Path(__file__).parents[1]
ANSWERS = (
    "three-layer-convnet",
    "three-layer-convnet-init",
    "three-layer-class",
    "part3-training",
    "part4-training",
    "custom",
)

_FILLED = {
    "three-layer-convnet": [
        """
        h = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]])
        h = tf.nn.relu(tf.nn.conv2d(h, conv_w1, 1, 'VALID') + conv_b1)
        h = tf.nn.relu(tf.nn.conv2d(h, conv_w2, 1, 'SAME') + conv_b2)
        scores = tf.matmul(flatten(h), fc_w) + fc_b
        """
    ],
    "three-layer-convnet-init": [
        """
        params = [tf.Variable(kaiming_normal((5, 5, 3, 32))), tf.Variable(tf.zeros((32,))),
                  tf.Variable(kaiming_normal((3, 3, 32, 16))), tf.Variable(tf.zeros((16,))),
                  tf.Variable(kaiming_normal((32 * 32 * 16, 10))), tf.Variable(tf.zeros((10,)))]
        """
    ],
    "three-layer-class": [
        """
        init = tf.initializers.VarianceScaling(scale=2.0)
        same = dict(padding='same', activation='relu', kernel_initializer=init)
        self.c1 = tf.keras.layers.Conv2D(channel_1, 5, **same)
        self.c2 = tf.keras.layers.Conv2D(channel_2, 3, **same)
        self.flat = tf.keras.layers.Flatten()
        self.fc = tf.keras.layers.Dense(num_classes, activation='softmax', kernel_initializer=init)
        """,
        "scores = self.fc(self.flat(self.c2(self.c1(x))))",
    ],
    "part3-training": [
        "model = ThreeLayerConvNet(channel_1, channel_2, num_classes)",
        "optimizer = tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)",
    ],
    "part4-training": [
        """
        init = tf.initializers.VarianceScaling(scale=2.0)
        model = tf.keras.Sequential([
            tf.keras.layers.Conv2D(16, 5, padding='same', activation='relu',
                                   kernel_initializer=init, input_shape=(32, 32, 3)),
            tf.keras.layers.Conv2D(32, 3, padding='same', activation='relu',
                                   kernel_initializer=init),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(10, activation='softmax', kernel_initializer=init),
        ])
        """,
        "optimizer = tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)",
    ],
    "custom": [
        """
        self.net = [tf.keras.layers.Conv2D(64, 3, padding='same', activation='relu'),
                    tf.keras.layers.BatchNormalization(), tf.keras.layers.MaxPool2D(),
                    tf.keras.layers.Flatten(), tf.keras.layers.Dense(10, activation='softmax')]
        """,
        """
        scores = input_tensor
        for layer in self.net:
            scores = layer(scores, training=training)
        """,
    ],
}

FUNCTIONAL = """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10

def model_init_fn():
    inputs = tf.keras.Input((32, 32, 3))
    h = tf.keras.layers.Conv2D(channel_1, 5, padding='same', activation='relu')(inputs)
    h = tf.keras.layers.Conv2D(channel_2, 3, padding='same', activation='relu')(h)
    outputs = tf.keras.layers.Dense(num_classes, activation='softmax')(tf.keras.layers.Flatten()(h))
    return tf.keras.Model(inputs, outputs)

def optimizer_init_fn():
    return tf.keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)

train_part34(model_init_fn, optimizer_init_fn)
"""

REPORT = "Пробовал три сети. Лучшая с BatchNorm: 74 % за семь эпох, без него 66 %."


@dataclass(frozen=True)
class Piece:
    """One cell of a submission in the making, and the handout cell that it is (from)."""

    id: str
    kind: Literal["code", "markdown", "raw"]
    source: str


Pieces = list[Piece]
Change = Callable[[Pieces], Pieces]


def handout(language: str = "ru") -> Submission:
    """The lab's handout as the grader has it."""
    return read(ROOT / "assignments" / "convnets" / f"handout.{language}.ipynb")


def blank() -> Pieces:
    """The untouched handout."""
    return [Piece(cell.id, cell.kind, cell.source) for cell in handout().cells]


def filled() -> Pieces:
    """The handout, answered in its own regions."""
    pieces = [
        dataclasses.replace(piece, source=fill(piece.source, _FILLED.get(piece.id, [])))
        for piece in blank()
    ]
    return replaced(pieces, "experiments", REPORT)


def fill(source: str, bodies: Sequence[str]) -> str:
    """``source`` with its regions replaced by these bodies, from the last to the first."""
    lines = source.split("\n")
    for (first, last), body in (
        reversed(list(zip(regions(source), bodies, strict=True))) if bodies else ()
    ):
        marker = lines[first - 2]
        indent = marker[: len(marker) - len(marker.lstrip())]
        text = "\n".join(body.strip("\n").split("\n"))
        left = min(len(line) - len(line.lstrip()) for line in text.split("\n") if line.strip())
        lines[first - 1 : last] = [indent + line[left:] for line in text.split("\n")]
    return "\n".join(lines)


def submission(pieces: Sequence[Piece], language: Literal["ru", "en"] = "ru") -> Submission:
    """The notebook of these cells, without ids."""
    cells = tuple(Cell(i, piece.kind, piece.source) for i, piece in enumerate(pieces))
    return Submission(Path("student.ipynb"), "student", "0" * 64, cells, language)


def matched(pieces: Sequence[Piece], language: str = "ru") -> Matching:
    return match(submission(pieces), handout(language))


def found(pieces: Sequence[Piece], cell_id: str, language: str = "ru") -> tuple[int, ...]:
    return matched(pieces, language).parts[cell_id].cells


def where(pieces: Sequence[Piece], cell_id: str) -> tuple[int, ...]:
    """The truth: the indices of the cells made from this handout cell."""
    return tuple(i for i, piece in enumerate(pieces) if piece.id == cell_id)


# ------------------------------------------------------------ what students do


def reworded(pieces: Pieces) -> Pieces:
    """Another edition: no comments, no docstrings, other sentences; headings keep their numbers."""
    return [
        dataclasses.replace(
            piece,
            source=_bare(piece.source) if piece.kind == "code" else _other_words(piece.source),
        )
        for piece in pieces
    ]


def without_text(pieces: Pieces) -> Pieces:
    return [piece for piece in pieces if piece.kind == "code"]


def without_given(pieces: Pieces) -> Pieces:
    """The two-layer examples, their tests and their trainings are deleted."""
    gone = ("part3-two-layer", "part4-two-layer", "part4-two-layer-fit", "functional")
    return [piece for piece in pieces if not (piece.kind == "code" and piece.id.startswith(gone))]


def split(pieces: Pieces) -> Pieces:
    """Every answer is cut into a cell a statement."""
    return [
        dataclasses.replace(piece, source=part)
        for piece in pieces
        for part in (_statements(piece.source) if piece.id in ANSWERS else [piece.source])
    ]


def without_markers(pieces: Pieces) -> Pieces:
    return [
        dataclasses.replace(piece, source=re.sub(r"^\s*#.*\n", "", piece.source, flags=re.M))
        if piece.kind == "code"
        else piece
        for piece in pieces
    ]


def without_drivers(pieces: Pieces) -> Pieces:
    """The training calls are commented out."""
    return [
        dataclasses.replace(
            piece, source=re.sub(r"^(train_part\w+\()", r"# \1", piece.source, flags=re.M)
        )
        if piece.kind == "code"
        else piece
        for piece in pieces
    ]


def with_extras(pieces: Pieces) -> Pieces:
    """A cell of the student's own after every cell."""
    extra = "plt.plot(range({0}))\nprint('cell', {0})"
    return [
        cell
        for number, piece in enumerate(pieces)
        for cell in (piece, Piece("", "code", extra.format(number)))
    ]


def functional(pieces: Pieces) -> Pieces:
    return replaced(pieces, "part3-training", FUNCTIONAL)


def replaced(pieces: Pieces, cell_id: str, source: str) -> Pieces:
    return [
        dataclasses.replace(piece, source=source) if piece.id == cell_id else piece
        for piece in pieces
    ]


def inserted(pieces: Pieces, after: str, *new: Piece) -> Pieces:
    """``new`` cells behind the last one of handout cell ``after``."""
    index = where(pieces, after)[-1] + 1
    return [*pieces[:index], *new, *pieces[index:]]


def moved(pieces: Pieces, cell_id: str, before: str) -> Pieces:
    """The cells of ``cell_id`` stand before those of ``before``."""
    own = [piece for piece in pieces if piece.id == cell_id]
    rest = [piece for piece in pieces if piece.id != cell_id]
    index = next(i for i, piece in enumerate(rest) if piece.id == before)
    return [*rest[:index], *own, *rest[index:]]


def _bare(source: str) -> str:
    if "%" in source.split("\n")[-1]:
        return source
    keep = re.compile(r"\*{5}")  # markers stay: other editions have them too
    comments = [
        line for line in source.split("\n") if not line.strip().startswith("#") or keep.search(line)
    ]
    return re.sub(r'"""(?:.|\n)*?"""', '"""Текст другой редакции."""', "\n".join(comments))


def _other_words(text: str) -> str:
    if text.startswith("ЗАДАНИЕ"):
        return "ЗАДАНИЕ: Расскажите о своих опытах"
    heading = re.match(r"#+ (?:Часть|Part) [IVX]+|#+", text)
    names = " ".join(re.findall(r"`[^`]+`", text)[:2])
    return f"{heading[0] if heading else 'Абзац'}: совсем другие слова {names}"


def _statements(source: str) -> list[str]:
    return [ast.get_source_segment(source, node) or "" for node in ast.parse(source).body]
