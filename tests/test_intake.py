"""A class folder as learning systems and teachers leave it becomes students and attempts."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake_files import NOTEBOOK, WHEN, intake, lay, of, said, told, zip_bytes, zipped

from grader.errors import GradingFailed, UsageError
from grader.intake import Attempt, Entry, chosen, lateness, take_in

MOODLE = "Иванов Иван_12345_assignsubmission_file_"


def test_flat_files(tmp_path: Path) -> None:
    """A flat file is its student's, by its name; what browsers add to copies counts attempts."""
    names = (
        "Иванов Иван.ipynb",
        "ivanov_lab.ipynb",
        "ivanov_lab (1).ipynb",
        "ivanov_lab (10).ipynb",
    )
    found = intake(lay(tmp_path / "class", *names))

    assert told(found) == {
        "ivanov_lab": ["ivanov_lab.ipynb", "ivanov_lab (1).ipynb", "ivanov_lab (10).ipynb"],
        "Иванов Иван": ["Иванов Иван.ipynb"],
    }
    assert [a.number for a in of(found, "ivanov_lab").attempts] == [1, 2, 3]
    assert of(found, "ivanov_lab").name == "ivanov lab"
    (attempt,) = of(found, "Иванов Иван").attempts
    assert attempt.path.read_bytes() == NOTEBOOK
    assert attempt.handed_in == WHEN
    assert found.layout == "flat"
    assert found.problems == ()


def test_one_folder_a_student(tmp_path: Path) -> None:
    """In a student's folder the notebook that is no copy is taken, and the choice is told."""
    names = (
        "Иванов Иван/lab.ipynb",
        "Иванов Иван/lab (1).ipynb",
        "Иванов Иван/.ipynb_checkpoints/lab-checkpoint.ipynb",
        "Иванов Иван/__MACOSX/._lab.ipynb",
        "petrov/deep/down/work.ipynb",
        "sidorov/lab.pdf",
        "empty/",
    )
    found = intake(lay(tmp_path / "class", *names))

    assert told(found) == {
        "empty": [],
        "petrov": ["petrov/deep/down/work.ipynb"],
        "sidorov": [],
        "Иванов Иван": ["Иванов Иван/lab.ipynb"],
    }
    assert "'lab.ipynb' was taken, the rest is not graded: lab (1).ipynb" in said(
        of(found, "Иванов Иван")
    )
    assert said(of(found, "sidorov")) == "no notebook (.ipynb) in it, only: lab.pdf"
    assert said(of(found, "empty")) == "empty: there is no notebook"
    assert said(of(found, "petrov")) == ""
    assert found.layout == "folders"


def test_newest_of_several(tmp_path: Path) -> None:
    """Among notebooks of which none is a copy, the newest is taken."""
    root = lay(tmp_path / "class", "petrov/b.ipynb", "ivanov/lab.ipynb")
    lay(root, "petrov/a.ipynb", when=WHEN + timedelta(hours=1))
    lay(root, "petrov/c.ipynb", when=WHEN - timedelta(hours=1))

    assert told(intake(root))["petrov"] == ["petrov/a.ipynb"]


def test_moodle(tmp_path: Path) -> None:
    """Moodle's id tells the student, in folders and in file names; typed text is no hand-in."""
    names = (
        f"{MOODLE}/Копия lab.ipynb",
        "Иванов Иван_12345_assignsubmission_onlinetext_/onlinetext.html",
        "Лен Ко_77_assignsubmission_onlinetext_/onlinetext.html",
        "Иванов Иван_12346_assignsubmission_file/lab.ipynb",
        "Anna_Maria Smith_9_assignsubmission_file_lab.ipynb",
        "Anna_Maria Smith_9_assignsubmission_file_lab (1).ipynb",
        "Bo_10_assignsubmission_onlinetext_onlinetext.html",
    )
    found = intake(lay(tmp_path / "class", *names))

    assert told(found) == {
        "9": ["Anna_Maria Smith_9_assignsubmission_file_lab.ipynb"],
        "10": [],
        "12345": [f"{MOODLE}/Копия lab.ipynb"],
        "12346": ["Иванов Иван_12346_assignsubmission_file/lab.ipynb"],
        "77": [],
    }
    assert of(found, "12345").name == "Иванов Иван"
    assert of(found, "9").name == "Anna Maria Smith"
    assert said(of(found, "12345")) == ""
    assert "only text typed into the form" in said(of(found, "77"))
    assert "only text typed into the form" in said(of(found, "10"))
    assert found.layout == "moodle"


