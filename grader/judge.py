"""``judge``: Observations × Lab → Grade. Fast, pure, trusted: arrays and rules, no student code.

One fault costs once: a check that fails only because another task failed *follows* from it and
keeps its points. A wrong answer that equals a known misconception is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import matching
from .checks import accuracy, kinds, layers
from .checks.evidence import Evidence, Probe
from .checks.explain import explain
from .course import Lab
from .model import (
    CheckGrade,
    CheckStatus,
    Excerpt,
    FaultKind,
    Grade,
    Observations,
    Status,
    Submission,
    TaskGrade,
    Text,
)
from .rubric import Accuracy, Layers, Task

GOOD = {CheckStatus.PASSED, CheckStatus.FOLLOWS}


@dataclass(frozen=True)
class Circumstances:
    """What a grade records besides verdicts."""

    seed: int
    limits: Mapping[str, str]
    provisional: tuple[Text, ...] = ()
    tasks: frozenset[str] = frozenset()
    seconds: Mapping[str, float] | None = None


def judge(
    submission: Submission,
    lab: Lab,
    observations: Observations,
    expected: Observations,
    variants: Mapping[str, Observations],
    probes: Mapping[str, Probe],
    circumstances: Circumstances,
) -> Grade:
    """The grade of one submission: the same for the same arguments, wherever and whenever."""
    found = matching.match(submission, lab.handout)
    tasks = [
        _Judging(task, submission, lab, observations, expected, variants, probes, found).grade()
        for task in lab.rubric.tasks
        if not circumstances.tasks or task.id in circumstances.tasks
    ]
    tasks = _follow(tasks, lab, observations, expected, probes)
    points = round(sum(task.points for task in tasks), 6)
    most = round(sum(task.max_points for task in tasks), 6)
    mark = round(lab.rubric.pass_mark / 100 * most, 6)
    return Grade(
        lab=lab.name,
        title=lab.rubric.title.text,
        submission=submission.name,
        sha256=submission.sha256,
        points=points,
        max_points=most,
        pass_mark=mark,
        passed=points >= mark and most > 0,
        provisional=circumstances.provisional,
        environment=observations.environment,
        limits=circumstances.limits,
        seed=circumstances.seed,
        tasks=tuple(tasks),
        language=submission.language,
        notes=(*submission.notes, *observations.notes),
        cells=observations.cells,
        seconds=circumstances.seconds or {},
    )


def failing(grade: Grade) -> tuple[str, ...]:
    """Tasks whose wrong answers are worth comparing with the known misconceptions."""
    wrong = {Status.FAILED, Status.PARTIAL}
    return tuple(task.id for task in grade.tasks if task.status in wrong)


@dataclass(frozen=True)
class _Judging:
    """One task, before it is known what follows from what."""

    task: Task
    submission: Submission
    lab: Lab
    observations: Observations
    expected: Observations
    variants: Mapping[str, Observations]
    probes: Mapping[str, Probe]
    matching: matching.Matching

    def grade(self) -> TaskGrade:
        text = self._text()
        evidence = self._evidence(self.observations, text)
        checks = tuple(kinds.judge(check, evidence) for check in self.task.checks)
        if self._not_attempted(checks):
            checks = tuple(_not_attempted(check) for check in checks)
        status = status_of(checks)
        mistake = (
            self._misconception(evidence) if status in (Status.FAILED, Status.PARTIAL) else None
        )
        hint = mistake[1] if mistake else self._missing(checks)
        return TaskGrade(
            id=self.task.id,
            title=self.task.title.text,
            status=status,
            points=sum(check.points for check in checks),
            max_points=sum(c.max_points for c in checks if c.status is not CheckStatus.SKIPPED),
            message=_message(status, checks, hint),
            checks=checks,
            misconception=mistake[0] if mistake else None,
            hint=mistake[1] if mistake else None,
            code=self._code(),
            text=text,
            printed=self._printed(),
        )

    def _evidence(self, observations: Observations, text: str = "") -> Evidence:
        return Evidence(self.task, observations.probes, self.expected.probes, self.probes, text)

    def _not_attempted(self, checks: tuple[CheckGrade, ...]) -> bool:
        """The handout's blank is still there, and nothing else answers in its place."""
        if self.task.object is None:
            return False
        scored = [check for check in checks if check.max_points > 0]
        if any(check.status is CheckStatus.PASSED for check in scored):
            return False
        return matching.untouched(
            self.submission,
            self.lab.handout,
            self.matching,
            self.task.home,
            self.task.object.name,
        )

    def _misconception(self, evidence: Evidence) -> tuple[str, Text] | None:
        for mistake in self.lab.misconceptions:
            if mistake.task == self.task.id and mistake.id in self.variants:
                other = self._evidence(self.variants[mistake.id])
                checks = [c for c in self.task.checks if not isinstance(c, Accuracy)]
                if checks and all(kinds.same(check, evidence, other) for check in checks):
                    return mistake.name, mistake.message.text
        return None

    def _missing(self, checks: tuple[CheckGrade, ...]) -> Text | None:
        """For a function that is not there: which, and the nearest name that is."""
        for check in checks:
            for fault in check.faults:
                if fault.kind is FaultKind.MISSING:
                    near_ru = f" Самое похожее имя: «{fault.source}»." if fault.source else ""
                    near_en = f" The nearest name is “{fault.source}”." if fault.source else ""
                    said = explain(fault)
                    return self._why_missing(Text(said.ru + near_ru, said.en + near_en))
        return None

    def _why_missing(self, said: Text) -> Text:
        """The error of the cell that should have defined it, if that cell failed."""
        part = self.matching.parts[self.task.home]
        for run in self.observations.cells:
            if run.index in part.cells and run.fault is not None:
                why = explain(run.fault)
                return Text(f"{said.ru} {why.ru}", f"{said.en} {why.en}")
        return said

    def _text(self) -> str:
        if self.task.cell is None:
            return ""
        if matching.untouched(
            self.submission, self.lab.handout, self.matching, self.task.cell, None
        ):
            return ""
        cells = self.matching.parts[self.task.cell].cells
        return "\n\n".join(self.submission.cells[i].source for i in cells)

    def _code(self) -> tuple[Excerpt, ...]:
        if self.task.object is None:
            return ()
        return matching.excerpt(
            self.submission, self.matching, self.task.home, self.task.object.name
        )

    def _printed(self) -> str:
        seen = [a.printed for key, o in self.observations.probes.items()
                if key.split("/")[0] == self.task.id for a in o.answers if a.printed]  # fmt: skip
        return seen[0][:2000] if seen else ""


