"""The pieces that every check of a rubric is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from grader.model import Text


class Part(BaseModel):
    """A piece of a rubric: unknown keys are refused, and so are NaN and infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Words(Part):
    """A sentence in both languages."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        return Text(self.ru, self.en)


class Object(Part):
    """What a probe is about: a name that a cell defines, or what a driver was given there."""

    name: str = Field(description="The function, class or factory that the student writes.")
    cell: str = Field(description="Id of the handout cell in which it stands.")
    driver: str | None = Field(None, description="Training driver that is given it in that part.")
    argument: str | None = Field(None, description="The driver's parameter that it is given as.")
    part: str | None = Field(None, description="Handout cell of the driver call, if another one.")
    fit: Literal["model", "optimizer"] | None = Field(
        None, description="Fallback: the model (or its optimizer) that Model.fit was called on."
    )
    scoped: bool = Field(
        False,
        description="The name is defined in several parts; only this part's definition counts.",
    )

    last: bool = Field(
        False, description="The notebook's last definition of the name counts, wherever it stands."
    )

    @model_validator(mode="after")
    def _driver_and_argument(self) -> Object:
        if (self.driver is None) != (self.argument is None):
            raise ValueError("`driver` and `argument` go together")
        return self


class Check(Part):
    """What all checks have. ``points`` is what passing it earns."""

    id: str
    title: Words
    points: float = Field(0.0, ge=0)
    remark: bool = Field(False, description="Failing is worth saying and costs nothing.")
    advice: Words | None = Field(None, description="Said to whoever fails it.")
    public: bool = Field(True, description="False: hidden from students' self-check.")

    @model_validator(mode="after")
    def _remarks_cost_nothing(self) -> Check:
        if self.remark and self.points:
            raise ValueError("a remark has no points")
        return self
