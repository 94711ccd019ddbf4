"""The training loop of the clean kernel, on a few small images, in this process."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from networks import (
    ADAM,
    BASICS,
    BATCH,
    CLASSES,
    IMAGES,
    OTHERS,
    STEPS,
    VALIDATION,
    Line,
    Notebook,
    squares,
    train,
)

from grader.data import DataSet
from grader.kernel.training import Trainer

__all__ = ["squares"]

MORE = """
class Rates(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return tf.where(tf.cast(step, tf.float32) < 4., 1e-2, 0.)


def own_rates(): return tf.keras.optimizers.Adam(Rates())
def decayed(): return tf.keras.optimizers.AdamW(1e-2, weight_decay=1e-3, clipnorm=1.0)
def decay(): return tf.keras.optimizers.SGD(tf.keras.optimizers.schedules.CosineDecay(0.1, 50))
def halves():
    return tf.keras.Sequential([
        layers.Flatten(), layers.Dense(4, activation='softmax', dtype='mixed_bfloat16')])
def scaled(): return tf.keras.optimizers.SGD(0.03, loss_scale_factor=1024.0)
def unscaled(): return tf.keras.optimizers.SGD(0.03)
def bounded():
    held = tf.keras.constraints.MaxNorm(0.5)
    return tf.keras.Sequential([
        layers.Flatten(), layers.Dense(4, activation='softmax', kernel_constraint=held)])
"""


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return Notebook(BASICS + MORE)


@pytest.fixture
def trained(notebook: Notebook, squares: DataSet) -> Any:
    """``trained(network, maker, …)`` is one run; gives the answer and all that was sent."""

    def run(network: str, maker: str | None = None, **changed: Any) -> tuple[dict[str, Any], Line]:
        line = changed.pop("line", None) or Line()
        style = {"style": changed.pop("style")} if "style" in changed else {}
        told = notebook.export(network, maker, **style)["network"]
        return train(told, squares, line, **changed), line

    return run


def accuracy(line: Line, data: DataSet) -> float:
    return float(np.mean(line.scores[-1].argmax(1) == data.val_y))


@pytest.mark.parametrize(
    ("network", "maker", "style"),
    [
        ("network", "initial", "functional"),
        ("sequential", None, "keras"),
        ("Subclass", "own_optimizer", "keras"),
        ("sequential", "decay", "keras"),
        ("sequential", "decayed", "keras"),
    ],
)
def test_learning(
    trained: Any, squares: DataSet, network: str, maker: str | None, style: str
) -> None:
    """What a notebook gave out as a graph learns: functions, Keras models, any schedule."""
    answer, line = trained(network, maker, style=style, epochs=5)
    assert (answer["steps"], answer["compiled"]) == (5 * STEPS, True)
    assert accuracy(line, squares) > 0.8


@pytest.mark.parametrize(
    ("network", "maker", "style"),
    [("network", "initial", "functional"), ("Subclass", None, "keras")],
)
def test_repeatable(trained: Any, network: str, maker: str | None, style: str) -> None:
    """One seed gives the same scores bit for bit, another seed gives others."""
    first, second, other = (
        trained(network, maker, style=style, seed=seed)[1].scores for seed in (1, 1, 2)
    )
    assert [a.tobytes() for a in first] == [b.tobytes() for b in second]
    assert all(np.any(a != b) for a, b in zip(first, other, strict=True))


def test_an_own_schedule_is_followed(trained: Any) -> None:
    """A schedule that the student wrote is followed step by step: its zeros teach nothing."""
    _, line = trained("bounded", "own_rates")
    before, middle, after = line.scores
    assert np.any(before != middle)
    np.testing.assert_allclose(middle, after, rtol=1e-4)


def test_stops(trained: Any) -> None:
    """The loop ends at the look at which the grader says so."""
    answer, line = trained("sequential", epochs=10, every=2, line=Line(stop=4))
    assert (answer["steps"], [look["step"] for look in line.looks]) == (6, [0, 2, 4, 6])


def test_looks(trained: Any) -> None:
    """There is a look before the first step, every few steps, and at each epoch's end."""
    _, line = trained("sequential", epochs=2, every=3)
    assert [look["step"] for look in line.looks] == [0, 3, 6, 8, 9, 12, 15, 16]
    assert line.looks[0]["loss"] is None
    assert all(math.isfinite(look["loss"]) for look in line.looks[1:])
    assert all(scores.shape == (VALIDATION, CLASSES) for scores in line.scores)
    assert not any(shown["final"] for shown in line.shown)


def test_the_trial(trained: Any) -> None:
    """Where the grader asks for it, what was learnt is shown again on other images, and with
    weights that were never trained; as handed over it is shown before."""
    _, line = trained("sequential", line=Line(stop=3, confirm=True))
    phases = [shown["phase"] for shown in line.shown]
    looks = ["training"] * 3
    assert phases == ["handed", *looks, "unseen", "forgotten", "disguised"]
    assert line.phase("unseen")[0].shape == (OTHERS, CLASSES)
    assert np.any(line.phase("forgotten")[0] != line.scores[-1])


def test_many_labels_need_no_disguise(trained: Any) -> None:
    """A network that cannot hold half of the sealed labels learns no images in disguise."""
    confirmed = {"line": Line(stop=3, confirm=True)}
    _, line = trained("sequential", **confirmed, disguise={"worth": 10**5})
    assert line.phase("forgotten")
    assert not line.phase("disguised")


def test_a_disguise_is_learnt_from_the_beginning(trained: Any) -> None:
    """In disguise the network starts anew, and goes on as long as the grader says."""
    _, line = trained("sequential", line=Line(stop=3, confirm=True, insisting=True))
    looks = [each["step"] for each in line.shown if each["phase"] == "disguised"]
    assert looks == [0, 4, 8, 0, 4, 8]
    first, *_, last = line.phase("disguised")
    assert np.any(first != last)


def test_without_a_trial(trained: Any) -> None:
    """Nothing more is measured of a run that did not meet its rule."""
    _, line = trained("sequential")
    assert not line.phase("unseen")
    assert not line.phase("forgotten")


def test_budget(trained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each epoch shows every training image once, in batches of the size that was asked for."""
    from grader.kernel.images import Images

    rows: list[Any] = []
    gather = Images.batch

    def counting(images: Images, chosen: Any) -> Any:
        import tensorflow as tf

        tf.py_function(lambda each: rows.append(np.asarray(each)), [chosen], [])
        return gather(images, chosen)

    monkeypatch.setattr(Images, "batch", counting)
    trained("sequential", epochs=2)
    assert [len(each) for each in rows] == [BATCH] * 2 * STEPS
    for epoch in (rows[:STEPS], rows[STEPS:]):
        np.testing.assert_array_equal(np.sort(np.concatenate(epoch)), np.arange(IMAGES))


def test_a_constraint_is_kept(notebook: Notebook, squares: DataSet) -> None:
    """Weights that the student held to a norm are held to it after each step."""
    told = notebook.export("bounded")["network"]
    (kernel, _) = told["variables"]
    assert kernel["constraint"]["class_name"] == "MaxNorm"
    free = {**told, "variables": [{**entry, "constraint": None} for entry in told["variables"]]}
    held, loose = Line(), Line()
    train(told, squares, held, epochs=3)
    train(free, squares, loose, epochs=3)
    assert np.ptp(np.log(held.scores[-1])) < np.ptp(np.log(loose.scores[-1]))


def test_labels_out_of_reach(squares: DataSet) -> None:
    """Of the validation images the kernel holds the pixels alone."""
    import tensorflow as tf

    trainer = Trainer(Line(), {"tiny": str(squares.folder)})  # type: ignore[arg-type]
    images = trainer._load(tf, "tiny")
    held = {k: tuple(v.shape) for k, v in vars(images).items() if hasattr(v, "numpy")}
    pixels = {"train": (IMAGES, 8, 8, 3), "val": (VALIDATION, 8, 8, 3)}
    assert held == {**pixels, "labels": (IMAGES,), "mean": (3,), "std": (3,)}


def test_odd_settings_are_refused(notebook: Notebook, squares: DataSet) -> None:
    """Settings of an optimizer that is none of Keras's own train nothing."""
    told = notebook.export("sequential")["network"]
    for odd in (
        {"class_name": "Optimizer", "config": {}},
        {"class_name": "SGD", "config": {"learning_rate": {"class_name": "Lambda", "config": {}}}},
        {"class_name": "SGD", "config": {"learning_rate": [{"class_name": "Lambda"}]}},
        {"class_name": "SGD"},
        {**ADAM, "config": {"learning_rate": "fast"}},
    ):
        line = Line()
        answer = train({**told, "optimizer": odd}, squares, line)
        assert answer["fault"]["kind"] == "not_a_graph"
        assert line.looks == []


def test_half_precision_is_measured(trained: Any, squares: DataSet) -> None:
    """Scores in a precision that NumPy does not know are looked at as any others."""
    answer, line = trained("halves", epochs=4)
    assert "fault" not in answer
    assert line.scores[-1].dtype == np.float32
    assert accuracy(line, squares) > 0.8


def test_the_scale_of_a_loss_is_taken_out_again(trained: Any) -> None:
    """An optimizer that expects a scaled loss gets one, and takes the steps that it would else."""
    scaled, plain = (trained("sequential", maker)[1].scores[-1] for maker in ("scaled", "unscaled"))
    np.testing.assert_allclose(scaled, plain, rtol=1e-4, atol=1e-5)
