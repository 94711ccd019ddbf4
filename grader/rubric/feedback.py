"""What students may see of their grades."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.model import Audience

from .parts import Part


class Feedback(Part):
    """The level of a student's page, and what of it is left out. Staff see everything."""

    level: Literal["brief", "full"] = Field(
        "full", description="`brief`: verdicts and points; `full`: also the reasons."
    )
    expected: bool = Field(True, description="What was expected, beside what came (public cases).")
    misconceptions: bool = Field(True, description="Which known mistake an answer equals.")

    @property
    def audience(self) -> Audience:
        return Audience(self.level, self.expected, self.misconceptions)
