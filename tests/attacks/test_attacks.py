"""Hostile and broken submissions, graded as a teacher grades them: the wall holds."""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Callable

import accidents
import bombs
import channel
import convnets
import decoys
import forgeries
import harm
import lies
import marks
import pytest
import range_course
import reach
import searches
import system
import train_course
from attack import Attack, complaints
from conftest import ROOT
from siege import Aftermath, besiege

from grader.sandbox.syscalls import filter_program

pytestmark = [
    pytest.mark.attacks,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

CLASSES: dict[str, list[Attack]] = {
    "marks": marks.ATTACKS,
    "searches": searches.ATTACKS,
    "decoys": decoys.ATTACKS,
    "lies": lies.ATTACKS,
    "harm": harm.ATTACKS,
    "reach": reach.ATTACKS,
    "channel": channel.ATTACKS,
    "accidents": accidents.ATTACKS,
    "bombs": bombs.ATTACKS,
    "system": system.FILTERED,
    "convnets": convnets.ATTACKS,
    "forgeries": forgeries.ATTACKS,
}
"""Each is graded as one class, by one command."""
ALL = [(name, attack) for name, attacks in CLASSES.items() for attack in attacks]
Besieged = Callable[[str], Aftermath]


@pytest.fixture(scope="module")
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    """What a class came to, or those of its attacks that pytest was asked for; graded once."""
    course = range_course.write(tmp_path_factory.mktemp("range"))
    items = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [spec.params["attack"].name for spec in items if spec and "attack" in spec.params]

    @functools.cache
    def graded(name: str) -> Aftermath:
        attacks = [a for a in CLASSES[name] if a.name in asked] or CLASSES[name]
        place = tmp_path_factory.mktemp(name)
        if name == "forgeries":
            meadow = train_course.write(tmp_path_factory.mktemp("meadow"))
            return besiege(attacks, meadow, place, "--data-dir", str(meadow / "data"))
        return besiege(attacks, ROOT if name == "convnets" else course, place, "--quick")

    return graded


@pytest.mark.parametrize(
    ("name", "attack"), ALL, ids=lambda value: value.name if isinstance(value, Attack) else value
)
def test_attack(aftermath: Besieged, name: str, attack: Attack) -> None:
    """The attack gains nothing, costs no other task anything, and the student reads a reason."""
    if name == "system" and not filter_program():
        pytest.skip("there is no libseccomp, and so no filter of system calls")
    result = aftermath(name)
    row = result.rows[attack.name]
    if attack.unreadable:
        assert row.status == "unreadable", row
        assert attack.says in row.reason
    else:
        assert row.status == "graded", row.reason
        assert complaints(attack, result.grade(attack)) == []


@pytest.mark.parametrize("name", CLASSES)
def test_the_host_is_as_it_was(aftermath: Besieged, name: str) -> None:
    """The batch ends well; no process, file or mount stays behind, no file of the host changed,
    no server of the host was called, and no secret of the host is in any result."""
    result = aftermath(name)
    assert result.done.returncode == 0, result.done.stderr
    assert result.left == []
    assert result.changed == []
    assert result.callers == 0
    assert result.leaked() == []


def test_the_count_is_told() -> None:
    """SECURITY.md and the attacks' own page state how many attacks there are."""
    names = [attack.name for _, attack in ALL]
    assert len(names) == len(set(names)) >= 60
    for page in ("SECURITY.md", "docs/attacks.md"):
        told = re.search(r"\b(\d+) attacks\b", (ROOT / page).read_text(encoding="utf-8"))
        assert told is not None, page
        assert int(told[1]) == len(names), page
