"""The measurements as Markdown: what each command took, and how the aims stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measuring import Measured, medians

from .call import Timing

PEERS = ("otter", "nbgrader")
FASTER, THROUGHPUT, AGAIN = 10.0, 5.0, 500.0
COLD_CPU, WARM_CPU, HELP = 6.0, 2.0, 0.3
Medians = Mapping[str, Measured]


@dataclass(frozen=True)
class Aim:
    """One aim: what was wanted, what was got (nothing where it was not measured); ``met`` is None
    where a lower bound says neither."""

    what: str
    wanted: str
    got: str
    met: bool | None


def table(timings: Sequence[Timing], found: Mapping[str, Sequence[Measured]]) -> str:
    """A row for each command that was measured, with the medians of its runs."""
    lines = [
        "| what | with | wall, s | CPU, s | peak memory, GiB | runs |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for timing in timings:
        runs = found.get(timing.name, ())
        if runs:
            one = medians(runs)
            least = "> " if one.stopped else ""
            times = f"{least}{_seconds(one.wall)} | {least}{_seconds(one.cpu)}"
            memory = f"{one.memory / 2**30:.2f}"
            lines.append(f"| {timing.title} | {timing.who} | {times} | {memory} | {len(runs)} |")
    return "\n".join(lines)


def aims(timings: Sequence[Timing], found: Mapping[str, Sequence[Measured]]) -> list[Aim]:
    """Each aim of which something was measured."""
    seen = {name: medians(runs) for name, runs in found.items() if runs}
    counts = {timing.name: timing.count for timing in timings}
    made = [
        *(_faster(seen, peer) for peer in PEERS),
        *(_quick(seen, peer) for peer in PEERS),
        *(_throughput(seen, peer) for peer in PEERS),
        *(_again(seen, name, counts) for name in ("rejudge", "rejudge-large")),
        _under(seen, "cold", "CPU of what is not training, reference not yet observed", COLD_CPU),
        _under(seen, "quick", "CPU of what is not training, warm", WARM_CPU),
        _help(seen),
    ]
    return [aim for aim in made if aim.got]


def aims_table(made: Sequence[Aim]) -> str:
    """The aims as Markdown."""
    words = {True: "yes", False: "no", None: "not shown"}
    lines = ["| aim | wanted | got | met |", "| --- | ---: | ---: | --- |"]
    return "\n".join(
        lines + [f"| {a.what} | {a.wanted} | {a.got} | {words[a.met]} |" for a in made]
    )


def _faster(seen: Medians, peer: str) -> Aim:
    what = f"full grade, faster than {peer} (wall)"
    return _ratio(what, seen.get(f"{peer}-full"), seen.get("full"), FASTER)


def _quick(seen: Medians, peer: str) -> Aim:
    trivial, load, quick = (seen.get(name) for name in (f"{peer}-trivial", "import", "quick"))
    what = f"`--quick`, at most {peer}'s trivial notebook and an import of TensorFlow (wall)"
    if trivial is None or load is None or quick is None:
        return Aim(what, "", "", None)
    most = trivial.wall + load.wall
    return Aim(what, f"≤ {most:.1f} s", f"{quick.wall:.1f} s", quick.wall <= most)


def _throughput(seen: Medians, peer: str) -> Aim:
    what = f"class, `--quick`: throughput over {peer}'s without trainings"
    return _ratio(what, seen.get(f"{peer}-class"), seen.get("class"), THROUGHPUT)


def _again(seen: Medians, name: str, counts: Mapping[str, int]) -> Aim:
    """Grading one after another anew, trainings included, over judging all of them again."""
    what = f"judging {counts.get(name, 0)} again, faster than grading them again"
    again, full = seen.get(name), seen.get("full")
    if again is None or full is None:
        return Aim(what, "", "", None)
    ratio = full.wall * counts[name] / again.wall
    return Aim(what, f"≥ {AGAIN:g} ×", f"{ratio:.0f} ×", ratio >= AGAIN)


def _under(seen: Medians, name: str, what: str, most: float) -> Aim:
    one = seen.get(name)
    got = "" if one is None else f"{one.cpu:.1f} s"
    return Aim(what, f"< {most:g} s", got, None if one is None else one.cpu < most)


def _help(seen: Medians) -> Aim:
    one = seen.get("help")
    got = "" if one is None else f"{one.wall:.2f} s"
    return Aim(
        "`grade --help` (wall)", f"< {HELP:g} s", got, None if one is None else one.wall < HELP
    )


def _ratio(what: str, theirs: Measured | None, ours: Measured | None, least: float) -> Aim:
    """A peer that was stopped took longer than it had: that may be enough, or leave it open."""
    if theirs is None or ours is None:
        return Aim(what, "", "", None)
    ratio = theirs.wall / ours.wall
    sign = "> " if theirs.stopped else ""
    met = True if ratio >= least else None if theirs.stopped else False
    return Aim(what, f"≥ {least:g} ×", f"{sign}{ratio:.1f} ×", met)


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