def status_of(checks: tuple[CheckGrade, ...]) -> Status:
    """A task's verdict from its checks': passed only when every scored check that was made passed."""
    made = [c for c in checks if c.status not in (CheckStatus.SKIPPED, CheckStatus.REMARK)]
    scored = [c for c in made if c.max_points > 0] or made
    if any(c.status is CheckStatus.NOT_ATTEMPTED for c in scored):
        return Status.NOT_ATTEMPTED
    if scored and all(c.status in GOOD for c in scored):
        return Status.PASSED
    if any(c.status is CheckStatus.UNGRADED for c in scored) and all(
        c.status in GOOD | {CheckStatus.UNGRADED} for c in scored
    ):
        return Status.UNGRADED
    if not scored:
        return Status.UNGRADED
    return Status.PARTIAL if any(c.points > 0 for c in scored) else Status.FAILED


def _not_attempted(check: CheckGrade) -> CheckGrade:
    if check.status is CheckStatus.SKIPPED:
        return check
    return replace(
        check, status=CheckStatus.NOT_ATTEMPTED, points=0.0, message=_NOT_ATTEMPTED, comparisons=()
    )


def _follow(
    tasks: list[TaskGrade],
    lab: Lab,
    observations: Observations,
    expected: Observations,
    probes: Mapping[str, Probe],
) -> list[TaskGrade]:
    """Give back the points that were lost only because of another task's fault."""
    by_id = {task.id: task for task in tasks}
    bad = {
        i
        for i, t in by_id.items()
        if t.status in (Status.FAILED, Status.PARTIAL, Status.NOT_ATTEMPTED)
    }
    result = []
    for graded in tasks:
        task = lab.rubric.task(graded.id)
        evidence = Evidence(task, observations.probes, expected.probes, probes)
        if graded.status in (Status.FAILED, Status.PARTIAL):
            graded = _excuse(graded, task, evidence, bad)
        result.append(_remark_own(graded, task, evidence, bad))
    return result


