"""Delivery: two files beside the submission, each whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from grades import GRADES

from grader.errors import UsageError
from grader.report import deliver

GRADE = GRADES["full_en"]


def test_both_files_are_written(tmp_path: Path) -> None:
    """The page and the grade file stand in the folder, which is made, and nothing else does."""
    page, record = deliver.write(GRADE, tmp_path / "a" / "b", "lab")
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "lab.grade.json",
        "lab.report.html",
    ]
    assert page.read_text(encoding="utf-8").startswith("<!")
    assert json.loads(record.read_text(encoding="utf-8"))["lab"] == GRADE.lab
    assert page.stat().st_mode & 0o777 == 0o644


def test_earlier_files_are_replaced(tmp_path: Path) -> None:
    """A second grading replaces the first one's files."""
    deliver.write(GRADE, tmp_path, "lab")
    _, record = deliver.write(replace(GRADE, seed=77), tmp_path, "lab")
    assert json.loads(record.read_text(encoding="utf-8"))["seed"] == 77
    assert len(list(tmp_path.iterdir())) == 2


def test_text_that_no_file_can_hold_is_written(tmp_path: Path) -> None:
    """Lone surrogates in a student's text do not keep the report from being written."""
    hostile = replace(GRADE, tasks=(replace(GRADE.tasks[0], text="a\ud800b", printed="\udfff"),))
    page, _ = deliver.write(hostile, tmp_path, "lab")
    assert "a\ufffdb" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("call", [deliver.check, lambda folder: deliver.write(GRADE, folder, "l")])
def test_a_folder_that_cannot_be_is_told(tmp_path: Path, call) -> None:  # type: ignore[no-untyped-def]
    """Where a file is in the folder's place, the caller is told to choose another."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="another folder with --out"):
        call(tmp_path / "file" / "out")
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_the_right_to_write_is_told(tmp_path: Path) -> None:
    """Where nothing may be written, nothing is, and the caller is told."""
    tmp_path.chmod(0o555)
    with pytest.raises(UsageError):
        deliver.check(tmp_path)


def test_trying_a_folder_leaves_nothing(tmp_path: Path) -> None:
    """To see that a folder can be written to neither makes it nor leaves a file."""
    deliver.check(tmp_path / "new" / "folder")
    assert list(tmp_path.iterdir()) == []
