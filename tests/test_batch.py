"""A class over an executor: nothing lost, nothing graded twice, nobody stops the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from grade_samples import full

from grader.batch import Batch, Handed, Tally
from grader.errors import GradingFailed
from grader.executors import Workers
from grader.gradebook import Gradebook
from grader.parcel import Outcome, Parcel, pack_course
from grader.preparing import Options
from grader.report import gradefile


class Inline(Executor):
    """An executor that does the work when it is handed in."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


COURSE = pack_course(Path("nowhere"))
"""A course of no files: what is graded here needs none."""
Make = Callable[..., Handed]


@pytest.fixture
def handed(tmp_path: Path) -> Make:
    """Hands in a file of the class."""

    def make(student: str, text: str = "{}") -> Handed:
        path = tmp_path / "class" / student / "lab.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return Handed(student, student.title(), 1, f"{student}/lab.ipynb", path, None)

    return make


def graded(parcel: Parcel) -> Outcome:
    return Outcome(
        "graded", grade_file=gradefile.to_json(full("en")), page="<p>page</p>", seconds=1.0
    )


def batch(
    out: Path,
    work: Callable[[Parcel], Outcome],
    seen: list[Tally] | None = None,
    *,
    make: Callable[[], Executor] = Inline,
    fresh: bool = False,
    width: int = 2,
) -> Batch:
    book = Gradebook(out / "grades.sqlite")
    run = book.start_run("grade", "", "digest", {})
    shown = seen if seen is not None else []
    return Batch(
        book,
        run,
        out,
        COURSE,
        Options(quick=True, fresh=fresh),
        "data",
        Workers(make, list, lambda: width),
        lambda tally, *_: shown.append(tally),
        work,
    )


def test_every_result_is_a_row_and_two_files(tmp_path: Path, handed: Make) -> None:
    """A graded submission stands in the gradebook, beside its page and its grade file."""
    made = batch(tmp_path, graded)
    tally = made.grade([handed("anna"), handed("boris")])
    rows = list(made.book.rows())
    assert (tally.done, tally.ungraded) == (2, ())
    assert [row.student for row in rows] == ["anna", "boris"]
    assert all(row.status == "graded" and row.grade for row in rows)
    assert (tmp_path / "students/anna/1.report.html").read_text() == "<p>page</p>"
    assert json.loads((tmp_path / "students/boris/1.grade.json").read_text()) == rows[1].grade


def test_the_same_command_goes_on_where_it_was(tmp_path: Path, handed: Make) -> None:
    """A batch that dies in the middle is finished by the next one, without grading anyone twice."""
    calls: list[str] = []

    def dies(parcel: Parcel) -> Outcome:
        calls.append(parcel.student)
        if parcel.student == "boris":
            raise KeyboardInterrupt
        return graded(parcel)

    class_ = [handed(name) for name in ("anna", "boris", "vera")]
    first = batch(tmp_path, dies, width=1)
    with pytest.raises(KeyboardInterrupt):
        first.grade(class_)
    first.book.close()
    again: list[str] = []
    tally = batch(tmp_path, lambda p: (again.append(p.student), graded(p))[1]).grade(class_)
    assert sorted({*again} | {*calls}) == ["anna", "boris", "vera"]
    assert "boris" in again
    assert tally.done == 3


def test_an_unchanged_submission_is_not_graded_again_and_a_changed_one_is(
    tmp_path: Path, handed: Make
) -> None:
    """The key of a grade is the content: the same file stands, another is graded anew."""
    batch(tmp_path, graded).grade([handed("anna"), handed("boris")])
    calls: list[str] = []
    second = batch(tmp_path, lambda p: (calls.append(p.student), graded(p))[1])
    tally = second.grade([handed("anna"), handed("boris", '{"cells": 1}')])
    assert calls == ["boris"]
    assert (tally.done, tally.reused) == (2, 1)


def test_fresh_grades_everybody_again(tmp_path: Path, handed: Make) -> None:
    """With ``--fresh`` nothing stands, although nothing has changed."""
    batch(tmp_path, graded).grade([handed("anna")])
    assert batch(tmp_path, graded, fresh=True).grade([handed("anna")]).reused == 0


def test_a_fault_of_the_grader_is_tried_once_more_and_then_listed(
    tmp_path: Path, handed: Make
) -> None:
    """A failing grading is ungraded with its reason after a second try; the others are graded."""
    tries: list[str] = []

    def fails(parcel: Parcel) -> Outcome:
        tries.append(parcel.student)
        if parcel.student == "boris":
            raise GradingFailed("the reference fails its own probe")
        return graded(parcel)

    made = batch(tmp_path, fails)
    tally = made.grade([handed(name) for name in ("anna", "boris", "vera")])
    assert tries.count("boris") == 2
    assert tally.ungraded == ("Boris (boris/lab.ipynb): the reference fails its own probe",)
    assert {row.student: row.status for row in made.book.rows()} == {
        "anna": "graded",
        "boris": "ungraded",
        "vera": "graded",
    }


