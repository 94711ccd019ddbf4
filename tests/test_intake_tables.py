"""A roster and a table of times are matched to what was handed in, and wrong ones are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake_files import WHEN, intake, lay, of, said, told

from grader.errors import UsageError


def _csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# ----------------------------------------------------------------------- roster

ROSTERS = {
    "en": ("id,name,email\n1,Иванов Иван,ivan@x.ru\n2,Петрова Анна,anna@x.ru\n", "utf-8"),
    "ru, Excel": (
        "Идентификатор;Фамилия;Имя;Адрес электронной почты\r\n"
        "1;Иванов;Иван;ivan@x.ru\r\n2;Петрова;Анна;anna@x.ru\r\n",
        "cp1251",
    ),
    "tabs, UTF-16": ("student\temail\nИванов Иван\tivan@x.ru\nПетрова Анна\tanna@x.ru\n", "utf-16"),
    "BOM, sep": (
        "sep=;\nФИО;Почта\n\nИванов Иван;ivan@x.ru\nПетрова Анна;anna@x.ru\n",
        "utf-8-sig",
    ),
    "quoted": (
        '"E-mail","Full name"\n"ivan@x.ru","Иванов, Иван"\nanna@x.ru,"Петрова\nАнна"\n',
        "utf-8",
    ),
    "DOS": ("фио,почта\nИванов Иван,ivan@x.ru\nПетрова Анна,anna@x.ru\n", "cp866"),
    "Moodle": (
        "Identifier,Full name,Email address,Status,Grade\n"
        "Participant 1,Иванов Иван,ivan@x.ru,,\nParticipant 2,Петрова Анна,anna@x.ru,,\n",
        "utf-8-sig",
    ),
    "Canvas": (
        "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"
        '"Иванов, Иван",1,ivan,A\n"Петрова, Анна",2,anna,A\n',
        "utf-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", ROSTERS)
def test_roster(tmp_path: Path, which: str) -> None:
    """A roster in any usual form names its students, also who handed in nothing."""
    text, encoding = ROSTERS[which]
    root = lay(tmp_path / "class", "иван иванов.ipynb", "Чужой.ipynb")
    found = intake(root, roster=_csv(tmp_path / "roster.csv", text, encoding))

    here = {entry.name.replace(",", ""): entry for entry in found.entries}
    assert sorted(here) == ["Иванов Иван", "Петрова Анна", "Чужой"]
    assert [a.source for a in here["Иванов Иван"].attempts] == ["иван иванов.ipynb"]
    assert here["Иванов Иван"].in_roster
    assert here["Петрова Анна"].in_roster
    assert here["Петрова Анна"].attempts == ()
    assert not here["Чужой"].in_roster


def test_no_roster(tmp_path: Path) -> None:
    """Without a roster nobody is said to be in it."""
    assert not intake(lay(tmp_path / "class", "anna.ipynb")).entries[0].in_roster


@pytest.mark.parametrize(
    "name",
    [
        "12345.ipynb",
        "petr@example.org.ipynb",
        "petr.ipynb",
        "Фёдоров Пётр.ipynb",
        "ПЕТР_ФЕДОРОВ.ipynb",
        "Пе\u0308тр Фе\u0308доров lab2.ipynb",
        "Федоров Петр Ильич/x.ipynb",
        "Федоров Пётр_99_assignsubmission_file_/lab.ipynb",
        "any_12345_assignsubmission_file_lab.ipynb",
        "фёдоровпётр_98_7_lab.ipynb",
        "Пётр Фёдоров - lab.ipynb",
    ],
)
def test_matching(tmp_path: Path, name: str) -> None:
    """A student is found by id, by address, and by name, whatever its case, ё and word order."""
    text = "id;name;email\n12345;Фёдоров Пётр;petr@example.org\n6;Фёдоров Фёдор;f@example.org\n"
    root = lay(tmp_path / "class", name)
    found = intake(root, roster=_csv(tmp_path / "roster.csv", text))

    assert [(e.name, e.in_roster, len(e.attempts)) for e in found.entries] == [
        ("Фёдоров Пётр", True, 1),
        ("Фёдоров Фёдор", True, 0),
    ]


def test_one_student_in_two_layouts(tmp_path: Path) -> None:
    """What came by a learning system and by mail is one student's by the roster; its id stays."""
    root = lay(
        tmp_path / "class", "Пётр Фёдоров.ipynb", "Фёдоров Пётр_9_assignsubmission_file_/x.ipynb"
    )
    roster = _csv(tmp_path / "roster.csv", "name\nФедоров Петр\n")

    assert len(told(intake(root, roster=roster))["9"]) == 2


