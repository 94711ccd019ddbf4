"""Judging again from what was observed before: here observations are made by hand, nothing runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import tiny_course

from grader import notebook, remembered, store
from grader.asked import probes_of
from grader.errors import UsageError
from grader.gradebook import Gradebook
from grader.grading import verdict
from grader.kernel.wire import Leaf
from grader.model import Answer, CurvePoint, Observations, Observed, Run
from grader.observe.reference import _reference_key
from grader.parcel import course_digest, data_digest, grade_key, pack_course
from grader.preparing import Job, Options, prepare
from grader.progress import silent
from grader.rejudge import Rejudged, rejudge
from grader.report import gradefile
from grader.settling import alone

TRAINED = """\
      - id: accuracy
        kind: accuracy
        style: keras
        rule: {above: 0.5, when: within}
        points: 3
        title: {ru: Точность, en: Accuracy}
"""


@dataclass(frozen=True)
class Graded:
    """A class of one, graded from observations that are in the cache."""

    root: Path
    out: Path

    def edit(self, old: str, new: str) -> None:
        rubric = self.root / "rubrics/tiny.yaml"
        text = rubric.read_text(encoding="utf-8")
        assert old in text
        rubric.write_text(text.replace(old, new), encoding="utf-8")

    def again(self) -> Rejudged:
        return rejudge(self.out, self.root)

    def points(self) -> float | None:
        book = Gradebook(self.out / "grades.sqlite")
        try:
            (row,) = book.rows()
        finally:
            book.close()
        return row.points


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graded:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    root = tiny_course.write(tmp_path / "course", rubric=tiny_course.RUBRIC + TRAINED)
    path = tmp_path / "lab.ipynb"
    answer = tiny_course.notebook(given=tiny_course.GIVEN, double="def double(x):\n    return x+x")
    path.write_text(answer, encoding="utf-8")
    options = Options(course=root, sandbox="process")
    job = prepare(path, options, silent)
    reference = observed(job, {})
    mine = observed(job, {"double/train": stopped_at(0.6)})
    store.save(_reference_key(job.lab, job.order), reference)
    remembered.remember(job, mine)
    text = gradefile.to_json(verdict(job, mine, reference, {}))
    keep(tmp_path / "out", root, path, options, text)
    return Graded(root, tmp_path / "out")


def observed(job: Job, more: dict[str, Observed]) -> Observations:
    """Right answers to every probe."""
    answers = {
        key: Observed(
            tuple(
                Answer(case.id, {"value": Leaf("ndarray", 2 * case.args[0].array), "gradients": []})
                for case in probe.cases
            )
        )
        for key, probe in probes_of(job.lab, 0).items()
    }
    return Observations((), {**answers, **more}, {"python": "3"}, 0)


def stopped_at(accuracy: float) -> Observed:
    points = (CurvePoint(0, 0.0, 0.1), CurvePoint(128, 0.5, accuracy))
    return Observed(runs=(Run(0, points, "rule_met", 9.0),))


def keep(out: Path, root: Path, path: Path, options: Options, text: str) -> None:
    book = Gradebook(out / "grades.sqlite")
    shown = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(options).items()}
    run = book.start_run("grade", "", "", {**shown, "course": None})
    sha256 = notebook.read(path).sha256
    digest = course_digest(pack_course(root))
    book.record(
        run, student="anna", name="Anna", source="anna/lab.ipynb", number=1, handed_in=None,
        notebook=path.read_bytes(), sha256=sha256,
        key=grade_key(sha256, digest, options, data_digest(root, options)), status="graded",
        reason="", grade=json.loads(text), observations="", seconds=2.0,
    )  # fmt: skip
    book.close()


def test_an_unchanged_course_changes_nothing(graded: Graded) -> None:
    """Judged by the same course, every grade is what it was, and no page is written."""
    result = graded.again()
    assert (result.judged, result.changes, result.stale) == (1, (), ())
    assert not (graded.out / "students").exists()
    assert graded.points() == 5


def test_a_point_value_changes_the_grade_its_page_and_the_classs(graded: Graded) -> None:
    """More points for a check: the grade has them, and it is said whose and in which task."""
    graded.edit("points: 2", "points: 4")
    result = graded.again()
    (change,) = result.changes
    assert (change.student, change.task) == ("anna", "double")
    assert (change.before, change.after) == ("passed 5/5", "passed 7/7")
    assert graded.points() == 7
    assert "7" in (graded.out / "students/anna/1.report.html").read_text(encoding="utf-8")
    assert result.index == graded.out / "index.html"
    assert result.index.exists()


def test_a_second_rejudge_knows_how_the_class_was_graded(graded: Graded) -> None:
    """The options of the grading travel with each rejudge, so the next one finds all again."""
    graded.edit("points: 2", "points: 4")
    graded.again()
    graded.edit("points: 4", "points: 6")
    result = graded.again()
    assert (len(result.changes), result.stale) == (1, ())
    assert graded.points() == 9


def test_a_lowered_threshold_needs_no_run(graded: Graded) -> None:
    """A training that met a harder rule meets an easier one."""
    graded.edit("above: 0.5", "above: 0.4")
    assert graded.again().stale == ()


def test_a_raised_threshold_lists_trainings_that_stopped_early(graded: Graded) -> None:
    """A training that ended where the old rule was met cannot answer a harder one: it is listed
    for a new run and keeps its grade."""
    graded.edit("above: 0.5", "above: 0.7")
    result = graded.again()
    assert (result.judged, result.changes) == (0, ())
    (said,) = result.stale
    assert said.startswith("Anna (anna/lab.ipynb): ")
    assert graded.points() == 5


def test_a_lost_cache_is_said(graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without observations nobody is judged, and everybody is listed."""
    monkeypatch.setenv("GRADER_CACHE", str(graded.out / "elsewhere"))
    assert len(graded.again().stale) == 1


def test_what_still_stands_has_the_new_courses_key(graded: Graded) -> None:
    """After a change that alters no grade, grading the class again finds everybody graded."""
    graded.edit("title: {ru: Лаба, en: Lab}\n", "title: {ru: Лаба, en: Lab}\n# a comment\n")
    graded.again()
    options = Options(course=graded.root, sandbox="process")
    digest = course_digest(pack_course(graded.root))
    book = Gradebook(graded.out / "grades.sqlite")
    sha256 = book.files()["anna", 1]
    key = grade_key(sha256, digest, options, data_digest(graded.root, options))
    found = book.stands("anna", 1, key)
    book.close()
    assert found is not None
    assert found.status == "graded"


def test_a_class_that_was_never_graded_cannot_be_judged_again(tmp_path: Path) -> None:
    """Without a gradebook there is nothing to judge."""
    with pytest.raises(UsageError, match="grade the class first"):
        rejudge(tmp_path, None)


def test_a_class_that_is_being_graded_is_not_judged_again(graded: Graded) -> None:
    """While another process writes the results, judging again is refused: it would put verdicts on
    old notebooks over new ones."""
    with alone(graded.out), pytest.raises(UsageError, match="another `grade` is at work"):
        graded.again()
    assert graded.again().judged == 1
