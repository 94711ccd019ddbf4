"""The trainings of a check, and what went wrong, as the grade file has them."""

from __future__ import annotations

from grader.model import Curve, CurvePoint, Fault, Language, Run, Trial
from grader.report import contract
from grader.report.tame import finite


def curve_part(curve: Curve, language: Language) -> contract.CurvePart:
    """One curve, its title in ``language``."""
    low, high = curve.interval or (None, None)
    return contract.CurvePart(
        title=curve.title[language],
        rule=curve.rule,
        strict=curve.strict,
        epochs=curve.epochs,
        interval=None if low is None or high is None else (finite(low), finite(high)),
        runs=[_run(run) for run in curve.runs],
    )


def _run(run: Run) -> contract.RunPart:
    return contract.RunPart(
        seed=run.seed,
        stopped=run.stopped,
        compiled=run.compiled,
        points=[_point(point) for point in run.points],
        fault=fault_part(run.fault) if run.fault else None,
        own_process=run.own_process,
        trial=_trial(run.trial) if run.trial else None,
    )


def _trial(trial: Trial) -> contract.TrialPart:
    measured = (trial.handed, trial.unseen, trial.forgotten, trial.disguised)
    handed, unseen, forgotten, disguised = (m if m is None else finite(m) for m in measured)
    return contract.TrialPart(
        handed=handed, unseen=unseen, forgotten=forgotten, disguised=disguised
    )


def _point(point: CurvePoint) -> contract.PointPart:
    return contract.PointPart(
        step=point.step,
        epoch=finite(point.epoch),
        accuracy=finite(point.accuracy),
        loss=None if point.loss is None else finite(point.loss),
    )


def fault_part(fault: Fault) -> contract.FaultPart:
    """One fault, every text of it as it came."""
    return contract.FaultPart(
        kind=fault.kind,
        message=fault.message,
        type=fault.type,
        cell=fault.cell,
        line=fault.line,
        source=fault.source,
    )
