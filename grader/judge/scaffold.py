"""What is to be said of given functions that a student changed: it costs nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from grader.checks import kinds
from grader.checks.evidence import Evidence, Probe
from grader.course import Lab
from grader.errors import GraderError
from grader.model import CheckGrade, CheckStatus, Observations, Status, TaskGrade, Text
from grader.rubric import Scaffold

RIGHT = (CheckStatus.PASSED, CheckStatus.UNGRADED, CheckStatus.SKIPPED)


def scaffold_notes(
    lab: Lab,
    tasks: Sequence[TaskGrade],
    observations: Observations,
    expected: Observations,
    probes: Mapping[str, Probe],
) -> Iterator[Text]:
    """One note for each changed function that answers otherwise than the handout's.

    Nothing is said of a function that uses the answer to a task that is not right.
    """
    passed = {task.id for task in tasks if task.status is Status.PASSED}
    for scaffold in lab.rubric.scaffold:
        if not set(scaffold.needs) <= passed or not _asked(scaffold, observations):
            continue
        evidence = Evidence(scaffold, observations.probes, expected.probes, probes)
        wrong = _wrong(scaffold, evidence)
        if wrong is not None:
            yield _note(scaffold, wrong)


def _wrong(scaffold: Scaffold, evidence: Evidence) -> CheckGrade | None:
    """The first check that fails; none where the answers break it: a note is worth no grade."""
    try:
        checks = (kinds.judge(check, evidence) for check in scaffold.checks)
        return next((check for check in checks if check.status not in RIGHT), None)
    except GraderError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("nothing is said of %s", scaffold.id)
        return None


def _asked(scaffold: Scaffold, observations: Observations) -> bool:
    return any(key.split("/")[0] == scaffold.id for key in observations.probes)


def _note(scaffold: Scaffold, wrong: CheckGrade) -> Text:
    name = scaffold.object.name if scaffold.object is not None else scaffold.id
    return Text(
        f"Функция {name} из задания изменена и отвечает иначе, чем исходная "
        f"(на баллы это не влияет). {wrong.message.ru}",
        f"The given function {name} was changed and answers otherwise than the original "
        f"(this costs no points). {wrong.message.en}",
    )
