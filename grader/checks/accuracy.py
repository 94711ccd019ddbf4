"""``accuracy``: trained by the grader from scratch, under the rule's own budget, on sealed labels."""

from __future__ import annotations

import math
from collections.abc import Mapping

from grader.course import Lab
from grader.model import CheckGrade, CheckStatus, Curve, Observed, Run, Text
from grader.rubric import Accuracy, Rule, Task

from .evidence import Evidence, Probe, verdict
from .explain import explain

VALIDATION = 1000
"""Validation images, of which an accuracy is a fraction."""


def plan(check: Accuracy, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """Trainings are planned by the observer, which alone knows what they depend on."""
    return ()


def judge(check: Accuracy, evidence: Evidence) -> CheckGrade:
    """Passed when the first run meets the rule, or half of the runs after a narrow failure."""
    observed = evidence.observed.get(key_of(evidence.task))
    if observed is None:
        return verdict(check, "accuracy", CheckStatus.SKIPPED, _SKIPPED)
    if observed.fault is not None:
        return verdict(check, "accuracy", False, explain(observed.fault), faults=(observed.fault,))
    curves = _curves(check, evidence, observed)
    broken = next((run.fault for run in observed.runs if run.fault is not None), None)
    if broken is not None:
        message = explain(broken)
        return verdict(check, "accuracy", False, message, curves=curves, faults=(broken,))
    reached = [reached_by(run, check.rule) for run in observed.runs]
    met = [check.rule.met_by(value) for value in reached]
    unfinished = any(run.stopped == "time_limit" for run in observed.runs)
    if unfinished and not any(met):
        return verdict(
            check, "accuracy", CheckStatus.UNGRADED, _out_of_time(reached), curves=curves
        )
    passed = 2 * sum(met) >= len(met)
    return verdict(
        check,
        "accuracy",
        passed,
        _message(check, observed.runs, reached, passed),
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


def enough(check: Accuracy, task: Task, observed: Mapping[str, Observed]) -> bool:
    """False where the runs stopped before they could answer the rule as it stands now.

    That is: stopped because an easier rule was met, or no other seed was tried after what is now
    a narrow failure.
    """
    found = observed.get(key_of(task))
    if found is None or found.fault is not None or any(run.fault for run in found.runs):
        return True
    reached = [reached_by(run, check.rule) for run in found.runs]
    met = [check.rule.met_by(value) for value in reached]
    early = any(
        run.stopped == "rule_met" and not ok for run, ok in zip(found.runs, met, strict=True)
    )
    narrow = not met[0] and reached[0] >= check.rule.threshold - check.narrow
    return not early and not (narrow and len(found.runs) < check.seeds)


def own_missed(check: Accuracy, evidence: Evidence) -> bool:
    """True when the student's own combination was trained too and missed the rule."""
    own = evidence.observed.get(key_of(evidence.task, own=True))
    if own is None:
        return False
    return own.fault is not None or not any(
        run.fault is None and check.rule.met_by(reached_by(run, check.rule)) for run in own.runs
    )


def wilson(accuracy: float, count: int = VALIDATION, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a fraction of ``count`` (E. B. Wilson, JASA 22, 1927)."""
    middle = (accuracy + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(accuracy * (1 - accuracy) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def _curves(check: Accuracy, evidence: Evidence, observed: Observed) -> tuple[Curve, ...]:
    curves = []
    own = evidence.observed.get(key_of(evidence.task, own=True))
    if observed.runs:
        title = Text("Точность на валидации", "Validation accuracy")
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


def _message(check: Accuracy, runs: tuple[Run, ...], reached: list[float], passed: bool) -> Text:
    shown = ", ".join(f"{100 * value:.1f} %" for value in reached)
    rule = f"{'>' if check.rule.strict else '≥'} {100 * check.rule.threshold:g} %"
    early = runs[0].stopped == "rule_met" and passed
    epoch = runs[0].points[-1].epoch if runs[0].points else 0.0
    when_ru = f" на эпохе {epoch:.2g}, дальше не обучали" if early else ""
    when_en = f" at epoch {epoch:.2g}, stopped there" if early else ""
    if len(reached) > 1:
        return Text(f"Точность при разных начальных числах: {shown}; нужно {rule}.",
                    f"Accuracy with different seeds: {shown}; {rule} wanted.")  # fmt: skip
    return Text(
        f"Точность {shown}{when_ru}; нужно {rule}.", f"Accuracy {shown}{when_en}; {rule} wanted."
    )


def _out_of_time(reached: list[float]) -> Text:
    best = 100 * max(reached, default=0.0)
    return Text(
        f"Обучение не уложилось в предел времени проверки (пока {best:.1f} %); "
        "это не ошибка студента: повторите с большим --time-limit",
        f"The training did not end within the grader's time limit ({best:.1f} % so far); "
        "this is not the student's fault: grade again with a larger --time-limit",
    )


_SKIPPED = Text("Обучение пропущено.", "The training was skipped.")
