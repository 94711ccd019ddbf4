"""One lab in the language of one notebook: handout, rubric and reference as one value."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from grader.errors import CourseError
from grader.model import CallCase, GraphCase, Language, ModelCase, Submission, Text
from grader.quiz import fill
from grader.rubric import Answer, Computed, Formula, Key, Rubric, Task, Words

from .stand_ins import needed

Case = CallCase | ModelCase | GraphCase
OwnCheck = Callable[[Case, Any, Any], tuple[bool, Text]]
"""What was asked, the reference's value, the student's: whether that is right, and what to say."""
Generator = Callable[[np.random.Generator, Language], Sequence[Case]]


class Edit(BaseModel):
    """One replacement in the reference's cell; ``old`` occurs there exactly once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    old: str = Field(min_length=1)
    new: str


class WrongAnswer(BaseModel):
    """A typical wrong answer to a question, in one of four ways to say it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    value: float | None = None
    computed: str | None = None
    """The function of ``keys.py`` that computes the wrong number."""
    ticked: tuple[int, ...] = ()
    """Boxes, numbered as in the handout, all of which are ticked."""
    unticked: tuple[int, ...] = ()
    """Boxes none of which is ticked."""

    @model_validator(mode="after")
    def _one_of_them(self) -> WrongAnswer:
        given = [self.value is not None, self.computed is not None]
        if sum([*given, bool(self.ticked), bool(self.unticked)]) != 1:
            raise ValueError("give one of `value`, `computed`, `ticked`, `unticked`")
        return self


class Misconception(BaseModel):
    """A plausible wrong version of the reference, and what to say to whoever wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(alias="id", min_length=1)
    """What the grade calls it; two tasks may have one of the same name."""
    task: str
    edits: tuple[Edit, ...] = Field((), min_length=1)
    answer: WrongAnswer | None = None
    message: Words
    language: Language | None = None
    cell: str | None = None
    """The handout's cell that is edited, where it is not the task's own."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Misconception:
        if bool(self.edits) == (self.answer is not None):
            raise ValueError("give either `edits` (of code) or `answer` (to a question)")
        return self

    @property
    def id(self) -> str:
        """Its name in the whole lab."""
        return f"{self.task}/{self.name}"


@dataclass(frozen=True)
class StandIns:
    """Names of other tasks' functions, and the source of what may stand in for them: of these
    functions and of what they use, and of nothing else."""

    names: tuple[str, ...]
    source: str


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
    files: Mapping[str, bytes]
    """What lies beside the handout and goes with it, by relative path."""
    digest: str
    """sha256 over rubric, handout and reference."""
    keys: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """What the functions of ``keys.py`` compute, by their names."""
    checks: Mapping[str, OwnCheck] = field(default_factory=dict)
    """The functions of ``checks.py``, by their names."""
    accepted: tuple[Misconception, ...] = ()
    """Other versions of the reference that are right too, each with a remark."""
    stand_ins: str = ""
    """Source of what may stand in, in a student's kernel, for functions of other tasks."""

    def solved(self, changes: Mapping[str, str] | None = None) -> Submission:
        """The handout with the reference (and ``changes`` by cell id) and the keys filled in."""
        sources = {**self._answered(), **self.solution, **(changes or {})}
        cells = tuple(replace(c, source=sources.get(c.id, c.source)) for c in self.handout.cells)
        return replace(self.handout, cells=cells, name=f"reference of {self.name}")

    def mistaken(self, misconception: Misconception) -> dict[str, str]:
        """The cell, by id, as somebody with this misconception writes it."""
        task = self.rubric.task(misconception.task)
        cell = misconception.cell or task.home
        if misconception.answer is not None:
            return {cell: self._answered_wrong(task, misconception.answer)}
        source = self.solution[cell]
        for edit in misconception.edits:
            source = source.replace(edit.old, edit.new)
        return {cell: source}

    def key(self, key: Key) -> tuple[float, ...]:
        """The values of a key, written down or computed."""
        return self.keys[key.computed] if isinstance(key, Computed) else key

    def wrong(self, answer: WrongAnswer) -> tuple[float, ...]:
        """The number, or the boxes, that a typical wrong answer is about."""
        if answer.computed is not None:
            return self.keys[answer.computed]
        return (answer.value,) if answer.value is not None else answer.ticked or answer.unticked

    def _answered(self) -> dict[str, str]:
        """Each question's cell with its key filled in, each formula behind its question."""
        checks = [(task, check) for task in self.rubric.tasks for check in task.checks]
        keys = {
            task.home: fill(self._given(task.home), check, self.key(check.key or ()))
            for task, check in checks
            if isinstance(check, Answer)
        }
        said = {"ru": "Ответ", "en": "Answer"}[self.language]
        formulas = {
            check.cell: f"{self._given(check.cell)}\n\n{said}: {check.formula}"
            for _, check in checks
            if isinstance(check, Formula)
        }
        return {**keys, **formulas}

    def _answered_wrong(self, task: Task, answer: WrongAnswer) -> str:
        check = next(check for check in task.checks if isinstance(check, Answer))
        values, key = self.wrong(answer), self.key(check.key or ())
        if answer.unticked:
            values = tuple(number for number in key if number not in values)
        elif answer.ticked and check.form == "multiple":
            values = tuple(dict.fromkeys((*key, *values)))
        return fill(self._given(task.home), check, values)

    def _given(self, name: str) -> str:
        return next(cell.source for cell in self.handout.cells if cell.id == name)

    def variants(self) -> tuple[Misconception, ...]:
        """Every version of a cell beside the reference's own, wrong or right."""
        return (*self.accepted, *self.misconceptions)

    def helpers(self, task: Task) -> StandIns | None:
        """What may stand in for the functions of other tasks that this one's answer calls."""
        if not task.helpers:
            return None
        objects = [self.rubric.task(name).object for name in task.helpers]
        names = tuple(o.name if o else "" for o in objects)
        return StandIns(names, needed(self.stand_ins, names))

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
