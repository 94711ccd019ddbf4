"""The file of hand-given marks: both formats, and every mistake at once with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from standing_samples import rubric

from grader import marks
from grader.errors import UsageError
from grader.marks import Mark

STUDENTS = {"101": "Анна Ёлкина", "102": "Bob Stone", "007": "James Bond", "103": "Bob Stone"}
CSV = """\
student,task,points,comment,reason
101,essay,"1,5",Хороший рассказ,
bob,net,5,,the data set was broken
007,,9,"Says ""hello"",
twice",oral exam
101,net,,See me,
"""
YAML = """\
- {student: 101, task: essay, points: 1.5, comment: Хороший рассказ}
- student: bob
  task: net
  points: 5
  reason: the data set was broken
- student: 007
  points: 9
  comment: |-
    Says "hello",
    twice
  reason: oral exam
- {student: 101, task: net, points: ~, comment: See me}
"""
EXPECTED = {
    ("101", "essay"): Mark("101", "essay", 1.5, "Хороший рассказ", ""),
    ("bob", "net"): Mark("bob", "net", 5.0, "", "the data set was broken"),
    ("007", ""): Mark("007", "", 9.0, 'Says "hello",\ntwice', "oral exam"),
    ("101", "net"): Mark("101", "net", None, "See me", ""),
}


def load(folder: Path, name: str, content: str | bytes) -> marks.Marks:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return marks.load(path, rubric(), {**STUDENTS, "bob": "Bob"})


def problems(folder: Path, name: str, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load(folder, name, text)
    return [line.removeprefix(f"{folder / name}:") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(("name", "text"), [("marks.csv", CSV), ("marks.yaml", YAML)])
def test_both_formats_mean_the_same(tmp_path: Path, name: str, text: str) -> None:
    """Points, overrides and comments are read alike from CSV and from YAML."""
    assert dict(load(tmp_path, name, text).given) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_russian_excel_saves_is_read(tmp_path: Path, encoding: str) -> None:
    """Semicolons, decimal commas, Russian headers, byte order marks and CRLF change nothing."""
    text = "Студент;Задание;Баллы;Комментарий;Причина\r\n101;essay;1,5;Хороший рассказ;\r\n;;;;\r\n"
    assert dict(load(tmp_path, "marks.csv", text.encode(encoding)).given) == {
        ("101", "essay"): EXPECTED["101", "essay"]
    }


def test_a_student_may_be_given_by_name(tmp_path: Path) -> None:
    """A name that one student has stands for the id, whatever its case, with е for ё."""
    text = "student,task,points\nанна елкина,essay,2\n"
    assert load(tmp_path, "marks.csv", text).of("101", "essay") == Mark("101", "essay", 2, "", "")


def test_every_problem_of_a_csv_is_told_at_once(tmp_path: Path) -> None:
    """Each wrong line is told with its number; lines inside a quoted comment are counted too."""
    text = (
        "student,task,points,comment,reason\n"
        '101,essay,1,"two\nlines",\n'
        "nobody,essay,1,,\n"
        "bob stone,essay,1,,\n"
        "101,nets,1,,because\n"
        "101,net,5,,\n"
        "102,net,nan,,because\n"
        "102,essay,3,,\n"
        "103,essay,-1,,\n"
        "103,,5,,\n"
        ",essay,1,,\n"
        "103,net,,,\n"
        "007,net,,,because\n"
        "101,essay,2,again,\n"
        "007,essay,1,,,,\n"
    )
    told = problems(tmp_path, "marks.csv", text)
    assert told[0] == "the marks given by hand have 13 problems:"
    expected = [
        (4, "no student 'nobody'"), (5, "several students"), (6, "no task 'nets'"),
        (7, "say why"), (8, "must be a number, not 'nan'"), (9, "0 to 2 points, not 3"),
        (10, "not -1"), (11, "say why"), (12, "`student` is empty"), (13, "nothing is given"),
        (14, "no points that it would be for"), (15, "same student and task as in line 2"),
        (16, "7 cells"),
    ]  # fmt: skip
    for line, (number, says) in zip(told[1:], expected, strict=True):
        assert line.startswith(f"{number}: ")
        assert says in line


def test_every_problem_of_a_yaml_is_told_at_once(tmp_path: Path) -> None:
    """Wrong fields, entries and values are told with the lines on which they stand."""
    text = (
        "- {student: 101, task: essay, point: 1, comment: x}\n"
        "- just words\n"
        "- student: 101\n"
        "  task: [net]\n"
        "  student: 102\n"
        "  comment: y\n"
        "- {student: 101, task: net, points: '5 of 8'}\n"
    )
    told = problems(tmp_path, "marks.yaml", text)
    expected = [
        (1, "unknown field 'point'"), (2, "an entry is a mapping"), (4, "a single value"),
        (5, "`student` is there twice"), (7, "must be a number"), (7, "say why"),
    ]  # fmt: skip
    assert [line.partition(":")[0] for line in told[1:]] == [str(line) for line, _ in expected]
    assert all(says in line for line, (_, says) in zip(told[1:], expected, strict=True))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("marks.csv", "name,points\n1,2\n", "1: unknown column 'name'"),
        ("marks.csv", "task,points\nnet,2\n", "1: there is no column `student`"),
        ("marks.csv", "student,points,баллы\n101,2,3\n", "1: two columns `points`"),
        ("marks.yaml", "student: 101\n", "1: give a list"),
        ("marks.yaml", "- [\n", "not YAML"),
        ("marks.yaml", "- a: *b\n", "not YAML"),
        ("marks.yaml", "- {}\n---\n- {}\n", "not YAML"),
        ("marks.yaml", "[" * 600, "not YAML"),
    ],
)
def test_a_file_of_another_form_is_told(tmp_path: Path, name: str, text: str, says: str) -> None:
    """What is no table of marks is refused with what a table of marks has."""
    assert any(says in line for line in problems(tmp_path, name, text))


@pytest.mark.parametrize("name", ["marks.csv", "marks.yaml"])
def test_an_empty_file_gives_nothing(tmp_path: Path, name: str) -> None:
    """A file without entries is no mistake."""
    assert dict(load(tmp_path, name, "").given) == {}


def test_an_encoding_that_nobody_can_know_is_refused(tmp_path: Path) -> None:
    """A file that is not UTF-8 would garble comments, so it is not guessed at."""
    path = tmp_path / "marks.csv"
    path.write_bytes("student,comment\n101,Привет\n".encode("cp1251"))
    with pytest.raises(UsageError, match="not UTF-8"):
        marks.load(path, rubric(), STUDENTS)
    with pytest.raises(UsageError, match=r"none\.csv: cannot be read"):
        marks.load(tmp_path / "none.csv", rubric(), STUDENTS)


def test_a_task_without_points_takes_comments_only(tmp_path: Path) -> None:
    """Where the rubric has no points to give, giving some is told, with what to change."""
    tasks = rubric().model_dump()["tasks"]
    tasks[1]["manual_points"] = 0
    path = tmp_path / "marks.csv"
    path.write_text("student,task,points\n101,essay,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="give it `manual_points` in the rubric"):
        marks.load(path, rubric(tasks=tasks), STUDENTS)


def test_the_file_is_found_beside_the_class(tmp_path: Path) -> None:
    """marks.csv or marks.yaml is taken; two of them are refused, as nobody knows which counts."""
    assert marks.find(tmp_path) is None
    (tmp_path / "marks.yaml").write_text("", encoding="utf-8")
    assert marks.find(tmp_path) == tmp_path / "marks.yaml"
    (tmp_path / "marks.csv").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"both marks\.csv and marks\.yaml"):
        marks.find(tmp_path)


def test_an_unclosed_quote_is_told(tmp_path: Path) -> None:
    """It would swallow the marks of the lines after it, so the file is refused with its line."""
    told = problems(tmp_path, "marks.csv", 'student,comment\n101,"a\n102,b\n')
    assert told == ["2: not CSV: unexpected end of data; mend that line"]
