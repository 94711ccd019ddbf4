"""``formula``: what stands behind “answer” in a text cell, by its values."""

from __future__ import annotations

import time

import checked
import hypothesis
import pytest
from hypothesis import given

from grader.checks import formula
from grader.checks.evidence import Evidence, Texts
from grader.errors import ReferenceFailed
from grader.judge.verdict import not_attempted
from grader.model import CheckGrade, CheckStatus
from grader.rubric import Formula

MISTAKE = {"formula": "(K^2 + 1) * in * out", "message": {"ru": "Каждому.", "en": "A bias each."}}


def judged(said: str, right: str = "(K^2 * in + 1) * out") -> CheckGrade:
    return judged_of(Texts((said,), said), right)


def judged_of(texts: Texts, right: str = "(K^2 * in + 1) * out") -> CheckGrade:
    fields = {"kind": "formula", "cell": "c", "formula": right, "variables": ["K", "in", "out"]}
    task = checked.task({**fields, "mistakes": [MISTAKE], "points": 2})
    (check,) = task.checks
    assert isinstance(check, Formula)
    return formula.judge(check, Evidence(task, {}, {}, {}, texts={"c": texts}))


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
        "**Answer: $(K^2 \\cdot in + 1) \\cdot out$**",
        "Ответ: (K*K*in + 1)*out параметров",
        "Answer: (K\\*K\\*in + 1)\\*out parameters.",
        "**ОТВЕТ:**\n\n$$\n(K^2 \\, in + 1) \\ast out\n$$\n",
        "Answer:\n> 1. (K x K x in + 1) x out",
        "Ответ: (К х К х in + 1) х out",
        "**Answer:** *(K^2 in + 1) out*",
        "Answer: the formula is\n\n$$\\displaystyle \\left(K^2\\;in + 1\\right) out$$",
        "Answer: \\frac{2 K^2 in out}{2} + out",
        "(K*K*in + 1)*out",  # the word is gone
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


@pytest.mark.parametrize("said", ["", "Answer:", "**ОТВЕТ:** ", "Answer: ...", "Answer: ___?"])
def test_nothing_is_no_formula(said: str) -> None:
    """Where nobody wrote anything there is no formula, and no point."""
    grade = judged(said)
    assert grade.status is CheckStatus.FAILED
    assert "no formula" in grade.message.en


def test_what_the_handout_says_below_is_no_answer() -> None:
    """Lines of the handout behind its own blank are nobody's words."""
    texts = Texts(("**Answer:**\n\nSee  the slides.",), "", frozenset(["see the slides."]))
    assert judged_of(texts).status is CheckStatus.FAILED
    assert judged_of(Texts(("Answer:\n\nSee it.",), "")).status is CheckStatus.UNGRADED


def test_an_answer_in_another_cell_is_found() -> None:
    """The next cell's text belongs to no answer; a formula behind the word does, in any cell."""
    end = f"\n\n{Texts.END}"
    assert judged_of(Texts((), f"Answer:{end}(K^2 in + 1) out")).status is CheckStatus.FAILED
    assert judged_of(Texts((), f"a{end}Answer: (K^2 in + 1) out")).status is CheckStatus.PASSED


@pytest.mark.parametrize(
    "said",
    ["Answer: many", "Answer: 42", "Answer: K**K**K**K", "Answer: open('/etc/passwd')",
     "Answer: (K", "Answer: K/(in-in)", "Answer: (K-2*K)^0.5 * in * out", "Answer: 5*_ + K",
     "Ответ: квадрат стороны на число каналов, плюс один, и всё это на число фильтров",
     "Answer: (K_h K_w C_in + 1) C_out", "Answer: (K^2 in + 1) out_channels",
     "Answer: ((9^8)^8)^5 * 9^8 * K - ((9^8)^8)^5 * 9^8 * in", f"Answer: (K * {'9' * 150})^3 - in"],
)  # fmt: skip
def test_what_cannot_be_read_waits_for_a_person(said: str) -> None:
    """Words, other names, a bare number, towers of powers, code, broken brackets, and what has no
    real and finite value are no formula that can be judged, and no zero either."""
    grade = judged(said)
    assert grade.status is CheckStatus.UNGRADED, grade.message.en
    assert said.split(" ", 1)[1][:20] in grade.message.en


@given(hypothesis.strategies.text(alphabet="ОТВЕТanswer:*_$\\{}()K inout²x.,0123+^\n>-\f"))
def test_any_text_is_read_or_left_open(said: str) -> None:
    """Whatever is written, the check says something of it."""
    assert judged(f"Answer: {said}").message.ru


@pytest.mark.parametrize(
    "bit", ["answer: ", "answer:\n", "ответ ", "*", "\\frac{", "(K, ", "> 1. "]
)
def test_megabytes_are_read_in_time(bit: str) -> None:
    """No text keeps the judge busy, however often something stands in it."""
    started = time.monotonic()
    judged("Answer: " + bit * (2**20 // len(bit)))
    assert time.monotonic() - started < 5


def test_words_beside_a_blank_wait_for_a_person() -> None:
    """Where the code of a task is not written, what was written in words is read all the same."""
    assert not_attempted(judged("Answer: many")).status is CheckStatus.UNGRADED
    assert not_attempted(judged("Answer:")).status is CheckStatus.NOT_ATTEMPTED


def test_a_rubric_with_a_broken_formula_is_the_graders_fault() -> None:
    """Nobody loses points for a formula of the rubric that cannot be read."""
    with pytest.raises(ReferenceFailed):
        judged("Answer: K * in * out", right="K *")
