"""What there is to hand in, and what is given: tasks and scaffolds with their checks."""

from __future__ import annotations

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from .checks import AnyCheck, Object, Part, Words

Place = tuple[str | int, ...]
"""Where something stands in the rubric: keys and positions, from the top."""


class StandIn(Part):
    """Another task's class that this one constructs: where it is wrong, a recorder stands in."""

    task: str
    name: str
    parameters: tuple[str, ...]


class Task(Part):
    """One thing to hand in. Its points are the sum of its checks'."""

    id: str
    title: Words
    object: Object | None = None
    cell: str | None = Field(None, description="Handout cell of a free text or a question.")
    stand_in: StandIn | None = None
    helpers: tuple[str, ...] = Field(
        (),
        description="Tasks above whose functions this one calls: where they are wrong, those of "
        "reference/<lab>/stand_ins.py take their place.",
    )
    manual_points: float = Field(0.0, ge=0, description="Points that a person gives by hand.")
    checks: tuple[AnyCheck, ...] = Field(min_length=1)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def home(self) -> str:
        """The handout cell that the student fills in for this task."""
        return self.object.cell if self.object is not None else self.cell or ""

    @model_validator(mode="after")
    def _consistent(self) -> Task:
        if (self.object is None) == (self.cell is None):
            raise ValueError("give either `object` or `cell`")
        wrong: list[tuple[Place, str]] = [
            (("checks", place, "id"), f"two checks are called {name}")
            for place, name in repeated([check.id for check in self.checks])
        ]
        for place, check in enumerate(self.checks):
            if check.kind not in ("text", "answer") and self.object is None:
                wrong.append((("checks", place), f"check {check.id} needs an `object` to probe"))
        if sum(check.kind == "answer" for check in self.checks) > 1:
            wrong.append((("checks",), "a task asks one question: split it into tasks"))
        refuse(wrong)
        return self


class Scaffold(Task):
    """A function that the handout gives: compared with the reference where it was changed, and
    what differs is said in a note. It has no points."""

    fingerprints: tuple[str, ...] = Field(
        (), description="Of other editions of it (see grader.matching.fingerprint)."
    )
    needs: tuple[str, ...] = Field(
        (), description="Tasks whose answers it uses: while one of them is wrong, nothing is said."
    )

    @model_validator(mode="after")
    def _costs_nothing(self) -> Scaffold:
        if self.points or self.manual_points or self.object is None:
            raise ValueError("a scaffold has an `object`, and no points")
        return self


def repeated(names: list[str]) -> list[tuple[int, str]]:
    """The names that stood there before, with their places."""
    return [(place, name) for place, name in enumerate(names) if name in names[:place]]


def refuse(wrong: list[tuple[Place, str]]) -> None:
    """Raise all of ``wrong`` at once, each at its own place."""
    if wrong:
        details = [
            InitErrorDetails(
                type=PydanticCustomError("inconsistent", "{what}", {"what": message}),
                loc=place,
                input=None,
            )
            for place, message in wrong
        ]
        raise ValidationError.from_exception_data("rubric", details)