def test_canvas(tmp_path: Path) -> None:
    """Canvas' user id tells the student, its number at the end the attempt; LATE is told."""
    names = (
        "doejane_123_450_lab.ipynb",
        "doejane_LATE_123_456_lab-1.ipynb",
        "doejane_123_457_report.pdf",
        "ivanovivan_7_8_my_lab-2.ipynb",
        "typist_5_text.html",
    )
    found = intake(lay(tmp_path / "class", *names))

    assert told(found) == {
        "123": ["doejane_123_450_lab.ipynb", "doejane_LATE_123_456_lab-1.ipynb"],
        "7": ["ivanovivan_7_8_my_lab-2.ipynb"],
        "5": [],
    }
    assert said(of(found, "123")) == "Canvas marked this submission as late (LATE)"
    assert [a.number for a in of(found, "123").attempts] == [1, 2]
    assert [a.number for a in of(found, "7").attempts] == [1]
    assert found.layout == "canvas"


def test_google_classroom(tmp_path: Path) -> None:
    """``Name - work`` is the name's, also a name of one word where the work is the same."""
    names = (
        "Anna Smith - lab.ipynb",
        "Anna Smith - Copy of lab.ipynb",
        "Bob - lab.ipynb",
        "Пётр Петров/Копия блокнота lab.ipynb",
    )
    found = intake(lay(tmp_path / "class", *names))

    assert told(found) == {
        "Anna Smith": ["Anna Smith - lab.ipynb", "Anna Smith - Copy of lab.ipynb"],
        "Bob": ["Bob - lab.ipynb"],
        "Пётр Петров": ["Пётр Петров/Копия блокнота lab.ipynb"],
    }
    assert found.layout == "google + folders"


def test_github_classroom(tmp_path: Path) -> None:
    """A repository's owner is what follows the assignment's name; clone times are distrusted."""
    around = "convnets-lab-submissions/convnets-lab"
    names = (
        f"{around}-anna-k/.git/config",
        f"{around}-anna-k/README.md",
        f"{around}-anna-k/lab.ipynb",
        f"{around}-anna-k/drafts/old.ipynb",
        f"{around}-bob/.git/config",
        f"{around}-bob/lab.py",
    )
    found = intake(lay(tmp_path / "class", *names))

    scripts = [f"{around}-bob/lab.py"]
    assert told(found) == {"anna-k": [f"{around}-anna-k/lab.ipynb"], "bob": scripts}
    assert "time of cloning" in found.problems[0].reason.en
    assert found.layout == "github"


METADATA = """\
submission_11:
  :submitters:
  - :name: Anna Smith
    :sid: '100'
    :email: anna@example.org
  - :name: Bob Stone
    :sid: '101'
    :email: bob@example.org
  :created_at: 2025-03-01 10:00:00.000000000 -08:00
submission_12:
  :submitters:
  - :name: Пётр
    :email: petr@example.org
"""


def test_gradescope(tmp_path: Path) -> None:
    """The export's file tells who handed in together; a student's own is not heard."""
    root = tmp_path / "class"
    lay(root, "export/submission_11/lab.ipynb", "export/submission_12/lab.ipynb")
    lay(root, "export/submission_13/lab.ipynb")
    lay(root, "export/submission_metadata.yml", content=METADATA.encode())
    lay(root, "export/submission_13/metadata.yml", content=METADATA.replace("12", "13").encode())
    found = intake(root)

    assert told(found) == {
        "100": ["export/submission_11/lab.ipynb"],
        "101": ["export/submission_11/lab.ipynb"],
        "submission_13": ["export/submission_13/lab.ipynb"],
        "petr@example.org": ["export/submission_12/lab.ipynb"],
    }
    (attempt,) = of(found, "100").attempts
    assert attempt.handed_in == datetime(2025, 3, 1, 18, tzinfo=UTC)
    assert "does not list it" in said(of(found, "submission_13"))
    assert found.layout == "gradescope"


