"""A result that cannot be kept is its student's trouble: the class goes on, and can be resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_batch import Make, batch, graded, handed

from grader.parcel import Outcome, Parcel

__all__ = ["handed"]


@pytest.mark.parametrize(
    "unfit",
    [
        lambda good: replace(good, grade_file="{"),
        lambda good: replace(good, page="\ud800"),
        lambda good: replace(good, grade_file=good.grade_file.replace('"points"', '"p"')),
        lambda good: replace(good, seconds=10**30),
    ],
    ids=["no_json", "no_text", "no_points", "no_number"],
)
def test_what_cannot_be_kept_is_ungraded_and_nobody_elses(
    tmp_path: Path, handed: Make, unfit: object
) -> None:
    """Whatever writing one result down fails on, that student is listed as ungraded with the
    reason, the others are graded, and the next call tries that one again."""
    assert callable(unfit)

    def work(parcel: Parcel) -> Outcome:
        good = graded(parcel)
        return unfit(good) if parcel.student == "boris" else good

    class_ = [handed(name) for name in ("anna", "boris", "vera")]
    first = batch(tmp_path, work)
    tally = first.grade(class_)
    assert (tally.done, tally.graded) == (3, 2)
    assert [said.split()[0] for said in tally.ungraded] == ["Boris"]
    assert {row.student: row.status for row in first.book.rows()} == {
        "anna": "graded", "boris": "ungraded", "vera": "graded",
    }  # fmt: skip
    assert next(row for row in first.book.rows() if row.student == "boris").reason
    second = batch(tmp_path, graded).grade(class_)
    assert (second.graded, second.reused) == (1, 2)


def test_reasons_in_any_bytes_are_kept(tmp_path: Path, handed: Make) -> None:
    """A reason that quotes a name that is no UTF-8 stands like any other."""

    def work(_: Parcel) -> Outcome:
        return Outcome("unreadable", "\udcc8.ipynb: not a notebook")

    assert batch(tmp_path, work).grade([handed("anna")]).ungraded == ()
    second = batch(tmp_path, work).grade([handed("anna")])
    assert second.unreadable == ("Anna (anna/lab.ipynb): \ufffd.ipynb: not a notebook",)
