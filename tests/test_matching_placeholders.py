"""Handouts whose blanks are dots: which definitions still say nothing, whatever stands around."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import matching
from grader.model import Cell, Submission

GIVEN = """
def load(id):
    image = read(id)
    # YOUR CODE STARTS
    image = ...
    # YOUR CODE ENDS
    return image
"""


def of(source: str) -> Submission:
    return Submission(Path("n.ipynb"), "n", "0", (Cell(0, "code", source, "load"),), "en")


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        (GIVEN, True),
        (GIVEN.replace("read(id)", "read(str(id), channels=3)"), True),
        (GIVEN.replace("image = ...", "image = ...  # resize it"), True),
        (GIVEN.replace("    image = ...", "    ...\n    return ..."), True),
        (GIVEN.replace("image = ...", "image = resize(image)"), False),
        (GIVEN.replace("image = ...", "image = ...\n    image = resize(image)"), False),
        (GIVEN.replace("ENDS\n", "ENDS\n    image = resize(read(id))\n"), False),
    ],
)
def test_dots_that_still_stand_are_no_answer(source: str, blank: bool) -> None:
    """A name that is left at ``...`` is blank in every edition of the handout, until it is set."""
    mine, given = of(source), of(GIVEN)
    found = matching.match(mine, given)
    assert matching.untouched(mine, given, found, "load", "load") is blank
