"""The kinds of checks that a rubric can ask for, and what they are about.

A check's kind names the module of :mod:`grader.checks` that plans its probes and judges what came
back.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .answers import Answer
from .graphs import Batches, Formula, Graphs, Mistake
from .parts import Check, Object, Part, Words
from .randomness import Distribution, Expectation

__all__ = [
    "Accuracy",
    "AnyCheck",
    "Batches",
    "Calls",
    "Check",
    "Distribution",
    "Expectation",
    "Formula",
    "FreeText",
    "Graphs",
    "Layers",
    "Mistake",
    "Object",
    "Optimizer",
    "Part",
    "Python",
    "Rule",
    "Settings",
    "Values",
    "Variables",
    "Words",
]


class Values(Check):
    """A function's outputs (or their gradients) against the reference on judge-drawn cases."""

    kind: Literal["values"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py.")
    only: tuple[str, ...] = Field((), description="Case ids; all when empty.")
    compare: Literal["shape", "dtype", "range", "value", "gradients"] = "value"
    rtol: float = Field(1e-3, gt=0)
    atol: float = Field(0.0, ge=0, description="Added to it, in the units of the values.")
    part: int | None = Field(None, description="Which item of a returned list or tuple, from 0.")
    nan_agrees: bool = Field(False, description="NaN is right where the reference gives NaN.")


class Calls(Check):
    """How a recorded module was called while the task's function ran.

    Without such a call, the one that had made what the function returned counts.
    """

    kind: Literal["calls"]
    cases: str
    only: tuple[str, ...] = ()
    call: str = Field(description="Module and name: `tensorflow_hub.KerasLayer`.")
    argument: str | None = Field(None, description="Parameter; without it, the call is enough.")
    equals: str | bool | int | float | None = None
    matches: str | None = Field(None, description="Regular expression that is found in it.")

    @model_validator(mode="after")
    def _one_question(self) -> Calls:
        asked = [value for value in (self.equals, self.matches) if value is not None]
        if len(asked) != (self.argument is not None):
            raise ValueError("`argument` goes with either `equals` or `matches`")
        if self.matches is not None:
            re.compile(self.matches)
        return self


class Variables(Check):
    """What an initialiser returns: shapes and kinds, or the scale of the weights."""

    kind: Literal["variables"]
    cases: str
    compare: Literal["shapes", "scale"] = "shapes"
    scale: float = Field(2.0, gt=0, description="Weights' variance is scale / fan_in.")
    tolerance: float = Field(0.2, gt=0, description="Relative, on the standard deviation.")


class Layers(Check):
    """A model against the reference: its variables, its outputs with equal weights, its start."""

    kind: Literal["layers"]
    cases: str
    only: tuple[str, ...] = ()
    compare: Literal["variables", "outputs", "scale", "probabilities", "shape"] = "outputs"
    aside: tuple[str, ...] = Field(
        (), description="Classes of layers that may be added: their variables are left alone."
    )
    scale: float = Field(2.0, gt=0)
    tolerance: float = Field(0.25, gt=0)
    rtol: float = Field(1e-3, gt=0)


class Optimizer(Check):
    """An optimizer by the steps that it takes on known gradients."""

    kind: Literal["optimizer"]
    compare: Literal["learning_rate", "momentum", "nesterov"]


class Settings(Part):
    """An optimizer's settings, as Keras names them."""

    name: str = "SGD"
    learning_rate: float = Field(gt=0)
    momentum: float = Field(0.0, ge=0)
    nesterov: bool = False


class Rule(Part):
    """The accuracy to reach on the validation images, as a fraction."""

    above: float | None = Field(None, gt=0, lt=1, description="More than this.")
    at_least: float | None = Field(None, gt=0, lt=1, description="This or more.")
    when: Literal["end", "within"] = Field(
        "end", description="`end`: after the last epoch; `within`: at some time before."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Rule:
        if (self.above is None) == (self.at_least is None):
            raise ValueError("a rule has either `above` or `at_least`")
        return self

    @property
    def threshold(self) -> float:
        return self.above if self.above is not None else self.at_least or 0.0

    @property
    def strict(self) -> bool:
        return self.above is not None

    def met_by(self, accuracy: float) -> bool:
        return accuracy > self.threshold if self.strict else accuracy >= self.threshold


class Accuracy(Check):
    """Trained by the grader from scratch under the rule's own budget.

    ``functional``: the task's object makes parameters, which are trained under the *reference*
    network (they travel as arrays); ``partner`` is the task of the student's own network.
    ``keras``: the task's object makes a model, trained under ``optimizer``; ``partner`` is the task
    of the student's own optimizer. Without ``optimizer`` the student's own is used.
    """

    kind: Literal["accuracy"]
    rule: Rule
    style: Literal["functional", "keras"]
    epochs: int = Field(1, ge=1)
    steps: int | None = Field(
        None, ge=1, description="At least so many: small data sets get more epochs."
    )
    batch_size: int = Field(64, ge=1)
    optimizer: Settings | None = None
    own_optimizer: Object | None = None
    partner: str | None = Field(
        None, description="Task whose answer the student combines this with."
    )
    training: bool = Field(False, description="`training=` in the forward pass while training.")
    seeds: int = Field(3, ge=1, description="Runs at the most: others decide a narrow failure.")
    narrow: float = Field(0.04, ge=0, description="How near the rule a failure is a narrow one.")
    every: int = Field(128, ge=1, description="Steps between two looks at the validation images.")
    data: Literal["lab", "chosen"] = Field(
        "lab", description="`chosen`: the data set that the student chose (see `choice`)."
    )
    size: int | None = Field(
        None, ge=8, le=512, description="Height and width that the lab's images are squeezed to."
    )
    arguments: tuple[Literal["input_shape", "num_classes"], ...] = Field(
        (), description="What the model's factory is called with: facts about the data."
    )
    rules: dict[str, Rule] = Field(
        {}, description="Of data sets to choose, by id; `rule` is for generated stand-ins then."
    )
    measured: bool = Field(
        True, description="False: no pass mark is known for this data: shown, and not decided."
    )


class Python(Check):
    """The course's own check: a function of reference/<lab>/checks.py sees expected beside got."""

    kind: Literal["python"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py.")
    only: tuple[str, ...] = Field((), description="Case ids; all when empty.")
    function: str = Field(
        description="Function in reference/<lab>/checks.py: (case, expected, got) to (bool, Text)."
    )


class FreeText(Check):
    """Text for a person to read; flagged when empty."""

    kind: Literal["text"]
    min_words: int = Field(5, ge=1)


AnyCheck = Annotated[
    Values
    | Calls
    | Variables
    | Layers
    | Optimizer
    | Accuracy
    | Distribution
    | Python
    | Graphs
    | Batches
    | Formula
    | FreeText
    | Answer,
    Field(discriminator="kind"),
]
