"""Marks as files of their own: Gradescope's results, JUnit XML, a zip of feedback pages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings, strategies
from standing_samples import Class, graded, late, rubric, standing

from grader.exports import feedback, gradescope, junit, plain
from grader.exports.cells import folder_name
from grader.marks import Mark, Marks
from grader.standing import CheckStanding, Standing, standings

HOSTILE = "Ann <b>&\"'\x00\x08\x1b[31m\ud800\ufffe\uffff ]]> </testcase>\u202e"

ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname",
         "id", "package", "file", "log", "url"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"}, {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "system-out": (set(), set(), set()),
}  # fmt: skip
"""Jenkins' junit-10.xsd: attributes that an element may have, must have, and its children."""


def checked(status: str, number: int) -> CheckStanding:
    passed = status in ("passed", "follows", "remark")
    most = 0.0 if status == "remark" else 1.0
    return CheckStanding(f"c{number}", status, status, most * passed, most, f"said {status}", True)


def every_status() -> Standing:
    """A task with a check of every status."""
    names = ("passed", "failed", "follows", "remark", "not_attempted", "skipped", "ungraded")
    one = standing("1", "Ann")
    checks = tuple(checked(name, number) for number, name in enumerate(names))
    return replace(one, tasks=(replace(one.tasks[0], checks=checks),))


def no_marks() -> list[Standing]:
    return [
        Standing("2", "Bob", "missing"),
        Standing("3", "Eve", "unreadable", reason="not a notebook"),
        Standing("4", "Zoe", "ungraded", reason="the kernel did not start"),
    ]


# ------------------------------------------------------------------------- gradescope


def results(one: Standing) -> dict[str, Any]:
    (content,) = gradescope.files([one]).values()
    tree: dict[str, Any] = json.loads(content)
    return tree


def test_gradescope_has_a_test_for_each_check() -> None:
    """Points, verdicts and messages are those of the checks; the score is the final one."""
    tree = results(late(standing("101", "Ann"), 25, 0.8))
    assert tree["score"] == 6
    assert tree["tests"][:2] == [
        {"number": "1.1", "name": "Network: Shape", "score": 2.0, "max_score": 2.0, "output": "",
         "status": "passed", "tags": ["net"], "visibility": "visible"},
        {"number": "1.2", "name": "Network: Values", "score": 3.5, "max_score": 6.0,
         "output": "Wrong values.", "status": "failed", "tags": ["net"],
         "visibility": "after_published"},
    ]  # fmt: skip
    assert "80% of the points count" in tree["output"]
    assert tree["extra_data"] == {
        "judged": 7.5, "max_points": 10.0, "kept": 0.8, "late_seconds": 90000.0,
        "provisional": False, "by_hand": True,
    }  # fmt: skip


def test_gradescope_shows_points_by_hand_as_such() -> None:
    """A task whose points a person gave is one test that says so, in the place of its checks."""
    test = results(standing("101", "Ann"))["tests"][2]
    assert (test["number"], test["score"], test["max_score"]) == ("2", 2.0, 2.0)
    assert "given by the teacher" in test["output"]
    assert test["tags"] == ["essay", "by_hand"]


def test_gradescope_scores_nothing_that_was_not_decided() -> None:
    """A check that was skipped or not decided has no score and no status; a remark has no score."""
    tests = results(every_status())["tests"]
    assert [(test.get("status"), "score" in test) for test in tests] == [
        ("passed", True), ("failed", True), ("passed", True), ("failed", False),
        ("failed", True), (None, False), (None, False),
    ]  # fmt: skip
    assert tests[6]["output"] == "Not checked. said ungraded"


def test_gradescope_has_no_file_without_a_mark() -> None:
    """Who has no mark gets no zero: there is no results.json at all."""
    assert gradescope.files(no_marks()) == {}


