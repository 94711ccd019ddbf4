"""Asks a notebook the rubric's probes, and reads the answers: untrusted, so forced into shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from grader import matching, quiz
from grader.asked import case_tree, probes_of
from grader.checks.answer import CASE as VALUE
from grader.checks.evidence import Probe, helped_key
from grader.course import Lab, StandIns, stand_ins
from grader.decoys import Decoys
from grader.desk import read_fault
from grader.matching import Matching, Part
from grader.model import Answer, Fault, FaultKind, Observed, Submission
from grader.progress import Event, OnEvent
from grader.rubric import Object, Scaffold
from grader.sandbox.kernel import OnMessage

from .order import Order
from .steps import steps_of
from .withheld import Withheld


class Asked(Protocol):
    """Whatever answers requests: a desk, or the kernel in which a student asks for a check."""

    async def ask(
        self, request: Mapping[str, Any], *, on_message: OnMessage | None = None
    ) -> dict[str, Any] | Fault: ...


def probes_for(lab: Lab, order: Order, submission: Submission | None = None) -> tuple[Probe, ...]:
    """The probes to ask of ``submission``, or (None) of the reference.

    A question's answer is looked up in the run notebook only where the code computes it, and not in
    the reference's, whose keys are known. A given function is called only where it was changed.
    """
    wanted = {t.id for t in lab.rubric.tasks if order.wants(t)}
    if not order.tasks:
        wanted |= {given.id for given in lab.rubric.scaffold if _changed(lab, submission, given)}
    probes = (p for p in probes_of(lab, order.seed).values() if p.key.split("/")[0] in wanted)
    return tuple(p for p in probes if p.kind != "read" or _computed(lab, submission, p))


def _changed(lab: Lab, submission: Submission | None, given: Scaffold) -> bool:
    if submission is None:
        return True
    name = given.object.name if given.object is not None else ""
    return matching.as_given(submission, lab.handout, name, given.fingerprints) is False


def _computed(lab: Lab, submission: Submission | None, probe: Probe) -> bool:
    if submission is None:
        return False
    said = quiz.replies(submission, lab.handout, quiz.questions_of(lab.rubric))
    entry = said[probe.key.split("/")[0]].entry
    return entry is not None and entry.computed


MOST_NAMES, LONGEST_NAME = 500, 100
"""Of a notebook's own names, those in which a near one is looked for."""


async def answers_of(
    desk: Asked,
    probes: Sequence[Probe],
    seed: int,
    found: Matching,
    on_event: OnEvent,
    *,
    helped: bool = False,
    decoys: Decoys | None = None,
) -> dict[str, Observed]:
    """What the notebook at ``desk`` answers to ``probes``, by their keys.

    ``helped``: those that call functions of other tasks are asked again with stand-ins for these.
    ``decoys`` lie in the requests.
    """
    observed = {}
    for done, probe in enumerate(probes):
        on_event(Event("probe", done, len(probes), detail=_task(probe)))
        withheld = Withheld(probe).give if probe.kind == "build" else None
        request = _request(probe, found, seed, decoys=decoys)
        answer = await desk.ask(request, on_message=withheld)
        observed[probe.key] = _read(answer, probe)
    if helped:
        more = await asked_with_helpers(desk, probes, seed, found, on_event, decoys=decoys)
        observed.update(more)
    return observed


async def asked_with_helpers(
    desk: Asked,
    probes: Sequence[Probe],
    seed: int,
    found: Matching,
    on_event: OnEvent,
    *,
    decoys: Decoys | None = None,
) -> dict[str, Observed]:
    """What is answered with stand-ins for functions of other tasks, where a probe knows some.

    What was sent once, a student's code can keep, and answer with it for the task in whose place it
    stood. So a kernel that is not trusted is asked this last of all, and nothing any more of a task
    whose function was sent.
    """
    observed = {}
    sent: set[str] = set()
    for probe in probes:
        if probe.helpers is None:
            continue
        sent |= stand_ins.defined(probe.helpers.source)
        if probe.object.name in sent:
            continue
        on_event(Event("probe", len(probes), len(probes), detail=_task(probe)))
        request = _request(probe, found, seed, probe.helpers, decoys)
        answer = await desk.ask(request)
        observed[helped_key(probe.key)] = _read(answer, probe)
    return observed


def _task(probe: Probe) -> str:
    return probe.key.split("/")[0]


