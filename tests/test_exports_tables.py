"""Marks as tables: plain CSV, Moodle's grading worksheet, Canvas' gradebook."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from standing_samples import late, standing

from grader.errors import UsageError
from grader.exports import canvas, moodle, plain
from grader.exports.filling import Filled
from grader.standing import Standing

HOSTILE = (
    "=HYPERLINK(\"http://x\";\"click\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
    "\x00=1", "\x1b[31m=1", "  =1", "＝1",
)  # fmt: skip

LMS = Path(__file__).parent / "lms"
WORKSHEET, RUSSIAN, GRADEBOOK = (
    (LMS / name).read_bytes().decode()
    for name in ("moodle_worksheet_en.csv", "moodle_worksheet_ru.csv", "canvas_gradebook.csv")
)
"""As the learning systems export them."""


def table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def changed(before: str, filled: Filled, delimiter: str = ",") -> dict[tuple[int, str], str]:
    """The cells that differ, by row and column title."""
    old, new = table(before.encode(), delimiter), table(filled.content, delimiter)
    assert [len(row) for row in old] == [len(row) for row in new]
    return {
        (number, title): cell
        for number, row in enumerate(new)
        for title, cell, was in zip(new[0], row, old[number], strict=False)
        if cell != was
    }


def moodled(student: str, name: str, number: int, points: float | None = 7.5) -> Standing:
    folder = f"{name}_{number}_assignsubmission_file_"
    return standing(student, name, points, source=f"class.zip!{folder}/lab.ipynb")


def fill_moodle(folder: Path, text: str, people: list[Standing], *, scale: bool = False) -> Filled:
    path = folder / "worksheet.csv"
    path.write_bytes(text.encode())
    return moodle.fill(path, people, scale=scale)


def fill_canvas(
    folder: Path, text: str, people: list[Standing], name: str, *, scale: bool = False
) -> Filled:
    path = folder / "gradebook.csv"
    path.write_bytes(text.encode())
    return canvas.fill(path, people, name, scale=scale)


# ------------------------------------------------------------------------------ plain


def test_plain_csv_has_a_row_a_student() -> None:
    """What made a mark stands beside it, and what is not there is an empty cell."""
    ann = late(standing("101", 'Lee, Ann "A"', comment="Two\nlines"), 25.5, 0.8)
    rows = list(
        csv.DictReader(io.StringIO(plain.export([ann, standing("102", "Bob", None)]).decode()))
    )
    assert rows[0] == {
        "student": "101", "name": "Lee, Ann \"A\"", "status": "graded", "points": "6",
        "max_points": "10", "passed": "yes", "provisional": "no", "judged": "7.5",
        "late_hours": "25.5", "kept_percent": "80", "by_hand": "essay", "comment": "Two\nlines",
        "reason": "", "attempt": "1", "source": "101.ipynb", "net": "5.5", "essay": "2",
    }  # fmt: skip
    assert (rows[1]["points"], rows[1]["passed"], rows[1]["net"]) == ("", "", "")
    assert (rows[1]["status"], rows[1]["reason"]) == ("unreadable", "not a notebook")


def test_plain_csv_for_russian_excel() -> None:
    """With a byte order mark, semicolons and decimal commas a double click opens it rightly."""
    content = plain.export([standing("1", "Ёлкина; Анна")], plain.Dialect(";", bom=True))
    assert content.startswith(b"\xef\xbb\xbf")
    row = dict(zip(*table(content, ";"), strict=True))
    assert (row["name"], row["points"], row["net"]) == ("Ёлкина; Анна", "7,5", "5,5")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_student_is_a_formula(text: str) -> None:
    """Names, comments, reasons and file names that would be formulas begin with an apostrophe."""
    one = standing(text, text, None, reason=text, comment=text, source=text)
    (_, row) = table(plain.export([one]))
    for cell in (row[0], row[1], row[11], row[12], row[14]):
        assert cell.startswith("'")
        assert not any(ord(char) < 32 and char != "\n" for char in cell)


def test_a_hand_given_whole_is_marked_in_plain_csv() -> None:
    """A star says that the points of the submission are a person's, with the reason."""
    one = standing("1", "Ann", by_hand=True, why="oral exam", comment="Fine")
    (row,) = csv.DictReader(io.StringIO(plain.export([one]).decode(), newline=""))
    assert (row["by_hand"], row["comment"]) == ("* essay", "oral exam\nFine")


