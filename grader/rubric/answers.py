"""Questions that are answered with a tick, a number or an interval, and the keys to them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from .parts import Check, Part, Words

Form = Literal["single", "multiple", "number", "interval", "done"]


class Computed(Part):
    """A value that a function of reference/<lab>/keys.py computes."""

    computed: str = Field(min_length=1, description="Function in reference/<lab>/keys.py.")


Key = Computed | tuple[float, ...]
"""A computed value, or values that are written down: numbers of boxes, one number, two bounds."""


class Accepted(Part):
    """Another answer that counts as right, and why: the report says so to whoever gave it."""

    key: Key
    because: Words

    @field_validator("key", mode="before")
    @classmethod
    def _one_number(cls, value: object) -> object:
        return _listed(value)


class Answer(Check):
    """A question. Choices are numbered as their boxes stand in the handout, from 1."""

    kind: Literal["answer"]
    form: Form = Field(
        description="One box, several boxes, a number, an interval, or a box for “I did it”."
    )
    key: Key | None = Field(None, description="The right boxes, the number, or the two bounds.")
    also: tuple[Accepted, ...] = ()
    tolerance: float = Field(0.0, ge=0, description="How far off a number may be.")
    units: tuple[str, ...] = Field(
        (), description="Beginnings of words that may stand behind a number and do not count."
    )
    partial: Literal["per_option", "none"] = Field(
        "per_option",
        description="Of several boxes: (boxes as they should be − other boxes) / all boxes, "
        "never below 0; or all or nothing.",
    )

    @field_validator("key", mode="before")
    @classmethod
    def _one_number(cls, value: object) -> object:
        return _listed(value)

    @model_validator(mode="after")
    def _key_fits(self) -> Answer:
        if (self.key is None) != (self.form == "done"):
            raise ValueError("a question has a `key`, and an “I did it” box (`done`) has none")
        for key in (self.key, *(other.key for other in self.also)):
            if isinstance(key, tuple):
                wrong = unfit(self.form, key)
                if wrong:
                    raise ValueError(wrong)
        if self.form not in ("number", "interval") and (self.tolerance or self.units):
            raise ValueError("`tolerance` and `units` are for numbers and intervals")
        return self


def unfit(form: Form, key: tuple[float, ...]) -> str:
    """Why ``key`` is no key to a question of this form; empty where it is one."""
    if form in ("single", "multiple"):
        if not key or any(number < 1 or number != int(number) for number in key):
            return "the key to a choice is numbers of boxes, from 1"
        if len(set(key)) != len(key):
            return "the key names a box twice"
    if form in ("single", "number") and len(key) != 1:
        return "the key is one number"
    if form == "interval" and (len(key) != 2 or key[0] > key[1]):
        return "the key to an interval is its two bounds, the lower one first"
    return ""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, int | float) else value
