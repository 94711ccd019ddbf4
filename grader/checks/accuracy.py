"""``accuracy``: trained by the grader from scratch, on its own budget, with sealed labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from grader.course import Lab
from grader.model import CheckGrade, CheckStatus, Curve, Fault, FaultKind, Observed, Run, Text
from grader.rubric import Accuracy, Rule, Task

from .evidence import Evidence, Probe, verdict
from .explain import explain
from .honesty import already_trained, doubtful, forged, proof

VALIDATION = 1000
"""Validation images, of which an accuracy is a fraction."""


def plan(check: Accuracy, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """Trainings are planned by the observer, which alone knows what they depend on."""
    return ()


def judge(check: Accuracy, evidence: Evidence) -> CheckGrade:
    """Passed when half of the runs meet the rule; others than the first follow a narrow failure."""
    observed = evidence.observed.get(key_of(evidence.task))
    if observed is None:
        return verdict(check, "accuracy", CheckStatus.SKIPPED, _SKIPPED)
    if observed.fault is not None:
        return _without_runs(check, observed.fault)
    if not observed.runs:
        return verdict(check, "accuracy", CheckStatus.UNGRADED, _SKIPPED)
    curves = _curves(check, evidence, observed)
    broken = next((run.fault for run in observed.runs if run.fault is not None), None)
    if broken is not None:
        message = explain(broken)
        return verdict(check, "accuracy", False, message, curves=curves, faults=(broken,))
    why = next((found for run in observed.runs if (found := forged(run))), None)
    if why is not None:
        fault = Fault(FaultKind.FORGED, why.en)
        return verdict(check, "accuracy", False, proof(why), curves=curves, faults=(fault,))
    why = next((found for run in observed.runs if (found := doubtful(run))), None)
    if why is not None:
        return verdict(check, "accuracy", CheckStatus.UNGRADED, _doubt(why), curves=curves)
    reached = [reached_by(run, check.rule) for run in observed.runs]
    if not check.measured:
        return verdict(
            check, "accuracy", CheckStatus.UNGRADED, _no_rule(max(reached)), curves=curves
        )
    status = _status(check, observed.runs)
    return verdict(
        check,
        "accuracy",
        status,
        _message(check, observed.runs, reached, status),
        expected=check.rule.threshold,
        got=round(reached[0], 4),
        curves=curves,
    )


def same(check: Accuracy, evidence: Evidence, other: Evidence) -> bool:
    """Accuracies say nothing about which mistake was made."""
    return True


def key_of(task: Task, own: bool = False) -> str:
    return f"{task.id}/train/own" if own else f"{task.id}/train"


def reached_by(run: Run, rule: Rule) -> float:
    """The accuracy that counts: the last, or the best for a rule that asks for it ``within``."""
    trained = [p.accuracy for p in run.points if p.step > 0] or [0.0]
    return max(trained) if rule.when == "within" else trained[-1]


def meets(run: Run, rule: Rule) -> bool:
    """Whether a run answers the rule with yes.

    One that diverged has no end to speak of. One that the grader's clock ended has had no trial, so
    that nothing shows where its accuracy comes from.
    """
    ended = rule.when == "within" or run.stopped != "diverged"
    tried = run.own_process or run.stopped != "time_limit"
    honest = run.fault is None and forged(run) is None
    return honest and tried and ended and rule.met_by(reached_by(run, rule))


def decided(check: Accuracy, runs: Sequence[Run]) -> bool:
    """Whether no further seed is to be tried: all were, none can matter, or none is called for.

    Only a first run that failed narrowly calls for others.
    """
    first = reached_by(runs[0], check.rule)
    if meets(runs[0], check.rule) or first < check.rule.threshold - check.narrow:
        return True
    if any(run.fault or forged(run) or run.stopped in ("time_limit", "diverged") for run in runs):
        return True
    met, left = sum(meets(run, check.rule) for run in runs), check.seeds - len(runs)
    return left <= 0 or 2 * met >= check.seeds or 2 * (met + left) < check.seeds


def enough(check: Accuracy, task: Task, observed: Mapping[str, Observed]) -> bool:
    """False where the runs stopped before they could answer the rule as it stands now.

    That is: stopped because an easier rule was met, or no other seed was tried after what is now
    a narrow failure.
    """
    found = observed.get(key_of(task))
    if found is None or found.fault is not None or any(run.fault for run in found.runs):
        return True
    if not found.runs:
        return False
    early = any(run.stopped == "rule_met" and not meets(run, check.rule) for run in found.runs)
    return not early and decided(check, found.runs)


def own_missed(check: Accuracy, evidence: Evidence) -> bool:
    """True when the student's own combination was trained too and missed the rule."""
    own = evidence.observed.get(key_of(evidence.task, own=True))
    if own is None:
        return False
    return not any(meets(run, check.rule) for run in own.runs)


