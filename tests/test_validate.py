"""The rubric's own test, on a small lab with every fault that a lab can have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_course
from conftest import Grade

from grader import course
from grader.model import Language
from grader.report.validation import print_validation
from grader.validate.languages import complete
from grader.validated import Rule, TaskRow, Validation

RUBRIC = """\
schema_version: 1
lab: tiny
title: {ru: Лаба, en: Lab}
tasks:
  - id: double
    title: {ru: Удвоить, en: Double}
    object: {name: double, cell: double}
    checks:
      - {id: values, kind: values, cases: numbers, points: 2, title: {ru: Значения, en: Values}}
      - id: shape
        kind: values
        compare: shape
        cases: numbers
        points: 1
        title: {ru: Форма, en: Форма}
  - id: half
    title: {ru: Уполовинить, en: Halve}
    object: {name: half, cell: half}
    checks:
      - {id: values, kind: values, cases: numbers, points: 2, title: {ru: Значения, en: Values}}
"""
SOLUTION = """\
# %% [double]
def double(x):
    return 2 * x


# %% [half]
def half(x):
    return double(x) / 4
"""


def mistake(name: str, task: str, old: str, new: str) -> str:
    edit = f"{{old: {old!r}, new: {new!r}}}"
    return (
        f"- {{id: {name}, task: {task}, edits: [{edit}], message: {{ru: Ошибка., en: Wrong.}}}}\n"
    )


MISCONCEPTIONS = (
    mistake("triples", "double", "2 * x", "3 * x")
    + mistake("thrice", "double", "2 * x", "x + x + x")
    + mistake("adds", "double", "2 * x", "x + x")
    + mistake("third", "half", "/ 4", "/ 6")
)
WORKS = """\
def half(x):
    return x / 2
    # *****START OF YOUR CODE*****
    pass
    # *****END OF YOUR CODE*****
"""


def unsound(folder: Path) -> Path:
    root = tiny_course.write(
        folder, rubric=RUBRIC, solution=SOLUTION, misconceptions=MISCONCEPTIONS
    )
    cells = tiny_course.notebook(given=tiny_course.GIVEN, double=tiny_course.BLANK, half=WORKS)
    (root / "assignments/tiny/handout.en.ipynb").write_text(cells, encoding="utf-8")
    return root


def test_every_fault_of_a_lab_is_reported(grade: Grade, tmp_path: Path) -> None:
    """A handout that answers, a mistake that is right, one that breaks two tasks, a check that
    cannot fail, and words in the wrong language: each breaks its own rule, and the exit code is 1.
    """
    root = unsound(tmp_path)

    done = grade("validate", "tiny", "--course", root, "--seeds", "1", "--quick", "--json")

    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)
    rules = {rule["id"]: rule for rule in found["rules"]}
    broken = {name for name, rule in rules.items() if rule["problems"]}
    assert broken == {"blank", "own", "others", "checks", "languages"}
    assert rules["blank"]["problems"] == ["en seed 0: half is passed, with 2 points"]
    assert rules["own"]["problems"] == ["double/adds (en seed 0) is passed"]
    assert [p.split(":")[0] for p in rules["others"]["problems"]] == [
        f"double/{name} (en seed 0) also makes half failed" for name in ("triples", "thrice")
    ]
    assert rules["checks"]["problems"] == ["double/shape fails for no misconception"]
    assert "double/shape: title" in rules["languages"]["problems"][0]
    assert "double/thrice answers as triples does" in rules["named"]["notes"][0]
    assert found["sound"] is False


def test_an_unknown_lab_is_wrong_use(grade: Grade, tmp_path: Path) -> None:
    """A lab that the course has not ends with 2, and the message names those that it has."""
    done = grade("validate", "huge", "--course", tiny_course.write(tmp_path))
    assert done.returncode == 2
    assert "huge" in done.stderr
    assert "tiny" in done.stderr


# ----------------------------------------------------------------------- languages


def two_languages(folder: Path, russian: str) -> dict[Language, course.Lab]:
    root = tiny_course.write(folder)
    (root / "assignments/tiny/handout.ru.ipynb").write_text(russian, encoding="utf-8")
    return {"ru": course.load(root, "tiny", "ru"), "en": course.load(root, "tiny", "en")}


def test_handouts_have_the_same_cells(tmp_path: Path) -> None:
    """A cell that only one language has is named, with the language that lacks it."""
    russian = tiny_course.notebook(double=tiny_course.BLANK, more="1 + 1")
    problems = complete(two_languages(tmp_path, russian)).problems
    assert sorted(problems) == [
        "handout.en.ipynb lacks the code cell 'more' that another language has",
        "handout.ru.ipynb lacks the code cell 'given' that another language has",
    ]


def test_one_language_is_enough_and_said(tmp_path: Path) -> None:
    """A lab in one language breaks no rule; that there is no other is noted."""
    lab = course.load(tiny_course.write(tmp_path), "tiny", "en")
    found = complete({"en": lab})
    assert (found.problems, found.notes) == ((), ("there is no handout but the one in en",))


# ------------------------------------------------------------------------- terminal


def test_the_table_is_plain_outside_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Rules, problems and notes are printed line by line, without colours or markup."""
    rules = (
        Rule("own", "Every misconception fails its task", 3, ("t/[red]x is passed",)),
        Rule("checks", "Every check fails for some misconception", 2, notes=("t/v: not tried",)),
    )
    row = TaskRow("t", 2.5, 2, 1, 3, 2, 0)
    print_validation(Validation("lab", "Lab", ("ru",), (0, 1), True, 2.5, (row,), rules, 3.2))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "lab: Lab; 2.5 points; ru; seeds 0 to 1; no trainings"
    assert "✗ Every misconception fails its task  3 looked at" in lines
    assert "t/[red]x is passed" in lines
    assert "note: t/v: not tried" in lines
    assert lines[-1] == "lab: 1 problem (3 s)"
