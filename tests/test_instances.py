"""Networks that no driver was given: which of the notebook's own things answers in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_recorder import Make, Notebook, notebook

from grader.judge.taken import elsewhere, taken
from grader.kernel.targets import Found, resolve
from grader.model import Observed

__all__ = ["notebook"]

KERAS = """
class Model:
    trainable_variables = ()
    def compile(self): pass
    def call(self, x): return x
    __call__ = call
class Optimizer:
    def apply_gradients(self, pairs): pass
"""
WANTS = "class Net(Model):\n    def __init__(self, filters):\n        self.filters = filters\n"
BLANK = "class Net(Model):\n    def __init__(self):\n        pass\n"
LOSS = """
class Loss:
    reduction = "sum"
    def get_config(self): return {"from_logits": True}
"""


@pytest.fixture
def part(notebook: Make) -> Iterator[Any]:
    """``part(*cells, blank, fit)``: what answers the open task in ``cells``."""

    def find(*cells: str, blank: bool = False, fit: str = "model") -> Found:
        made: Notebook = notebook(KERAS, *cells).run()
        names = {"model": ("Net", "model_fn"), "optimizer": ("optimizer_fn", "optimizer_fn")}
        name, argument = names[fit]
        section = [1, len(cells) + 1]
        target = {"name": name, "driver": "train", "argument": argument, "fit": fit,
                  "blank": blank, "scoped": fit == "optimizer"}  # fmt: skip
        return resolve(
            made.recorder, {**target, "section": section, "cells": list(range(*section))}
        )

    return find


def test_an_instance_of_a_class_that_wants_arguments(part: Any) -> None:
    """It was constructed by the notebook, which alone knows with what."""
    found = part(WANTS, "net = Net(16)\nfor i in range(3): net(i)")
    assert (found.thing().filters, found.how) == (16, "net = Net(…)")


def test_a_function_that_makes_one_is_better(part: Any) -> None:
    """A fresh network each time; what trains, or wants to be handed something, is no factory."""
    found = part(
        WANTS,
        "net = Net(16)\ndef build():\n    return Net(8)\n"
        "def train_all():\n    for i in range(9): x = Net(i)\n    return x\n"
        "def of(n):\n    return Net(n)",
    )
    assert (found.thing().filters, found.how) == (8, "build()")


def test_what_the_driver_would_have_been_given(part: Any) -> None:
    """A factory of the driver's own parameter's name answers where no driver was called."""
    found = part(BLANK, "def model_fn():\n    return Model()")
    assert type(found.thing()).__name__ == "Model"


@pytest.mark.parametrize("blank", [True, False])
def test_a_model_beside_the_blank(part: Any, blank: bool) -> None:
    """Where the handout's class is as it was, a model that this part made is the answer."""
    found = part(BLANK + "def model_fn():\n    return Net()\n", "mine = Model()", blank=blank)
    assert type(found.thing()).__name__ == ("Model" if blank else "Net")


def test_a_driver_that_was_given_the_blank_comes_last(part: Any) -> None:
    """The handout's own call of the driver, with the handout's blank, answers nothing."""
    handed = BLANK + "def model_fn():\n    return Net()\ntrain(model_fn)"
    assert type(part(handed, "mine = Model()", blank=True).thing()).__name__ == "Model"
    assert type(part(handed, "x = 1", blank=True).thing()).__name__ == "Net"


def test_the_loop_s_own_optimizer(part: Any) -> None:
    """Of the optimizers that this part made, the last."""
    found = part("first = Optimizer()", "second = Optimizer()", fit="optimizer")
    assert found.how == "second = Optimizer(…)"


@pytest.mark.parametrize("call", ["train(Model(), Optimizer())", "train(Model, Optimizer)"])
def test_a_driver_that_takes_models(part: Any, call: str) -> None:
    """A driver rewritten with other parameters may be given the things themselves."""
    driver = "def train(model, optimizer): pass\n"
    assert type(part(driver + call).thing()).__name__ == "Model"
    assert type(part(driver + call, fit="optimizer").thing()).__name__ == "Optimizer"


@pytest.mark.parametrize(
    ("cell", "logits"),
    [
        ("mine = Model()\nloss = Loss()", True),
        ("mine = Model()", False),
        ("def train(model):\n    loss(from_logits = True)\ntrain(Model())", True),
        ("def train(model):\n    loss()\ntrain(Model())", False),
    ],
)
def test_a_loss_that_takes_scores(part: Any, cell: str, logits: bool) -> None:
    """Where what trains the network takes scores before the softmax, the grader does too."""
    assert part(LOSS + cell).logits is logits


def test_what_was_taken_is_told() -> None:
    """By names alone: how a thing was found is the word of the student's kernel."""
    made = Observed(found="net = Net(…)")
    assert "`net` (Net)" in taken([made, made])[0].en
    assert "`build`" in taken([Observed(found="build()")])[0].en
    assert taken([Observed(found="<b>x</b> = Net(…)"), Observed(found="Net")]) == ()
    assert elsewhere([made])
    assert elsewhere([Observed(found="Model.fit")])
    assert not elsewhere([Observed(found="train(…, model_fn)"), Observed(found="build()")])
