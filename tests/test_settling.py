"""From the gradebook to what counts: one lab, both languages, and the class's page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_course
from standing_samples import graded

from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.model import Language
from grader.report import gradefile
from grader.settling import Settled, settle, write_index

ANSWER = """\
def double(x):
    total = x
    for step in range(1, 2):
        if step % 2 == 1 and total is not None:
            total = total + x * step
        else:
            total = total - x + (x * 2) / max(step, 1)
    while total is None:
        total = [value + value for value in x if value is not None]
    return total if total is not x else x + x
"""
OTHER = """\
def double(x):
    import operator
    pairs = zip(x, x, strict=True)
    made = {place: operator.add(*pair) for place, pair in enumerate(pairs)}
    assert sorted(made) == list(range(len(made))), "every place has its value"
    try:
        return type(x)(made[place] for place in sorted(made))
    except (TypeError, KeyError) as error:
        raise RuntimeError("no such pairs") from error
"""
BLANKS = {
    "en": tiny_course.BLANK.replace("Twice x.", "Twice x, whatever x may be: a number, a list."),
    "ru": tiny_course.BLANK.replace("Twice x.", "Удвоить x, чем бы он ни был."),
}


class School:
    """A course with handouts in both languages, and a gradebook that is filled by hand."""

    def __init__(self, folder: Path) -> None:
        self.root = tiny_course.write(folder / "course")
        for language, blank in BLANKS.items():
            path = self.root / f"assignments/tiny/handout.{language}.ipynb"
            path.write_text(self.notebook(language, blank), encoding="utf-8")
        self.out = folder / "out"
        self.book = Gradebook(self.out / "grades.sqlite")
        self.run = self.book.start_run("grade", "", "", {})

    def notebook(self, language: str, answer: str) -> str:
        words = {"en": "# Read the task", "ru": "# Прочитайте задание, потом пишите"}
        given = f"{words[language]}\n{tiny_course.GIVEN}"
        return tiny_course.notebook(given=given, double=answer)

    def hand_in(self, student: str, language: Language, answer: str, lab: str = "tiny") -> None:
        data = self.notebook(language, answer).encode()
        grade = replace(graded(6, language), lab=lab)
        self.book.record(
            self.run, student=student, name=student.title(), source=f"{student}.ipynb", number=1,
            handed_in=None, notebook=data, sha256=hashlib.sha256(data).hexdigest(), key=student,
            status="graded", reason="", grade=json.loads(gradefile.to_json(grade)),
            observations=None, seconds=1.0,
        )  # fmt: skip

    def settled(self) -> Settled:
        return settle(self.out, self.root, policy="latest", given=None)


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return School(tmp_path)


def test_the_class_is_of_the_lab_and_language_of_most(school: School) -> None:
    """Titles are those of the lab that most handed in, in the language of most of them."""
    school.hand_in("anna", "ru", ANSWER)
    school.hand_in("boris", "ru", OTHER)
    school.hand_in("vera", "en", OTHER)
    settled = school.settled()
    assert (settled.lab.name, settled.lab.language) == ("tiny", "ru")
    assert {language: lab.language for language, lab in settled.labs.items()} == {
        "ru": "ru",
        "en": "en",
    }
    assert [one.student for one in settled.standings] == ["anna", "boris", "vera"]


def test_likeness_is_found_across_languages(school: School) -> None:
    """Two who wrote the same, one in each language, are named together; one who wrote something
    else, and one who wrote nothing, are not."""
    school.hand_in("anna", "ru", ANSWER)
    school.hand_in("boris", "en", ANSWER.replace("total", "sum_of_both"))
    school.hand_in("vera", "en", OTHER)
    school.hand_in("gleb", "ru", BLANKS["ru"])
    school.hand_in("dasha", "en", BLANKS["en"])
    page = write_index(school.settled(), school.out).read_text(encoding="utf-8")
    alike = page[page.index('id="similar"') : page.index('id="students"')]
    assert "Anna" in alike
    assert "Boris" in alike
    assert not any(name in alike for name in ("Vera", "Gleb", "Dasha"))


def test_likeness_is_sought_once(school: School) -> None:
    """The same notebooks are not compared again; a new one is."""
    school.hand_in("anna", "en", ANSWER)
    write_index(school.settled(), school.out)
    write_index(school.settled(), school.out)
    kept = Path(school.out.parent / "cache/similarity")
    assert len(list(kept.iterdir())) == 1
    school.hand_in("boris", "en", OTHER)
    write_index(school.settled(), school.out)
    assert len(list(kept.iterdir())) == 2


def test_without_a_grade_there_is_nothing_to_settle(school: School, tmp_path: Path) -> None:
    """An empty gradebook, or none, is said, with what to do."""
    with pytest.raises(UsageError, match="nobody in the gradebook is graded"):
        school.settled()
    with pytest.raises(UsageError, match="grade the class first"):
        settle(tmp_path, school.root, policy="latest", given=None)
