"""What a rubric may expect of a function that draws random numbers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .parts import Check, Part

Measure = Literal[
    "fit",
    "top",
    "left",
    "mirrored",
    "upside_down",
    "contrast",
    "brightness",
    "saturation",
    "hue",
    "height",
    "width",
    "channels",
    "lowest",
    "highest",
]


class Expectation(Part):
    """How one measure of the results is distributed over many calls. One of the four is given."""

    measure: Measure
    uniform: tuple[float, float] | None = Field(None, description="Evenly between these two.")
    whole: bool = Field(False, description="`uniform` over whole numbers, both ends included.")
    chance: float | None = Field(None, ge=0, le=1, description="1 this often, else 0.")
    within: tuple[float, float] | None = Field(None, description="Always between these two.")
    independent_of: Measure | None = Field(None, description="Not correlated with this one.")
    slack: float = Field(1e-3, ge=0, description="How far beyond its bounds a value may be.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Expectation:
        given = (self.uniform, self.chance, self.within, self.independent_of)
        if sum(value is not None for value in given) != 1:
            raise ValueError("give one of `uniform`, `chance`, `within`, `independent_of`")
        bounds = self.uniform or self.within
        if bounds is not None and bounds[0] >= bounds[1]:
            raise ValueError("the lower bound comes first")
        return self


class Distribution(Check):
    """A random function, called many times on one image: how what it does is distributed."""

    kind: Literal["distribution"]
    cases: str = Field(description="Generator in reference/<lab>/cases.py.")
    only: tuple[str, ...] = Field((), description="Case ids; all when empty.")
    calls: int = Field(600, ge=100, le=5000, description="Calls of each case.")
    traced: bool = Field(
        False, description="Calls of one compiled graph where it can be one, as Dataset.map does."
    )
    expect: tuple[Expectation, ...] = Field(min_length=1)