def test_gradescope_files_are_plain_json_text() -> None:
    """Hostile names and messages are text: formats say so, control characters are gone."""
    one = standing(f"../{HOSTILE}", HOSTILE)
    bad = replace(one.tasks[0].checks[1], message=HOSTILE, title=HOSTILE)
    one = replace(one, tasks=(replace(one.tasks[0], checks=(bad,)),))
    ((name, content),) = gradescope.files([one]).items()
    assert name.endswith("/results.json")
    assert ".." not in name.split("/")
    tree = json.loads(content.decode("utf-8"))
    assert [tree[key] for key in ("output_format", "test_output_format", "test_name_format")] == [
        "text"
    ] * 3
    shown = tree["tests"][0]["output"] + tree["tests"][0]["name"]
    assert "<b>" in shown
    assert not any(ord(char) < 32 for char in shown)


# ------------------------------------------------------------------------------ junit


def suites(people: Sequence[Standing]) -> list[ET.Element]:
    """The suites of the document, after every element was held against the schema."""
    root = ET.fromstring(junit.export(people))
    assert root.tag == "testsuites"
    for element in root.iter():
        may, must, children = ALLOWED[element.tag]
        assert must <= set(element.keys()) <= may, element.tag
        assert {child.tag for child in element} <= children, element.tag
    return list(root)


def test_junit_has_a_suite_a_student_and_a_case_a_check() -> None:
    """Verdicts are failures, errors or skips, and each suite counts its own."""
    (suite,) = suites([every_status()])
    verdicts = [[child.tag for child in case] for case in suite.findall("testcase")]
    assert verdicts == [
        ["system-out"], ["failure"], ["system-out"], ["system-out"], ["failure"], ["skipped"],
        ["error"],
    ]  # fmt: skip
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "7", "failures": "2", "errors": "1", "skipped": "1"}
    case = suite.findall("testcase")[1]
    assert (case.get("classname"), case.get("name")) == ("net", "c1: failed")
    assert (case[0].get("message"), case[0].text) == ("said failed", "said failed")


def test_junit_says_why_there_is_no_mark() -> None:
    """Nothing handed in is skipped, an unreadable file fails, the grader's fault is an error."""
    root = ET.fromstring(junit.export(no_marks()))
    kinds = [suite.find("testcase")[0] for suite in root]  # type: ignore[index]
    assert [(kind.tag, kind.get("message")) for kind in kinds] == [
        ("skipped", ""), ("failure", "not a notebook"), ("error", "the kernel did not start"),
    ]  # fmt: skip
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3", "failures": "1", "errors": "1",
    }  # fmt: skip
    suites(no_marks())


def test_junit_shows_points_by_hand_as_such() -> None:
    """A task by hand is one case; an unreadable submission that a person marked is no failure."""
    oral = replace(
        no_marks()[1], points=6.0, max_points=10.0, passed=True, by_hand=True, why="oral"
    )
    by_hand, marked = suites([standing("1", "Ann"), oral])
    case = by_hand.findall("testcase")[2]
    assert (case.get("classname"), case.get("name"), case[0].tag) == (
        "essay",
        "by hand",
        "system-out",
    )
    assert marked.get("failures") == "0"
    assert "oral" in (marked.findtext("testcase/system-out") or "")


def test_junit_survives_every_character() -> None:
    """What XML cannot hold is gone, what it can is there, and markup is text."""
    one = standing("1", HOSTILE, source=HOSTILE)
    bad = replace(one.tasks[0].checks[1], id=HOSTILE, title=HOSTILE, message=f"a\n{HOSTILE}")
    one = replace(one, tasks=(replace(one.tasks[0], id=HOSTILE, checks=(bad,)),), comment=HOSTILE)
    (suite,) = suites([one])
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert (failure.text or "").startswith("a\nAnn <b>&\"'")
    assert "]]> </testcase>" in (failure.text or "")


def test_junit_tells_what_made_the_mark() -> None:
    """Properties have the final points, and the output what the student is told."""
    (suite,) = suites([late(standing("1", "Ann"), 25, 0.8)])
    values = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert values == {
        "status": "graded", "points": "6", "max_points": "10", "passed": "true",
        "provisional": "false", "kept_percent": "80", "by_hand": "false", "source": "1.ipynb",
    }  # fmt: skip
    assert (suite.findtext("system-out") or "").startswith("Mark: 6")


