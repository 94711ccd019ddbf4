"""A student's id is a folder's name in the results, whatever an LMS calls a student."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader import classroom
from grader.classroom import ClassOptions
from grader.intake import take_in


@pytest.mark.parametrize("hostile", ["..", "S/1", "/etc", "a\\b", "con", " "])
def test_an_id_never_leaves_the_students_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    """No id nests, climbs or vanishes, and two that become alike stay apart."""
    class_ = tmp_path / "class"
    class_.mkdir()
    for name in ("anna", "boris"):
        (class_ / f"{name}.ipynb").write_text("{}")

    def renamed(folder: Path, **options: object) -> object:
        taken = take_in(folder, scratch=tmp_path)
        return replace(taken, entries=tuple(replace(e, student=hostile) for e in taken.entries))

    monkeypatch.setattr(classroom, "take_in", renamed)
    entries = classroom.take(class_, ClassOptions(), tmp_path).entries
    ids = [entry.student for entry in entries]
    assert len({*ids}) == 2
    for student in ids:
        assert (tmp_path / "students" / student).resolve().parent == tmp_path / "students"
    assert [e.attempts[0].student for e in entries] == ids


def test_nobody_takes_anothers_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that is fit as it is stays its owner's, whatever others are made to look like it."""
    class_ = tmp_path / "class"
    class_.mkdir()
    for name in ("anna", "boris", "vera"):
        (class_ / f"{name}.ipynb").write_text("{}")
    ids = ["?Ivan Petrov", "<Ivan Petrov", "Ivan Petrov"]

    def renamed(folder: Path, **options: object) -> object:
        taken = take_in(folder, scratch=tmp_path)
        pairs = zip(taken.entries, ids, strict=True)
        return replace(taken, entries=tuple(replace(e, student=name) for e, name in pairs))

    monkeypatch.setattr(classroom, "take_in", renamed)
    taken = [e.student for e in classroom.take(class_, ClassOptions(), tmp_path).entries]
    assert taken[2] == "Ivan Petrov"
    assert len({*taken}) == 3