# ----------------------------------------------------------------------------- moodle


def test_moodle_worksheet_keeps_everything_but_marks_and_comments(tmp_path: Path) -> None:
    """Rows are found by Moodle's number, and no other cell, row, mark or line end changes."""
    people = [moodled("9001", "Ann Lee", 9001), moodled("9002", "somebody else", 9002, 9)]
    filled = fill_moodle(tmp_path, WORKSHEET, people)
    cells = changed(WORKSHEET, filled)
    assert set(cells) == {
        (row, column) for row in (1, 2) for column in ("Grade", "Feedback comments")
    }
    assert (cells[1, "Grade"], cells[2, "Grade"]) == ("7.5", "9")
    assert filled.content.startswith(b"\xef\xbb\xbf")
    assert filled.content.count(b"\r\n") == WORKSHEET.count("\r\n")
    assert filled.students == ("9001", "9002")
    assert filled.unmatched == ("line 5: Eve Moss", "line 6: Guest One")


def test_moodle_comments_keep_what_a_person_wrote(tmp_path: Path) -> None:
    """A second export replaces the words of the first and leaves the teacher's alone."""
    first = fill_moodle(tmp_path, WORKSHEET, [moodled("9002", "Bob", 9002, 9)])
    again = fill_moodle(tmp_path, first.content.decode("utf-8"), [moodled("9002", "Bob", 9002, 6)])
    comment = table(again.content)[2][-1]
    assert comment.startswith('<p>Come and see me</p><div class="autograder">Mark: 6')
    assert comment.count("autograder") == 1
    assert "9 of" not in comment


def test_moodle_comments_are_html_without_a_students_tags(tmp_path: Path) -> None:
    """Messages are text: a tag in a student's output is shown, not obeyed."""
    one = moodled("9001", "Ann", 9001)
    net = replace(one.tasks[0], message="</div><script>alert(1)</script>\x00\x1b[0m & more")
    filled = fill_moodle(tmp_path, WORKSHEET, [replace(one, tasks=(net,))])
    comment = table(filled.content)[1][-1]
    assert "&lt;/div&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in comment
    assert "<script" not in comment
    assert comment.count("</div>") == 1


def test_moodle_comment_tells_how_the_mark_came_about(tmp_path: Path) -> None:
    """Penalty, hand-given points, reasons and comments are told in the notebook's language."""
    one = late(moodled("9001", "Анна", 9001), 27, 0.8)
    net = replace(one.tasks[0], by_hand=True, points=4.0, judged=1.0, why="сломанные данные")
    one = replace(
        one, language="ru", tasks=(net, one.tasks[1]), comment="Зайдите ко мне",
        provisional=True, reason="без обучения",
    )  # fmt: skip
    filled = fill_moodle(tmp_path, WORKSHEET, [one])
    assert filled.provisional == ("9001",)
    told = table(filled.content)[1][-1].replace("\u00a0", " ").split("<br>")
    assert told == [
        '<div class="autograder">Итог: 6 из 10 баллов.',
        "Оценка предварительная: без обучения.",
        "Сдано позже срока на 1 д 3 ч: засчитывается 80 % баллов.",
        "Комментарий преподавателя: Зайдите ко мне",
        "Network: 4 из 8 баллов, выставил преподаватель (автоматическая проверка: 1): "
        "сломанные данные",
        "Essay: 2 из 2 баллов, выставил преподаватель.</div>",
    ]


def test_moodle_rows_that_must_stay_are_told(tmp_path: Path) -> None:
    """A locked grade and a submission without a mark stay as they were, each with the reason."""
    people = [moodled("9003", "Eve Moss", 9003), moodled("9002", "Bob", 9002, None)]
    filled = fill_moodle(tmp_path, WORKSHEET, people)
    assert changed(WORKSHEET, filled) == {}
    assert filled.students == ()
    assert filled.left == (
        'line 4: Stone, Bob "B": unreadable: not a notebook',
        "line 5: Eve Moss: Moodle says that the grade cannot be changed",
    )


def test_moodle_students_are_found_by_id_mail_or_name(tmp_path: Path) -> None:
    """Without Moodle's number the id, the address and then the words of a name tell who it is."""
    people = [
        standing("101", "somebody", 1.0 + 4),
        standing("BOB@example.edu", "other", 6.0),
        standing("x", "one GUEST", 7.0),
    ]
    filled = fill_moodle(tmp_path, WORKSHEET, people)
    cells = changed(WORKSHEET, filled)
    assert [cells[row, "Grade"] for row in (1, 2, 4)] == ["5", "6", "7"]