def test_namesakes(tmp_path: Path) -> None:
    """A name that two students have matches neither, and that is told with their lines."""
    root = lay(tmp_path / "class", "Иванов Иван.ipynb")
    roster = _csv(tmp_path / "roster.csv", "id,name\n1,Иванов Иван\n2,Иван Иванов\n")
    found = intake(root, roster=roster)

    assert {e.student: (e.in_roster, len(e.attempts)) for e in found.entries} == {
        "1": (True, 0),
        "2": (True, 0),
        "Иванов Иван": (False, 1),
    }
    assert "several lines of the roster fit (2, 3)" in said(of(found, "Иванов Иван"))


def test_roster_tells_a_class_from_a_student(tmp_path: Path) -> None:
    """A folder called like nothing is the class's where its files are called like students, but
    not beside a student's folder: there it may be a student who calls files like others."""
    root = lay(tmp_path / "class", "x/lab-anna.ipynb", "x/lab-bob.ipynb", "handout.ipynb")
    roster = _csv(tmp_path / "roster.csv", "id\nlab-anna\nlab-bob\n")

    assert list(told(intake(root, roster=roster))) == ["handout", "lab-anna", "lab-bob"]
    lay(root, "y/1.ipynb")
    assert [s for s, files in told(intake(root, roster=roster)).items() if files] == [
        "handout", "x", "y",
    ]  # fmt: skip


