"""The grade file: its contract, its bytes, and what is said of a file that breaks it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from grade_parts import SETTINGS, both, task
from grade_samples import full, right
from grades import GRADES

from grader.errors import GradingFailed, UsageError
from grader.kernel.wire import Leaf
from grader.model import Grade, Status
from grader.report.gradefile import SCHEMA_VERSION, load, schema, to_json

PUBLISHED = Path(__file__).parent.parent / "docs" / "grade.schema.json"


def with_got(value: Any) -> Grade:
    check = replace(SETTINGS, expected=None, got=value)
    return replace(right(), tasks=(task("one", Status.FAILED, 0, 2.5, checks=(check,)),))


def got(value: Any) -> Any:
    return json.loads(to_json(with_got(value)))["tasks"][0]["checks"][0]["got"]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """docs/grade.schema.json is what ``schema()`` returns, as indented JSON."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema(), (
        f"write json.dumps(gradefile.schema(), indent=2, ensure_ascii=False) to {PUBLISHED.name}"
    )
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", GRADES)
def test_every_grade_file_fits_the_schema(name: str, tmp_path: Path) -> None:
    """Whatever a grade holds, its file fits the published schema and can be loaded again."""
    text = to_json(GRADES[name])
    jsonschema.validate(json.loads(text), schema(), cls=jsonschema.Draft202012Validator)
    path = tmp_path / "a.grade.json"
    path.write_text(text, encoding="utf-8")
    assert load(path) == json.loads(text)


def test_the_file_says_what_the_grade_says() -> None:
    """Names, points, verdicts and reasons stand in the file under the names of the contract."""
    tree = json.loads(to_json(full("ru")))
    assert tree["schema_version"] == SCHEMA_VERSION
    assert tree["submission"]["name"] == "Иванова Анна — lab2 (1).ipynb"
    assert (tree["points"], tree["max_points"], tree["pass_mark"]) == (31, 61.5, 37)
    assert (tree["passed"], tree["provisional"], tree["language"]) == (False, True, "ru")
    assert len(tree["provisional_reasons"]) == 1
    assert [one["status"] for one in tree["tasks"]] == [
        "partial",
        "passed",
        "failed",
        "failed",
        "not_attempted",
        "passed",
        "ungraded",
    ]
    first, second = tree["tasks"][:2]
    assert first["misconception"] == "padding_1"
    assert first["message"].startswith("Первая свёртка")
    assert second["follows_from"] == "three_layer_convnet"
    assert first["checks"][0]["comparisons"][1]["error"] == 0.1383
    assert second["checks"][0]["curves"][0]["rule"] == 0.43
    assert [cell["index"] for cell in tree["cells"]] == [31, 40]


def test_a_final_grade_gives_no_reasons_to_doubt_it() -> None:
    """A grade with nothing provisional says ``false`` and lists no reason."""
    tree = json.loads(to_json(right()))
    assert (tree["provisional"], tree["provisional_reasons"], tree["passed"]) == (False, [], True)


@pytest.mark.parametrize("name", GRADES)
def test_the_same_grade_gives_the_same_bytes(name: str) -> None:
    """The text is canonical: sorted keys, two spaces, a newline at the end, twice the same."""
    text = to_json(GRADES[name])
    assert text == to_json(GRADES[name])
    again = json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    assert text.encode("utf-8") == again.encode("utf-8")


def test_times_stand_under_one_key() -> None:
    """Two runs that differ in nothing but their times differ in ``seconds`` alone."""
    grade = full()
    slower = replace(
        grade,
        seconds={"observe": 900.0, "judge": 3.0},
        cells=tuple(replace(cell, seconds=cell.seconds + 5) for cell in grade.cells),
        tasks=tuple(
            replace(
                one,
                checks=tuple(
                    replace(
                        check,
                        curves=tuple(
                            replace(curve, runs=tuple(replace(r, seconds=99.0) for r in curve.runs))
                            for curve in check.curves
                        ),
                    )
                    for check in one.checks
                ),
            )
            for one in grade.tasks
        ),
    )
    first, second = json.loads(to_json(grade)), json.loads(to_json(slower))
    assert first.pop("seconds") != second.pop("seconds")
    assert first == second


