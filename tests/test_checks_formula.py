"""``formula``: what stands behind “answer” in a text cell, by its values."""

from __future__ import annotations

import checked
import pytest

from grader.checks import formula
from grader.checks.evidence import Evidence
from grader.errors import ReferenceFailed
from grader.model import CheckGrade, CheckStatus
from grader.rubric import Formula

MISTAKE = {"formula": "(K^2 + 1) * in * out", "message": {"ru": "Каждому.", "en": "A bias each."}}


def judged(said: str, right: str = "(K^2 * in + 1) * out") -> CheckGrade:
    fields = {"kind": "formula", "cell": "c", "formula": right, "variables": ["K", "in", "out"]}
    task = checked.task({**fields, "mistakes": [MISTAKE], "points": 2})
    (check,) = task.checks
    assert isinstance(check, Formula)
    return formula.judge(check, Evidence(task, {}, {}, {}, texts={"c": said}))


@pytest.mark.parametrize(
    "said",
    [
        "**ОТВЕТ:** (K*K*in + 1)*out",
        "Some words.\n\n**Answer** $(K \\times K \\times in + 1) \\times out$.",
        "Ответ: $out (K^{2} \\cdot \\mathrm{in} + 1)$",
        "answer — params = K² in out + out",
        "Ответ: (К⋅К⋅in+1)⋅out",  # Cyrillic letters, dots as TeX draws them
        "Ответ: \\((k^2 \\cdot In + 1) Out\\)",
        "Ответ: [(K*K*in) + 1] * out (с учётом смещений)",
        "Answer: K*K*in*out + out, where K is its side",
    ],
)
def test_any_way_of_writing_it_is_right(said: str) -> None:
    """TeX, Python, another order and products without a sign are read alike."""
    assert judged(said).status is CheckStatus.PASSED, judged(said).message.en


def test_a_known_mistake_is_named() -> None:
    """The formula of a lecture that counts a bias for each input channel is told what is wrong."""
    grade = judged("**Ответ** $(K \\times K + 1) \\times in \\times out$.")
    assert grade.status is CheckStatus.FAILED
    assert grade.message.en == "A bias each."
    assert grade.points == 0


def test_another_wrong_formula_is_shown_beside_the_right_value() -> None:
    """A wrong formula's value is set beside the right one at one point."""
    said = judged("Answer: K^2 * in").message.en
    assert "K = 3, in = 5, out = 7" in said
    assert "gives 45, not 322" in said


@pytest.mark.parametrize(
    "said",
    ["", "Answer:", "Answer: many", "Answer: 42", "Answer: K**K**K**K", "Answer: __import__('os')",
     "Answer: (K", "Answer: K/(in-in)", "Answer: (K-2*K)^0.5 * in * out", "Answer: 5*_ + K",
     "Answer: ((9^8)^8)^5 * 9^8 * K - ((9^8)^8)^5 * 9^8 * in", f"Answer: (K * {'9' * 150})^3 - in"],
)  # fmt: skip
def test_what_is_no_formula_is_none(said: str) -> None:
    """Nothing, words, a bare number, towers of powers, code, broken brackets, and what has no real
    and finite value are no formula."""
    assert "no formula" in judged(said).message.en


def test_a_rubric_with_a_broken_formula_is_the_graders_fault() -> None:
    """Nobody loses points for a formula of the rubric that cannot be read."""
    with pytest.raises(ReferenceFailed):
        judged("Answer: K * in * out", right="K *")