def test_a_number_by_chance_is_nobodys(tmp_path: Path) -> None:
    """A student whose id happens to be a participant's number is not that participant."""
    filled = fill_moodle(tmp_path, WORKSHEET, [standing("9001", "Zoe Quinn")])
    assert changed(WORKSHEET, filled) == {}
    assert filled.unplaced == ("Zoe Quinn (9001)",)


def test_namesakes_are_matched_by_nobodys_guess(tmp_path: Path) -> None:
    """Two students, or two rows, of one name get no mark by name, and both sides are listed."""
    two = [standing("a", "Ann Lee"), standing("b", "Lee Ann")]
    filled = fill_moodle(tmp_path, WORKSHEET, two)
    assert (filled.students, filled.unplaced) == ((), ("Ann Lee (a)", "Lee Ann (b)"))
    rows = WORKSHEET.replace("Eve Moss", "Lee Ann")
    filled = fill_moodle(tmp_path, rows, two[:1])
    assert filled.students == ()
    assert filled.unmatched[0] == "line 2: Ann Lee"


def test_the_russian_worksheet_is_filled(tmp_path: Path) -> None:
    """Russian headers, numbers without a space, semicolons and a Russian «no» are understood."""
    people = [moodled("1", "Анна Елкина", 9001), standing("2", "Ким Борис")]
    filled = fill_moodle(tmp_path, RUSSIAN, people)
    cells = changed(RUSSIAN, filled, ";")
    assert cells.keys() == {(1, "Оценка"), (1, "Отзыв в виде комментария")}
    assert cells[1, "Оценка"] == "7.5"
    assert filled.left == ("line 3: Борис Ким: Moodle says that the grade cannot be changed",)
    assert b"\r" not in filled.content


def test_another_maximum_is_refused_or_converted(tmp_path: Path) -> None:
    """Moodle skips marks above its maximum without a word, so that is told before it can happen."""
    hundred = WORKSHEET.replace("10.00", "100.00")
    people = [moodled("9001", "Ann", 9001)]
    with pytest.raises(UsageError, match=r"maximum is 100 and the lab's 10.*--scale"):
        fill_moodle(tmp_path, hundred, people)
    filled = fill_moodle(tmp_path, hundred, people, scale=True)
    assert changed(hundred, filled)[1, "Grade"] == "75"
    with pytest.raises(UsageError, match="the maximum 'A' is no number"):
        fill_moodle(tmp_path, WORKSHEET.replace("10.00", "A"), people, scale=True)


def test_a_foreign_file_is_no_worksheet(tmp_path: Path) -> None:
    """A file that is no worksheet, and one that is not UTF-8, are refused with what to do."""
    with pytest.raises(UsageError, match="no column Identifier and Grade"):
        fill_moodle(tmp_path, "a,b\n1,2\n", [])
    with pytest.raises(UsageError, match="no column Identifier and Grade"):
        fill_moodle(tmp_path, "", [])
    path = tmp_path / "w.csv"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    with pytest.raises(UsageError, match="export it again"):
        moodle.fill(path, [])
    with pytest.raises(UsageError, match="cannot be read"):
        moodle.fill(tmp_path / "none.csv", [])


def test_essays_of_any_length_are_kept(tmp_path: Path) -> None:
    """Moodle's online text may be larger than Python's limit for a cell, which stays as it was."""
    usual = csv.field_size_limit()
    essay = "x" * (usual + 1)
    long = WORKSHEET.replace("<p>Two", f"<p>{essay}")
    filled = fill_moodle(tmp_path, long, [moodled("9001", "Ann", 9001)])
    assert essay.encode() in filled.content
    assert csv.field_size_limit() == usual


def test_worksheet_tells_the_numbers_of_participants(tmp_path: Path) -> None:
    """For a feedback zip: full name and number of who is found, by whatever tells him."""
    path = tmp_path / "w.csv"
    path.write_bytes(WORKSHEET.encode())
    assert moodle.numbers(path, [standing("102", "x"), standing("zz", "nobody")]) == {
        "102": ('Stone, Bob "B"', "9002")
    }


# ----------------------------------------------------------------------------- canvas


