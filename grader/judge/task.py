"""One task's verdict, before it is known what follows from what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader import matching, quiz
from grader.checks import answer, kinds
from grader.checks.evidence import Evidence, Probe, helped_key
from grader.checks.explain import explain
from grader.course import Lab, WrongAnswer
from grader.model import (
    CheckGrade,
    CheckStatus,
    Excerpt,
    FaultKind,
    Observations,
    Observed,
    Status,
    Submission,
    TaskGrade,
    Text,
)
from grader.rubric import Accuracy, Answer, AnyCheck, Task

from . import printed
from .absent import Absence
from .nearly import nearly
from .taken import elsewhere, taken
from .texts import texts
from .verdict import WRONG, message_of, not_attempted, points_of, remarked, status_of
from .versions import checked

PRINTED = 2000
"""Characters shown of what the student's functions print."""


@dataclass(frozen=True)
class Judging:
    """All that the verdict on one task rests on. ``variants`` are observations by misconception."""

    task: Task
    submission: Submission
    lab: Lab
    observations: Observations
    expected: Observations
    variants: Mapping[str, Observations]
    probes: Mapping[str, Probe]
    matching: matching.Matching

    def grade(self) -> tuple[TaskGrade, Evidence]:
        """The verdict and what it rests on: the answer as it is, or with stand-ins for functions of
        other tasks where that shows more of it to be right."""
        own = self._graded(self.evidence())
        helped = self._helped()
        if helped is None or own.status not in WRONG:
            return own, self.evidence()
        better = self._graded(helped)
        named = better.misconception is not None and own.misconception is None
        if better.points > own.points or (better.points == own.points and named):
            return better, helped
        return own, self.evidence()

    def _graded(self, evidence: Evidence) -> TaskGrade:
        """The verdict on ``evidence``, with the student's code and what a known mistake says."""
        checks, remark = checked(self.task, self.lab, self.variants, evidence)
        absence = Absence(self.submission, self.observations.cells)
        part = self.matching.parts.get(self.task.home)
        checks = tuple(absence.left_open(check, part.cells if part else ()) for check in checks)
        if self._not_attempted(checks):
            checks = tuple(not_attempted(check) for check in checks)
        status, (points, most) = status_of(checks), points_of(checks)
        mistake = None
        agreement: tuple[Text, ...] = ()
        if status in WRONG:
            mistake = self._misconception(evidence, checks)
            agreement = () if mistake else nearly(self.task, self.lab, evidence)
        name, hint = mistake or (None, None)
        message = message_of(status, checks, hint or self._missing(checks))
        return TaskGrade(
            id=self.task.id,
            title=self.task.title.text,
            status=status,
            points=points,
            max_points=most,
            message=remarked(remark) if remark and status is Status.PASSED else message,
            checks=checks,
            misconception=name,
            hint=hint,
            agreement=agreement,
            code=self._code(),
            text=evidence.text,
            printed=self._printed(),
            seconds=self._seconds(),
            notes=(*taken(self._mine()), *self._claimed(checks)),
        )

    def _claimed(self, checks: Sequence[CheckGrade]) -> tuple[Text, ...]:
        """The accuracy that the student's own run printed, beside ours."""
        part = self.matching.parts.get(self.task.home)
        if part is None or not any(check.kind == "accuracy" for check in checks):
            return ()
        cells = [self.submission.cells[i] for i in sorted({*part.cells, *range(*part.section)})]
        said = printed.note(printed.claim(cells), checks)
        return (said,) if said else ()

    def evidence(self) -> Evidence:
        """The student's observations beside the reference's."""
        return self._compared(self.observations)

    def _helped(self) -> Evidence | None:
        """The same with stand-ins for functions of other tasks, where this one calls some."""
        probes = self.observations.probes
        if not any(helped_key(key) in probes for key in probes if self._owns(key)):
            return None
        helped = {key: probes.get(helped_key(key), value) for key, value in probes.items()}
        return replace(self._compared(replace(self.observations, probes=helped)), helped=True)

    def _owns(self, key: str) -> bool:
        return key.split("/")[0] == self.task.id

    def _compared(self, observations: Observations) -> Evidence:
        question = self._question()
        return Evidence(
            self.task,
            observations.probes,
            self.expected.probes,
            self.probes,
            quiz.shown(question) if question else self._text(),
            question,
            self.lab.checks,
            texts(self.task, self.submission, self.lab.handout, self.matching),
        )

    def _not_attempted(self, checks: Sequence[CheckGrade]) -> bool:
        """The handout's blank is still there, and nothing else answers in its place."""
        wanted = self.task.object
        scored = [check for check in checks if check.max_points > 0]
        if wanted is None or any(check.status is CheckStatus.PASSED for check in scored):
            return False
        return self._untouched(self.task.home, wanted.name) and not elsewhere(self._mine())

    def _untouched(self, cell: str, name: str | None) -> bool:
        return matching.untouched(self.submission, self.lab.handout, self.matching, cell, name)

    def _misconception(
        self, evidence: Evidence, graded: Sequence[CheckGrade]
    ) -> tuple[str, Text] | None:
        """The first known wrong version that answers as the student's does, in everything or else
        in what is wrong (what is right may be right in another way)."""
        checks = [c for c in self.task.checks if not isinstance(c, Accuracy) and not c.remark]
        right = {check.id for check in graded if check.status is CheckStatus.PASSED}
        failed = {check.id for check in graded if check.status is CheckStatus.FAILED}
        return self._equal(evidence, checks, frozenset(), failed) or self._equal(
            evidence, checks, right, failed
        )

    def _equal(
        self,
        evidence: Evidence,
        checks: Sequence[AnyCheck],
        right: Collection[str],
        failed: Collection[str],
    ) -> tuple[str, Text] | None:
        """The first that answers alike; where the checks ``right`` pass, that they pass will do.

        It has to fail the checks ``failed`` itself: of random answers "alike" is a wide word.
        """
        for mistake in self.lab.misconceptions:
            if mistake.task == self.task.id and mistake.answer is not None:
                if self._answered_so(mistake.answer, evidence):
                    return mistake.name, mistake.message.text
                continue
            known = self.variants.get(mistake.id)
            if mistake.task == self.task.id and known is not None and checks:
                other = self._compared(known)
                if all(_agree(check, evidence, other, right, failed) for check in checks):
                    return mistake.name, mistake.message.text
        return None

    def _answered_so(self, wrong: WrongAnswer, evidence: Evidence) -> bool:
        values = self.lab.wrong(wrong)
        return any(
            answer.mistaken(check, evidence, values, bool(wrong.unticked))
            for check in self.task.checks
            if isinstance(check, Answer)
        )

    def _missing(self, checks: Sequence[CheckGrade]) -> Text | None:
        """For a function that is not there: which, and the nearest name that is."""
        for fault in (fault for check in checks for fault in check.faults):
            if fault.kind is FaultKind.MISSING:
                near_ru = f" Самое похожее имя: «{fault.source}»." if fault.source else ""
                near_en = f" The nearest name is “{fault.source}”." if fault.source else ""
                said = explain(fault)
                return self._why_missing(Text(said.ru + near_ru, said.en + near_en))
        return None

    def _why_missing(self, said: Text) -> Text:
        """With the error of the cell that should have defined it, if that cell failed."""
        part = self.matching.parts[self.task.home]
        for run in self.observations.cells:
            if run.index in part.cells and run.fault is not None:
                why = explain(run.fault)
                return Text(f"{said.ru} {why.ru}", f"{said.en} {why.en}")
        return said

    def _question(self) -> quiz.Question | None:
        """The question that the task asks, with what the notebook says to it."""
        check = next((check for check in self.task.checks if isinstance(check, Answer)), None)
        if check is None:
            return None
        handout, questions = self.lab.handout, quiz.questions_of(self.lab.rubric)
        keys = [check.key, *(other.key for other in check.also)]
        return quiz.Question(
            self.task.id,
            quiz.replies(self.submission, handout, questions)[self.task.id],
            quiz.options_of(handout, self.task.home),
            tuple(self.lab.key(key) for key in keys if key is not None),
        )

    def _text(self) -> str:
        cell = self.task.cell
        if cell is None or self._untouched(cell, None):
            return ""
        cells = self.matching.parts[cell].cells
        return "\n\n".join(self.submission.cells[index].source for index in cells)

    def _code(self) -> tuple[Excerpt, ...]:
        if self.task.object is None:
            return ()
        return matching.excerpt(
            self.submission, self.matching, self.task.home, self.task.object.name
        )

    def _printed(self) -> str:
        for observed in self._mine():
            for one in observed.answers:
                if one.printed:
                    return one.printed[:PRINTED]
        return ""

    def _seconds(self) -> float:
        answered = sum(max(0.0, one.seconds) for seen in self._mine() for one in seen.answers)
        return answered + sum(run.seconds for seen in self._mine() for run in seen.runs)

    def _mine(self) -> Iterator[Observed]:
        """What was observed for this task."""
        for key, observed in self.observations.probes.items():
            if self._owns(key):
                yield observed


def _agree(
    check: AnyCheck,
    evidence: Evidence,
    other: Evidence,
    right: Collection[str],
    failed: Collection[str],
) -> bool:
    """Whether a known mistake (``other``) does in one check as the student's answer does."""
    if check.id in right:
        return kinds.judge(check, other).status is CheckStatus.PASSED
    if not kinds.same(check, evidence, other):
        return False
    return check.id not in failed or kinds.judge(check, other).status is not CheckStatus.PASSED
