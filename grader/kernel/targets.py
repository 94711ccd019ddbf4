"""Finds what a probe is about: in the arguments of a driver call, or by name in the namespace.

A target arrives as a dict with ``name``, ``driver``, ``argument``, ``fit``, ``blank``, ``scoped``,
``cells``, ``section`` and ``turn``: the grader has matched the notebook's cells with the handout's,
so it says which cells answer this part, which range of cells belongs to it (half-open), where
several parts share a cell, which of the driver calls in it is this part's, and whether what has the
name is still the handout's blank.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import faults
from .instances import (
    factory_of,
    instance_of,
    is_made,
    is_model,
    is_optimizer,
    newest,
    takes,
    wants_logits,
)
from .recorder import FIT, DriverCall, Namespace, Recorder

NEAR = 0.5
"""How like two names of a parameter are, from 0 to 1, that may be one."""


@dataclass(frozen=True)
class Found:
    """The probed object, and the globals in which it is to be called."""

    thing: Any
    namespace: Namespace
    cell: int | None
    how: str
    made: Any = None
    """What the student's own run of the driver got from the object, in a run as submitted."""
    logits: bool = False
    """Whether what trains it takes scores before the softmax."""


class NotFound(Exception):
    """There is no such thing in the notebook; ``fault`` says what there is instead."""

    def __init__(self, fault: dict[str, Any]) -> None:
        super().__init__(fault["message"])
        self.fault = fault


def resolve(recorder: Recorder, target: dict[str, Any], arguments: Sequence[Any] = ()) -> Found:
    """The object that ``target`` names; it is going to be called with ``arguments``.

    Raises:
        NotFound: nothing in the notebook fits.
    """
    for found in _candidates(recorder, target):
        if found.thing is not None:
            return _constructed(found, arguments) if target.get("fit") else found
    names = sorted(k for k, v in recorder.namespace.items() if callable(v) and k[:1] != "_")
    raise NotFound({**faults.fault("missing", target["name"]), "defined": names[:500]})


def _candidates(recorder: Recorder, target: dict[str, Any]) -> Iterator[Found]:
    """What this part's last driver call (or ``fit``) was given, then what is called so by name.

    What only hands on the handout's blank comes last.
    """
    blank = []
    for call in sorted(_calls(recorder, target), key=lambda call: _rank(call, target)):
        if call.driver == target["driver"]:
            thing = _argument(call, target["argument"])
            if not _left_over(recorder, thing, target):
                how = f"{call.driver}(…, {target['argument']})"
                made = call.made.get(target["argument"])
                made_already = is_made(thing)
                factory = _always(thing) if made_already else thing
                logits = wants_logits(call.namespace.get(call.driver))
                found = Found(factory, call.namespace, call.cell, how, made, logits)
                if _is_blank(thing, target):
                    blank.append(found)
                else:
                    yield found
        elif call.driver == FIT and target["fit"]:
            thing, made = call.arguments.get(target["fit"]), call.made.get(target["fit"])
            logits = wants_logits(getattr(thing, "loss", None))
            yield Found(_always(thing), call.namespace, call.cell, FIT, made, logits)
    if target.get("fit"):
        yield from _undriven(recorder, target)
    yield from blank
    yield from _named(recorder, target)


def _undriven(recorder: Recorder, target: dict[str, Any]) -> Iterator[Found]:
    """For what may be a model that exists already: the factory that the driver would have been
    given, what has the name, what the part's own loop may have trained."""
    if target["name"] != target["argument"]:
        factory = {**target, "name": target["argument"], "scoped": True}
        yield from (f for f in _named(recorder, factory) if not _is_blank(f.thing, target))
    own = _own(recorder, target)
    if target.get("blank") or target["fit"] == "optimizer":
        yield from own
    for found in _named(recorder, target):
        made = is_made(found.thing)
        if not _is_blank(found.thing, target):
            yield replace(found, thing=_always(found.thing)) if made else found
    yield from own


def _own(recorder: Recorder, target: dict[str, Any]) -> list[Found]:
    """The last model (or optimizer) that a cell of this part made."""

    def wanted(thing: Any) -> bool:
        right = is_optimizer if target["fit"] == "optimizer" else is_model
        return right(thing) and not _is_blank(type(thing), target)

    found = newest(recorder.snapshots, *_section(target), wanted)
    if found is None:
        return []
    cell, (name, thing) = found
    how = f"{name} = {type(thing).__name__}(…)"
    logits = newest(recorder.snapshots, *_section(target), wants_logits) is not None
    return [Found(_always(thing), recorder.snapshots[cell], cell, how, logits=logits)]


