"""Which misconception the judge names in answers that nobody made from the list.

``python tests/naming.py`` prints the share.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from conftest import ROOT
from convnets_slips import Slip
from convnets_slips import slips as slips_of_students
from convnets_unseen import unseen

from grader import course
from grader.course import Edit, Lab, Misconception
from grader.grading import Job, verdict
from grader.model import CheckStatus, Language, TaskGrade
from grader.observe import mistaken, reference, variants
from grader.preparing import Options, plan
from grader.progress import silent
from grader.rubric import Words


def judged(lab: Lab, answers: Mapping[str, Slip]) -> dict[str, TaskGrade]:
    """The grade of each answer's own task, the rest of the notebook being the reference's.

    All of them run in one kernel, one after the other, as misconceptions do.
    """
    return asyncio.run(_judged(lab, answers))


async def _judged(lab: Lab, answers: Mapping[str, Slip]) -> dict[str, TaskGrade]:
    job = plan(lab.solved(), lab, Options(course=lab.root, quick=True), silent)
    tasks = sorted({answer.task for answer in answers.values()})
    expected = await reference(lab, job.order, silent)
    known = await variants(lab, job.order, tasks, silent)
    written = {name: _as_mistake(lab, name, answer) for name, answer in answers.items()}
    theirs = replace(lab, misconceptions=tuple(written.values()))
    observed = await mistaken(theirs, job.order, theirs.misconceptions, silent)
    found = {}
    for name, mistake in written.items():
        mine = _alone(replace(job, submission=lab.solved(lab.mistaken(mistake))), mistake.task)
        found[name] = verdict(mine, observed[mistake.id], expected, known).tasks[0]
    return found


def _as_mistake(lab: Lab, name: str, answer: Slip) -> Misconception:
    """The whole cell in the place of the reference's."""
    before = lab.solution[lab.rubric.task(answer.task).home]
    edit = Edit(old=before, new=answer.source)
    words = Words(ru="—", en="—")
    return Misconception(id=name, task=answer.task, edits=(edit,), message=words)


def _alone(job: Job, task: str) -> Job:
    circumstances = replace(job.circumstances, tasks=frozenset({task}))
    return replace(job, circumstances=circumstances)


def right(slip: Slip, graded: TaskGrade) -> bool:
    """Whether the report says what went wrong: by name, or by the one check that is about it."""
    if graded.misconception is not None:
        return graded.misconception in slip.names
    failed = {check.id for check in graded.checks if check.status is CheckStatus.FAILED}
    return len(failed) == 1 and failed <= slip.names


def measure(slips: Mapping[str, Slip], language: Language) -> list[str]:
    """The slips that are not named rightly, each with what was said in the place of that."""
    found = judged(course.load(ROOT, "convnets", language), slips)
    return [
        f"{name}: {graded.misconception or graded.message.en} is not {sorted(slips[name].names)}"
        for name, graded in found.items()
        if not right(slips[name], graded)
    ]


def main() -> None:
    """Print the share of slips that are named, and those that are not."""
    sets: list[tuple[Mapping[str, Slip], Language]] = [
        (unseen(), "en"),
        (slips_of_students(), "ru"),
    ]
    for slips, language in sets:
        missed = measure(slips, language)
        named = len(slips) - len(missed)
        print(f"{language}: {named} of {len(slips)} named ({named / len(slips):.1%})")
        print(*(f"  {line}" for line in missed), sep="\n")


if __name__ == "__main__":
    main()