# --------------------------------------------------------------------------- feedback


def page(folder: Path, one: Standing, text: str = "<html>") -> Standing:
    path = folder / f"{one.student}.report.html"
    path.write_text(text, encoding="utf-8")
    return replace(one, page=path)


def members(packed: feedback.Packed) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def participant(name: str) -> tuple[str, str, str] | None:
    """Number, plugin and file as Moodle's ``is_valid_filename_for_import`` reads a path."""
    parts = name.split("/")
    for place, part in enumerate(parts):
        info = part.split("_", 4)
        if len(info) >= 4 and info[1].isdigit():
            return info[1], f"{info[2]}_{info[3]}", "/".join([*info[4:], *parts[place + 1 :]])
    return None


@pytest.mark.parametrize(
    ("before", "folder", "after"),
    [
        ("", "Анна Ёлкина_12345_assignsubmission_file_", "/lab.ipynb"),
        ("", "Анна Ёлкина_12345_assignsubmission_file", "/lab.ipynb"),
        ("all.zip!", "Ann Lee_12345_assignsubmission_file_", "/a/lab.ipynb"),
        ("sent/", "Ann Lee_12345_assignsubmission_file_", "lab_2.ipynb"),
    ],
)
def test_feedback_goes_where_moodle_gave_the_submission(
    tmp_path: Path, before: str, folder: str, after: str
) -> None:
    """The folder is Moodle's own, in the forms of all its versions, and Moodle reads it back."""
    source = f"{before}{folder}{after}"
    one = page(tmp_path, replace(standing("12345", "x", source=source), tasks=()))
    packed = feedback.pack([one])
    assert packed.students == ("12345",)
    (name,) = members(packed)
    assert name == f"{folder}/report.html"
    found = participant(name)
    assert found is not None
    assert (found[:2], found[2].strip("/")) == (("12345", "assignsubmission_file"), "report.html")


def test_feedback_takes_the_number_from_the_worksheet(tmp_path: Path) -> None:
    """A submission that did not come from Moodle gets the name and number of the worksheet."""
    one = page(tmp_path, replace(standing("s", "x"), tasks=()))
    packed = feedback.pack([one], {"s": ("Ann_Lee / Kim", "777")})
    (name,) = members(packed)
    assert name == "Ann Lee Kim_777_assignsubmission_file_/report.html"
    assert participant(name) == ("777", "assignsubmission_file", "/report.html")


def test_feedback_that_moodle_could_not_place_is_told(tmp_path: Path) -> None:
    """Without a number or a page a student is left out, with the reason."""
    unknown = page(tmp_path, replace(standing("s", "Ann"), tasks=()))
    gone = replace(standing("t", "Bob", tasks=()), page=tmp_path / "none.html")
    twice = replace(unknown, student="u", name="Eve")
    packed = feedback.pack(
        [unknown, gone, twice, *no_marks()], {"u": ("E", "1"), "t": ("T", "2"), "s": ("E", "1")}
    )
    assert packed.students == ("s",)
    assert packed.left == (
        "Bob (t): no page",
        "Eve (u): two students have the folder E_1_assignsubmission_file_",
        "Bob (2): no page: missing",
        "Eve (3): no page: unreadable",
        "Zoe (4): no page: ungraded",
    )
    assert "number is not known" in feedback.pack([unknown]).left[0]


def test_feedback_tells_beside_the_page_what_the_page_does_not(tmp_path: Path) -> None:
    """Where penalty or hand change the mark, mark.txt has the final one, readable in Notepad."""
    numbers = {"s": ("Ann", "1")}
    plain_one = page(tmp_path, replace(standing("s", "Ann"), tasks=()))
    assert list(members(feedback.pack([plain_one], numbers))) == [
        "Ann_1_assignsubmission_file_/report.html"
    ]
    for one in (
        late(plain_one, 1, 0.8),
        replace(plain_one, comment="See me"),
        page(tmp_path, standing("s", "Ann")),
    ):
        note = members(feedback.pack([one], numbers))["Ann_1_assignsubmission_file_/mark.txt"]
        text = note.decode("utf-8-sig")
        assert note.startswith(b"\xef\xbb\xbf")
        assert text.startswith("Mark: ")
        assert text.endswith("\r\n")