def test_damaged_gradescope_metadata(tmp_path: Path) -> None:
    """Where the export's file is damaged, the submissions are taken in without names."""
    root = lay(tmp_path / "class", "submission_11/lab.ipynb", "submission_12/lab.ipynb")
    lay(root, "submission_metadata.yml", content=b"a: [")
    found = intake(root)

    assert list(told(found)) == ["submission_11", "submission_12"]
    assert "cannot be understood" in found.problems[0].reason.en


def test_mixed_folder(tmp_path: Path) -> None:
    """Layouts may lie beside one another, and each file is read by its own."""
    root = lay(tmp_path / "class", "Пётр.ipynb", "anna/lab.ipynb", f"{MOODLE}/lab.ipynb")
    lay(root, "doe_1_2_lab.ipynb")

    assert set(told(intake(root))) == {"Пётр", "anna", "12345", "1"}
    assert intake(root).layout == "canvas + flat + folders + moodle"


@pytest.mark.parametrize("around", ["submissions", "Группа 101", "attempt 1", "class/unpacked"])
def test_folder_around_the_class(tmp_path: Path, around: str) -> None:
    """A folder around all students' work is gone through, and is no student."""
    lay(tmp_path / "class", f"{around}/ivanov/lab.ipynb", f"{around}/petrov/lab.ipynb")

    assert list(told(intake(tmp_path / "class"))) == ["ivanov", "petrov"]


def test_single_student_with_several_files(tmp_path: Path) -> None:
    """The only folder of a class stays one student's where its files are called like work."""
    root = lay(tmp_path / "class", "ivanov/lab.ipynb", "ivanov/helper.ipynb")

    assert list(told(intake(root))) == ["ivanov"]


def test_attempts_by_folder_and_name(tmp_path: Path) -> None:
    """Attempts are numbered as folders and names say, in a student's folder or around all."""
    names = (
        "ivanov/attempt_2/lab.ipynb",
        "ivanov/attempt_10/lab.ipynb",
        "Петров попытка 2.ipynb",
        "Петров (попытка 1).ipynb",
        "attempt 3/anna.ipynb",
        "attempt 1/anna.ipynb",
    )
    found = intake(lay(tmp_path / "class", *names))

    def numbers(student: str) -> list[tuple[int, str]]:
        return [(a.number, a.source) for a in of(found, student).attempts]

    assert numbers("ivanov") == [
        (2, "ivanov/attempt_2/lab.ipynb"),
        (10, "ivanov/attempt_10/lab.ipynb"),
    ]
    assert numbers("Петров") == [(1, "Петров (попытка 1).ipynb"), (2, "Петров попытка 2.ipynb")]
    assert numbers("anna") == [(1, "attempt 1/anna.ipynb"), (3, "attempt 3/anna.ipynb")]


def test_attempts_by_time(tmp_path: Path) -> None:
    """Attempts that no name numbers are in the order of their times, and their places are told."""
    root = tmp_path / "class"
    zipped(root / "monday-1.zip", [f"{MOODLE}/lab.ipynb"])
    lay(root, f"{MOODLE}/lab.ipynb", when=WHEN - timedelta(days=1))
    found = intake(root)

    assert told(found)["12345"] == [f"{MOODLE}/lab.ipynb", f"monday-1.zip!{MOODLE}/lab.ipynb"]
    assert "come from different places" in said(of(found, "12345"))


def test_one_id_in_two_systems(tmp_path: Path) -> None:
    """Two people whom two systems gave one number stay two people."""
    root = lay(tmp_path / "class", "Anna_5_assignsubmission_file_/lab.ipynb", "doe_5_6_lab.ipynb")

    assert list(told(intake(root))) == ["moodle-5", "canvas-5"]


def test_ignored(tmp_path: Path) -> None:
    """Hidden files, the caller's patterns and the grader's own pages are no submissions."""
    root = lay(tmp_path / "class", "anna.ipynb", ".hidden.ipynb", "handout.ipynb", "out/x.ipynb")
    lay(root, "anna.report.html", "anna.grade.json", "notes.txt", "thesis.pdf")
    found = intake(root, ignore=["handout.*", "out"])

    assert list(told(found)) == ["anna"]
    assert [(p.source, p.reason.en[:24]) for p in found.problems] == [
        ("thesis.pdf", "'thesis.pdf' is neither ")
    ]


