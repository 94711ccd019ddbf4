"""A small lab with a public and a hidden case, released without running its reference."""

from __future__ import annotations

from pathlib import Path

import tiny_course

from grader import bundle, course, notebook
from grader.asked import probes_of
from grader.course import Lab
from grader.kernel.wire import Leaf
from grader.model import Answer, CallCase, Observations, Observed

SEED = 20_000
CASES = """\
import numpy as np

from grader.kernel.wire import Leaf
from grader.model import CallCase, Text


def numbers(rng, language):
    return [
        CallCase("open", Text("числа", "numbers"), (_drawn(rng),), public=True),
        CallCase("closed", Text("ещё числа", "more numbers"), (_drawn(rng),)),
    ]


def _drawn(rng):
    return Leaf("ndarray", rng.normal(size=8))
"""
RUBRIC = (
    tiny_course.RUBRIC.replace("        only: [random]\n", "")
    + """\
      - id: secret
        kind: values
        compare: shape
        cases: numbers
        public: false
        points: 1
        title: {ru: Тайная, en: Secret}
"""
)
SOLUTION = tiny_course.SOLUTION.replace(
    "return 2 * x", "twice_as_much = 2 * x\n    return twice_as_much"
)


def lab(folder: Path) -> Lab:
    edit = tiny_course.MISCONCEPTIONS
    root = tiny_course.write(
        folder, rubric=RUBRIC, cases=CASES, solution=SOLUTION, misconceptions=edit
    )
    return course.load(root, "tiny", "en")


def answered(of: Lab, seed: int = SEED) -> Observations:
    """What the reference answers, worked out here."""
    probes = {}
    for key, probe in probes_of(of, seed).items():
        answers = []
        for case in probe.cases:
            assert isinstance(case, CallCase)
            answers.append(Answer(case.id, {"value": Leaf("ndarray", 2 * case.args[0].array)}))
        probes[key] = Observed(tuple(answers))
    return Observations((), probes, {}, seed)


def released(of: Lab, folder: Path) -> Path:
    folder.mkdir()
    notebook.write(of.handout, folder / "tiny.en.ipynb")
    (folder / "tiny.en.check").write_bytes(bundle.make(of, answered(of), SEED))
    return folder
