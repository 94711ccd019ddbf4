"""Checks of code that builds TensorFlow 1 graphs, and of what stands around it in a lecture."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .parts import Check, Object, Part, Words


class Graphs(Check):
    """What a function or class builds in a graph, against the reference, by what it computes."""

    kind: Literal["graphs"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py, of GraphCases.")
    only: tuple[str, ...] = Field((), description="Case ids; all when empty.")
    compare: Literal[
        "variables", "parameters", "shape", "outputs", "training", "gradients", "moving", "draws"
    ] = "outputs"
    rtol: float = Field(2e-3, gt=0)


class Batches(Check):
    """A generator of batches ``(x, y)``: each example once, beside its label, in which order."""

    kind: Literal["batches"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py, of CallCases.")
    only: tuple[str, ...] = ()
    order: Literal["kept", "shuffled"] = "kept"
    object: Object | None = Field(None, description="If it is another than the task's.")


class Mistake(Part):
    """A wrong formula that is known, and what to say to whoever wrote it."""

    formula: str
    message: Words


class Formula(Check):
    """A formula in a text cell, by its values: how it is written does not matter."""

    kind: Literal["formula"]
    cell: str = Field(description="The handout's text cell in which it is asked for.")
    formula: str = Field(description="The right one, as Python would have it.")
    variables: tuple[str, ...] = Field(min_length=1)
    mistakes: tuple[Mistake, ...] = ()
