"""Where a wrong answer that nobody foresaw leaves the reference: the first step that differs."""

from __future__ import annotations

from grader.checks.agreement import parting
from grader.model import Step, Text

CASE = Text("случай", "the case")


def step(op: str, number: float, *inputs: int) -> Step:
    return Step(op, inputs, (2, 3), (number, number / 100, 0.2, 0.3))


REFERENCE = (
    step("Conv2D", 1.0), step("BiasAdd", 2.0, 0), step("Relu", 3.0, 1),
    step("Conv2D", 4.0, 2), step("AddV2", 5.0, 3), step("Softmax", 6.0, 4),
)  # fmt: skip


def test_the_first_step_that_is_missing_is_told() -> None:
    """A step whose inputs are there and whose result is not is the one that is told."""
    mine = (*REFERENCE[:3], step("Conv2D", 8.0, 2), step("AddV2", 9.0, 3))
    found = parting(CASE, REFERENCE, mine)
    assert found is not None
    assert found.en == (
        "the case: your intermediate results are the reference's up to “ReLU”; the first that is "
        "not among yours is that of “convolution no. 2” (2×3)."
    )
    assert "свёртка № 2" in found.ru


def test_a_step_made_another_way_is_none() -> None:
    """A result that is only missing on the way to one that is there is not the difference."""
    mine = (step("Conv2D", 2.0), step("Maximum", 3.0, 0), step("Conv2D", 4.0, 1))
    found = parting(CASE, REFERENCE, mine)
    assert found is not None
    assert "“convolution no. 2”" in found.en.split(";")[0]
    assert "adding the bias no. 2" in found.en


def test_nothing_is_said_of_a_case_that_is_right() -> None:
    """Equal last results are no difference, and without steps there is nothing to say."""
    assert parting(CASE, REFERENCE, REFERENCE[-1:]) is None
    assert parting(CASE, REFERENCE, ()) is None
    assert parting(CASE, (), REFERENCE) is None


def test_the_first_step_may_be_the_wrong_one() -> None:
    """Where not even the first result is there, that is said."""
    found = parting(CASE, REFERENCE, (step("Conv2D", 7.5),))
    assert found is not None
    assert "already the first step" in found.en
