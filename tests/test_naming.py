"""Wrong answers by name: submissions with one fault each, and what the report calls it."""

from __future__ import annotations

import pytest
from convnets_slips import slips
from convnets_unseen import unseen
from naming import measure

pytestmark = [pytest.mark.labs, pytest.mark.timeout(1200)]


def test_nine_of_ten_strangers_are_named() -> None:
    """Of slips for which the list was never changed, nine of ten at least are called by name."""
    assert len(unseen()) >= 30
    assert len(measure(unseen(), "en")) <= len(unseen()) / 10


def test_slips_of_students_are_named() -> None:
    """Every slip for which the list was extended is called by its name, however it is written."""
    assert measure(slips(), "ru") == []
