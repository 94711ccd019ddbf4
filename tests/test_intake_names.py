"""Names are read the same way whatever people, browsers and systems did to them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import encodings, limits, names
from grader.intake.limits import Refused

PLAIN = st.text("абвгдежзиклмнопрстуabcdefgh", min_size=1, max_size=12)
PERSON = st.lists(PLAIN, min_size=1, max_size=3).map(" ".join)


@pytest.mark.parametrize(
    ("stem", "base", "copies"),
    [
        ("lab", "lab", 0),
        ("lab (1)", "lab", 1),
        ("lab(12)", "lab", 12),
        ("lab (2025)", "lab (2025)", 0),
        ("lab-Copy1", "lab", 1),
        ("lab copy", "lab", 1),
        ("lab copy 3", "lab", 3),
        ("lab - Copy (2)", "lab", 2),
        ("lab — копия", "lab", 1),
        ("lab - Копия (2)", "lab", 2),
        ("Copy of lab", "lab", 1),
        ("Copy of Copy of lab", "lab", 2),
        ("Copy (2) of lab", "lab", 2),
        ("Копия lab", "lab", 1),
        ("Копия блокнота «lab»", "lab", 1),
        ("Копия lab (1)", "lab", 2),
        ("copy", "copy", 0),
        ("(1)", "(1)", 0),
        ("photocopy", "photocopy", 0),
    ],
)
def test_copies(stem: str, base: str, copies: int) -> None:
    """What browsers, Jupyter, Windows, macOS and Drive add to a copy's name comes off."""
    assert names.without_copies(stem) == (base, copies)


@pytest.mark.parametrize(
    ("stem", "base", "turn"),
    [
        ("attempt_2", "", 2),
        ("Попытка №3", "", 3),
        ("ivanov_attempt2", "ivanov", 2),
        ("Иванов Иван (попытка 2)", "Иванов Иван", 2),
        ("Country 2", "Country 2", 0),
        ("lab", "lab", 0),
    ],
)
def test_turns(stem: str, base: str, turn: int) -> None:
    """An attempt's number is told by a word for it, and by no other number."""
    assert names.without_turn(stem) == (base, turn)


@given(PERSON, st.integers(0, 10**9), PLAIN)
def test_moodle_names(name: str, number: int, work: str) -> None:
    """Moodle's folders and files tell the name, the id and the work, whatever they are."""
    file = names.moodle(f"{name}_{number}_assignsubmission_file_{work}.ipynb")
    folder = names.moodle(f"{name}_{number}_assignsubmission_file_")

    assert file == names.Label(name, str(number), f"{work}.ipynb")
    assert folder == names.Label(name, str(number), "")


@given(PLAIN, st.integers(0, 10**9), PLAIN, st.booleans(), st.integers(0, 99))
def test_canvas_names(name: str, number: int, work: str, late: bool, turn: int) -> None:
    """Canvas' files tell the name, the id, whether late, the work and which time it is."""
    label = names.canvas(f"{name}{'_LATE' * late}_{number}_456_{work}-{turn}.ipynb")

    assert label == names.Label(name, str(number), f"{work}-{turn}.ipynb", late)
    assert names.canvas_turn(f"{work}-{turn}") == (work, turn)


@given(st.lists(st.text(), max_size=3))
def test_any_name_is_read(parts: list[str]) -> None:
    """No name makes the reader fail, and what it finds is part of the name."""
    name = " - ".join(parts)
    base, copies = names.without_copies(name)

    assert copies >= 0
    assert base in name
    assert names.without_turn(name)[0] in name
    assert names.tidy(name) == names.tidy(names.tidy(name))
    for label in (names.moodle(name), names.canvas(name)):
        assert label is None or label.id in name


@given(PLAIN, st.integers(0, 10**6), st.integers(0, 10**6))
def test_natural_order(name: str, one: int, other: int) -> None:
    """Numbers in names are ordered by value, with zeros before them or without."""
    first, second = f"{name} {one}", f"{name} {other:09}"

    assert (names.natural(first) < names.natural(second)) == (one < other)


@given(PERSON)
def test_folded(name: str) -> None:
    """Case, composition and ё make no other name."""
    for spelling in (name.upper(), name.replace("е", "ё"), unicodedata.normalize("NFD", name)):
        assert names.folded(spelling) == names.folded(name)


SURNAMES = ["Иванов", "Петрова", "Сидоренко", "Кузнецова", "Соловьёв", "Щербаков", "Юдина", "Цой"]


@given(
    st.lists(st.sampled_from(SURNAMES), min_size=2, max_size=5),
    st.sampled_from(["cp866", "cp1251", "utf-8"]),
)
def test_russian_names(surnames: list[str], encoding: str) -> None:
    """Russian names come back from whichever encoding they were written in."""
    raws = [f"{surname}/lab.ipynb".encode(encoding) for surname in surnames]

    assert list(encodings.file_names(raws)) == [f"{surname}/lab.ipynb" for surname in surnames]


@given(st.binary(max_size=40))
def test_any_bytes_are_a_name(raw: bytes) -> None:
    """No bytes make the repair of names fail, and ASCII is never touched."""
    name = encodings.file_name(raw)

    assert encodings.file_name(raw) == name
    assert not raw.isascii() or name == raw.decode("ascii")


@given(st.text("a./\\:C\0", max_size=12))
def test_member_paths_stay_inside(path: str) -> None:
    """A member's path is refused, or its parts lead nowhere but down."""
    try:
        parts = limits.parts_of(path)
    except Refused:
        return

    assert not path.startswith(("/", "\\"))
    assert not set(parts) & {"", ".", ".."}
    assert all("/" not in part and "\\" not in part and "\0" not in part for part in parts)
