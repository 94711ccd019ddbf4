"""Hostile and broken submissions, graded as a teacher grades them: the wall holds."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable

import accidents
import bombs
import channel
import harm
import lies
import marks
import pytest
import range_course
import system
from attack import Attack, complaints
from siege import Aftermath, besiege

from grader.sandbox.syscalls import filter_program

pytestmark = [
    pytest.mark.attacks,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

CLASSES: dict[str, list[Attack]] = {
    "marks": marks.ATTACKS,
    "lies": lies.ATTACKS,
    "harm": harm.ATTACKS,
    "channel": channel.ATTACKS,
    "accidents": accidents.ATTACKS,
    "bombs": bombs.ATTACKS,
    "system": system.FILTERED if filter_program() else [],
}
"""Each is graded as one class, by one command."""
ALL = [(name, attack) for name, attacks in CLASSES.items() for attack in attacks]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Aftermath]:
    """What a class came to; each is graded once."""
    course = range_course.write(tmp_path_factory.mktemp("range"))

    @functools.cache
    def graded(name: str) -> Aftermath:
        return besiege(CLASSES[name], course, tmp_path_factory.mktemp(name), "--quick")

    return graded


@pytest.mark.parametrize(("name", "attack"), ALL, ids=lambda value: getattr(value, "name", value))
def test_attack(aftermath: Callable[[str], Aftermath], name: str, attack: Attack) -> None:
    """The attack gains nothing, costs no other task anything, and the student reads a reason."""
    result = aftermath(name)
    row = result.rows[attack.name]
    if attack.unreadable:
        assert row.status == "unreadable", row
        assert attack.says in row.reason
    else:
        assert row.status == "graded", row.reason
        assert complaints(attack, result.grade(attack)) == []


@pytest.mark.parametrize("name", CLASSES)
def test_the_host_is_as_it_was(aftermath: Callable[[str], Aftermath], name: str) -> None:
    """The batch ends well; no process, file or mount stays behind, no file of the host changed,
    no server of the host was called, and no secret of the host is in any result."""
    result = aftermath(name)
    assert result.done.returncode == 0, result.done.stderr
    assert result.left == []
    assert result.changed == []
    assert result.callers == 0
    assert result.leaked() == []