def test_a_persons_words_reach_who_has_no_page() -> None:
    """An unreadable submission that a person marked has a note and no page."""
    oral = replace(no_marks()[1], points=6.0, max_points=10.0, by_hand=True, why="oral exam")
    files = members(feedback.pack([oral], {"3": ("Eve", "3")}))
    assert list(files) == ["Eve_3_assignsubmission_file_/mark.txt"]
    assert "oral exam" in files["Eve_3_assignsubmission_file_/mark.txt"].decode("utf-8-sig")


@pytest.mark.parametrize(
    "name",
    ["..", "../../etc", "/abs", "C:\\x", "a\x00b", "con", "NUL.txt", "", " . ", "x" * 400,
     "Я" * 400, HOSTILE, "a/b\\c", "COM1", "trailing. . "],
)  # fmt: skip
def test_folders_are_safe_on_every_system(name: str) -> None:
    """A student's name is one plain part of a path, whatever it is."""
    safe = folder_name(name)
    assert safe
    assert len(safe.encode()) <= 255
    assert not set(safe) & set('<>:"/\\|?*\x00')
    assert safe.strip(". ") == safe
    assert safe.casefold().partition(".")[0] not in {"con", "nul", "com1"}


def test_feedback_cannot_leave_its_folder(tmp_path: Path) -> None:
    """A hostile folder name from an archive is one plain folder in ours, its number intact."""
    source = "..\\..\x00<evil>_5_assignsubmission_file_/lab.ipynb"
    one = page(tmp_path, standing("5", "x", source=source, tasks=()))
    (name,) = members(feedback.pack([one]))
    assert name == "evil_5_assignsubmission_file_/report.html"


# ------------------------------------------------------------------------- all of them


@settings(deadline=None, max_examples=60)
@given(strategies.text(strategies.characters(), max_size=60))
def test_any_text_is_harmless_everywhere(text: str) -> None:
    """Whatever a student is called: no cell is a formula, no path leads out, XML is well-formed."""
    one = standing(text, text, None, reason=text, comment=text)
    (_, row) = csv.reader(io.StringIO(plain.export([one]).decode(), newline=""))
    assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row)
    assert not set(folder_name(text)) & set("/\\\0")
    assert folder_name(text) not in ("", ".", "..")
    suites([one])


def test_the_same_standings_make_the_same_bytes(tmp_path: Path) -> None:
    """No export has a time of now or an order by chance."""
    people = [page(tmp_path, late(standing("1", "Ann"), 3, 0.8)), every_status(), *no_marks()]
    numbers = {"1": ("Ann", "1")}

    def all_of_them() -> list[object]:
        return [
            plain.export(people),
            gradescope.files(people),
            junit.export(people),
            feedback.pack(people, numbers),
        ]

    first = all_of_them()
    (tmp_path / "1.report.html").touch()
    assert all_of_them() == first


def test_a_recorded_class_is_exported_in_every_format(tmp_path: Path) -> None:
    """From the gradebook's rows and the marks file to the formats, the numbers are one."""
    group = Class(tmp_path)
    group.add("1", graded(6, "ru", "Не та ось."), name="Анна")
    group.add("2", None, name="Bob", status="unreadable", reason="not a notebook")
    by_hand = Marks({("1", "essay"): Mark("1", "essay", 1.5, "Ясно", "")})
    people = standings(group.rows(), rubric=rubric(), marks=by_hand, late=None, policy="latest")
    assert ",7.5,10,yes,no,6," in plain.export(people).decode()
    assert results(people[0])["score"] == 7.5
    values = {p.get("name"): p.get("value") for p in suites(people)[0].iter("property")}
    assert values["points"] == "7.5"
    assert "Не та ось." in results(people[0])["output"]