def _request(
    probe: Probe,
    found: Matching,
    seed: int,
    helpers: StandIns | None = None,
    decoys: Decoys | None = None,
) -> dict[str, Any]:
    task = _task(probe)
    if probe.kind == "read":
        name, variable = probe.object.name, quiz.variable(task)
        return {"probe": "read", "task": task, "name": name, "item": task, "variable": variable}
    bait = {"expected": decoys.expected} if decoys is not None else {}
    cases = [{**_without_weights(case_tree(case)), **bait} for case in probe.cases]
    stand_in = None
    if probe.stand_in is not None:
        stand_in = {"name": probe.stand_in.name, "parameters": list(probe.stand_in.parameters)}
    return {
        "probe": probe.kind,
        "task": task,
        "target": target(probe.object, found),
        "cases": cases,
        "stand_in": stand_in,
        "calls": probe.calls,
        "traced": probe.traced,
        "aside": list(probe.aside),
        "helpers": {"names": list(helpers.names), "source": helpers.source} if helpers else None,
        "seed": seed,
    }


def _without_weights(tree: dict[str, Any]) -> dict[str, Any]:
    """They follow when the model is there: their shapes are a part of the answer."""
    return {**tree, "weights": bool(tree["weights"])} if "weights" in tree else tree


def target(wanted: Object, found: Matching) -> dict[str, Any]:
    """Where in this notebook the object is to be looked for."""
    part = found.parts[wanted.part or wanted.cell]
    return {
        "name": found.parts[wanted.cell].renamed.get(wanted.name, wanted.name),
        "driver": wanted.driver,
        "argument": wanted.argument,
        "fit": wanted.fit,
        "blank": wanted.name in part.blank,
        "scoped": wanted.scoped,
        "last": wanted.last,
        "cells": list(part.cells),
        "section": list(part.section),
        "turn": _turn(wanted, part, found),
    }


def _turn(wanted: Object, part: Part, found: Matching) -> list[int] | None:
    """Where several parts ended up in one cell: which of its driver calls is this part's."""
    sharing = [
        other.cell_id
        for other in found.parts.values()
        if wanted.driver in other.calls and set(other.cells) & set(part.cells)
    ]
    if len(sharing) < 2 or part.cell_id not in sharing:
        return None
    return [sharing.index(part.cell_id), len(sharing)]


def _read(answer: dict[str, Any] | Fault, probe: Probe) -> Observed:
    """A probe's answer as the kernel tells it: untrusted, so forced into shape."""
    if isinstance(answer, Fault):
        return Observed(fault=answer)
    if "fault" in answer:
        return Observed(fault=_missing(answer["fault"], probe))
    told = answer.get("answers")
    entries = [a for a in told if isinstance(a, dict)] if isinstance(told, list) else []
    asked = [case.id for case in probe.cases] or [VALUE]
    if [entry.get("case") for entry in entries] != asked:
        return Observed(fault=Fault(FaultKind.UNUSABLE, "no answers to what was asked"))
    answers = tuple(map(_answer, asked, entries))
    cell = answer.get("cell")
    return Observed(
        answers, found=str(answer.get("found"))[:200], cell=cell if isinstance(cell, int) else None
    )


def _answer(case: str, entry: Mapping[str, Any]) -> Answer:
    value, printed, seconds = (entry.get(name) for name in ("value", "printed", "seconds"))
    fault = read_fault(entry["fault"]) if "fault" in entry else None
    if fault is None and not isinstance(value, dict):
        fault = Fault(FaultKind.UNUSABLE, "no value")
    return Answer(
        case=case,
        value=value if fault is None else None,
        fault=fault,
        printed=printed[:20_000] if isinstance(printed, str) else "",
        seconds=seconds if isinstance(seconds, float) and math.isfinite(seconds) else 0.0,
        steps=steps_of(entry.get("steps")),
    )


def _missing(told: Any, probe: Probe) -> Fault:
    """A missing function, with the nearest name that the notebook does define."""
    fault = read_fault(told)
    if fault.kind is not FaultKind.MISSING:
        return fault
    names = told.get("defined") if isinstance(told, dict) else None
    told_names = names[:MOST_NAMES] if isinstance(names, list) else []
    defined = [n for n in told_names if isinstance(n, str) and len(n) <= LONGEST_NAME]
    near = matching.nearest(probe.object.name, [n for n in defined if n != probe.object.name])
    return replace(fault, message=probe.object.name, source=near or "")
