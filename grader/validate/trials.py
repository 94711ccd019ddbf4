"""Grades of answers whose worth is known, in a few kernels that each run many of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course import Lab, Misconception
from grader.grading import verdict
from grader.model import CheckStatus, Grade, Language, Observations, Status, Submission
from grader.observe import ReferenceDesk, affected, mistaken, observe, reference
from grader.preparing import Job, Options, plan
from grader.progress import OnEvent
from grader.rubric import Accuracy


@dataclass(frozen=True)
class Trial:
    """What an answer of known worth earned in one language with one seed.

    ``named`` is the misconception that the judge recognised in it.
    """

    mistake: Misconception | None
    language: Language
    seed: int
    grade: Grade
    named: str | None = None

    @property
    def where(self) -> str:
        return f"{self.language} seed {self.seed}"


@dataclass(frozen=True)
class Trials:
    """All trials of one lab. ``first``: misconceptions judged in every task, once a language;
    ``own``: each of them in its own task, in every round."""

    reference: tuple[Trial, ...]
    blank: tuple[Trial, ...]
    first: tuple[Trial, ...]
    own: tuple[Trial, ...]


@dataclass(frozen=True)
class Round:
    """One language with one seed. ``fresh`` misconceptions were in no round before."""

    lab: Lab
    language: Language
    options: Options
    opening: bool
    fresh: tuple[Misconception, ...]


async def run(
    labs: Mapping[Language, Lab], options: Options, seeds: Sequence[int], on_event: OnEvent
) -> Trials:
    """Every trial, in as many kernels at once as there are cores."""
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(turn: Round) -> Trials:
        async with slots:
            return await _round(turn, on_event)

    done = await asyncio.gather(*(one(turn) for turn in _rounds(labs, options, seeds)))
    return Trials(
        reference=tuple(trial for part in done for trial in part.reference),
        blank=tuple(trial for part in done for trial in part.blank),
        first=tuple(trial for part in done for trial in part.first),
        own=tuple(trial for part in done for trial in part.own),
    )


def _rounds(labs: Mapping[Language, Lab], options: Options, seeds: Sequence[int]) -> list[Round]:
    languages, rounds, met = list(labs), [], set[str]()
    for turn, seed in enumerate(seeds):
        language = languages[turn % len(languages)]
        lab, opening = labs[language], turn < len(languages)
        fresh = [m for m in lab.misconceptions if _signature(lab, m) not in met]
        met |= {_signature(lab, m) for m in fresh}
        rounds.append(
            Round(lab, language, replace(options, seed=seed, tasks=()), opening, tuple(fresh))
        )
    return rounds


def _signature(lab: Lab, mistake: Misconception) -> str:
    """The same in two languages where it is the same change of the same code."""
    return f"{mistake.id} {lab.mistaken(mistake)}"


async def _round(turn: Round, on_event: OnEvent) -> Trials:
    lab, options = turn.lab, turn.options
    right = plan(lab.solved(), lab, options, on_event)
    expected = await reference(lab, right.order, on_event)
    others = [m for m in lab.misconceptions if m not in turn.fresh]
    bench = ReferenceDesk(lab, right.order, on_event)
    try:
        wide = await mistaken(
            lab, right.order, turn.fresh, on_event, expected=expected, bench=bench
        )
        known = {**wide, **await mistaken(lab, right.order, others, on_event, bench=bench)}
        again = await _again(turn, right, expected, bench, on_event)
    finally:
        await bench.close()
    solved = Trial(None, turn.language, options.seed, verdict(right, again, expected, {}))
    blank = [await _blank(turn, expected, on_event)] if turn.opening else []
    first = [
        _judged(turn, _only(right, *_reached(lab, m)), m, wide[m.id], expected, known)
        for m in turn.fresh
        if m.id in wide
    ]
    own = [
        _judged(turn, _only(right, m.task), m, known[m.id], expected, {})
        for m in lab.misconceptions
        if m.id in known
    ]
    if not options.quick:
        own = [await _trained(turn, right, trial, expected, on_event) for trial in own]
        own += await _missing(turn, right, own, expected, on_event) if turn.opening else []
    return Trials((solved,), tuple(blank), tuple(first), tuple(own))


async def _again(
    turn: Round,
    right: Job,
    expected: Observations,
    bench: ReferenceDesk,
    on_event: OnEvent,
) -> Observations:
    """The reference once more: as a student's notebook, or where nothing is trained in rounds that
    open no language, as it stands in the kernel that has been through all the mistakes."""
    if turn.opening or not turn.options.quick:
        return await observe(right.submission, turn.lab, right.order, expected, on_event)
    return await bench.answers()


async def _blank(turn: Round, expected: Observations, on_event: OnEvent) -> Trial:
    job = plan(turn.lab.handout, turn.lab, turn.options, on_event)
    observed = await observe(job.submission, turn.lab, job.order, expected, on_event)
    grade = verdict(job, observed, expected, {})
    return Trial(None, turn.language, turn.options.seed, grade)


def _judged(
    turn: Round,
    job: Job,
    mistake: Misconception,
    observed: Observations,
    expected: Observations,
    known: Mapping[str, Observations],
) -> Trial:
    job = replace(job, submission=_with(turn.lab, mistake))
    grade = verdict(job, observed, expected, known)
    named = next(task.misconception for task in grade.tasks if task.id == mistake.task)
    return Trial(mistake, turn.language, turn.options.seed, grade, named)


def _with(lab: Lab, mistake: Misconception) -> Submission:
    return lab.solved(lab.mistaken(mistake))


def _reached(lab: Lab, mistake: Misconception) -> frozenset[str]:
    """Tasks that may answer otherwise with the mistake; the others answer as the reference."""
    (cell,) = lab.mistaken(mistake)
    return affected(lab, cell) | {mistake.task}


def _only(job: Job, *wanted: str) -> Job:
    """The same job for some tasks alone."""
    tasks = frozenset(wanted)
    return replace(
        job,
        order=replace(job.order, tasks=tasks),
        circumstances=replace(job.circumstances, tasks=tasks),
    )


# ------------------------------------------------------------------ with trainings


async def _trained(
    turn: Round, right: Job, trial: Trial, expected: Observations, on_event: OnEvent
) -> Trial:
    """The same with its trainings, where nothing but a training can show the mistake."""
    if trial.grade.tasks[0].status is not Status.PASSED or not _untried(trial):
        return trial
    return await _train(turn, right, trial, expected, on_event)


async def _missing(
    turn: Round, right: Job, own: Sequence[Trial], expected: Observations, on_event: OnEvent
) -> list[Trial]:
    """Trainings of one mistake after the other, until each accuracy rule is missed by one."""
    made: list[Trial] = []
    for task in turn.lab.rubric.tasks:
        mine = [trial for trial in own if trial.mistake and trial.mistake.task == task.id]
        if not any(isinstance(check, Accuracy) for check in task.checks):
            continue
        for trial in mine:
            if any(_misses(one) for one in (*mine, *made) if _task_of(one) == task.id):
                break
            if _untried(trial):
                made.append(await _train(turn, right, trial, expected, on_event))
    return made


async def _train(
    turn: Round, right: Job, trial: Trial, expected: Observations, on_event: OnEvent
) -> Trial:
    assert trial.mistake is not None
    job = replace(_only(right, trial.mistake.task), submission=_with(turn.lab, trial.mistake))
    observed = await observe(job.submission, turn.lab, job.order, expected, on_event)
    return replace(trial, grade=verdict(job, observed, expected, {}))


def _task_of(trial: Trial) -> str:
    assert trial.mistake is not None
    return trial.mistake.task


def _untried(trial: Trial) -> bool:
    return any(check.status is CheckStatus.SKIPPED for check in trial.grade.tasks[0].checks)


def _misses(trial: Trial) -> bool:
    checks = trial.grade.tasks[0].checks
    return any(c.kind == "accuracy" and c.status is CheckStatus.FAILED for c in checks)