def _excuse(graded: TaskGrade, task: Task, evidence: Evidence, bad: set[str]) -> TaskGrade:
    """Checks that fail although this task uses the other one's class as it should."""
    source = task.stand_in
    if source is None or source.task not in bad or not layers.stand_in_right(evidence):
        return graded
    kinds_excused = {c.id for c in task.checks if isinstance(c, Layers | Accuracy)}
    checks = tuple(
        replace(c, status=CheckStatus.FOLLOWS, points=c.max_points, message=_follows(source.task))
        if c.id in kinds_excused and c.status is CheckStatus.FAILED
        else c
        for c in graded.checks
    )
    status = status_of(checks)
    return replace(
        graded,
        checks=checks,
        status=status,
        points=sum(c.points for c in checks),
        follows_from=source.task,
        misconception=None,
        hint=None,
        message=_follows(source.task) if status is Status.PASSED else graded.message,
    )


def _remark_own(graded: TaskGrade, task: Task, evidence: Evidence, bad: set[str]) -> TaskGrade:
    """The student's own combination missed the rule because its partner is wrong: said, not charged."""
    for check in task.checks:
        if isinstance(check, Accuracy) and check.partner in bad and graded.status is Status.PASSED:
            if accuracy.own_missed(check, evidence) and graded.follows_from is None:
                return replace(
                    graded,
                    follows_from=check.partner,
                    message=_own_missed(check.partner),
                )
    return graded


def _message(status: Status, checks: tuple[CheckGrade, ...], hint: Text | None) -> Text:
    if status is Status.NOT_ATTEMPTED:
        return next(
            (c.message for c in checks if c.status is CheckStatus.NOT_ATTEMPTED), _NOT_ATTEMPTED
        )
    if status is Status.PASSED:
        remark = next((c for c in checks if c.status is CheckStatus.REMARK), None)
        if remark is not None:
            return Text(
                f"Верно. Замечание: {remark.message.ru}", f"Right. A remark: {remark.message.en}"
            )
        last = checks[-1] if len(checks) == 1 else None
        return last.message if last is not None else _RIGHT
    if hint is not None:
        return hint
    wrong = next(
        (c for c in checks if c.status in (CheckStatus.FAILED, CheckStatus.UNGRADED)), None
    )
    return wrong.message if wrong is not None else _NOTHING_MADE


def _follows(task_id: str) -> Text:
    return Text(
        f"Следует из ошибки в задании {task_id}; баллы за неё сняты там.",
        f"Follows from the fault in {task_id}, which is where it costs points.",
    )


def _own_missed(task_id: str) -> Text:
    return Text(
        f"Верно. Ваше сочетание не достигает порога из-за задания {task_id}; баллы сняты там.",
        f"Right. Your own combination misses the rule because of {task_id}; it costs points there.",
    )


_NOT_ATTEMPTED = Text("Задание не выполнялось.", "Not attempted.")
_RIGHT = Text("Всё верно.", "All right.")
_NOTHING_MADE = Text("Проверки не выполнялись.", "No check was made.")
