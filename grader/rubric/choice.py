"""The data set that each student chooses: which there are, and how a notebook says which it is."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, model_validator

from .checks import Accuracy
from .parts import Part, Words
from .tasks import Place, Task


class ChosenSet(Part):
    """One data set to choose: one that the grader knows by name, or a folder of pictures."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="What the student writes.")
    title: Words
    data: str | None = Field(None, description="A data set that the grader knows by name.")
    folder: tuple[str, ...] = Field(
        (), description="Names under which a folder of pictures, one subfolder a class, is found."
    )
    size: int | None = Field(
        None, ge=8, le=512, description="Height and width that pictures are squeezed to."
    )
    classes: tuple[int, int] | None = Field(
        None, description="How many classes the student picks: at least, at most."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> ChosenSet:
        if (self.data is None) == (not self.folder):
            raise ValueError("give either `data` or `folder`")
        if self.folder and self.size is None:
            raise ValueError("pictures in a folder need a `size`")
        if self.classes is not None and not 2 <= self.classes[0] <= self.classes[1]:
            raise ValueError("`classes`: the fewer come first, and two at least")
        return self


class Choice(Part):
    """Where the student says which of ``sets`` it is; what the notebook loads says it otherwise."""

    cell: str = Field(description="Id of the handout cell in which the student says so.")
    variable: str = Field(description="The variable that is set there, to an id or a number.")
    classes: str | None = Field(None, description="The variable that lists the picked classes.")
    sets: tuple[ChosenSet, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Choice:
        ids = [each.id for each in self.sets]
        if len(set(ids)) < len(ids):
            raise ValueError("two data sets have one id")
        if self.classes is None and any(each.classes for each in self.sets):
            raise ValueError("`classes` of a set needs the variable that lists them")
        return self


def problems(choice: Choice | None, tasks: Sequence[Task]) -> list[tuple[Place, str]]:
    """Rules about chosen data where there is nothing to choose, or for what cannot be chosen."""
    known = {each.id for each in choice.sets} if choice else set()
    wrong: list[tuple[Place, str]] = []
    for number, task in enumerate(tasks):
        for place, check in enumerate(task.checks):
            if not isinstance(check, Accuracy):
                continue
            at: Place = ("tasks", number, "checks", place)
            if check.data == "chosen" and choice is None:
                wrong.append(((*at, "data"), "there is no `choice` of data sets"))
            for name in sorted(check.rules.keys() - known):
                wrong.append(((*at, "rules", name), f"there is no data set {name!r} to choose"))
    return wrong