def _section(target: dict[str, Any]) -> tuple[int, int]:
    low, high = target["section"]
    return low, high


def _is_blank(thing: Any, target: dict[str, Any]) -> bool:
    """Whether it is the handout's blank, or a function that only makes one."""
    if not target.get("blank"):
        return False
    used = getattr(getattr(thing, "__code__", None), "co_names", ())
    return target["name"] in (getattr(thing, "__name__", ""), *used)


def _constructed(found: Found, arguments: Sequence[Any]) -> Found:
    """A class that wants more than ``arguments``: the notebook's own instance, or a function that
    makes one."""
    kind = found.thing
    if takes(kind, arguments):
        return found
    factory = factory_of(kind, found.namespace)
    if factory is not None:
        return replace(found, thing=factory[1], how=f"{factory[0]}()")
    made = instance_of(kind, found.namespace)
    if made is not None:
        return replace(found, thing=_always(made[1]), how=f"{made[0]} = {kind.__name__}(…)")
    return found


def _argument(call: DriverCall, wanted: str) -> Any:
    """What a driver was given as ``wanted``, or as the parameter of the nearest name."""
    if wanted in call.arguments:
        return call.arguments[wanted]
    able = [name for name, value in call.arguments.items() if callable(value) or is_made(value)]
    near = difflib.get_close_matches(wanted, able, n=1, cutoff=NEAR)
    return call.arguments[near[0]] if near else None


def _rank(call: DriverCall, target: dict[str, Any]) -> int:
    """The driver before ``fit``, with which students also try things out; behind it where the
    driver was only given the handout's blank."""
    return int((call.driver == FIT) != bool(target.get("blank")))


def _calls(recorder: Recorder, target: dict[str, Any]) -> list[DriverCall]:
    """This part's calls, the last first; of parts in one cell, each has its turn."""
    mine = [call for call in recorder.calls if _belongs(call.cell, target)]
    if target.get("turn"):
        turn, count = target["turn"]
        driven = [call for call in mine if call.driver == target["driver"]]
        if len(driven) == count:
            return [driven[turn]]
    return mine[::-1]


def _belongs(cell: int, target: dict[str, Any]) -> bool:
    low, high = target["section"]
    return low <= cell < high or cell in target["cells"]


def _named(recorder: Recorder, target: dict[str, Any]) -> Iterator[Found]:
    """A definition of this part; of anywhere, with the last globals, where scope matters not."""
    name, now = target["name"], recorder.namespace
    if target.get("last"):
        yield Found(now.get(name), dict(now), None, name)
        return
    bound = _bound_in(recorder, name, *target["section"])
    if bound is not None and target["scoped"]:
        last = max([bound, *(c for c in target["cells"] if c in recorder.snapshots)])
        snapshot = recorder.snapshots[last]
        yield Found(snapshot.get(name), snapshot, bound, name)
    elif bound is not None:
        yield Found(recorder.snapshots[bound][name], _ever(recorder), bound, name)
    elif not target["scoped"]:
        yield Found(now.get(name), dict(now), None, name)


def _ever(recorder: Recorder) -> Namespace:
    """The globals as they stand at the end, and what was forgotten on the way (``%reset``)."""
    names: Namespace = {}
    for snapshot in recorder.snapshots.values():
        names |= snapshot
    return names | recorder.namespace


def _bound_in(recorder: Recorder, name: str, low: int, high: int) -> int | None:
    """The last cell of the section after which ``name`` stood for something new."""
    earlier = [cell for cell in recorder.snapshots if cell < low]
    before = recorder.snapshots[max(earlier)].get(name) if earlier else None
    bound = None
    for cell in sorted(cell for cell in recorder.snapshots if low <= cell < high):
        thing = recorder.snapshots[cell].get(name)
        if thing is not None and thing is not before:
            bound, before = cell, thing
    return bound


def _left_over(recorder: Recorder, thing: Any, target: dict[str, Any]) -> bool:
    """True for a factory that another part of the notebook defined: no answer to this one."""
    if not (target["scoped"] or target["fit"]):
        return False
    code = getattr(thing, "__code__", None)
    cell = recorder.files.get(getattr(code, "co_filename", ""))
    return cell is not None and not _belongs(cell, target)


def _always(thing: Any) -> Any:
    """A factory of a thing that exists already."""
    return None if thing is None else lambda *_: thing
