"""How a network leaves the notebook: every honest make of it, and what cannot leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from network_makes import HONEST, MAKES, OTHERS
from networks import ADAM, BASICS, CLASSES, VALIDATION, Line, Notebook, array_of, squares, train

from grader.data import DataSet
from grader.kernel import weights

__all__ = ["squares"]


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return Notebook(BASICS + MAKES + OTHERS)


@pytest.mark.parametrize("make", HONEST.split())
def test_honest_makes(notebook: Notebook, squares: DataSet, make: str) -> None:
    """Networks of every make leave the notebook, know nothing at first, and learn."""
    told = notebook.export(make)["network"]
    line = Line(confirm=True)
    answer = train(told, squares, line, epochs=4)
    assert answer.get("steps") == 32, answer
    right = [float(np.mean(scores.argmax(1) == squares.val_y)) for scores in line.scores]
    assert right[-1] > right[0] + 0.1
    np.testing.assert_allclose(line.scores[-1].sum(axis=1), 1, atol=1e-4)
    assert line.phase("forgotten")[0].shape == (VALIDATION, CLASSES)


@pytest.mark.parametrize("make", ["sequential", "Nested", "double"])
def test_what_leaves_computes_the_same(notebook: Notebook, squares: DataSet, make: str) -> None:
    """As it was handed over, the graph gives the scores that the model gives in the notebook."""
    kept: list[Any] = []
    make_it = notebook.names[make]
    notebook.recorder.snapshots[0][make] = lambda: kept.append(make_it()) or kept[-1]  # type: ignore[func-returns-value]
    told = notebook.export(make)["network"]
    notebook.recorder.snapshots[0][make] = make_it
    line = Line(stop=1)
    train(told, squares, line)
    images = np.load(squares.folder / "val_x.npy").astype(np.float32)
    pixels = np.load(squares.folder / "train_x.npy").astype(np.float64)
    mean, std = pixels.mean((0, 1, 2)), pixels.std((0, 1, 2))
    own = kept[0](((images - mean) / std).astype(np.float32))
    np.testing.assert_allclose(line.phase("handed")[0], np.asarray(own), atol=1e-5)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("Eager", "no TensorFlow graph"),
        ("Tabled", "no variable"),
        ("Python", "operation PyFunc"),
        ("Reading", "operation ReadFile"),
        ("Spectral", "changes the weights"),
        ("Images", "bytes before training"),
    ],
)
def test_what_a_person_must_look_at(
    notebook: Notebook, squares: DataSet, make: str, said: str
) -> None:
    """A network that is no mathematics on the image, or knows too much, is not trained: it is
    said why, and nothing is held against the student."""
    answer = notebook.export(make)
    line = Line()
    if "network" in answer:
        answer = train(answer["network"], squares, line)
    assert answer["fault"]["kind"] == "not_a_graph"
    assert said in answer["fault"]["message"]
    assert line.shown == []


def test_an_own_class_of_optimizer(notebook: Notebook) -> None:
    """An optimizer whose class the student wrote is code, and does not leave."""
    fault = notebook.export("sequential", "own_class")["fault"]
    assert (fault["kind"], "Rate" in fault["message"]) == ("not_a_graph", True)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        ("nothing", TypeError, "NoneType"),
        ("Weightless", TypeError, "no train"),
        ("fails", ValueError, "no model today"),
        ("Broken", NameError, "undefined"),
    ],
)
def test_no_model(notebook: Notebook, make: str, error: type[Exception], said: str) -> None:
    """What is no model, has nothing to train, or fails, fails as it does in the notebook, whose
    globals are its own again afterwards."""
    before = dict(notebook.names)
    with pytest.raises(error, match=said):
        notebook.export(make)
    assert notebook.names == before


def test_missing(notebook: Notebook) -> None:
    """A model or an optimizer that the notebook lacks is a fault by its name."""
    for network, maker in (("nowhere", None), ("sequential", "nowhere")):
        fault = notebook.export(network, maker, optimizer=ADAM)["fault"]
        assert (fault["kind"], fault["message"]) == ("missing", "nowhere")


def test_an_optimizer_that_is_nowhere(notebook: Notebook) -> None:
    """For a model whose own optimizer is nowhere to be found a plain one is assumed, and said."""
    told = notebook.export("sequential", "nowhere", optimizer=None)["network"]
    assert (told["assumed"], told["optimizer"]["class_name"]) == (True, "Adam")


def test_one_optimizer_for_all(notebook: Notebook) -> None:
    """A global optimizer that has served a model gives the settings of a new one."""
    first, second, own = (
        notebook.export("sequential", maker)["network"]["optimizer"]
        for maker in ("same_optimizer", "same_optimizer", "own_optimizer")
    )
    first["config"]["name"] = second["config"]["name"] = own["config"]["name"] = "any"
    assert first == second == own


def test_own_losses_leave_with_what_was_fitted(notebook: Notebook) -> None:
    """A regulariser counts where `fit` was to train, as it would there, and not in the handout's
    own loop, which leaves it out."""
    told = notebook.export("Nested")["network"]
    assert [len(told[name]["outputs"]) for name in ("fit", "use")] == [1, 1]
    notebook.recorder.note("Model.fit", {"model": notebook.names["Nested"]()})
    wanted = {"name": "none", "driver": None, "fit": "model", "scoped": False}
    wanted |= {"cells": [-1], "section": [-1, 0]}
    told = notebook.export("none", network=wanted)["network"]
    notebook.recorder.calls.clear()
    assert [len(told[name]["outputs"]) for name in ("fit", "use")] == [2, 1]


def test_weights_travel_in_order(notebook: Notebook) -> None:
    """Parameters of functions leave in the order in which the student lists them."""
    told = notebook.export("network", "initial", style="functional")["network"]
    shapes = [array_of(entry).shape for entry in told["variables"]]
    assert shapes == [(192, 4), (4,)]
    assert told["logits"] is True


def test_more_parameters_than_are_trained(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that would take hours is told so, with its size, and stays where it is."""
    monkeypatch.setattr("grader.kernel.export.MAX_WEIGHTS", 3000)
    fault = notebook.export("sequential")["fault"]
    assert (fault["kind"], "parameters" in fault["message"]) == ("too_large", True)
    monkeypatch.setattr("grader.kernel.export.MAX_WEIGHTS", 2**28)
    assert "network" in notebook.export("sequential")


def test_of_a_large_variable_the_first_rows_are_shaken(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough to see whether an answer depends on it; and afterwards all is as it was."""
    monkeypatch.setattr(weights, "LARGE", 40)
    model = notebook.names["sequential"]()
    model(np.zeros((1, 8, 8, 3), np.float32))
    dense = next(v for v in model.trainable_variables if v.shape == (216, 4))
    before = np.asarray(dense).copy()
    with weights.shaken(model.trainable_variables):
        changed = np.flatnonzero((np.asarray(dense) != before).any(axis=1))
    assert list(changed) == list(range(10))
    np.testing.assert_array_equal(np.asarray(dense), before)