def test_memory_addresses_do_not_make_two_runs_differ() -> None:
    """An object's address in a message is blotted out; a number in code is not."""
    assert got("<Net object at 0x7f3a5c0d10e0>") == got("<Net object at 0x7f11111110e0>")
    assert got("0x7f") == "0x7f"


def test_no_text_in_the_file_can_steer_a_terminal() -> None:
    """No escape sequence, control character, direction override or lone surrogate gets through."""
    text = to_json(GRADES["hostile_en"])
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in text)
    assert not any("\x7f" <= c <= "\x9f" for c in text)
    assert "evil.example\\u0007" not in text
    text.encode("utf-8")


def test_a_flood_of_text_does_not_flood_the_file() -> None:
    """A megabyte returned by a student's function is cut short, and the file says by how much."""
    value = got("x" * 1_000_000)
    assert len(value) < 3000
    assert value.endswith("[cut: 998,000 more characters]")
    assert len(got({str(i): i for i in range(10_000)})) < 100


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (0.1 + 0.2, 0.3),
        (5.0, 5),
        (10**30, str(10**30)),
        pytest.param(10**5000, "<int, 16610 bits>", id="huge"),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        ((1, [2, None, True]), [1, [2, None, True]]),
        (object(), "<object>"),
        ({1, 2}, "<set>"),
        (both("да"), "да"),
        (Status.PASSED, "passed"),
        ([[[[[[[[1]]]]]]]], [[[[[["…"]]]]]]),
    ],
)
def test_any_value_has_a_plain_spelling(value: Any, written: Any) -> None:
    """What a check expected or got is written as bounded, finite, plain JSON."""
    assert got(value) == written


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: Leaf("tensor", a)])
def test_an_array_is_written_by_its_shape_and_first_values(wrap: Any) -> None:
    """An array of any size costs the file 64 values at most."""
    value = got(wrap(np.zeros((100, 1000), np.float32)))
    assert (value["shape"], value["dtype"]) == ([100, 1000], "float32")
    assert value["values"] == [0] * 64


def test_a_hostile_repr_is_never_called() -> None:
    """An object is named by its type: its ``__repr__`` and ``__str__`` are the student's."""

    class Hostile:
        def __repr__(self) -> str:
            raise SystemExit("the grader ran a student's __repr__")

        __str__ = __repr__

    assert got(Hostile()) == "<Hostile>"


@pytest.mark.parametrize("points", [math.nan, math.inf, -1.0])
def test_points_that_are_no_points_are_the_graders_fault(points: float) -> None:
    """A grade whose points are no number is refused, never written."""
    with pytest.raises(GradingFailed, match=r"points.*fault of the grader"):
        to_json(replace(right(), points=points))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no valid JSON"),
        (b'{"schema_version": 1', "no valid JSON"),
        (b'{"schema_version": NaN}', "no valid JSON"),
        (b"\xff\xfe{\x00", "no valid JSON"),
        pytest.param(b"[" * 100_000, "no valid JSON", id="deep"),
        (b"[]", "`schema_version` is null"),
        (b'{"schema_version": 2}', "`schema_version` is 2"),
        (b'{"schema_version": true}', "`schema_version` is true"),
        (b'{"schema_version": 1, "lab": 5}', "`lab`: Input should be a valid string"),
    ],
)
def test_a_file_that_is_no_grade_file_gets_a_clear_word(
    content: bytes, said: str, tmp_path: Path
) -> None:
    """The error names the file, what is wrong with it, and what to do."""
    path = tmp_path / "b.grade.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"b\.grade\.json") as caught:
        load(path)
    assert said in str(caught.value)
    assert "Grade the notebook again" in str(caught.value)


def test_a_missing_grade_file_is_wrong_use(tmp_path: Path) -> None:
    """A path with no file behind it is the caller's to mend."""
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.grade.json")


def test_a_reader_ignores_fields_that_it_does_not_know(tmp_path: Path) -> None:
    """Fields may be added within one version without breaking older readers."""
    path = tmp_path / "c.grade.json"
    path.write_text(json.dumps(json.loads(to_json(right())) | {"new": 1}), encoding="utf-8")
    assert load(path)["new"] == 1