def test_scratch_inside_the_class(tmp_path: Path) -> None:
    """What an earlier run extracted into the class folder itself is not taken for submissions."""
    root = tmp_path / "class"
    zipped(root / "Anna Smith.zip", ["lab.ipynb"])
    lay(root, "bob.ipynb")
    first = take_in(root, scratch=root / "unpacked")

    assert take_in(root, scratch=root / "unpacked") == first
    assert list(told(first)) == ["Anna Smith", "bob"]


def test_links(tmp_path: Path) -> None:
    """A link by which one folder would show another's work is refused, one inside it is not."""
    root = lay(tmp_path / "class", "anna/v2/work.ipynb", "victim/lab.ipynb")
    lay(tmp_path, "outside.ipynb")
    try:
        (root / "anna" / "lab.ipynb").symlink_to("v2/work.ipynb")
        lay(root, "mallory/")
        (root / "mallory" / "lab.ipynb").symlink_to("../victim/lab.ipynb")
        (root / "eve.ipynb").symlink_to(tmp_path / "outside.ipynb")
        (root / "loop").symlink_to(root, target_is_directory=True)
    except OSError:
        pytest.skip("no links on this system")
    found = intake(root)

    assert told(found)["anna"] == ["anna/lab.ipynb"]
    assert told(found)["mallory"] == []
    assert sorted(p.source for p in found.problems) == ["eve.ipynb", "loop", "mallory/lab.ipynb"]
    assert all("a link that leads out" in p.reason.en for p in found.problems)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipe(tmp_path: Path) -> None:
    """A pipe called like a notebook is not opened, which would wait for ever."""
    root = lay(tmp_path / "class", "anna.ipynb")
    os.mkfifo(root / "bob.ipynb")
    found = intake(root)

    assert list(told(found)) == ["anna"]
    assert "neither a file nor a folder" in found.problems[0].reason.en


@pytest.mark.parametrize("names", [(), ("notes.txt", ".hidden.ipynb")])
def test_nothing_in_it(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A folder without any submission is the caller's mistake, and is called so."""
    root = lay(tmp_path / "class", *names)
    with pytest.raises(UsageError, match="no submissions in it"):
        intake(root)


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there, or is a notebook, is told as such."""
    with pytest.raises(UsageError, match="no such folder"):
        intake(tmp_path / "class")
    with pytest.raises(UsageError, match="not a folder"):
        intake(lay(tmp_path, "lab.ipynb") / "lab.ipynb")


def test_scratch_not_writable(tmp_path: Path) -> None:
    """Where nothing can be unpacked the grader says so, and blames no student."""
    root = lay(tmp_path / "class", "bob.ipynb")
    zipped(root / "Anna Smith.zip", ["lab.ipynb"])
    lay(tmp_path, "scratch")
    with pytest.raises(GradingFailed, match="cannot be unpacked there"):
        intake(root)


def test_same_twice(tmp_path: Path) -> None:
    """The same files give the same value, extracted files in the same places."""
    root = lay(tmp_path / "class", "b.ipynb", "a/lab.ipynb")
    zipped(root / "Anna Smith.zip", {"lab.zip": zip_bytes(["x.ipynb"])})

    assert intake(root) == intake(root)


def test_chosen() -> None:
    """``latest`` grades the last attempt only, ``best`` all of them."""
    attempts = tuple(
        Attempt("a", "A", Path("a.ipynb"), "a.ipynb", None, number) for number in (1, 2)
    )
    entry = Entry("a", "A", attempts, False, ())

    assert chosen(entry, "latest") == attempts[1:]
    assert chosen(entry, "best") == attempts
    assert chosen(replace(entry, attempts=()), "latest") == ()


@pytest.mark.parametrize(
    ("handed_in", "deadline", "late"),
    [
        (WHEN, WHEN, timedelta(0)),
        (WHEN, WHEN - timedelta(hours=2), timedelta(hours=2)),
        (WHEN, WHEN + timedelta(hours=2), timedelta(0)),
        (WHEN, (WHEN - timedelta(hours=2)).astimezone().replace(tzinfo=None), timedelta(hours=2)),
        (None, WHEN, timedelta(0)),
        (WHEN, None, timedelta(0)),
    ],
)
def test_lateness(handed_in: datetime | None, deadline: datetime | None, late: timedelta) -> None:
    """Late is what came after the deadline, by whatever clock either is told."""
    attempt = Attempt("a", "A", Path("a.ipynb"), "a.ipynb", handed_in, 1)

    assert lateness(attempt, deadline) == late
