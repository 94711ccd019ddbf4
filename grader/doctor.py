"""What this machine has of what grading needs, and how to get the rest."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from . import course as courses
from . import data, environment, rubric, supplies
from .errors import GraderError
from .sandbox.bubblewrap import Bubblewrap
from .sandbox.syscalls import filter_program


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``needed`` things that are not ``fine`` keep the grader from its job."""

    what: str
    fine: bool
    says: str
    needed: bool = True


def examine(course: Path | None, data_dir: Path | None) -> tuple[Finding, ...]:
    """Python, TensorFlow, GPU, sandbox, course, data sets, in that order. Runs nothing long."""
    versions = environment.versions()
    found = [
        Finding("Python", sys.version_info >= (3, 11), versions["python"]),
        Finding(
            "TensorFlow",
            versions["tensorflow"] != "missing",
            f"{versions['tensorflow']}, Keras {versions['keras']}, NumPy {versions['numpy']}"
            if versions["tensorflow"] != "missing"
            else "missing: pip install tensorflow",
        ),
        _gpu(),
        _sandbox(),
        _syscalls(),
    ]
    return (*found, *_course(course, data_dir))


def _gpu() -> Finding:
    nodes = sorted(node.name for node in Path("/dev").glob("nvidia[0-9]*"))
    says = ", ".join(nodes) if nodes else "none: trainings run on the CPU"
    return Finding("GPU", bool(nodes), says, needed=False)


def _sandbox() -> Finding:
    reason = Bubblewrap().unavailable()
    return Finding("Sandbox", reason is None, reason or "bubblewrap works")


def _syscalls() -> Finding:
    filtered = bool(filter_program())
    says = "refused by seccomp" if filtered else "not filtered: install libseccomp (libseccomp2)"
    return Finding("Dangerous system calls", filtered, says, needed=False)


def _course(explicit: Path | None, data_dir: Path | None) -> list[Finding]:
    try:
        root = courses.find(explicit, Path.cwd())
        names = courses.labs(root)
        rubrics = [rubric.load(root / "rubrics" / f"{name}.yaml") for name in names]
    except GraderError as error:
        return [Finding("Course", False, str(error))]
    found = [Finding("Course", bool(names), f"{root}: {', '.join(names) or 'no labs'}")]
    folders = data.search_folders(data_dir, root)
    for name in sorted({r.data for r in rubrics if r.data}):
        places = data.survey(name, folders=folders)
        there = [place for place in places if place.found]
        ways = [f"{place.where}: {place.how.en}" for place in places]
        says = there[0].where if there else "a generated stand-in would be used. " + "; ".join(ways)
        found.append(Finding(f"Data: {name}", bool(there), says, needed=False))
    for rules in rubrics:
        for name, where in supplies.whereabouts(rules, data_dir, root).items():
            says = where or "a generated stand-in would be used"
            found.append(Finding(f"Data: {name}", bool(where), says, needed=False))
    return found