def test_canvas_gradebook_keeps_everything_but_the_assignment(tmp_path: Path) -> None:
    """Only cells of the chosen assignment change; points possible and other rows stay."""
    people = [
        standing("7001", "x", source="leeann_7001_88_lab-1.ipynb"),
        standing("s102", "y", 9.0),
        standing("z", "Eve Moss", 8.0),
    ]
    filled = fill_canvas(tmp_path, GRADEBOOK, people, "601")
    cells = changed_at(GRADEBOOK, filled)
    assert cells == {(3, 8): "7.5", (4, 8): "9", (5, 8): "8"}
    assert filled.unmatched == ("line 7: Student, Test",)


def test_canvas_leaves_excused_students_alone(tmp_path: Path) -> None:
    """EX stays, whatever mark there is, and is told."""
    filled = fill_canvas(tmp_path, GRADEBOOK, [standing("eve", "Eve")], "Lab 2 (501)")
    assert changed_at(GRADEBOOK, filled) == {}
    assert filled.left == ("line 6: Moss, Eve: excused in Canvas (EX)",)


@pytest.mark.parametrize("name", ["Lab 1", "lab 1 (500)", "500", " LAB 1 "])
def test_canvas_assignment_is_chosen_by_title_or_number(tmp_path: Path, name: str) -> None:
    """Title, title with number, and number name the same column, whatever the case."""
    filled = fill_canvas(tmp_path, GRADEBOOK, [standing("ann", "A")], name, scale=True)
    assert changed_at(GRADEBOOK, filled) == {(3, 6): "15"}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Lab 2", r"several assignments are called so: Lab 2 \(501\), Lab 2 \(601\)"),
        ("Lab 3", r"no assignment 'lab 3'; the gradebook has Lab 1 \(500\), Lab 2 \(501\)"),
        ("Final Score", "no assignment"),
        ("Lab 1", r"has 20 points and the lab 10.*--scale"),
    ],
)
def test_canvas_doubts_about_the_column_are_refused(tmp_path: Path, name: str, says: str) -> None:
    """A title of two assignments, of none, of a computed column or of other points is an error."""
    with pytest.raises(UsageError, match=says):
        fill_canvas(tmp_path, GRADEBOOK, [standing("ann", "Ann")], name)


def test_canvas_with_first_and_last_names_and_semicolons(tmp_path: Path) -> None:
    """The other shape of the export, two name columns and semicolons, is filled alike."""
    text = (
        "LastName;FirstName;ID;SIS Login ID;Section;Lab 2 (501)\r\n"
        "Points Possible;;;;;10,00\r\n"
        "Ёлкина;Анна;1;x1;A;\r\nКим;Борис;2;x2;A;\r\n"
    )
    people = [standing("u", "Анна Елкина"), standing("2", "someone")]
    filled = fill_canvas(tmp_path, text, people, "Lab 2")
    assert changed_at(text, filled, ";") == {(2, 5): "7.5", (3, 5): "7.5"}
    assert canvas.assignments(tmp_path / "gradebook.csv") == ("Lab 2 (501)",)


def test_a_foreign_file_is_no_gradebook(tmp_path: Path) -> None:
    """Without the columns Student and ID it is refused with where to export it."""
    with pytest.raises(UsageError, match="Export Entire Gradebook"):
        fill_canvas(tmp_path, "a,b\n1,2\n", [], "Lab")


def changed_at(before: str, filled: Filled, delimiter: str = ",") -> dict[tuple[int, int], str]:
    """The cells that differ, by row and column number."""
    old, new = table(before.encode(), delimiter), table(filled.content, delimiter)
    return {
        (i, j): cell
        for i, (was, row) in enumerate(zip(old, new, strict=True))
        for j, (old_cell, cell) in enumerate(zip(was, row, strict=True))
        if cell != old_cell
    }


@pytest.mark.parametrize("text", [WORKSHEET, RUSSIAN, GRADEBOOK])
def test_a_table_with_nothing_to_fill_means_the_same(tmp_path: Path, text: str) -> None:
    """Reading and writing a teacher's file changes no cell, and a second time not even a byte."""
    fill = (lambda t: fill_canvas(tmp_path, t, [], "Lab 1")) if text == GRADEBOOK else (
        lambda t: fill_moodle(tmp_path, t, []))  # fmt: skip
    once = fill(text)
    delimiter = ";" if text == RUSSIAN else ","
    assert table(once.content, delimiter) == table(text.encode(), delimiter)
    assert fill(once.content.decode()).content == once.content