def wilson(accuracy: float, count: int = VALIDATION, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a fraction of ``count`` (E. B. Wilson, JASA 22, 1927)."""
    middle = (accuracy + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(accuracy * (1 - accuracy) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def _without_runs(check: Accuracy, fault: Fault) -> CheckGrade:
    """Nothing could be trained: by a fault of the student's, or because a person must look."""
    status = CheckStatus.UNGRADED if fault.kind in _FOR_A_PERSON else False
    return verdict(check, "accuracy", status, explain(fault), faults=(fault,))


def _status(check: Accuracy, runs: Sequence[Run]) -> bool | CheckStatus:
    """Half of the runs must meet the rule; where that hangs on runs that the clock ended: nobody
    knows."""
    met = [meets(run, check.rule) for run in runs]
    if 2 * sum(met) >= len(runs):
        return True
    unknown = sum(r.stopped == "time_limit" and not ok for r, ok in zip(runs, met, strict=True))
    return CheckStatus.UNGRADED if 2 * (sum(met) + unknown) >= len(runs) else False


def _curves(check: Accuracy, evidence: Evidence, observed: Observed) -> tuple[Curve, ...]:
    curves = []
    own = evidence.observed.get(key_of(evidence.task, own=True))
    if observed.runs:
        title = Text("Точность на валидации", "Validation accuracy")
        if observed.runs[0].own_process:
            title = Text(
                "Точность в собственном процессе студента", "Accuracy in the student's own process"
            )
        if own is not None:
            title = Text(
                f"{title.ru}, с эталоном вместо напарника",
                f"{title.en}, beside the reference's partner",
            )
        curves.append(_curve(check, title, observed.runs))
    if own is not None and own.runs:
        title = Text("Ваше собственное сочетание (без баллов)", "Your own combination (no points)")
        curves.append(_curve(check, title, own.runs))
    return tuple(curves)


def _curve(check: Accuracy, title: Text, runs: tuple[Run, ...]) -> Curve:
    interval = wilson(reached_by(runs[0], check.rule))
    rule = check.rule
    return Curve(title, rule.threshold, rule.strict, runs, check.epochs, interval)


def _message(
    check: Accuracy, runs: Sequence[Run], reached: list[float], status: bool | CheckStatus
) -> Text:
    if status is CheckStatus.UNGRADED:
        return _out_of_time(reached)
    shown = ", ".join(f"{100 * value:.1f} %" for value in reached)
    rule = f"{'>' if check.rule.strict else '≥'} {100 * check.rule.threshold:g} %"
    if runs[0].own_process:
        return Text(
            f"Точность {shown} (обучение и измерение в процессе студента); нужно {rule}.",
            f"Accuracy {shown} (trained and measured in the student's own process); {rule} wanted.",
        )
    if len(reached) > 1:
        return Text(
            f"Точность при разных начальных числах: {shown}; нужно {rule}.",
            f"Accuracy with different seeds: {shown}; {rule} wanted.",
        )
    when = _when(runs[0]) if status is True else Text("", "")
    if runs[0].assumed:
        when = Text(f"{when.ru}{_ASSUMED.ru}", f"{when.en}{_ASSUMED.en}")
    known = _ALREADY if already_trained(runs[0]) else Text("", "")
    return Text(
        f"Точность {shown}{when.ru}; нужно {rule}.{known.ru}",
        f"Accuracy {shown}{when.en}; {rule} wanted.{known.en}",
    )


def _when(run: Run) -> Text:
    """Where a run was stopped early, if it was."""
    if run.stopped != "rule_met" or not run.points:
        return Text("", "")
    epoch = f"{run.points[-1].epoch:.2g}"
    return Text(f" на эпохе {epoch}, дальше не обучали", f" at epoch {epoch}, stopped there")


def _out_of_time(reached: list[float]) -> Text:
    best = 100 * max(reached, default=0.0)
    return Text(
        f"Обучение не уложилось в предел времени проверки (пока {best:.1f} %); "
        "это не ошибка студента: проверку можно повторить с бо́льшим пределом",
        f"The training did not end within the grader's time limit ({best:.1f} % so far); "
        "this is not the student's fault: it can be graded again with a larger limit",
    )


def _doubt(why: Text) -> Text:
    return Text(
        f"Решает преподаватель: неясно, обучением ли получена эта точность. {why.ru}.",
        f"A person decides whether this accuracy comes from training: {why.en}.",
    )


def _no_rule(reached: float) -> Text:
    return Text(
        f"Точность {100 * reached:.1f} %. Порог для этих данных ещё не измерен, поэтому решает "
        "преподаватель.",
        f"Accuracy {100 * reached:.1f} %. No pass mark was measured for this data yet, so a person "
        "decides.",
    )


_FOR_A_PERSON = (FaultKind.NOT_A_GRAPH, FaultKind.TOO_LARGE)
_ASSUMED = Text(
    " (ваш оптимизатор не найден, обучали с Adam)",
    " (your optimizer was not found: trained with Adam)",
)
_ALREADY = Text(
    " Модель в блокноте была уже обучена; её веса заменены случайными, и она обучена заново.",
    " The notebook's model was trained already; its weights were drawn anew and trained again.",
)
_SKIPPED = Text("Обучение пропущено.", "The training was skipped.")
