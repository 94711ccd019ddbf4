"""One lab in the language of one notebook: handout, rubric and reference as one value."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from grader.errors import CourseError
from grader.model import CallCase, Language, ModelCase, Submission
from grader.rubric import Rubric, Words

Case = CallCase | ModelCase
Generator = Callable[[np.random.Generator, Language], Sequence[Case]]


class Edit(BaseModel):
    """One replacement in the reference's cell; ``old`` occurs there exactly once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    old: str = Field(min_length=1)
    new: str


class Misconception(BaseModel):
    """A plausible wrong version of the reference, and what to say to whoever wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(alias="id", min_length=1)
    """What the grade calls it; two tasks may have one of the same name."""
    task: str
    edits: tuple[Edit, ...] = Field(min_length=1)
    message: Words
    language: Language | None = None

    @property
    def id(self) -> str:
        """Its name in the whole lab."""
        return f"{self.task}/{self.name}"


@dataclass(frozen=True, eq=False)
class Lab:
    """One lab in the language of one notebook."""

    name: str
    root: Path
    rubric: Rubric
    language: Language
    handout: Submission
    solution: Mapping[str, str]
    """Reference source by handout cell id."""
    misconceptions: tuple[Misconception, ...]
    generators: Mapping[str, Generator]
    digest: str
    """sha256 over rubric, handout and reference."""

    def solved(self, changes: Mapping[str, str] | None = None) -> Submission:
        """The handout with the reference (and ``changes`` by cell id) filled in."""
        sources = {**self.solution, **(changes or {})}
        cells = tuple(replace(c, source=sources.get(c.id, c.source)) for c in self.handout.cells)
        return replace(self.handout, cells=cells, name=f"reference of {self.name}")

    def mistaken(self, misconception: Misconception) -> dict[str, str]:
        """The cell, by id, as somebody with this misconception writes it."""
        cell = self.rubric.task(misconception.task).home
        source = self.solution[cell]
        for edit in misconception.edits:
            source = source.replace(edit.old, edit.new)
        return {cell: source}

    def draw(self, generator: str, seed: int) -> tuple[Case, ...]:
        """The cases of one generator: the same for the same seed.

        Raises:
            CourseError: the generator raised an exception.
        """
        rng = np.random.default_rng([seed, zlib.crc32(generator.encode())])
        try:
            return tuple(self.generators[generator](rng, self.language))
        except Exception as error:
            raise CourseError(
                f"{self.root / 'reference' / self.name / 'cases.py'}: {generator}: "
                f"{type(error).__name__}: {error}; mend the generator"
            ) from error