def test_worksheets_without_optional_columns_are_filled(tmp_path: Path) -> None:
    """Older or shorter worksheets, without maximum and comments, get the marks alone."""
    text = "Identifier,Full name,Grade,Last modified (grade)\nParticipant 9001,Ann,,-\n\n"
    filled = fill_moodle(tmp_path, text, [moodled("9001", "Ann", 9001)])
    assert filled.content.decode() == text.replace("Ann,,", "Ann,7.5,")


def test_a_gradebook_that_does_not_say_its_points_is_filled(tmp_path: Path) -> None:
    """Without the row of points possible there is nothing to compare the lab's points with."""
    text = "Student,ID,Section,Lab 2 (5)\nAnn Lee,1,A\n"
    filled = fill_canvas(tmp_path, text, [standing("x", "Ann Lee")], "5")
    assert filled.content.decode() == text.replace("1,A", "1,A,7.5")


def test_a_table_that_is_no_csv_is_told_with_its_line(tmp_path: Path) -> None:
    """An unclosed quote would swallow other students' rows, so it is an error with its line."""
    with pytest.raises(UsageError, match=r"worksheet\.csv:2: not CSV"):
        fill_moodle(tmp_path, 'Identifier,Grade\nParticipant 1,"5\nParticipant 2,6\n', [])


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (0.01, "less than a minute"), (1 / 60, "1 min"), (1.001, "1 h 1 min"), (24, "1 d"),
        (49.5, "2 d 1 h"), (24.5, "1 d 30 min"),
    ],
)  # fmt: skip
def test_lateness_is_told_in_two_units(tmp_path: Path, hours: float, says: str) -> None:
    """A delay is told in days, hours and begun minutes, the two largest of them."""
    filled = fill_moodle(tmp_path, WORKSHEET, [late(moodled("9001", "Ann", 9001), hours, 1.0)])
    comment = table(filled.content)[1][-1].replace("\u00a0", " ")
    assert f"Handed in {says} after the deadline.<br>" in comment


def test_a_flood_of_text_is_cut_in_comments(tmp_path: Path) -> None:
    """A message of a million characters does not become a comment of a million characters."""
    one = moodled("9001", "Ann", 9001)
    one = replace(one, tasks=(replace(one.tasks[0], message="flood " * 200_000, comment="Why?"),))
    comment = table(fill_moodle(tmp_path, WORKSHEET, [one]).content)[1][-1]
    assert len(comment) < 1000
    assert comment.endswith("The teacher&#x27;s comment: Why?</div>")


def test_points_of_the_whole_by_hand_are_told(tmp_path: Path) -> None:
    """The student reads that a person gave the points and why, and of no penalty."""
    one = replace(
        moodled("9001", "Ann", 9001), by_hand=True, why="oral exam.", kept=0.5, tasks=(),
        late=late(standing("1", "x"), 24, 0.5).late,
    )  # fmt: skip
    comment = table(fill_moodle(tmp_path, WORKSHEET, [one]).content)[1][-1]
    assert comment.replace("\u00a0", " ") == (
        '<div class="autograder">Mark: 7.5 of 10 points.<br>Points given by the teacher: oral exam.'
        "<br>Handed in 1 d after the deadline.</div>"
    )


def test_one_open_check_holds_nobodys_marks_back(tmp_path: Path) -> None:
    """Where the grader could not check two of ten points of one student, the assignment's maximum
    is still the lab's, and that student's points go over as they are."""
    people = [moodled("ann", "Ann Lee", 100), moodled("bob", "Bob Ray", 101)]
    people[0] = replace(people[0], points=6.0, max_points=8.0, open_points=2.0)
    worksheet = (
        "Identifier,Full name,Email address,Grade,Maximum Grade\n"
        "Participant 100,Ann Lee,a@x,,10.00\nParticipant 101,Bob Ray,b@x,,10.00\n"
    )
    filled = fill_moodle(tmp_path, worksheet, people)
    assert [row[3] for row in table(filled.content)[1:]] == ["6", "7.5"]
    gradebook = "Student,ID,SIS Login ID,Section,Lab (7)\nPoints Possible,,,,10\n"
    gradebook += "Ann Lee,1,ann,s,\nBob Ray,2,bob,s,\n"
    filled = fill_canvas(tmp_path, gradebook, people, "Lab")
    assert [row[4] for row in table(filled.content)[2:]] == ["6", "7.5"]