WRONG = [
    ("", "is empty"),
    ("a,b\n1,2\n", "roster.csv:1: the roster has no column that is known"),
    ("id,name\n1,A B\n2,C D\n1,E F\n", "roster.csv:4: '1' is in line 2 already"),
    ("id,grade\n1,5\n,4\n", "roster.csv:3: neither id, e-mail address nor name"),
    ('id,name\n1,"A B\n', "not CSV: unexpected end of data"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_roster(tmp_path: Path, text: str, message: str) -> None:
    """A wrong roster is refused with the line, and what to do."""
    root = lay(tmp_path / "class", "anna.ipynb")
    with pytest.raises(UsageError) as caught:
        intake(root, roster=_csv(tmp_path / "roster.csv", text))
    assert message in str(caught.value)


def test_no_table(tmp_path: Path) -> None:
    """A workbook, a broken encoding and a missing file are each told as what they are."""
    root = lay(tmp_path / "class", "anna.ipynb")
    for content, message in (
        (b"PK\3\4...", "Excel workbook"),
        (b"\xff\xfeid\n", "damaged UTF-16"),
    ):
        (tmp_path / "roster.csv").write_bytes(content)
        with pytest.raises(UsageError, match=message):
            intake(root, roster=tmp_path / "roster.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        intake(root, roster=tmp_path / "nowhere.csv")


def test_all_problems_at_once(tmp_path: Path) -> None:
    """Everything that is wrong with both tables is in one message."""
    root = lay(tmp_path / "class", "anna.ipynb")
    roster = _csv(tmp_path / "roster.csv", "id\n1\n2\n1\n2\n")
    times = _csv(
        tmp_path / "times.csv", "file,time,attempt\na,today,1\n,2025-01-01,1\nb,2025-01-01,x\n"
    )
    with pytest.raises(UsageError) as caught:
        intake(root, roster=roster, times=times)
    lines = [line.partition(str(tmp_path))[2][1:] for line in str(caught.value).splitlines()]

    assert [line.partition(": ")[0] for line in lines] == [
        "roster.csv",
        "roster.csv:4",
        "roster.csv:5",
        "times.csv",
        "times.csv:2",
        "times.csv:3",
        "times.csv:4",
    ]


# ------------------------------------------------------------------------ times


def _times(root: Path, text: str, **options: object) -> dict[str, list[datetime | None]]:
    found = intake(root, times=_csv(root.parent / "times.csv", text), **options)
    return {e.student: [a.handed_in for a in e.attempts] for e in found.entries}


def test_times_by_student(tmp_path: Path) -> None:
    """A time by student is that of the last attempt; one with a number, of that attempt."""
    root = lay(tmp_path / "class", "anna.ipynb", "anna (1).ipynb", "Пётр Петров.ipynb", "bob.ipynb")
    text = "student;time\nanna;2025-01-01T10:00:00Z\nпетров петр;2025-01-02 10:00+03:00\n"

    assert _times(root, text) == {
        "anna": [WHEN, datetime(2025, 1, 1, 10, tzinfo=UTC)],
        "bob": [WHEN],
        "Пётр Петров": [datetime(2025, 1, 2, 7, tzinfo=UTC)],
    }
    text = "студент,попытка,время\nanna,1,2025-01-01T10:00Z\nanna,2,2025-01-05T10:00Z\n"
    assert _times(root, text)["anna"] == [
        datetime(2025, 1, 1, 10, tzinfo=UTC),
        datetime(2025, 1, 5, 10, tzinfo=UTC),
    ]


def test_times_by_file(tmp_path: Path) -> None:
    """A time by file goes to what came from it, and orders attempts that no name numbers."""
    root = lay(
        tmp_path / "class", "a/Anna Smith - lab.ipynb", "b/Anna Smith - lab.ipynb", "bob.ipynb"
    )
    lay(root, "a/Boris Stone - lab.ipynb", "b/Boris Stone - lab.ipynb")
    text = "file,time\na/Anna Smith - lab.ipynb,2025-02-01\nb\\Anna Smith - lab.ipynb,2025-01-01\n"
    roster = _csv(tmp_path / "roster.csv", "name\nAnna Smith\nBoris Stone\nBob\n")
    found = intake(root, times=_csv(tmp_path / "times.csv", text), roster=roster)

    assert told(found)["Anna Smith"] == ["b/Anna Smith - lab.ipynb", "a/Anna Smith - lab.ipynb"]
    first, second = of(found, "Anna Smith").attempts
    assert second.handed_in is not None
    assert first.handed_in is not None
    assert second.handed_in - first.handed_in == timedelta(days=31)


def test_time_without_zone(tmp_path: Path) -> None:
    """A time without a zone is by this machine's clock."""
    root = lay(tmp_path / "class", "anna.ipynb")

    assert _times(root, "id,submitted at\nanna,2025-01-01T10:00\n")["anna"] == [
        datetime(2025, 1, 1, 10).astimezone(UTC)
    ]


def test_times_that_fit_nothing(tmp_path: Path) -> None:
    """Rows of nobody here, of two files at once, or too many, are told with their lines."""
    root = lay(tmp_path / "class", "anna/lab.ipynb", "bob/lab.ipynb")
    text = (
        "student,file,time,attempt\n"
        "carl,,2025-01-01,\n"
        ",lab.ipynb,2025-01-01,\n"
        "anna,,2025-01-01,\n"
        "anna,,2025-01-02,\n"
        "bob,lab.ipynb,2025-01-03,\n"
        "bob,,2025-01-03,2\n"
        "dora,,,\n"
    )
    found = intake(root, times=_csv(tmp_path / "times.csv", text))

    assert [p.reason.en.partition(":")[0] for p in found.problems] == [
        "line 2",
        "line 3",
        "line 4",
        "line 7",
    ]
    times = [e.attempts[0].handed_in for e in found.entries]
    assert [time and time.astimezone().day for time in times] == [2, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student\nanna\n", "no column of times"),
        ("time\n2025-01-01\n", "whose times these are"),
        ("id,time\nanna,31.12.2025\n", "times.csv:2: '31.12.2025' is no ISO time"),
    ],
)
def test_wrong_times(tmp_path: Path, text: str, message: str) -> None:
    """A wrong table of times is refused with the line, and how a time is written."""
    with pytest.raises(UsageError) as caught:
        _times(lay(tmp_path / "class", "anna.ipynb"), text)
    assert message in str(caught.value)