def test_an_ungraded_entry_is_tried_again_by_the_next_batch(tmp_path: Path, handed: Make) -> None:
    """What was ungraded does not stand: the next call grades it."""

    def fails(parcel: Parcel) -> Outcome:
        raise GradingFailed("no kernel")

    batch(tmp_path, fails).grade([handed("anna")])
    second = batch(tmp_path, graded)
    assert second.grade([handed("anna")]).ungraded == ()
    assert [row.status for row in second.book.rows()] == ["graded"]


def test_a_broken_pool_is_replaced(tmp_path: Path, handed: Make) -> None:
    """A worker that dies takes its pool along: the work goes on in a new one."""
    pools: list[Inline] = []

    class Fragile(Inline):
        def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if self is pools[0]:
                future: Future[Any] = Future()
                future.set_exception(BrokenProcessPool("a worker died"))
                return future
            return super().submit(work, *args, **kwargs)

    def make() -> Inline:
        pools.append(Fragile())
        return pools[-1]

    made = batch(tmp_path, graded, make=make)
    tally = made.grade([handed("anna"), handed("boris")])
    assert len(pools) >= 2
    assert (tally.done, tally.ungraded) == (2, ())


def test_copies_of_one_file_are_graded_each(tmp_path: Path, handed: Make) -> None:
    """A batch that goes on does not take a student for graded because another has the same file."""
    batch(tmp_path, graded).grade([handed("anna")])
    tally = batch(tmp_path, graded).grade([handed("anna"), handed("boris")])
    assert (tally.reused, tally.graded) == (1, 1)
    assert (tmp_path / "students/boris/1.report.html").exists()


def test_counts_tell_how_everybody_ended(tmp_path: Path, handed: Make) -> None:
    """Graded now, unchanged, unreadable and ungraded add up; the next call counts as well."""

    def mixed(parcel: Parcel) -> Outcome:
        if parcel.student == "boris":
            return Outcome("unreadable", "no notebook")
        if parcel.student == "vera":
            raise GradingFailed("no kernel")
        return graded(parcel)

    class_ = [handed(name) for name in ("anna", "boris", "vera")]
    first = batch(tmp_path, mixed).grade(class_)
    second = batch(tmp_path, mixed).grade(class_)
    assert (first.graded, first.reused, len(first.unreadable), len(first.ungraded)) == (1, 0, 1, 1)
    assert (second.graded, second.reused) == (0, 1)
    assert second.unreadable == ("Boris (boris/lab.ipynb): no notebook",)
    assert second.done == second.total == 3


def test_results_that_cannot_be_written_end_the_batch(tmp_path: Path, handed: Make) -> None:
    """Without a place for its files a result has no row either; the next call grades it."""
    (tmp_path / "students").write_text("in the way")
    made = batch(tmp_path, graded)
    with pytest.raises(GradingFailed, match="make room"):
        made.grade([handed("anna")])
    assert list(made.book.rows()) == []
    (tmp_path / "students").unlink()
    assert batch(tmp_path, graded).grade([handed("anna")]).graded == 1


def test_a_second_try_is_made_alone(tmp_path: Path, handed: Make) -> None:
    """Whoever takes a worker down does it without company: the others lose at most one try."""
    running: list[Future[Any]] = []
    pools: list[Held] = []

    class Held(Executor):
        """The first one holds what it gets until it breaks; boris breaks whichever he is in."""

        broken = False

        def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if self.broken:
                raise BrokenProcessPool
            future: Future[Any] = Future()
            if args[0].student == "boris":
                self.broken = True
                for one in (*running, future):
                    one.set_exception(BrokenProcessPool("a worker died"))
                running.clear()
            elif self is pools[0]:
                running.append(future)
            else:
                future.set_result(work(*args, **kwargs))
            return future

    def make() -> Held:
        pools.append(Held())
        return pools[-1]

    made = batch(tmp_path, graded, make=make)
    tally = made.grade([handed(name) for name in ("anna", "vera", "boris", "gleb")])
    assert [said.split()[0] for said in tally.ungraded] == ["Boris"]
    assert tally.graded == 3


def test_a_task_that_the_grader_failed_on_is_listed_and_tried_again(
    tmp_path: Path, handed: Make
) -> None:
    """The grade stands for the other tasks, the submission is listed as not wholly graded, and the
    next call grades it again."""
    tries: list[str] = []

    def partly(parcel: Parcel) -> Outcome:
        tries.append(parcel.file_name)
        return replace(graded(parcel), broken=("net",) if len(tries) == 1 else ())

    people = [handed("ann")]
    first = batch(tmp_path, partly).grade(people)
    assert (first.done, first.unreadable) == (1, ())
    assert first.ungraded == ("Ann (ann/lab.ipynb): the grader failed on net",)
    second = batch(tmp_path, partly).grade(people)
    assert (second.graded, second.reused, second.ungraded) == (1, 0, ())
    third = batch(tmp_path, partly).grade(people)
    assert (third.reused, len(tries)) == (1, 2)


class Gone(Inline):
    """A cluster whose scheduler has ended: it takes work, and calls it off."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_cluster_that_is_gone_is_no_fault_of_the_program(tmp_path: Path, handed: Make) -> None:
    """Where the workers are taken away, the batch ends and says how to go on."""
    with pytest.raises(GradingFailed, match="give the same command again"):
        batch(tmp_path, graded, make=Gone).grade([handed("ann")])
