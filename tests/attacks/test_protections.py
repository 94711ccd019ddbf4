"""The wall's protections stand where ``scripts/mutate_wall`` removes them."""

from __future__ import annotations

import pytest
from conftest import ROOT
from protections import WALL, Protection
from test_attacks import ALL, CLASSES


@pytest.mark.parametrize("protection", WALL, ids=lambda protection: protection.name)
def test_a_protection_can_be_removed(protection: Protection) -> None:
    """What protects stands once in its file, and the attacks that are to notice exist."""
    assert (ROOT / protection.file).read_text(encoding="utf-8").count(protection.old) == 1
    known = {attack.name for _, attack in ALL} | {f"as_it_was[{name}]" for name in CLASSES}
    assert set(protection.attacks.split(" or ")) <= known


def test_each_protection_has_a_name_of_its_own() -> None:
    """The table of docs/attacks.md has a row for each that was removed."""
    assert len({protection.name for protection in WALL}) == len(WALL)
