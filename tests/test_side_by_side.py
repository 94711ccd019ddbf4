"""The comparison with other graders: its notebooks, its tests of them, its kept figures."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from grader import rubric

HOMES = {"double": "double"}
ABOUT = {"tensorflow": "2.21.0"}


@pytest.fixture
def notebooks(bench_folder: None) -> ModuleType:
    return importlib.import_module("beside.notebooks")


@pytest.fixture
def kept(bench_folder: None) -> ModuleType:
    return importlib.import_module("beside.kept")


@pytest.fixture
def table(bench_folder: None) -> ModuleType:
    return importlib.import_module("beside.table")


@pytest.fixture
def call(bench_folder: None) -> ModuleType:
    return importlib.import_module("beside.call")


def measured(*arguments: Any) -> Any:
    return importlib.import_module("measuring").Measured(*arguments)


def sources(cells: list[dict[str, Any]]) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in cells}


# --------------------------------------------------------------------- notebooks


def test_every_scored_task_is_tested_behind_its_cell(notebooks: ModuleType, root: Path) -> None:
    """The other graders' tests are of the very tasks that our rubric gives points for, and each
    of them is there."""
    rules = rubric.load(root / "rubrics/convnets.yaml")
    scored = {task.id: task.home for task in rules.tasks if any(c.points for c in task.checks)}
    assert scored == notebooks.TASKS
    defined = {node.name for node in ast.parse(notebooks.ASSERTED).body
               if isinstance(node, ast.FunctionDef)}  # fmt: skip
    assert {f"check_{name}" for name in notebooks.TASKS} <= defined


def test_without_trainings_nothing_at_top_level_trains(notebooks: ModuleType) -> None:
    """Every call of a driver, of ``fit`` and of ``evaluate`` is left out, and nothing else is."""
    whole = notebooks.solved()
    quick = notebooks.untrained(whole)
    changed = [cell["id"] for cell, other in zip(whole, quick, strict=True) if cell != other]
    assert len(changed) == 10
    for cell in quick:
        if cell["id"] in changed:
            calls = [ast.unparse(node.value) for node in ast.parse(cell["source"]).body
                     if isinstance(node, ast.Expr)]  # fmt: skip
            assert not [c for c in calls if c.startswith(("train_", "model.fit", "model.eval"))]
            assert [c for c in calls if c.startswith("0 and ")]


def test_students_differ_in_one_line(notebooks: ModuleType) -> None:
    """No two of a class hand in the same bytes: nobody's answer is known before it is run."""
    one, other = (sources(notebooks.solved(student)) for student in (1, 2))
    assert [name for name in one if one[name] != other[name]] == ["three-layer-convnet"]


def test_the_other_graders_get_valid_notebooks(notebooks: ModuleType, tmp_path: Path) -> None:
    """Right behind the cell that it is about stands each test: a call, or a locked, scored cell."""
    cells = [notebooks.code("double", notebooks.TRIVIAL), notebooks.code("end", "")]
    theirs = notebooks.for_otter(cells, HOMES)
    assert [cell["id"] for cell in theirs] == ["otter", "double", "check-double", "end"]
    assert sources(theirs)["check-double"] == "grader.check('double')"
    locked = notebooks.for_nbgrader(cells, HOMES, {"double": "assert double(2) == 4"})
    assert [cell["id"] for cell in locked] == ["double", "check-double", "end"]
    about = locked[1]["metadata"]["nbgrader"]
    assert (about["grade_id"], about["grade"], about["locked"]) == ("double", True, True)
    for made in (theirs, locked):
        nbformat.validate(nbformat.read(notebooks.save(made, tmp_path / "a/b.ipynb"), 4))


# ------------------------------------------------------------------------ figures


def test_what_was_measured_is_kept_and_a_torn_line_is_not(kept: ModuleType, tmp_path: Path) -> None:
    """A run that was killed while it wrote goes on with all that was whole; other versions' and
    other machines' figures do not count."""
    path = tmp_path / "kept/figures.jsonl"
    kept.add(path, "quick", measured(1.0, 2.0, 3.0), ABOUT)
    path.write_bytes(path.read_bytes() + b'{"name": "qu')
    kept.add(path, "quick", measured(4.0, 5.0, 6.0, True), ABOUT)
    kept.add(path, "quick", measured(9.0, 9.0, 9.0), {"tensorflow": "2.22.0"})
    found = kept.load(path, ABOUT)
    assert found == {"quick": [measured(1.0, 2.0, 3.0), measured(4.0, 5.0, 6.0, True)]}
    assert kept.load(tmp_path / "nothing", ABOUT) == {}
    assert all(json.loads(line) for line in path.read_text().splitlines() if line[-1] == "}")


def test_aims_are_ratios_of_one_machine(table: ModuleType, call: ModuleType) -> None:
    """Each aim that was measured says what was wanted and got; what took too long to end is a
    lower bound, which may be enough."""
    timings = [
        call.Timing("full", "grade", "lab", lambda folder: None, long=True),
        call.Timing("otter-full", "otter", "lab", lambda folder: None, long=True),
        call.Timing("rejudge", "grade", "again", lambda folder: None, count=20),
        call.Timing("quick", "grade", "lab, quick", lambda folder: None),
    ]
    found = {
        "full": [measured(40.0, 60.0, 2**31)],
        "otter-full": [measured(500.0, 900.0, 2**31, True)],
        "rejudge": [measured(2.0, 1.5, 2**28)],
        "quick": [measured(4.0, 3.0, 2**30), measured(6.0, 1.5, 2**30), measured(5.0, 1.0, 2**30)],
    }
    reached = {aim.what: (aim.got, aim.met) for aim in table.aims(timings, found)}
    assert reached == {
        "full grade, faster than otter (wall)": ("> 12.5 ×", True),
        "judging 20 again, faster than grading them again": ("400 ×", False),
        "CPU of what is not training, warm": ("1.5 s", True),
    }
    lines = table.table(timings, found).splitlines()
    assert "| lab | otter | > 500 | > 900 | 2.00 | 1 |" in lines
    assert "| lab, quick | grade | 5.0 | 1.5 | 1.00 | 3 |" in lines
    assert table.aims_table(table.aims(timings, found)).count("| no |") == 1
    found["otter-full"] = [measured(300.0, 500.0, 2**31, True)]
    first = table.aims_table(table.aims(timings, found)).splitlines()[2]
    assert first.endswith("| > 7.5 × | not shown |")
