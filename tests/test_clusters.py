"""Which wrong answers count as equal."""

from __future__ import annotations

from typing import Any

import pytest
from class_files import check, comparison, curve, fault, grade_file, task

from grader.clusters import Cluster, clusters, fingerprint
from grader.model import CheckStatus, Language, Status

FAILED, PASSED = CheckStatus.FAILED, CheckStatus.PASSED


def wrong(got: str = "1.346, 0.842", error: float | None = 2.89, **more: Any) -> dict[str, Any]:
    """A failed task whose one check saw these values."""
    seen = comparison("random", got, error)
    return task("net", Status.FAILED, [check("values", FAILED, 5, comparisons=[seen])], **more)


def raised(message: str, line: int = 3) -> dict[str, Any]:
    return task("net", Status.FAILED, [check("values", FAILED, 5, faults=[fault(message, line)])])


def found(*tasks: dict[str, Any], languages: tuple[Language, ...] = ()) -> tuple[Cluster, ...]:
    """The clusters of a class in which each student answered one of these tasks."""
    spoken = languages or ("ru",) * len(tasks)
    both = zip(tasks, spoken, strict=True)
    return clusters((f"s{i}", grade_file([t], language=la)) for i, (t, la) in enumerate(both))


def test_equal_values_make_a_cluster() -> None:
    """Students whose failing checks saw the same values stand together, others do not."""
    (only,) = found(wrong(), wrong("9.0, 9.0", 5.0), wrong())

    assert only.students == ("s0", "s2")
    assert only.task == "net"
    assert only.misconception is None
    assert [title.en for title in only.checks] == ["values"]


@pytest.mark.parametrize(
    ("got", "error"),
    [("1.3461, 0.842", 2.89), ("1.346, 0.84200", 2.8900001), ("1.346e0, 0.842", 2.89)],
)
def test_rounding_separates_nobody(got: str, error: float) -> None:
    """Values that differ only behind their third digit, or in how they are written, are equal."""
    assert fingerprint(wrong(got, error)) == fingerprint(wrong())


@pytest.mark.parametrize("got", ["1.246, 0.842", "1.346", "0.842, 1.346", "-1.346, 0.842"])
def test_other_values_are_another_answer(got: str) -> None:
    """Another value, another order, another sign, fewer values: another wrong answer."""
    assert fingerprint(wrong(got)) != fingerprint(wrong())


def test_whole_numbers_are_exact() -> None:
    """Shapes and counts are never rounded: 32768 weights are not 32800."""
    one = task("net", Status.FAILED, [check("shape", FAILED, 5, got="(32768, 10)")])
    two = task("net", Status.FAILED, [check("shape", FAILED, 5, got="(32800, 10)")])

    assert fingerprint(one) != fingerprint(two)


def test_the_same_exception_is_the_same_answer() -> None:
    """An exception is known by type and message; line numbers and layer counters do not matter."""
    assert found(
        raised("conv2d_17: bad shape at line 8", 4), raised("conv2d_3: bad shape at line 9")
    )
    assert not found(raised("bad shape"), raised("no such name"))


def test_a_misconception_is_a_cluster_by_its_name() -> None:
    """Everybody with one misconception stands together, though chance made their values differ."""
    named = {"misconception": "padding_one"}

    (only,) = found(wrong(**named), wrong("0.1, 0.2", 3.3, **named), wrong())

    assert only.students == ("s0", "s1")
    assert only.misconception == "padding_one"
    assert "одним нулём" in only.message.ru


def test_a_single_student_is_no_cluster() -> None:
    """A wrong answer that only one student gave is not listed."""
    assert found(wrong()) == ()


def test_right_and_blank_answers_are_left_out() -> None:
    """Only failed and partly failed tasks can be wrong in the same way."""
    for status in (Status.PASSED, Status.NOT_ATTEMPTED, Status.UNGRADED):
        assert fingerprint({**wrong(), "status": status}) is None
    assert fingerprint({**wrong(), "status": Status.PARTIAL}) is not None


def test_a_low_accuracy_alone_says_nothing() -> None:
    """Two trainings that missed their rule have nothing in common but that."""
    trained = check("accuracy", FAILED, 5, kind="accuracy", curves=[curve()], got=0.41)

    assert fingerprint(task("net", Status.FAILED, [trained])) is None


def test_what_follows_from_another_task_is_that_task_s_cluster() -> None:
    """A check that failed because of another task makes no cluster here."""
    follows = check("values", CheckStatus.FOLLOWS, 5, comparisons=[comparison("random", "1.5", 1)])

    assert fingerprint(task("net", Status.FAILED, [follows])) is None


def test_which_checks_failed_matters() -> None:
    """The same values in another check are another answer."""
    seen = comparison("random", "1.5", 1.0)
    one = task("net", Status.FAILED, [check("values", FAILED, 5, comparisons=[seen])])
    two = task("net", Status.FAILED, [check("general", FAILED, 5, comparisons=[seen])])

    assert fingerprint(one) != fingerprint(two)


def test_languages_do_not_part_equal_answers() -> None:
    """A Russian and an English notebook with one wrong answer meet; each language has its words."""
    ru, en = wrong(message="Неверно."), wrong(message="Wrong.", language="en")

    (only,) = found(ru, en, languages=("ru", "en"))

    assert (only.message.ru, only.message.en) == ("Неверно.", "Wrong.")


def test_the_missing_language_is_lent_by_the_other() -> None:
    """Where nobody's notebook is English, an English page quotes the Russian words."""
    (only,) = found(wrong(message="Неверно."), wrong(message="Неверно."))

    assert only.message.en == "Неверно."


def test_the_example_is_a_case_they_share() -> None:
    """A cluster shows one failed case: what was expected and got, and shapes where they differ."""
    (only,) = found(wrong(), wrong())
    assert only.example is not None
    assert (only.example.expected, only.example.got) == ("-1.549, 1.413", "1.346, 0.842")

    seen = comparison("random", "1.5", None, expected_shape="(3,)", got_shape="(5,)")
    other = task("net", Status.FAILED, [check("values", FAILED, 5, comparisons=[seen])])
    (only,) = found(other, other)
    assert only.example is not None
    assert only.example.got == "(5,) 1.5"


def test_larger_clusters_come_first() -> None:
    """Clusters are ordered by how many students a word of explanation would help."""
    sizes = [len(c.students) for c in found(*[wrong()] * 2, *[wrong("7.0, 7.0", 1.0)] * 3)]

    assert sizes == [3, 2]
