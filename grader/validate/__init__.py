"""The rubric's own test: a lab's known right and wrong answers, graded as students' are.

``trials`` grades the reference, the blank handout and every misconception, with several seeds;
``rules`` says what must hold of those grades; ``languages`` reads what needs no run.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from grader import course
from grader.errors import UsageError
from grader.model import LANGUAGES, Language
from grader.preparing import Options
from grader.progress import OnEvent, silent
from grader.validated import Validation

from . import rules
from .languages import complete
from .trials import Trials, run

__all__ = ["Trials", "validate"]

SEEDS = 5


def validate(
    name: str, options: Options, seeds: int = SEEDS, on_event: OnEvent = silent
) -> Validation:
    """Test the lab ``name`` of the course with ``seeds`` seeds from ``options.seed`` on.

    The seeds take turns in the handout's languages; each language gets one at least.

    Raises:
        UsageError: there is no such lab, or its files contradict each other.
        GradingFailed: the reference does not run, or the machine lacks what grading needs.
    """
    started = time.monotonic()
    root = course.find(options.course, Path.cwd())
    labs = {language: course.load(root, name, language) for language in _spoken(root, name)}
    rounds = tuple(range(options.seed, options.seed + max(seeds, len(labs))))
    trials = asyncio.run(run(labs, options, rounds, on_event))
    lab = next(iter(labs.values()))
    return Validation(
        lab=name,
        title=lab.rubric.title.en,
        languages=tuple(labs),
        seeds=rounds,
        quick=options.quick,
        points=sum(task.points for task in lab.rubric.tasks),
        tasks=rules.rows(labs, trials),
        rules=(*rules.judged(labs, trials), complete(labs)),
        seconds=time.monotonic() - started,
    )


def _spoken(root: Path, name: str) -> tuple[Language, ...]:
    """The languages that the lab has a handout in.

    Raises:
        UsageError: it has none.
    """
    folder = root / "assignments" / name
    found = tuple(one for one in LANGUAGES if (folder / f"handout.{one}.ipynb").exists())
    if not found:
        known = ", ".join(course.labs(root)) or "none"
        raise UsageError(f"the course in {root} has no lab {name!r}; it has: {known}")
    return found
